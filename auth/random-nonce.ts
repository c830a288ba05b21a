// A one-time value for a request: unguessable, so that nobody can spend it before us.
import { randomBytes } from 'node:crypto';

/** 32 hex digits. */
export function randomNonce(): string {
  return randomBytes(16).toString('hex');
}
