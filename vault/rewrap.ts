// Moves data keys under the provider's current key-encrypting key. What they sealed is not touched. It may be stopped anywhere and
// begun again: whatever is not yet under the current key is simply still to do. A key that does not unwrap is told of and passed by.
import { MooringError } from '../domain/errors.ts';
import type { WrappedDataKey } from '../domain/sealing.ts';
import type { KeyProvider } from './key-provider.ts';

export interface RewrapPort {
  /** Keys wrapped by another key than this one, by owner and version, from the one after `after`. */
  listNotUnder(kekId: string, after: WrappedDataKey | null): Promise<readonly WrappedDataKey[]>;
  /** Replaces the wrapping unless it is no longer the old one; says whether it did. */
  replace(old: WrappedDataKey, next: WrappedDataKey): Promise<boolean>;
}

export interface Rewrapping {
  /** How many this call moved. */
  readonly moved: number;
  /** Those that no key unwraps. The former key may be retired when there is none, or when none of them is missed. */
  readonly unreadable: readonly { readonly owner: string; readonly version: number }[];
}

export async function rewrapDataKeys(deps: {
  keyProvider: KeyProvider;
  port: RewrapPort;
}): Promise<Rewrapping> {
  const unreadable: { owner: string; version: number }[] = [];
  let moved = 0;
  let after: WrappedDataKey | null = null;
  for (;;) {
    const keys: readonly WrappedDataKey[] = await deps.port.listNotUnder(deps.keyProvider.currentId, after);
    if (keys.length === 0) return { moved, unreadable };
    for (const key of keys) {
      const outcome = await rewrapOne(deps, key);
      if (outcome === 'moved') moved += 1;
      if (outcome === 'unreadable') unreadable.push({ owner: key.owner, version: key.version });
      after = key;
    }
  }
}

async function rewrapOne(
  { keyProvider, port }: { keyProvider: KeyProvider; port: RewrapPort },
  key: WrappedDataKey,
): Promise<'moved' | 'moved_by_another' | 'unreadable'> {
  try {
    const plain = await keyProvider.unwrap(key.wrapped, key.kekId, key);
    const { wrapped, kekId } = await keyProvider.wrap(plain, key);
    plain.fill(0);
    return (await port.replace(key, { ...key, wrapped, kekId })) ? 'moved' : 'moved_by_another';
  } catch (error) {
    if (error instanceof MooringError && error.code === 'credential_unreadable') return 'unreadable';
    throw error;
  }
}
