// Reads queues of ours that platforms write into, one turn after another: long polls, a message is forgotten only when what it told is written. Any number of workers
// may: the queue gives each message to one of them at a time.
import { MooringError } from '../domain/errors.ts';
import type { Platform } from '../domain/platform.ts';
import type { QueueSource } from '../domain/queue-settings.ts';
import { type QueueMessage, type Sqs, takeQueued } from '../egress/index.ts';
import type { Database } from '../store/database.ts';
import { keepWorkingOff, type Turns } from './turns.ts';

interface Log {
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
  error(facts: object, message: string): void;
}

export interface QueueDeps {
  readonly db: Database;
  readonly platforms: ReadonlyMap<string, Platform>;
  readonly sqs: Sqs;
  readonly sources: readonly QueueSource[];
  readonly log: Log;
}

/** A message that cannot be understood is given out so often before it is set aside. */
const TRIES = 3;
/** Set aside, it is shown twice a day, until its queue's own rules take it away. SQS allows twelve hours from the time it was given out. */
const ASIDE_S = 42_000;

/** Runs until `stop`, which ends polls under way and waits for what is being written. */
export function keepQueues(deps: QueueDeps): Turns {
  const stopping = new AbortController();
  const all = deps.sources.map((source) => {
    const platform = deps.platforms.get(source.platform);
    if (platform === undefined)
      throw new MooringError(
        'invalid_settings',
        `a queue is of "${source.platform}", which is no platform here`,
      );
    return keepWorkingOff(
      () => takeTurn(deps, source, platform, stopping.signal),
      (error) => {
        if (!stopping.signal.aborted)
          deps.log.warn({ platform: platform.id, error: String(error) }, 'a queue waits');
      },
    );
  });
  return {
    stop: async () => {
      stopping.abort();
      await Promise.all(all.map((one) => one.stop()));
      await deps.sqs.close();
    },
  };
}

/** How many messages there were. Throws where the queue does not answer. */
export async function takeTurn(
  deps: Pick<QueueDeps, 'db' | 'sqs' | 'log'>,
  source: QueueSource,
  platform: Platform,
  stopping?: AbortSignal,
): Promise<number> {
  const messages = await deps.sqs.receive(source, stopping);
  await Promise.all(messages.map((message) => takeOne(deps, { source, platform, message })));
  return messages.length;
}

async function takeOne(
  deps: Pick<QueueDeps, 'db' | 'sqs' | 'log'>,
  of: { readonly source: QueueSource; readonly platform: Platform; readonly message: QueueMessage },
): Promise<void> {
  const { source, platform, message } = of;
  const about = { platform: platform.id, messageId: message.id, times: message.times };
  try {
    const as = await takeQueued(deps.db, platform, message.body);
    await deps.sqs.forget(source, message);
    if (as === 'of_nobody' || as === 'unknown_topic')
      deps.log.info({ ...about, as }, 'a queue told of nothing here');
  } catch (error) {
    const code = error instanceof MooringError ? error.code : 'internal';
    if (code !== 'platform_answer_invalid' || message.times < TRIES) {
      deps.log.warn({ ...about, code }, 'a message of a queue waits');
      return;
    }
    await deps.sqs.hide(source, message, ASIDE_S);
    deps.log.error({ ...about, code }, 'a message of a queue is set aside: it cannot be understood');
  }
}
