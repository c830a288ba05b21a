// Reads the answer of a token endpoint. It trusts nothing: HTML, strings for numbers, a foreign token_type and a missing lifetime each have their
// rule. A missing lifetime never means «never expires».
import { MooringError } from '../domain/errors.ts';
import type { AuthMethod, Json, LifetimeUnit, Platform, TokenAnswer } from '../domain/platform.ts';
import { isObject, textOf, valueAt } from '../platforms/json.ts';
import { type ShopValues, shopAfterTold } from '../platforms/shop.ts';

/** A credential as the platform just issued it, in plain text: sealed by whoever asked for it, at once. */
export interface Issued {
  readonly kind: string;
  readonly parts: Readonly<Record<string, string>>;
  /** Epoch milliseconds; null where the platform's data says that it does not expire. */
  readonly expiresAtMs: number | null;
  readonly lifetimeS: number | null;
  readonly refreshExpiresAtMs: number | null;
  /** null when the answer does not tell them. */
  readonly scopes: readonly string[] | null;
}

export interface Before {
  readonly parts: Readonly<Record<string, string>>;
  readonly lifetimeS: number | null;
  readonly refreshExpiresAtMs: number | null;
}

/** For a platform whose answers and data tell no lifetime, and that renews all the same. */
const SHORTEST_COMMON_LIFETIME_S = 3_600;

export interface AnswerClock {
  readonly nowMs: number;
  /** By the answer's own Date header: an instant in the answer is read by the clock that wrote it, whatever ours says. */
  readonly serverNowMs: number | null;
}

/** Throws platform_answer_invalid naming the field that is not what is documented. Parts of before that are not told anew stay. */
export function readTokenAnswer(
  method: AuthMethod,
  form: TokenAnswer | undefined,
  body: Json,
  before: Before,
  clock: AnswerClock,
): Issued {
  if (form === undefined || !isObject(body)) throw invalid('is not a JSON object');
  assertTokenType(form, valueAt(body, 'token_type'));
  const { nowMs } = clock;
  const lifetimeS = lifetimeOf(method, form, body, before, clock);
  const parts: Record<string, string> = {
    ...before.parts,
    accessToken: tokenText(form.accessToken, requiredText(body, form.accessToken)),
  };
  const refreshToken = form.refreshToken === undefined ? null : optionalText(body, form.refreshToken);
  if (refreshToken !== null) parts['refreshToken'] = tokenText(form.refreshToken ?? '', refreshToken);
  for (const [name, path] of Object.entries(form.keep ?? {})) {
    const kept = optionalText(body, path);
    if (kept !== null) parts[name] = kept;
  }
  return {
    kind: method.credentialKind,
    parts,
    lifetimeS,
    expiresAtMs: lifetimeS === null ? null : nowMs + lifetimeS * 1000,
    refreshExpiresAtMs: refreshExpiryOf(method, form, body, { before, isNew: refreshToken !== null, clock }),
    scopes: scopesOf(form, body),
  };
}

/** The shop fields with what a token answer tells of them. Throws platform_answer_invalid, shop_mismatch. */
export function shopAfterAnswer(
  platform: Platform,
  form: TokenAnswer | undefined,
  shop: ShopValues,
  body: Json,
): ShopValues {
  return shopAfterTold(platform, form?.shopFields ?? {}, shop, {
    valueAt: (path) => textOf(valueAt(body, path)),
    refusedAs: 'platform_answer_invalid',
  });
}

/** RFC 6749 § 7.1: a token of a type we do not know must not be used. */
function assertTokenType(form: TokenAnswer, type: Json | undefined): void {
  if (type === undefined || type === null) return;
  const known = ['bearer', ...(form.tokenTypes ?? [])].map((one) => one.toLowerCase());
  if (typeof type !== 'string' || !known.includes(type.toLowerCase()))
    throw invalid('has a token_type other than bearer');
}

function lifetimeOf(
  method: AuthMethod,
  form: TokenAnswer,
  body: Json,
  before: Before,
  clock: AnswerClock,
): number | null {
  const told = form.expiresIn === undefined ? null : secondsAt(body, form.expiresIn, clock);
  // A life of nothing tells nothing: it came with a token that is good, and would be renewed without end.
  if (told !== null && told > 0) return told;
  const known = method.defaultLifetimeS ?? before.lifetimeS;
  if (known !== null && known > 0) return known;
  return method.renew.kind === 'none' ? null : SHORTEST_COMMON_LIFETIME_S;
}

