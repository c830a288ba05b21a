// A text that a platform signed for the merchant's browser, and that says whose shop it is. Without it anybody could name a shop where our app is installed. Constant-time,
// fails closed, says at which step it failed.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { MooringError } from '../domain/errors.ts';
import type { Json, SignedText } from '../domain/platform.ts';
import { textOf, valueAt } from '../platforms/json.ts';
import { clientSecrets, type GrantContext } from './grant-context.ts';

const SKEW_MS = 5 * 60_000;

/** Throws credential_rejected with `detail.at`, and shop_mismatch where it is of another shop. */
export function assertSignedText(context: GrantContext, rule: SignedText, text: string): void {
  const [signature = '', data = '', ...rest] = text.trim().split('.');
  if (signature === '' || data === '' || rest.length > 0) throw refused('form');
  const given = Buffer.from(signature, 'base64url');
  const isSigned = clientSecrets(context).some((secret) => {
    const expected = createHmac('sha256', secret.reveal()).update(data).digest();
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
  if (!isSigned) throw refused('signature');
  const told = parsed(data);
  const signedAtMs = Date.parse(textOf(valueAt(told, rule.signedAt.member)) ?? '');
  const ageMs = context.nowMs - signedAtMs;
  // NaN is in no range.
  if (!(ageMs >= -SKEW_MS && ageMs <= rule.signedAt.withinS * 1_000 + SKEW_MS)) throw refused('timestamp');
  const has = (member: string | undefined): boolean =>
    member !== undefined && (textOf(valueAt(told, member)) ?? '') !== '';
  if ((rule.required !== undefined && !has(rule.required)) || has(rule.refused)) throw refused('holder');
  for (const [field, member] of Object.entries(rule.shopFields))
    if (context.shop[field] === undefined || context.shop[field] !== textOf(valueAt(told, member)))
      throw new MooringError('shop_mismatch', `what was signed is for another "${field}"`);
}

function parsed(data: string): Json {
  try {
    return JSON.parse(Buffer.from(data, 'base64url').toString('utf8'));
  } catch {
    throw refused('form');
  }
}

function refused(at: 'form' | 'signature' | 'timestamp' | 'holder'): MooringError {
  return new MooringError('credential_rejected', `what was signed does not verify: ${at}`, {
    detail: { at },
  });
}
