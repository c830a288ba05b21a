// Unguessable values for links, states and browsers: 256 bits each. Only their SHA-256 is ever stored.
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** A stored hash, in the form the store takes. */
export type Hash = Uint8Array<ArrayBuffer>;

export function mintToken(): string {
  return randomBytes(32).toString('base64url');
}

export function hashToken(token: string): Hash {
  return Uint8Array.from(createHash('sha256').update(token, 'utf8').digest());
}

export function isSameHash(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}

/**
 * The PKCE verifier (RFC 7636) of one state in one browser. It is derived from the browser's cookie and the state, so that it need
 * not be stored, and nobody who sees only the state can make it.
 */
export function codeVerifier(browser: string, state: string): string {
  return createHash('sha256').update(`pkce\n${browser}\n${state}`, 'utf8').digest('base64url');
}

/** What an id token must repeat; derived as the verifier is, so that it need not be stored. */
export function idTokenNonce(browser: string, state: string): string {
  return createHash('sha256').update(`nonce\n${browser}\n${state}`, 'utf8').digest('base64url');
}

export function codeChallenge(verifier: string): string {
  return createHash('sha256').update(verifier, 'ascii').digest('base64url');
}
