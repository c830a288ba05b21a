// mooring keys rotate: a new key-encrypting key for the local stack, and every data key moved under the newest key, with progress. It never
// prints a key, and removes none: backups of the database still need the former ones.
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { open, readFile, rename } from 'node:fs/promises';
import { type components, dataOf, MooringApiError } from '../client/index.ts';
import { type Context, inLocalFolder } from './context.ts';

type DataKeys = components['schemas']['DataKeys'];

const localKek = (): string => inLocalFolder('kek');

async function readDataKeys({ client }: Context): Promise<DataKeys> {
  return dataOf(client.GET('/v1/data-keys'));
}

/** Null for a key that may not see them: a tenant's. */
export async function findDataKeys(context: Context): Promise<DataKeys | null> {
  return readDataKeys(context).catch((error: unknown) => {
    if (error instanceof MooringApiError && error.problem.code === 'forbidden') return null;
    throw error;
  });
}

/** Exit code 1 when some data keys could not be moved. */
export async function rotateKeys(context: Context): Promise<void> {
  const before = await readDataKeys(context);
  const isNew = context.isLocal && existsSync(localKek());
  if (isNew) await addLocalKey(before, context);
  const { moved, unreadable } = await moveAll(context);
  const after = await readDataKeys(context);
  if (after.underFormer > 0) process.exitCode = 1;
  context.print({ ...after, moved, unreadable, newKey: isNew }, () =>
    [
      isNew
        ? `${after.keyId} is the newest key, at the top of ${localKek()}.`
        : `${after.keyId} is the newest key.`,
      `${moved} data keys moved under it; ${after.dataKeys - after.underFormer} of ${after.dataKeys} are there now.`,
      after.underFormer === 0
        ? 'The former keys are needed for older backups alone.'
        : `${after.underFormer} are still under ${after.former.map(({ keyId }) => keyId).join(', ')}: no key at hand unwraps them.`,
    ].join('\n'),
  );
}

/** Puts a new key above the present ones and waits until the API uses it. */
async function addLocalKey(before: DataKeys, context: Context): Promise<void> {
  const present = await readFile(localKek(), 'utf8');
  await replaceFile(localKek(), `${randomBytes(32).toString('base64')}\n${present.trim()}\n`);
  const { keyId } = await readDataKeys(context);
  if (keyId === before.keyId)
    throw new Error(`The API goes on with ${keyId}: it does not read ${localKek()}. Restart it (npm start).`);
}

/** Whole or not at all, whoever reads it meanwhile, and for its owner alone. */
async function replaceFile(path: string, text: string): Promise<void> {
  const next = `${path}.${randomBytes(6).toString('hex')}`;
  const file = await open(next, 'wx', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(next, path);
}

async function moveAll(context: Context): Promise<{ moved: number; unreadable: number }> {
  let moved = 0;
  for (;;) {
    const step = await dataOf(context.client.POST('/v1/data-keys/rewrap'));
    moved += step.moved;
    if (step.moved === 0) return { moved, unreadable: step.unreadable };
    if (!context.isJson) console.error(`${moved} moved, ${step.left} left`);
  }
}
