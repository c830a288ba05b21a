// What an import of existing connections may hold, how fast it is worked, and what becomes of a line. Pure.
import { ERRORS, type ErrorCode } from './errors.ts';

export const LINE_OUTCOMES = ['pending', 'connected', 'refused', 'duplicate', 'broken'] as const;
export type LineOutcome = (typeof LINE_OUTCOMES)[number];

export const IMPORT_LIMITS = {
  lineBytes: 64 * 1024,
  lines: 50_000,
  totalBytes: 64 * 1024 * 1024,
} as const;

/** An upload whose reader says nothing for this long has ended: what came of it is worked. */
export const SILENT_AFTER_MS = 120_000;

/** Proofs at a time, and how many may begin each second: a platform meets an import as it meets a busy day. */
export const IMPORT_PACE = { concurrency: 4, perSecond: 10 } as const;

const TRIES = 5;
const FIRST_WAIT_MS = 5_000;
const LONGEST_WAIT_MS = 15 * 60_000;

export interface LineFailure {
  readonly code: ErrorCode;
  readonly message: string;
  readonly retryAtMs?: number | undefined;
}

export type LineVerdict =
  | { readonly outcome: 'refused' | 'duplicate'; readonly code: ErrorCode; readonly message: string }
  | { readonly outcome: 'pending'; readonly nextTryAtMs: number };

/** What a failed proof means for its line: what may pass by itself is tried again, five times in all. `attempts` counts this one. */
export function judgeLine(failure: LineFailure, attempts: number, nowMs: number): LineVerdict {
  const { code, message, retryAtMs } = failure;
  if (code === 'shop_already_connected') return { outcome: 'duplicate', code, message };
  if (!ERRORS[code].retry || attempts >= TRIES) return { outcome: 'refused', code, message };
  const waitMs = Math.min(FIRST_WAIT_MS * 4 ** (attempts - 1), LONGEST_WAIT_MS);
  return { outcome: 'pending', nextTryAtMs: Math.max(nowMs + waitMs, retryAtMs ?? 0) };
}
