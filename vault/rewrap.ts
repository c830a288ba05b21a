// Moves data keys under the provider's current key-encrypting key. What they sealed is not touched. It may be stopped anywhere and
// begun again: whatever is not yet under the current key is simply still to do. A key that does not unwrap is told of and passed by.
import { MooringError } from '../domain/errors.ts';
import type { RewrapPort, Rewrapped, WrappedDataKey } from '../domain/sealing.ts';
import type { KeyProvider } from './key-provider.ts';

export interface Rewrapping {
  /** How many this call moved. */
  readonly moved: number;
  /** Those that no key at hand unwraps. The former key may be retired when there is none, or when none of them is missed. */
  readonly unreadable: readonly { readonly owner: string; readonly version: number }[];
}

/** Moves about `atMost` of them, a page at a time; `onPage` hears of each. */
export async function rewrapDataKeys(deps: {
  readonly keyProvider: KeyProvider;
  readonly port: RewrapPort;
  readonly atMost?: number;
  readonly onPage?: () => void;
}): Promise<Rewrapping> {
  const { keyProvider, port, atMost = Number.POSITIVE_INFINITY } = deps;
  const unreadable: { owner: string; version: number }[] = [];
  let moved = 0;
  for (let after: WrappedDataKey | null = null; moved < atMost; ) {
    const keys: readonly WrappedDataKey[] = await port.listNotUnder(await keyProvider.currentId(), after);
    if (keys.length === 0) break;
    const page: Rewrapped[] = [];
    for (const old of keys) {
      const next = await wrapAnew(keyProvider, old);
      if (next === null) unreadable.push({ owner: old.owner, version: old.version });
      else page.push({ old, next });
    }
    moved += await port.replace(page);
    after = keys.at(-1) ?? null;
    deps.onPage?.();
  }
  return { moved, unreadable };
}

/** Null when no key at hand unwraps it. */
async function wrapAnew(keyProvider: KeyProvider, old: WrappedDataKey): Promise<WrappedDataKey | null> {
  try {
    const plain = await keyProvider.unwrap(old.wrapped, old.kekId, old);
    const { wrapped, kekId } = await keyProvider.wrap(plain, old);
    plain.fill(0);
    return { ...old, wrapped, kekId };
  } catch (error) {
    if (error instanceof MooringError && UNREADABLE.has(error.code)) return null;
    throw error;
  }
}

const UNREADABLE: ReadonlySet<string> = new Set(['credential_unreadable', 'key_unavailable']);
