// Seals and opens secrets. It keeps unwrapped data keys for a short while and nothing else; it never logs and never says in an
// error what a secret was.
import { randomBytes } from 'node:crypto';
import { MooringError } from '../domain/errors.ts';
import type { DataKeyPort, KeyOwner, SealBinding, Sealed, WrappedDataKey } from '../domain/sealing.ts';
import { Secret } from '../domain/secret.ts';
import { KEY_BYTES } from './aes-gcm.ts';
import { openEnvelope, readKeyVersion, sealEnvelope } from './envelope.ts';
import type { KeyProvider } from './key-provider.ts';

export interface Vault {
  /** Seals named parts under the owner's newest data key, making one when there is none. */
  seal(binding: SealBinding, parts: Readonly<Record<string, string>>): Promise<Sealed>;
  /** Throws `credential_unreadable` when bytes, key or binding is another one than it was sealed under, `key_unavailable` when the key is not at hand. */
  open(binding: SealBinding, sealed: Sealed): Promise<Record<string, Secret>>;
  /** Forgets unwrapped data keys: of one owner (after a destruction), or of all. */
  forget(owner?: KeyOwner): void;
}

export interface VaultDeps {
  readonly keyProvider: KeyProvider;
  readonly dataKeys: DataKeyPort;
  readonly nowMs?: () => number;
}

interface DataKey {
  readonly version: number;
  readonly bytes: Uint8Array;
}

interface CachedKey {
  readonly key: Promise<DataKey>;
  readonly untilMs: number;
}

/** How long an unwrapped key is kept, and so how long a destroyed one may still open in another process. */
const KEY_KEPT_MS = 60_000;
const KEYS_KEPT = 10_000;

export function createVault(deps: VaultDeps): Vault {
  const cache = new Map<string, CachedKey>();
  const nowMs = deps.nowMs ?? Date.now;

  /** Simultaneous callers share one load. A failed load is not kept. */
  function keep(name: string, load: () => Promise<DataKey>): Promise<DataKey> {
    const known = cache.get(name);
    if (known !== undefined && known.untilMs > nowMs()) return known.key;
    if (cache.size >= KEYS_KEPT) cache.clear();
    const key = load();
    const entry = { key, untilMs: nowMs() + KEY_KEPT_MS };
    cache.set(name, entry);
    key.catch(() => {
      if (cache.get(name) === entry) cache.delete(name);
    });
    return key;
  }

  return {
    seal: async (binding, parts) => {
      checkGeneration(binding);
      const key = await keep(`${binding.owner} newest`, () => loadNewest(deps, binding.owner));
      const plain = Buffer.from(JSON.stringify(parts), 'utf8');
      const bytes = sealEnvelope(key.bytes, key.version, binding, plain);
      plain.fill(0);
      return { bytes, keyVersion: key.version };
    },
    open: async (binding, sealed) => {
      const version = readKeyVersion(sealed.bytes);
      if (version === null || version !== sealed.keyVersion)
        throw unreadable(binding, 'has a damaged header');
      const key = await keep(`${binding.owner} ${version}`, () => loadVersion(deps, binding.owner, version));
      const plain = openEnvelope(key.bytes, version, binding, sealed.bytes);
      if (plain === null)
        throw unreadable(binding, 'does not open: its bytes or what it belongs to were changed');
      return readParts(binding, plain);
    },
    forget: (owner) => {
      if (owner === undefined) return cache.clear();
      for (const name of cache.keys()) if (name.startsWith(`${owner} `)) cache.delete(name);
    },
  };
}

async function loadNewest(deps: VaultDeps, owner: KeyOwner): Promise<DataKey> {
  const found = await deps.dataKeys.findNewest(owner);
  if (found !== null) return unwrap(deps, found);
  // Two processes may get here at once: the store keeps one of the two, and both use the one that is kept.
  const version = 1;
  const { wrapped, kekId } = await deps.keyProvider.wrap(randomBytes(KEY_BYTES), { owner, version });
  return unwrap(deps, await deps.dataKeys.add({ owner, version, wrapped, kekId }));
}

async function loadVersion(deps: VaultDeps, owner: KeyOwner, version: number): Promise<DataKey> {
  const found = await deps.dataKeys.find(owner, version);
  if (found !== null) return unwrap(deps, found);
  throw new MooringError('credential_unreadable', `data key ${version} of "${owner}" is gone`);
}

async function unwrap(deps: VaultDeps, key: WrappedDataKey): Promise<DataKey> {
  const bytes = await deps.keyProvider.unwrap(key.wrapped, key.kekId, key);
  return { version: key.version, bytes };
}

function readParts(binding: SealBinding, plain: Buffer): Record<string, Secret> {
  const parts: Record<string, Secret> = {};
  try {
    const parsed: unknown = JSON.parse(plain.toString('utf8'));
    if (typeof parsed !== 'object' || parsed === null) throw new TypeError('not an object');
    for (const [name, text] of Object.entries(parsed)) {
      if (typeof text !== 'string') throw new TypeError('not a text');
      Object.defineProperty(parts, name, { value: new Secret(text), enumerable: true });
    }
  } catch {
    // The parser's message would quote the plain text: it is dropped.
    throw unreadable(binding, 'holds something else than named texts');
  } finally {
    plain.fill(0);
  }
  return parts;
}

function checkGeneration({ generation, subject }: SealBinding): void {
  if (Number.isSafeInteger(generation) && generation >= 0) return;
  throw new MooringError('internal', `generation ${generation} of "${subject}" is not a whole number`);
}

function unreadable({ kind, subject, generation }: SealBinding, why: string): MooringError {
  return new MooringError('credential_unreadable', `"${kind}" ${generation} of "${subject}" ${why}`);
}
