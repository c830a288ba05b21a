// The operator's API key of the local stack: made once for an empty database, kept in .mooring/ (0600).
import { hashApiKey, mintApiKey } from '../../http/api-key.ts';
import type { Database } from '../../store/database.ts';
import { newId } from '../../store/new-id.ts';
import { keep, readKept } from './local-state.ts';

const FILE = 'api-key';

/** The kept key where the database still knows it, else a new one. */
export async function ensureOperatorKey(db: Database): Promise<string> {
  const kept = await readKept(FILE);
  if (kept !== null && (await isKnown(db, kept))) return kept;
  const key = mintApiKey();
  await db.acrossTenants((tx) =>
    tx.apiKey.create({
      data: {
        id: newId('apiKey'),
        tenantId: null,
        role: 'operator',
        name: 'local stack',
        hash: hashApiKey(key),
      },
    }),
  );
  await keep(FILE, key);
  return key;
}

async function isKnown(db: Database, key: string): Promise<boolean> {
  const found = await db.acrossTenants((tx) => tx.apiKey.findUnique({ where: { hash: hashApiKey(key) } }));
  return found !== null && found.revokedAt === null;
}
