// The heartbeat of a long activity: beats on a timer while there is progress, so that one slow page does not time out, and falls silent
// when there is none, so that a hung one does.
import { Context } from '@temporalio/activity';

export interface Position {
  readonly resource: string | null;
  readonly pages: number;
  readonly records: number;
}

export interface ProgressWatch {
  /** Something moved. */
  progressed(position?: Position): void;
  stop(): void;
}

export function watchProgress(timing: {
  readonly heartbeatMs: number;
  readonly hungAfterMs: number;
}): ProgressWatch {
  const context = Context.current();
  let position: Position = { resource: null, pages: 0, records: 0 };
  let movedAtMs = performance.now();
  const timer = setInterval(() => {
    if (performance.now() - movedAtMs < timing.hungAfterMs) context.heartbeat(position);
  }, timing.heartbeatMs);
  context.heartbeat(position);
  return {
    progressed: (at) => {
      movedAtMs = performance.now();
      if (at !== undefined) position = at;
    },
    stop: () => clearInterval(timer),
  };
}
