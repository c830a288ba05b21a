// The door: the one way out to a platform. Composition only; each step has its own file.

import type { CredentialUse, PlatformCall } from './call.ts';
import type { Exchange } from './exchange.ts';

export interface Egress {
  /** Opens the credential once, with its audit row, and lends calls signed with it to the closure. */
  withCredential<T>(use: CredentialUse, closure: (call: PlatformCall) => Promise<T>): Promise<T>;
  readonly exchange: Exchange;
  /** Flushes counts and closes pools; calls under way are aborted. */
  close(): Promise<void>;
}
