// JWTs we receive: id tokens, signed callbacks, notifications. Checked by jose: signature, algorithm, issuer, audience, dates, `crit`. An algorithm that the
// platform's data does not list is refused whatever the header says, and a public key is never a secret (RFC 8725 § 2.1, § 3.1).
import { createSecretKey, type KeyObject } from 'node:crypto';
import {
  createLocalJWKSet,
  decodeProtectedHeader,
  errors,
  flattenedVerify,
  type JSONWebKeySet,
  type JWTVerifyOptions,
  jwtVerify,
} from 'jose';
import { MooringError } from '../domain/errors.ts';
import type { Send } from '../domain/outbound.ts';
import type { JwsAlgorithm, JwtExpected } from '../domain/platform.ts';
import { publicKeyOf, secretBytesOf } from './signing-key.ts';
import type { Values } from './values.ts';

/** Where a received JWT fails. Stable: tests, the command line and callers read it. */
export type JwtFault =
  | 'malformed'
  | 'algorithm'
  | 'crit'
  | 'key'
  | 'signature'
  | 'issuer'
  | 'audience'
  | 'expired'
  | 'not_yet_valid'
  | 'too_old'
  | 'claim';

export type JwtVerdict =
  | { readonly ok: true; readonly claims: Readonly<Record<string, unknown>> }
  | { readonly ok: false; readonly at: JwtFault };

export interface JwtContext {
  readonly values: Values;
  /** Our client secrets that may have signed, newest first. */
  readonly secrets: readonly string[];
  /** For a key set; guarded. Absent: a key set cannot be read, and nothing verifies. */
  readonly send?: Send | undefined;
  readonly nowMs: number;
}

const TOLERANCE_S = 300;

/** Says at which step it fails; throws the codes of a call where a key set cannot be read. */
export async function verifyJwt(
  jwt: string,
  expected: JwtExpected,
  context: JwtContext,
): Promise<JwtVerdict> {
  const refused = headerFault(jwt, expected);
  if (refused !== null) return { ok: false, at: refused };
  const keys = await keysOf(expected, context);
  let at: JwtFault = 'key';
  for (const key of keys) {
    const verdict = await verifyWith(jwt, key, expected, context);
    if (verdict.ok || verdict.at !== 'signature') return verdict;
    at = verdict.at;
  }
  return { ok: false, at };
}

type Key = KeyObject | ReturnType<typeof createLocalJWKSet>;

async function verifyWith(
  jwt: string,
  key: Key,
  expected: JwtExpected,
  { values, nowMs }: JwtContext,
): Promise<JwtVerdict> {
  const options: JWTVerifyOptions = {
    algorithms: [...expected.algorithms],
    currentDate: new Date(nowMs),
    clockTolerance: expected.toleranceS ?? TOLERANCE_S,
    requiredClaims: [...(expected.exp === false ? [] : ['exp']), ...(expected.required ?? [])],
    ...(expected.issuer === null ? {} : { issuer: values.fill(expected.issuer) }),
    ...(expected.audience === null ? {} : { audience: values.fill(expected.audience) }),
    ...(expected.maxAgeS === undefined ? {} : { maxTokenAge: expected.maxAgeS }),
  };
  try {
    const { payload } = await jwtVerify(jwt, key, options);
    return { ok: true, claims: payload };
  } catch (error) {
    return { ok: false, at: faultOf(error) };
  }
}

/** RFC 7515 appendix F: the payload is the message's body, and not a claims set. */
export async function verifyDetached(
  jws: string,
  body: Uint8Array,
  expected: JwtExpected,
  context: JwtContext,
): Promise<JwtVerdict> {
  const refused = headerFault(jws, expected);
  if (refused !== null) return { ok: false, at: refused };
  const [header = '', payload, signature = ''] = jws.split('.');
  if (payload !== '') return { ok: false, at: 'malformed' };
  const isEncoded = decodeProtectedHeader(jws).b64 !== false;
  const whole = {
    protected: header,
    payload: isEncoded ? Buffer.from(body).toString('base64url') : body,
    signature,
  };
  let at: JwtFault = 'key';
  for (const key of await keysOf(expected, context)) {
    try {
      await flattenedVerify(whole, key, { algorithms: [...expected.algorithms] });
      return { ok: true, claims: {} };
    } catch (error) {
      at = faultOf(error);
    }
  }
  return { ok: false, at };
}

