// Temporal's own log lines in ours. Of what comes beside the text only names, ids and counts are taken, and of an error the code and the
// message that `toFailure` has redacted: anything else might hold what no log may.
import { ApplicationFailure } from '@temporalio/common';
import { DefaultLogger, type LogEntry } from '@temporalio/worker';
import type { Logger } from 'pino';

const TAKEN = ['workflowId', 'activityType', 'attempt', 'taskQueue'] as const;

/** Warnings and worse. */
export function temporalLogger(log: Logger): DefaultLogger {
  return new DefaultLogger('WARN', ({ level, message, meta }) =>
    log.warn({ temporal: level, ...aboutIt(meta ?? {}) }, message),
  );
}

function aboutIt(meta: NonNullable<LogEntry['meta']>): Record<string, unknown> {
  const about = TAKEN.flatMap((name) => (meta[name] === undefined ? [] : [[name, meta[name]]]));
  const { error } = meta;
  const failure =
    error instanceof ApplicationFailure ? { code: error.type ?? null, because: error.message } : {};
  return { ...Object.fromEntries(about), ...failure };
}
