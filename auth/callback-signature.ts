// Whether a callback's parameters were signed by the platform, by its data. Constant-time, fail-closed; says at which step it failed.
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { CallbackSignature } from '../domain/platform.ts';
import type { Secret } from '../domain/secret.ts';

export type CallbackVerdict =
  | { readonly ok: true }
  | { readonly ok: false; readonly at: 'missing' | 'signature' | 'timestamp' };

/** `secrets` are the client secret and those still in their overlap; any of them may have signed. */
export function verifyCallback(
  signature: CallbackSignature,
  secrets: readonly Secret[],
  parameters: Readonly<Record<string, string>>,
  nowMs: number,
): CallbackVerdict {
  const given = parameters[signature.parameter];
  if (given === undefined || given === '') return { ok: false, at: 'missing' };
  const message = sortedQuery(parameters, [signature.parameter, ...signature.except]);
  const isSigned = secrets.some((secret) =>
    isSame(given, createHmac('sha256', secret.reveal()).update(message).digest('hex')),
  );
  if (!isSigned) return { ok: false, at: 'signature' };
  return isRecent(signature, parameters, nowMs) ? { ok: true } : { ok: false, at: 'timestamp' };
}

/** application/x-www-form-urlencoded, sorted by name. */
function sortedQuery(parameters: Readonly<Record<string, string>>, except: readonly string[]): string {
  const entries = Object.entries(parameters).filter(([name]) => !except.includes(name));
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return new URLSearchParams(entries).toString();
}

function isSame(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given, 'utf8'), Buffer.from(expected, 'utf8')];
  return a.length === b.length && timingSafeEqual(a, b);
}

function isRecent(
  { timestamp }: CallbackSignature,
  parameters: Readonly<Record<string, string>>,
  nowMs: number,
): boolean {
  if (timestamp === undefined) return true;
  const text = parameters[timestamp.parameter] ?? '';
  return /^\d{1,12}$/.test(text) && Math.abs(nowMs / 1000 - Number(text)) <= timestamp.toleranceS;
}
