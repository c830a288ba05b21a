// Standard Webhooks (standardwebhooks.com, specification 1.0.0) for what we send: keys, and the three headers of a message. v1 is HMAC-SHA256 over
// `id.timestamp.body`, v1a Ed25519 (RFC 8032) over the same. It never says a key's text to anybody but the vault.
import { createHmac, createPrivateKey, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { MooringError } from '../domain/errors.ts';
import type { Secret } from '../domain/secret.ts';

export type WebhookKeyKind = 'hmac' | 'ed25519';

export interface NewWebhookKey {
  readonly kind: WebhookKeyKind;
  /** `whsec_…` or `whsk_…`: what is sealed. */
  readonly secret: string;
  /** `whpk_…` of an Ed25519 pair; null for an HMAC secret. */
  readonly publicKey: string | null;
}

export interface WebhookKey {
  readonly kind: WebhookKeyKind;
  readonly secret: Secret;
}

export interface WebhookMessage {
  /** Tells messages apart and is the same at every attempt. Without a dot. */
  readonly id: string;
  /** Seconds; of this attempt. */
  readonly timestampS: number;
  readonly body: string;
}

/** The specification asks for 24 to 64. */
const SECRET_BYTES = 32;
const ED25519_BYTES = 32;
/** What stands before the 32 bytes of a private key in PKCS #8 (RFC 8410 § 7). */
const PKCS8_ED25519 = Buffer.from('302e020100300506032b657004220420', 'hex');

/** A fresh key. */
export function newWebhookKey(kind: WebhookKeyKind): NewWebhookKey {
  if (kind === 'hmac')
    return { kind, secret: `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`, publicKey: null };
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const seed = privateKey.export({ format: 'der', type: 'pkcs8' }).subarray(-ED25519_BYTES);
  const point = publicKey.export({ format: 'der', type: 'spki' }).subarray(-ED25519_BYTES);
  return { kind, secret: `whsk_${seed.toString('base64')}`, publicKey: `whpk_${point.toString('base64')}` };
}

/** The headers of one attempt: one signature a key, in the order of the keys. Throws `internal` for a key of another form, or for an id with a dot. */
export function webhookHeaders(
  keys: readonly WebhookKey[],
  message: WebhookMessage,
): Readonly<Record<'webhook-id' | 'webhook-timestamp' | 'webhook-signature', string>> {
  const { id, timestampS, body } = message;
  if (id === '' || id.includes('.')) throw new MooringError('internal', `"${id}" cannot be a message's id`);
  const signed = Buffer.from(`${id}.${timestampS}.${body}`, 'utf8');
  return {
    'webhook-id': id,
    'webhook-timestamp': String(timestampS),
    'webhook-signature': keys.map((key) => signature(key, signed)).join(' '),
  };
}

function signature({ kind, secret }: WebhookKey, signed: Buffer): string {
  const text = secret.reveal();
  if (kind === 'hmac') {
    const key = bytesOf(text, 'whsec_');
    return `v1,${createHmac('sha256', key).update(signed).digest('base64')}`;
  }
  const key = createPrivateKey({
    key: Buffer.concat([PKCS8_ED25519, bytesOf(text, 'whsk_')]),
    format: 'der',
    type: 'pkcs8',
  });
  return `v1a,${sign(null, signed, key).toString('base64')}`;
}

function bytesOf(text: string, prefix: string): Buffer {
  const bytes = text.startsWith(prefix) ? Buffer.from(text.slice(prefix.length), 'base64') : Buffer.alloc(0);
  if (bytes.length < 24 || bytes.length > 64)
    throw new MooringError('internal', 'the key of an endpoint is not of its form');
  return bytes;
}
