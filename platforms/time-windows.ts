// A pass over a list that takes a time range and no wider one: it is cut into windows, which the cursor steps through. Pure.
import type { PassContext } from '../domain/platform.ts';

export interface Windows {
  /** The oldest instant that may be asked for, before the pass's end. */
  readonly oldestMs: number;
  readonly widthMs: number;
  /** How far the end stays behind ours, where the platform's clock must not be overtaken. */
  readonly behindMs: number;
}

export interface Window {
  readonly fromMs: number;
  readonly toMs: number;
  /** Where the window after this begins; null after the last. */
  readonly nextMs: number | null;
}

/** The window that begins at `startMs`; null: the pass's first. */
export function windowAt(pass: PassContext, windows: Windows, startMs: number | null): Window {
  const endMs = pass.untilMs - windows.behindMs;
  const oldestMs = endMs - windows.oldestMs;
  const fromMs = Math.min(startMs ?? Math.max(pass.sinceMs ?? oldestMs, oldestMs), endMs);
  const toMs = Math.min(fromMs + windows.widthMs, endMs);
  return { fromMs, toMs, nextMs: toMs < endMs ? toMs : null };
}
