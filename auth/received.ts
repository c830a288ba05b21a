// Whether a message we receive (a callback, a notification) was signed by the platform, by its data. Constant-time, fails closed, and says at which
// step it failed. Exact bytes: a body is never parsed and written again before it is judged.
import { createHmac, verify as verifyBytes } from 'node:crypto';
import type { Send } from '../domain/outbound.ts';
import type {
  ReceivedBasic,
  ReceivedHmac,
  ReceivedPublicKey,
  ReceivedSignature,
  ReceivedTimestamp,
  ReceivedWebhook,
} from '../domain/platform.ts';
import type { Secret } from '../domain/secret.ts';
import { textOf, valueAt } from '../platforms/json.ts';
import { isDigest, isSame, signatureIn } from './received-digest.ts';
import { type JwtFault, verifyDetached, verifyJwt } from './received-jwt.ts';
import {
  digestedBytes,
  jsonText,
  type ReceivedMessage,
  textOfBody,
  valuesOfMessage,
} from './received-text.ts';
import { isKeyFor, publicKeyOf, secretBytesOf } from './signing-key.ts';
import { valuesOf } from './values.ts';

export type { ReceivedMessage };

export interface Receiving {
  /** The client secret and those still in their overlap; any of them may have signed. */
  readonly secrets: readonly Secret[];
  /** Further names the data's templates may use. */
  readonly values?: Readonly<Record<string, string>>;
  /** For key sets. */
  readonly send?: Send;
  /** For a public key that the platform hands out by its id. */
  readonly readKey?: (path: string, keyId: string) => Promise<string | null>;
  readonly nowMs: number;
}

export type ReceivedVerdict =
  | { readonly ok: true; readonly claims?: Readonly<Record<string, unknown>> }
  | { readonly ok: false; readonly at: 'missing' | 'signature' | 'timestamp' | JwtFault };

/** Throws the codes of a call where a key must be read and cannot be, never because of what was received. */
export async function verifyReceived(
  signature: ReceivedSignature,
  message: ReceivedMessage,
  receiving: Receiving,
): Promise<ReceivedVerdict> {
  switch (signature.kind) {
    case 'hmac':
      return verifyHmac(signature, message, receiving);
    case 'standard_webhooks':
      return verifyWebhook(signature, message, receiving);
    case 'public_key':
      return await verifyByPublicKey(signature, message, receiving);
    case 'basic':
      return verifyBasic(signature, message, receiving);
    case 'jwt': {
      const { secrets, nowMs, send } = receiving;
      const jwt = signature.in === 'body' ? textOfBody(message).trim() : placed(signature.in, message);
      if (jwt === null || jwt === '') return { ok: false, at: 'missing' };
      const context = { values: valuesOf(receiving.values ?? {}), secrets: revealed(secrets), send, nowMs };
      return signature.isDetached === true
        ? await verifyDetached(jwt, message.body, signature.jwt, context)
        : await verifyJwt(jwt, signature.jwt, context);
    }
  }
}

function verifyHmac(
  signature: ReceivedHmac,
  message: ReceivedMessage,
  receiving: Receiving,
): ReceivedVerdict {
  const given = signatureIn(placed(signature.in, message), signature.pattern);
  if (given === null || given === '') return { ok: false, at: 'missing' };
  const { key: ownKey } = signature;
  const values = receiving.values ?? {};
  const keys =
    ownKey === undefined
      ? revealed(receiving.secrets)
      : [valuesOfMessage(signature, message, values).fill(ownKey)];
  const digested = digestedBytes(signature, message, values);
  const isSigned = keys.some((secret) => {
    const key = secretBytesOf(secret, signature.keyEncoding);
    if (key === null) return false;
    const digest = createHmac(signature.algorithm, key).update(digested).digest();
    return isDigest(given, digest, signature.encoding);
  });
  if (!isSigned) return { ok: false, at: 'signature' };
  return isRecent(signature.timestamp, message, receiving.nowMs)
    ? { ok: true }
    : { ok: false, at: 'timestamp' };
}

/** Standard Webhooks: any of the listed v1 signatures by any of our secrets. */
function verifyWebhook(
  { keyEncoding, key, toleranceS }: ReceivedWebhook,
  { headers, body }: ReceivedMessage,
  { secrets, values, nowMs }: Receiving,
): ReceivedVerdict {
  const [id, at, given] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map(
    (name) => headers[name] ?? '',
  );
  if (!id || !at || !given) return { ok: false, at: 'missing' };
  const signatures = given.split(' ').flatMap((one) => (/^v1,./.test(one) ? [one.slice(3)] : []));
  const texts = key === undefined ? revealed(secrets) : [valuesOf(values ?? {}).fill(key)];
  const isSigned = texts.some((text) => {
    const bytes =
      keyEncoding === 'utf8' ? secretBytesOf(text) : secretBytesOf(text.replace(/^whsec_/, ''), 'base64');
    if (bytes === null) return false;
    const mac = createHmac('sha256', bytes).update(`${id}.${at}.`).update(body).digest('base64');
    return signatures.some((one) => isSame(one, mac));
  });
  if (!isSigned) return { ok: false, at: 'signature' };
  const isInTime = /^\d{1,12}$/.test(at) && Math.abs(nowMs / 1000 - Number(at)) <= toleranceS;
  return isInTime ? { ok: true } : { ok: false, at: 'timestamp' };
}

