// A key as it was pasted or registered, made ready for signing: PEM of any kind, a JWK, or a secret's text. It must never put the key into an error.
import { createPrivateKey, createPublicKey, createSecretKey, type KeyObject } from 'node:crypto';
import { MooringError } from '../domain/errors.ts';
import type { JwsAlgorithm, ReceivedPublicKey } from '../domain/platform.ts';

/** Throws signing_key_invalid where the text is no private key. */
export function privateKeyOf(text: string, passphrase?: string): KeyObject {
  const isJwk = text.trimStart().startsWith('{');
  try {
    if (isJwk) return createPrivateKey({ key: JSON.parse(text), format: 'jwk' });
    return createPrivateKey({ key: text, ...(passphrase === undefined ? {} : { passphrase }) });
  } catch {
    throw new MooringError('signing_key_invalid', 'the private key is neither PEM nor a JWK');
  }
}

/** PEM of a public key or of a certificate. Throws signing_key_invalid. */
export function publicKeyOf(pem: string): KeyObject {
  try {
    return createPublicKey(pem);
  } catch {
    throw new MooringError('signing_key_invalid', 'the public key is not PEM');
  }
}

/** For HS… the secret's text; RFC 7518 § 3.2 wants it as long as the digest, which no platform's secrets are held to. */
export function jwsKeyOf(algorithm: JwsAlgorithm, text: string): KeyObject {
  if (!algorithm.startsWith('HS')) return privateKeyOf(text);
  if (text === '') throw new MooringError('signing_key_invalid', 'the secret is empty');
  return createSecretKey(text, 'utf8');
}

const ENCODED = {
  utf8: /^[\s\S]+$/,
  hex: /^(?:[0-9a-f]{2})+$/i,
  base64: /^[A-Za-z0-9+/_-]+={0,2}$/,
} as const;

/** The bytes that a secret's text stands for; null where it is empty or not written so: what Node makes of such a text is a shorter key, or none, that anybody could guess. */
export function secretBytesOf(text: string, encoding: keyof typeof ENCODED = 'utf8'): Buffer | null {
  return ENCODED[encoding].test(text) ? Buffer.from(text, encoding) : null;
}

const KEY_TYPES: { readonly [A in ReceivedPublicKey['algorithm']]: string } = {
  'rsa-sha256': 'rsa',
  'ecdsa-sha256': 'ec',
  'ecdsa-sha1': 'ec',
  'ecdsa-told': 'ec',
  ed25519: 'ed25519',
};

/** A key of another kind would verify by its own algorithm, or by none. */
export function isKeyFor(
  algorithm: ReceivedPublicKey['algorithm'],
  { asymmetricKeyType }: KeyObject,
): boolean {
  return asymmetricKeyType === KEY_TYPES[algorithm];
}
