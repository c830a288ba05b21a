// What holds key-encrypting keys: the local file, later a KMS. It wraps data keys; no other key material ever reaches it.
import type { KeyOwner } from '../domain/sealing.ts';

/** What a wrapped data key belongs to; bound as additional data, so that it unwraps for its own owner and version alone. */
export interface WrapContext {
  readonly owner: KeyOwner;
  readonly version: number;
}

export interface KeyProvider {
  /** The key that wraps now. */
  readonly currentId: string;
  wrap(dataKey: Uint8Array, context: WrapContext): Promise<{ wrapped: Uint8Array; kekId: string }>;
  /** Throws `credential_unreadable` when the key is unknown or the bytes or the context were changed. */
  unwrap(wrapped: Uint8Array, kekId: string, context: WrapContext): Promise<Uint8Array>;
}