interface RefreshFacts {
  readonly before: Before;
  readonly isNew: boolean;
  readonly clock: AnswerClock;
}

function refreshExpiryOf(
  method: AuthMethod,
  form: TokenAnswer,
  body: Json,
  { before, isNew, clock }: RefreshFacts,
): number | null {
  const { nowMs } = clock;
  const told = form.refreshExpiresIn === undefined ? null : secondsAt(body, form.refreshExpiresIn, clock);
  if (told !== null) return nowMs + told * 1000;
  const lifetimeS = method.renew.kind === 'refresh_token' ? method.renew.refreshLifetimeS : undefined;
  return isNew && lifetimeS !== undefined ? nowMs + lifetimeS * 1000 : before.refreshExpiresAtMs;
}

/** Above this a number of seconds is an instant: no lifetime is thirty years long. */
const EPOCH_FROM = 1e9;
/** What is told beyond is kept as this: its end would be no date, and the token that came with it is good. */
const LONGEST_LIFETIME_S = EPOCH_FROM;

function secondsAt(
  body: Json,
  { path, unit }: { path: string; unit: LifetimeUnit },
  { nowMs, serverNowMs }: AnswerClock,
): number | null {
  const value = valueAt(body, path);
  if (value === undefined || value === null || value === '') return null;
  // A token that is no JWT, or one without `exp`, tells nothing: the default holds.
  if (unit === 'jwt_exp' && expiryOfJwt(String(value)) === null) return null;
  const seconds = toSeconds(value, unit, serverNowMs ?? nowMs);
  if (seconds === null || !Number.isFinite(seconds) || seconds < 0)
    throw invalid(`has no lifetime at "${path}"`);
  return Math.floor(Math.min(seconds, LONGEST_LIFETIME_S));
}

function toSeconds(value: Json, unit: LifetimeUnit, nowMs: number): number | null {
  const fromEpoch = (epochS: number): number => Math.max(0, epochS - nowMs / 1000);
  switch (unit) {
    case 'jwt_exp': {
      const exp = typeof value === 'string' ? expiryOfJwt(value) : null;
      return exp === null ? null : fromEpoch(exp);
    }
    case 'iso8601': {
      const instant = typeof value === 'string' ? Date.parse(value) : Number.NaN;
      return Number.isNaN(instant) ? null : fromEpoch(instant / 1000);
    }
    case 'seconds':
      return numberOf(value);
    case 'epoch_milliseconds': {
      const number = numberOf(value);
      return number === null ? null : fromEpoch(number / 1000);
    }
    case 'epoch_seconds':
    case 'auto': {
      const number = numberOf(value);
      if (number === null) return null;
      return unit === 'epoch_seconds' || number > EPOCH_FROM ? fromEpoch(number) : number;
    }
  }
}

function numberOf(value: Json): number | null {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && /^\d+(\.\d+)?$/.test(value.trim()) ? Number(value) : null;
}

/** RFC 7519 § 4.1.4, read and not verified: it is our own session at the shop that we just logged in to. */
function expiryOfJwt(token: string): number | null {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
    return typeof claims === 'object' && claims !== null && 'exp' in claims && typeof claims.exp === 'number'
      ? claims.exp
      : null;
  } catch {
    return null;
  }
}

function scopesOf(form: TokenAnswer, body: Json): readonly string[] | null {
  if (form.scope === undefined) return null;
  const { path, separator, part } = form.scope;
  const value = valueAt(body, path);
  const told =
    typeof value === 'string' ? value.split(separator).flatMap((one) => one.trim() || []) : (value ?? null);
  if (!Array.isArray(told)) return null;
  const scopes = told.filter((one): one is string => typeof one === 'string');
  return part === undefined ? scopes : scopes.map((one) => new RegExp(part).exec(one)?.[1] ?? one);
}

/** RFC 6749 appendix A.12: printable ASCII. 16 KiB is beyond any platform's token. */
function tokenText(path: string, text: string): string {
  if (!/^[\x21-\x7e]{1,16384}$/.test(text)) throw invalid(`has no token at "${path}"`);
  return text;
}

function requiredText(body: Json, path: string): string {
  const text = optionalText(body, path);
  if (text === null) throw invalid(`has no text at "${path}"`);
  return text;
}

function optionalText(body: Json, path: string): string | null {
  const value = valueAt(body, path);
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' ? value : null;
}

function invalid(rule: string): MooringError {
  return new MooringError('platform_answer_invalid', `the token answer ${rule}`);
}
