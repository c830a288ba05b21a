// What holds key-encrypting keys: the environment or a file, later a KMS. It wraps data keys; no other key material ever reaches it.
import type { KeyOwner } from '../domain/sealing.ts';

/** What a wrapped data key belongs to; bound as additional data, so that it unwraps for its own owner and version alone. */
export interface WrapContext {
  readonly owner: KeyOwner;
  readonly version: number;
}

export interface KeyProvider {
  /** The key that wraps now. Another one from the moment the key was rotated. */
  currentId(): Promise<string>;
  wrap(dataKey: Uint8Array, context: WrapContext): Promise<{ wrapped: Uint8Array; kekId: string }>;
  /** Throws `key_unavailable` when the key is not at hand, `credential_unreadable` when the bytes or the context were changed. */
  unwrap(wrapped: Uint8Array, kekId: string, context: WrapContext): Promise<Uint8Array>;
}
