// A pass over eBay's orders takes a time range of two years at most: it is cut into windows, which the cursor steps through. Pure.
import type { PassContext } from '../../domain/platform.ts';

const DAY_MS = 86_400_000;
const OLDEST_MS = 729 * DAY_MS;
const WIDTH_MS = 30 * DAY_MS;

export interface Window {
  readonly fromMs: number;
  /** null: open, since an end in the future by eBay's clock is refused. */
  readonly toMs: number | null;
}

/** The window that begins at `startMs`; null: the pass's first. */
export function windowAt(pass: PassContext, startMs: number | null): Window {
  const oldestMs = pass.untilMs - OLDEST_MS;
  const fromMs = startMs ?? Math.max(pass.sinceMs ?? oldestMs, oldestMs);
  const toMs = fromMs + WIDTH_MS;
  return { fromMs, toMs: toMs < pass.untilMs ? toMs : null };
}
