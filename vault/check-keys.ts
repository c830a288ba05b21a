// What a process looks at before it starts: whether it has the keys for what this database holds. Without it a wrong key would show
// one connection at a time, as credentials that do not open.
import { MooringError } from '../domain/errors.ts';
import type { DataKeyUse } from '../domain/sealing.ts';
import type { KeyProvider } from './key-provider.ts';
import { NAMELESS_KEK_ID } from './key-providers/local.ts';

/** Throws `invalid_settings`, naming every key that is missing; a single damaged data key is not held against the key. */
export async function checkKeys(keyProvider: KeyProvider, uses: readonly DataKeyUse[]): Promise<void> {
  const missing: string[] = [];
  for (const use of uses) {
    if (!(await isAtHand(keyProvider, use))) missing.push(`"${use.kekId}" (${use.dataKeys} data keys)`);
  }
  if (missing.length === 0) return;
  throw new MooringError(
    'invalid_settings',
    `the settings are wrong: "MOORING_KEK" and "MOORING_KEK_FORMER" lack the key-encrypting key ${missing.join(', ')} that this database was written with`,
  );
}

async function isAtHand(keyProvider: KeyProvider, { kekId, examples }: DataKeyUse): Promise<boolean> {
  for (const example of examples) {
    try {
      (await keyProvider.unwrap(example.wrapped, example.kekId, example)).fill(0);
      return true;
    } catch (error) {
      if (!(error instanceof MooringError)) throw error;
      if (error.code === 'key_unavailable') return false;
      // Under a key that has a name and is at hand it is the data key that was damaged.
      if (error.code === 'credential_unreadable' && kekId !== NAMELESS_KEK_ID) return true;
      if (error.code !== 'credential_unreadable') throw error;
    }
  }
  return examples.length === 0;
}
