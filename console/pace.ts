// How long to wait before reading again: the usual time while all is well, ever longer while the API fails, never long enough to be
// forgotten. Pure.

export interface Pace {
  readonly everyMs: number;
  /** Failed reads since the last good one. */
  readonly failures: number;
  /** What the API asked for, where it did. */
  readonly retryAtMs: number | null;
  readonly nowMs: number;
}

const LONGEST_MS = 60_000;

export function waitMs({ everyMs, failures, retryAtMs, nowMs }: Pace): number {
  const backedOff = Math.min(everyMs * 2 ** Math.min(failures, 10), Math.max(LONGEST_MS, everyMs));
  const asked = retryAtMs === null ? 0 : retryAtMs - nowMs;
  return Math.max(backedOff, Math.min(asked, LONGEST_MS));
}
