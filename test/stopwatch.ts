// Time for the few promises that are made in seconds. A machine that is busy elsewhere must not break them, so what its timers were late by does not count.

const TICK_MS = 10;

export interface Stopwatch {
  /** Ms since the start, less those in which this process should have run and did not. Stops the watch. */
  stop(): number;
}

export function startStopwatch(): Stopwatch {
  const startedAt = performance.now();
  let tickedAt = startedAt;
  let lateMs = 0;
  const timer = setInterval(() => {
    const now = performance.now();
    lateMs += Math.max(0, now - tickedAt - 2 * TICK_MS);
    tickedAt = now;
  }, TICK_MS);
  return {
    stop: () => {
      clearInterval(timer);
      return performance.now() - startedAt - lateMs;
    },
  };
}