/** RFC 7617 where a user name is told, else the header's own value. */
function verifyBasic(
  { header = 'authorization', username, password = '{notificationSecret}' }: ReceivedBasic,
  { headers }: ReceivedMessage,
  { values }: Receiving,
): ReceivedVerdict {
  const given = headers[header.toLowerCase()] ?? '';
  if (given === '') return { ok: false, at: 'missing' };
  const filled = valuesOf(values ?? {});
  const secret = filled.fill(password);
  if (secret === '') return { ok: false, at: 'signature' };
  if (username === undefined) return isSame(given, secret) ? { ok: true } : { ok: false, at: 'signature' };
  const pair = Buffer.from(`${filled.fill(username)}:${secret}`, 'utf8').toString('base64');
  // Walmart's documentation has the pair alone.
  const isGiven = isSame(given.replace(/^Basic /, ''), pair);
  return isGiven ? { ok: true } : { ok: false, at: 'signature' };
}

async function verifyByPublicKey(
  signature: ReceivedPublicKey,
  message: ReceivedMessage,
  receiving: Receiving,
): Promise<ReceivedVerdict> {
  const given = message.headers[signature.header.toLowerCase()] ?? '';
  if (given === '') return { ok: false, at: 'missing' };
  const parsed = parseSigned(signature.form, given);
  if (parsed === null) return { ok: false, at: 'malformed' };
  const pem = await pemOf(signature, parsed.keyId, receiving);
  if (pem === null) return { ok: false, at: 'key' };
  const key = publicKeyOf(asPem(pem));
  if (!isKeyFor(signature.algorithm, key)) return { ok: false, at: 'key' };
  const isSigned = verifyBytes(
    hashOf(signature.algorithm, parsed),
    message.body,
    key,
    Buffer.from(parsed.signature, 'base64'),
  );
  return isSigned ? { ok: true } : { ok: false, at: 'signature' };
}

function hashOf(algorithm: ReceivedPublicKey['algorithm'], { digest }: Signed): string | null {
  switch (algorithm) {
    case 'rsa-sha256':
    case 'ecdsa-sha256':
      return 'sha256';
    case 'ecdsa-sha1':
      return 'sha1';
    case 'ecdsa-told':
      return digest === 'SHA256' ? 'sha256' : 'sha1';
    case 'ed25519':
      return null;
  }
}

interface Signed {
  readonly signature: string;
  readonly keyId: string | null;
  readonly digest: string | null;
}

function parseSigned(form: ReceivedPublicKey['form'], text: string): Signed | null {
  switch (form) {
    case 'plain':
      return { signature: text, keyId: null, digest: null };
    case 'parameters': {
      const signature = /(?:^|[,\s])signature="?([A-Za-z0-9+/=]+)"?/.exec(text)?.[1];
      const keyId = /(?:^|[,\s])keyId="?([A-Za-z0-9._-]+)"?/.exec(text)?.[1];
      return signature === undefined || keyId === undefined ? null : { signature, keyId, digest: null };
    }
    case 'json':
      try {
        const parsed = JSON.parse(Buffer.from(text, 'base64').toString('utf8'));
        const [signature, keyId] = [textOf(valueAt(parsed, 'signature')), textOf(valueAt(parsed, 'kid'))];
        const digest = textOf(valueAt(parsed, 'digest'));
        return signature === null || keyId === null ? null : { signature, keyId, digest };
      } catch {
        return null;
      }
  }
}

/** A key id becomes part of a path: it holds nothing that could lead elsewhere. */
async function pemOf(
  { key }: ReceivedPublicKey,
  keyId: string | null,
  { readKey, values }: Receiving,
): Promise<string | null> {
  if ('pem' in key) return valuesOf(values ?? {}).fill(key.pem);
  if (readKey === undefined || keyId === null || !/^[A-Za-z0-9_-]{1,128}$/.test(keyId)) return null;
  return await readKey(key.path.replace('{keyId}', keyId), keyId);
}

/** Some hand out the base64 alone, or all on one line. */
function asPem(text: string): string {
  const base64 = text.replace(/-----(BEGIN|END) PUBLIC KEY-----/g, '').replace(/\s/g, '');
  if (!/^[A-Za-z0-9+/=]+$/.test(base64)) return text;
  return `-----BEGIN PUBLIC KEY-----\n${base64}\n-----END PUBLIC KEY-----`;
}

function placed(
  place: { readonly parameter: string } | { readonly header: string } | { readonly json: string },
  message: ReceivedMessage,
): string | null {
  if ('parameter' in place)
    return Object.hasOwn(message.parameters, place.parameter)
      ? (message.parameters[place.parameter] ?? null)
      : null;
  if ('header' in place) return message.headers[place.header.toLowerCase()] ?? null;
  return jsonText(message, place.json);
}

function isRecent(rule: ReceivedTimestamp | undefined, message: ReceivedMessage, nowMs: number): boolean {
  if (rule === undefined) return true;
  const text = placed(rule.in, message) ?? '';
  if (rule.unit !== 'iso8601' && !/^\d{1,15}$/.test(text)) return false;
  const atMs =
    rule.unit === 'iso8601' ? Date.parse(text) : Number(text) * (rule.unit === 'seconds' ? 1_000 : 1);
  return Math.abs(nowMs - atMs) <= rule.toleranceS * 1_000;
}

function revealed(secrets: readonly Secret[]): string[] {
  return secrets.map((secret) => secret.reveal());
}
