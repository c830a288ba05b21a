// From the settings to the key provider of a process, checked against the database before anything is sealed or opened.
import { MooringError } from '../domain/errors.ts';
import type { DataKeyUse } from '../domain/sealing.ts';
import { checkKeys } from './check-keys.ts';
import type { KeyProvider } from './key-provider.ts';
import { keyFileProvider } from './key-providers/key-file.ts';
import { localKey, localKeyProvider } from './key-providers/local.ts';

export interface KeySettings {
  /** 32 bytes in base64 each; the first wraps, all unwrap. None where there is a file. */
  readonly keyEncryptingKeys: readonly string[];
  readonly keyFile: string | null;
}

export interface KeySurroundings {
  readonly listUses: () => Promise<readonly DataKeyUse[]>;
  readonly log: { warn(fields: object, message: string): void };
}

/** Throws `invalid_settings` for keys that are wrong or lacking. A database that cannot be reached is not held against them. */
export async function openKeyProvider(settings: KeySettings, around: KeySurroundings): Promise<KeyProvider> {
  const { keyFile, keyEncryptingKeys } = settings;
  const warn = (text: string) => around.log.warn({}, text);
  const keyProvider =
    keyFile === null ? givenKeys(keyEncryptingKeys) : await keyFileProvider(keyFile, { warn });
  try {
    await checkKeys(keyProvider, await around.listUses());
  } catch (error) {
    const isDown = error instanceof MooringError && error.code === 'store_unavailable';
    if (!isDown) throw error;
    warn('the keys could not be compared with the database');
  }
  return keyProvider;
}

function givenKeys(texts: readonly string[]): KeyProvider {
  const [newest, ...former] = texts.map((text) => localKey(Buffer.from(text, 'base64')));
  if (newest === undefined) throw new MooringError('invalid_settings', 'there is no key-encrypting key');
  return localKeyProvider(newest, former);
}
