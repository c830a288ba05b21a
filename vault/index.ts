// What the other folders may take from the vault.
export type { DataKeyPort, KeyOwner, SealBinding, Sealed, WrappedDataKey } from '../domain/sealing.ts';
export { checkKeys } from './check-keys.ts';
export type { KeyProvider, WrapContext } from './key-provider.ts';
export { keyFileProvider } from './key-providers/key-file.ts';
export { type LocalKey, localKey, localKeyProvider } from './key-providers/local.ts';
export { type KeySettings, openKeyProvider } from './open-keys.ts';
export { type Rewrapping, rewrapDataKeys } from './rewrap.ts';
export { createVault, type Vault, type VaultDeps } from './vault.ts';
