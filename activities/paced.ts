// Works through many items in one activity: a few at a time, beginning no faster than asked, with a heartbeat while any of them moves. Stops
// taking items when it is cancelled or its time is over; what it took it ends.
import { setTimeout as wait } from 'node:timers/promises';
import { Context } from '@temporalio/activity';
import { watchProgress } from './progress-watch.ts';

export interface Pace {
  readonly concurrency: number;
  readonly perSecond: number;
}

export interface PacedOptions {
  readonly pace: Pace;
  /** From then on no item is taken. */
  readonly untilMs: number;
  readonly nowMs: () => number;
}

/** An item's own work takes at most a minute; one that takes longer is hung, and the heartbeat says so. */
const HUNG_AFTER_MS = 90_000;
const HEARTBEAT_MS = 1_000;

/** How many items were worked. `work` must not throw for an item's own failure: what it throws ends the whole. */
export async function paced<T>(
  items: AsyncIterator<T>,
  options: PacedOptions,
  work: (item: T) => Promise<void>,
): Promise<number> {
  const { pace, untilMs, nowMs } = options;
  const { cancellationSignal } = Context.current();
  const watch = watchProgress({ heartbeatMs: HEARTBEAT_MS, hungAfterMs: HUNG_AFTER_MS });
  const everyMs = 1000 / pace.perSecond;
  let nextStartMs = nowMs();
  let worked = 0;
  let ended = false;
  const runner = async (): Promise<void> => {
    while (!ended && !cancellationSignal.aborted && nowMs() < untilMs) {
      const startMs = Math.max(nextStartMs, nowMs());
      nextStartMs = startMs + everyMs;
      if (startMs > nowMs()) await wait(startMs - nowMs(), undefined, { signal: cancellationSignal });
      const next = await items.next();
      if (next.done === true) {
        ended = true;
        return;
      }
      await work(next.value);
      worked += 1;
      watch.progressed();
    }
  };
  try {
    await Promise.all(Array.from({ length: pace.concurrency }, runner));
    cancellationSignal.throwIfAborted();
    return worked;
  } finally {
    ended = true;
    watch.stop();
  }
}
