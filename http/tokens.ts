// What is derived from unguessable values and how they are compared; they are made where they are stored.
import { createHash, timingSafeEqual } from 'node:crypto';

export { type Hash, hashToken, mintToken } from '../store/tokens.ts';

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
