// What sealing means between the vault and whoever keeps the sealed bytes. No cryptography here, and no key.
import type { TenantId } from './ids.ts';

/** Whose data key seals: a tenant's, or the installation's own. */
export type KeyOwner = TenantId | 'installation';

/** What sealed bytes belong to. They open under exactly the binding they were sealed under. */
export interface SealBinding {
  readonly owner: KeyOwner;
  /** The id of the connection, registration, authorization or saved answer. */
  readonly subject: string;
  readonly kind: string;
  readonly generation: number;
}

export interface Sealed {
  readonly bytes: Uint8Array;
  /** The version of the owner's data key, beside the bytes so that rows at an old version can be found. */
  readonly keyVersion: number;
}

/** A data key as it is stored: wrapped by a key-encrypting key. */
export interface WrappedDataKey {
  readonly owner: KeyOwner;
  readonly version: number;
  readonly wrapped: Uint8Array;
  readonly kekId: string;
}

/** Where wrapped data keys are kept. */
export interface DataKeyPort {
  /** The newest version that may seal; null when the owner has none yet. */
  findNewest(owner: KeyOwner): Promise<WrappedDataKey | null>;
  /** Null when there is no such version, or it was destroyed. */
  find(owner: KeyOwner, version: number): Promise<WrappedDataKey | null>;
  /** Keeps a new version unless another writer already has one of that number; answers with the one that is kept. */
  add(key: WrappedDataKey): Promise<WrappedDataKey>;
}

/** Data keys under one key-encrypting key. */
export interface DataKeyUse {
  readonly kekId: string;
  readonly dataKeys: number;
  /** A few of them. */
  readonly examples: readonly WrappedDataKey[];
}

/** A data key before and after it was wrapped anew. */
export interface Rewrapped {
  readonly old: WrappedDataKey;
  readonly next: WrappedDataKey;
}

/** Where data keys are moved from one key-encrypting key to another. */
export interface RewrapPort {
  /** A page of the keys wrapped by another key than this one, by owner and version, from the one after `after`. */
  listNotUnder(kekId: string, after: WrappedDataKey | null): Promise<readonly WrappedDataKey[]>;
  /** Replaces each wrapping that is still the old one, all or none; how many. */
  replace(page: readonly Rewrapped[]): Promise<number>;
}