/** What the header alone tells, so that the step is named before any key is touched. RFC 7797 is the one extension we know. */
function headerFault(jwt: string, expected: JwtExpected): JwtFault | null {
  const allowed: readonly string[] = expected.algorithms;
  try {
    const header = decodeProtectedHeader(jwt);
    if (header.alg === undefined || !allowed.includes(header.alg)) return 'algorithm';
    const isDetached = header.crit?.length === 1 && header.crit[0] === 'b64';
    return header.crit === undefined || isDetached ? null : 'crit';
  } catch {
    return 'malformed';
  }
}

function faultOf(error: unknown): JwtFault {
  if (error instanceof errors.JWTExpired) return error.claim === 'iat' ? 'too_old' : 'expired';
  if (error instanceof errors.JWTClaimValidationFailed) return faultOfClaim(error.claim, error.reason);
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'signature';
  if (error instanceof errors.JOSEAlgNotAllowed) return 'algorithm';
  if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys)
    return 'key';
  // A key of another kind than the algorithm's is a TypeError of the library.
  if (error instanceof TypeError || error instanceof errors.JOSENotSupported) return 'key';
  return 'malformed';
}

function faultOfClaim(claim: string, reason: string): JwtFault {
  switch (claim) {
    case 'iss':
      return 'issuer';
    case 'aud':
      return 'audience';
    case 'nbf':
    case 'iat':
      // Missing, or no number: that is no instant, and so none that is still to come.
      return reason === 'check_failed' ? 'not_yet_valid' : 'claim';
    default:
      return 'claim';
  }
}

/** A secret is for HS… alone and a public key for all others: one is never taken for the other. */
async function keysOf(expected: JwtExpected, context: JwtContext): Promise<readonly Key[]> {
  const { key, algorithms } = expected;
  const isSymmetric = (one: JwsAlgorithm): boolean => one.startsWith('HS');
  if (algorithms.some((one) => isSymmetric(one) !== (key.kind === 'secret')))
    throw new MooringError('internal', 'the algorithms are not those of this kind of key');
  switch (key.kind) {
    case 'secret': {
      const own = key.secret === '{clientSecret}' ? context.secrets : [context.values.fill(key.secret)];
      return own
        .filter((one) => one !== '')
        .flatMap((one) => secretBytesOf(one, key.encoding) ?? [])
        .map((bytes) => createSecretKey(bytes));
    }
    case 'public_key':
      return [publicKeyOf(context.values.fill(key.pem))];
    case 'jwks':
      return [createLocalJWKSet(await readKeySet(context.values.fill(key.url), context.send))];
  }
}

/** RFC 7517 § 5. */
async function readKeySet(url: string, send: Send | undefined): Promise<JSONWebKeySet> {
  if (send === undefined) throw new MooringError('platform_unreachable', 'a key set cannot be read here');
  const answer = await send({ method: 'GET', url, headers: { accept: 'application/json' }, body: null });
  if (answer.status !== 200)
    throw new MooringError('platform_down', `the key set was answered with status ${answer.status}`);
  try {
    const parsed: unknown = JSON.parse(answer.bodyText);
    if (isKeySet(parsed)) return parsed;
  } catch {
    // Said below: neither JSON nor a key set.
  }
  throw new MooringError('platform_answer_invalid', 'the key set is not one');
}

function isKeySet(value: unknown): value is JSONWebKeySet {
  return (
    typeof value === 'object' &&
    value !== null &&
    'keys' in value &&
    Array.isArray(value.keys) &&
    value.keys.every((one) => typeof one === 'object' && one !== null && 'kty' in one)
  );
}
