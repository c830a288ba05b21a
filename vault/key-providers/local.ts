// A key-encrypting key in this process, from MOORING_KEK or .mooring/kek. For one machine; a fleet uses a KMS behind the same
// interface. The key never leaves this closure.
import { MooringError } from '../../domain/errors.ts';
import { decrypt, encrypt, KEY_BYTES } from '../aes-gcm.ts';
import { encodeCanonically } from '../envelope.ts';
import type { KeyProvider, WrapContext } from '../key-provider.ts';

/** Stands beside every data key that a process of this installation wrapped; http and worker must name it alike. */
export const LOCAL_KEK_ID = 'local';

export interface LocalKey {
  /** Names the key beside what it wrapped; not secret. */
  readonly id: string;
  /** 32 random bytes. */
  readonly bytes: Uint8Array;
}

/** Wraps with `key`; `formerKeys` still unwrap what they wrapped, until everything was rewrapped. Throws `invalid_settings`. */
export function localKeyProvider(key: LocalKey, formerKeys: readonly LocalKey[] = []): KeyProvider {
  const keys = new Map<string, Buffer>();
  for (const { id, bytes } of [key, ...formerKeys]) {
    if (bytes.length !== KEY_BYTES) {
      throw new MooringError('invalid_settings', `key "${id}" has ${bytes.length} bytes, not ${KEY_BYTES}`);
    }
    if (keys.has(id)) throw new MooringError('invalid_settings', `key "${id}" is given twice`);
    keys.set(id, Buffer.from(bytes));
  }
  return {
    currentId: key.id,
    wrap: async (dataKey, context) => {
      const kek = findKey(keys, key.id);
      return { wrapped: encrypt(kek, dataKey, contextData(key.id, context)), kekId: key.id };
    },
    unwrap: async (wrapped, kekId, context) => {
      const dataKey = decrypt(findKey(keys, kekId), wrapped, contextData(kekId, context));
      if (dataKey !== null) return dataKey;
      const name = `data key ${context.version} of "${context.owner}"`;
      throw new MooringError('credential_unreadable', `${name} does not unwrap with key "${kekId}"`);
    },
  };
}

function findKey(keys: ReadonlyMap<string, Buffer>, id: string): Buffer {
  const key = keys.get(id);
  if (key === undefined)
    throw new MooringError('credential_unreadable', `there is no key-encrypting key "${id}"`);
  return key;
}

function contextData(kekId: string, { owner, version }: WrapContext): Buffer {
  return encodeCanonically(['mooring data key', kekId, owner, String(version)]);
}
