// What the other folders may take from the vault.
export type { DataKeyPort, KeyOwner, SealBinding, Sealed, WrappedDataKey } from '../domain/sealing.ts';
export type { KeyProvider, WrapContext } from './key-provider.ts';
export { LOCAL_KEK_ID, type LocalKey, localKeyProvider } from './key-providers/local.ts';
export { type RewrapPort, type Rewrapping, rewrapDataKeys } from './rewrap.ts';
export { createVault, type Vault, type VaultDeps } from './vault.ts';
