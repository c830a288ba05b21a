// Unguessable values for links and states: 256 bits each. Only their SHA-256 is ever stored.
import { createHash, randomBytes } from 'node:crypto';

/** A stored hash, in the form the store takes. */
export type Hash = Uint8Array<ArrayBuffer>;

export function mintToken(): string {
  return randomBytes(32).toString('base64url');
}

export function hashToken(token: string): Hash {
  return Uint8Array.from(createHash('sha256').update(token, 'utf8').digest());
}
