// The credential of an import's line: pasted fields, or the tokens of a grant that was made elsewhere. Checked by form before anything is
// sealed. A value is a secret and a name may be one that slipped: no message holds either.
import { type FieldError, MooringError } from '../domain/errors.ts';
import type { AuthMethod, Obtain, Platform } from '../domain/platform.ts';
import { checkCredentialForm, methodForFields } from './credential-form.ts';

export interface ImportedCredential {
  /** imported: tokens, with their kind and dates; else the way of a method with fields, as a merchant would enter them. */
  readonly obtain: Obtain['kind'] | 'imported';
  readonly parts: Readonly<Record<string, string>>;
}

const TOKEN = /^[\x21-\x7e]{1,16384}$/;
const TOKENS: readonly string[] = ['accessToken', 'refreshToken'];
const DATES: readonly string[] = ['expiresAt', 'refreshExpiresAt'];

/** Throws invalid_credential_form. */
export function checkImportedCredential(
  platform: Platform,
  credential: Readonly<Record<string, unknown>>,
): ImportedCredential {
  const { kind, ...given } = credential;
  const names = Object.keys(given);
  const pasted = methodForFields(platform, names);
  if (pasted !== undefined && (kind === undefined || kind === pasted.credentialKind)) {
    return { obtain: pasted.obtain.kind, parts: checkCredentialForm(pasted.obtain, given) };
  }
  const method = tokenMethod(platform, kind, names);
  return { obtain: 'imported', parts: { kind: method.credentialKind, ...checkTokens(method, given) } };
}

/** A method whose credential is a token that an approval brought. With a refresh token, one that renews by it. */
function tokenMethod(platform: Platform, kind: unknown, names: readonly string[]): AuthMethod {
  const methods = platform.auth.filter((method) => method.tokenAnswer !== undefined);
  const named = kind === undefined ? methods : methods.filter((method) => method.credentialKind === kind);
  const renewing = (method: AuthMethod) => method.renew.kind === 'refresh_token';
  const method = named.find((one) => renewing(one) === names.includes('refreshToken')) ?? named[0];
  if (method !== undefined) return method;
  const kinds = platform.auth.map((one) => one.credentialKind).join('", "');
  throw invalid(
    '/credential',
    `does not have the fields of a credential of "${platform.id}", whose kinds are "${kinds}"`,
  );
}

function checkTokens(
  method: AuthMethod,
  given: Readonly<Record<string, unknown>>,
): Readonly<Record<string, string>> {
  const kept = Object.keys(method.tokenAnswer?.keep ?? {});
  const known = new Set([...TOKENS, ...DATES, ...kept]);
  if (Object.keys(given).some((name) => !known.has(name)))
    throw invalid('/credential', `holds a field that a credential of this kind does not have`);
  const needed =
    method.renew.kind === 'refresh_token'
      ? ['accessToken', 'refreshToken', ...kept]
      : ['accessToken', ...kept];
  const parts: Record<string, string> = {};
  for (const name of [...new Set([...needed, ...TOKENS])]) {
    const value = given[name];
    if (value === undefined || value === null || value === '') {
      if (needed.includes(name)) throw invalid(`/credential/${name}`, 'is required');
    } else if (typeof value !== 'string' || !TOKEN.test(value)) {
      throw invalid(`/credential/${name}`, 'must be printable text without spaces');
    } else parts[name] = value;
  }
  for (const name of DATES) {
    if (given[name] !== undefined && given[name] !== null) parts[name] = instantOf(name, given[name]);
  }
  return parts;
}

/** RFC 3339, or seconds since 1970: exports hold both. */
function instantOf(name: string, value: unknown): string {
  const isEpoch = typeof value === 'number' && Number.isFinite(value) && value > 1e9 && value < 1e10;
  const isText = typeof value === 'string' && /^\d{4}-\d{2}-\d{2}T/.test(value);
  const ms = isEpoch ? value * 1000 : isText ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(ms))
    throw invalid(`/credential/${name}`, 'must be an instant (RFC 3339 or epoch seconds)');
  return new Date(ms).toISOString();
}

function invalid(path: string, rule: string): MooringError {
  const fields: FieldError[] = [{ path, rule }];
  return new MooringError('invalid_credential_form', `"${path.slice(1).replaceAll('/', '.')}" ${rule}`, {
    fields,
  });
}
