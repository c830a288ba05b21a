// Where a received message fails, told so that somebody can mend it. What a digest would have been is never told: it would be a signature.
import { type ReceivedMessage, verifyCallback, verifyReceived } from '../auth/index.ts';
import { ENCODINGS, signatureIn } from '../auth/received-digest.ts';
import type { CallbackSignature, ReceivedHmac, ReceivedSignature } from '../domain/platform.ts';
import type { Secret } from '../domain/secret.ts';

/** Stable words. */
export interface Verdict {
  readonly verified: boolean;
  /** The step it fails at; null where it verifies. */
  readonly step: string | null;
  readonly because: string;
  readonly claims?: Readonly<Record<string, unknown>>;
}

export type Receiving = Parameters<typeof verifyReceived>[2];

const VERIFIED: Verdict = { verified: true, step: null, because: 'the signature is the platform’s' };

export async function judge(
  signature: CallbackSignature | ReceivedSignature,
  message: ReceivedMessage,
  receiving: Receiving,
): Promise<Verdict> {
  if (!('kind' in signature)) return judgeCallback(signature, message, receiving);
  const verdict = await verifyReceived(signature, message, receiving);
  if (verdict.ok) return verdict.claims === undefined ? VERIFIED : { ...VERIFIED, claims: verdict.claims };
  const isUnsigned = verdict.at === 'signature' && signature.kind === 'hmac';
  return isUnsigned ? await narrowed(signature, message, receiving) : failed(verdict.at, signature);
}

function judgeCallback(
  signature: CallbackSignature,
  { parameters }: ReceivedMessage,
  { secrets, nowMs }: { readonly secrets: readonly Secret[]; readonly nowMs: number },
): Verdict {
  const verdict = verifyCallback(signature, secrets, parameters, nowMs);
  if (verdict.ok) return VERIFIED;
  const given = parameters[signature.parameter] ?? '';
  if (verdict.at === 'signature' && !/^[0-9a-f]{64}$/.test(given))
    return fail('encoding', `the parameter "${signature.parameter}" is not lower-case hex of 32 bytes`);
  if (verdict.at === 'missing') return fail('missing', `the parameter "${signature.parameter}" is missing`);
  return failed(verdict.at, { kind: 'hmac', ...(signature.timestamp ?? {}) });
}

const SIZES = { sha1: 20, sha256: 32, sha512: 64 } as const;

/** Which single difference would make it verify: the usual mistakes, each tried by the verifier itself. */
async function narrowed(
  signature: ReceivedHmac,
  message: ReceivedMessage,
  receiving: Receiving,
): Promise<Verdict> {
  const fits = async (other: ReceivedHmac, received: ReceivedMessage = message): Promise<boolean> =>
    (await verifyReceived(other, received, receiving)).ok;
  for (const encoding of ['hex', 'base64'] as const)
    if (encoding !== signature.encoding && (await fits({ ...signature, encoding })))
      return fail('encoding', `the digest is right, but in ${encoding}; expected ${signature.encoding}`);
  for (const algorithm of ['sha1', 'sha256', 'sha512'] as const)
    if (algorithm !== signature.algorithm && (await fits({ ...signature, algorithm })))
      return fail('algorithm', `it is signed by ${algorithm}; expected ${signature.algorithm}`);
  for (const keyEncoding of ['utf8', 'hex', 'base64'] as const)
    if (keyEncoding !== (signature.keyEncoding ?? 'utf8') && (await fits({ ...signature, keyEncoding })))
      return fail(
        'key',
        `the secret was read as ${keyEncoding}; expected ${signature.keyEncoding ?? 'utf8'}`,
      );
  const text = Buffer.from(message.body).toString('utf8');
  const trimmed = { ...message, body: Buffer.from(text.trimEnd(), 'utf8') };
  if (trimmed.body.length !== message.body.length && (await fits(signature, trimmed)))
    return fail('body', 'the body has white space at its end that was not signed');
  const given = givenIn(signature, message);
  const encodings = ENCODINGS[signature.encoding];
  if (!encodings.some((one) => isEncoded(given, one, SIZES[signature.algorithm])))
    return fail(
      'encoding',
      `${placeOf(signature.in)} is not ${encodings.join(' or ')} of ${SIZES[signature.algorithm]} bytes`,
    );
  return failed('signature', signature);
}

function givenIn({ in: place, pattern }: ReceivedHmac, message: ReceivedMessage): string {
  const given =
    'header' in place ? message.headers[place.header.toLowerCase()] : message.parameters[place.parameter];
  return signatureIn(given ?? null, pattern) ?? '';
}

function isEncoded(text: string, encoding: 'hex' | 'base64', sizeBytes: number): boolean {
  const isForm = encoding === 'hex' ? /^[0-9a-f]+$/.test(text) : /^[A-Za-z0-9+/]+={0,2}$/.test(text);
  return isForm && Buffer.from(text, encoding).length === sizeBytes;
}

const BECAUSE: Readonly<Record<string, string>> = {
  malformed: 'it does not have the form of a signature or a JWT',
  algorithm: 'its algorithm is not one that the platform uses',
  crit: 'its header demands an extension that we do not know',
  key: 'there is no key for it: "publicKeys" or "jwks" of the secret file has none of this id and kind',
  signature: 'no secret that was given makes this signature over this message',
  timestamp: 'it was signed too far from now, or its time does not read; --at sets the time to judge by',
  issuer: 'it was issued by somebody else',
  audience: 'it is meant for somebody else',
  expired: 'it has expired; --at sets the time to judge by',
  not_yet_valid: 'it is not valid yet; --at sets the time to judge by',
  too_old: 'it was issued too long ago; --at sets the time to judge by',
  claim: 'a claim that must be there is missing, or has another form',
};

function failed(step: string, signature: { readonly kind: ReceivedSignature['kind'] }): Verdict {
  if (step !== 'missing') return fail(step, BECAUSE[step] ?? step);
  return fail('missing', `${missingOf(signature)} is missing`);
}

function missingOf(signature: object): string {
  if ('in' in signature && typeof signature.in === 'object' && signature.in !== null)
    return placeOf(signature.in);
  if ('header' in signature) return `the header "${String(signature.header)}"`;
  return 'a header of "webhook-id", "webhook-timestamp" and "webhook-signature"';
}

function placeOf(place: object): string {
  return 'header' in place
    ? `the header "${String(place.header)}"`
    : `the parameter "${'parameter' in place ? String(place.parameter) : ''}"`;
}

export function fail(step: string, because: string): Verdict {
  return { verified: false, step, because };
}
