// Key-encrypting keys in this process, from the environment or a file. A fleet with a KMS puts it behind the same interface. The
// keys never leave this closure.
import { createHash } from 'node:crypto';
import { MooringError } from '../../domain/errors.ts';
import { decrypt, encrypt, KEY_BYTES } from '../aes-gcm.ts';
import { encodeCanonically } from '../envelope.ts';
import type { KeyProvider, WrapContext } from '../key-provider.ts';

/** What stands beside data keys that were wrapped before keys had names of their own: any key at hand may be theirs. */
export const NAMELESS_KEK_ID = 'local';

export interface LocalKey {
  /** Names the key beside what it wrapped; not secret. */
  readonly id: string;
  /** 32 random bytes. */
  readonly bytes: Uint8Array;
}

/** The key that wraps, and those that only unwrap what they wrapped until it was rewrapped. */
export interface KeyRing {
  readonly newest: LocalKey;
  readonly former: readonly LocalKey[];
}

/** Names a key after itself, so that two keys can be told apart and a process with the wrong one is found out. */
export function localKey(bytes: Uint8Array): LocalKey {
  const digest = createHash('sha256')
    .update('mooring key-encrypting key\n', 'utf8')
    .update(bytes)
    .digest('hex');
  return { id: `kek-${digest.slice(0, 16)}`, bytes };
}

/** Wraps with `key`; `formerKeys` still unwrap what they wrapped, until everything was rewrapped. Throws `invalid_settings`. */
export function localKeyProvider(key: LocalKey, formerKeys: readonly LocalKey[] = []): KeyProvider {
  const ring = { newest: key, former: formerKeys };
  checkRing(ring);
  return ringProvider(async () => ring);
}

/** The same over a ring that may become another one while the process runs. */
export function ringProvider(ring: () => Promise<KeyRing>): KeyProvider {
  return {
    currentId: async () => (await ring()).newest.id,
    wrap: async (dataKey, context) => {
      const { id, bytes } = (await ring()).newest;
      return { wrapped: encrypt(bytes, dataKey, contextData(id, context)), kekId: id };
    },
    unwrap: async (wrapped, kekId, context) => {
      for (const { bytes } of keysNamed(await ring(), kekId)) {
        const dataKey = decrypt(bytes, wrapped, contextData(kekId, context));
        if (dataKey !== null) return dataKey;
      }
      const name = `data key ${context.version} of "${context.owner}"`;
      throw new MooringError('credential_unreadable', `${name} does not unwrap with key "${kekId}"`);
    },
  };
}

/** Throws `invalid_settings` for a key that is too short or given twice. */
export function checkRing({ newest, former }: KeyRing): void {
  const ids = new Set<string>();
  for (const { id, bytes } of [newest, ...former]) {
    if (bytes.length !== KEY_BYTES) {
      throw new MooringError('invalid_settings', `key "${id}" has ${bytes.length} bytes, not ${KEY_BYTES}`);
    }
    if (ids.has(id)) throw new MooringError('invalid_settings', `key "${id}" is given twice`);
    ids.add(id);
  }
}

function keysNamed({ newest, former }: KeyRing, kekId: string): readonly LocalKey[] {
  const keys = [newest, ...former];
  const named = keys.filter(({ id }) => id === kekId);
  if (named.length > 0) return named;
  if (kekId === NAMELESS_KEK_ID) return keys;
  throw new MooringError('key_unavailable', `the key-encrypting key "${kekId}" is not at hand`);
}

function contextData(kekId: string, { owner, version }: WrapContext): Buffer {
  return encodeCanonically(['mooring data key', kekId, owner, String(version)]);
}
