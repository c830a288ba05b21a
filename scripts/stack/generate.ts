// Writes Prisma's client into store/generated when the schema is newer. Generating needs no engine, but Prisma looks for one: it is pointed at an
// existing file, so that nothing is downloaded.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const inRoot = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** Says whether it had to generate. */
export async function generateClient(): Promise<boolean> {
  const mark = inRoot('store/generated/.schema-sha256');
  const schema = await readFile(inRoot('prisma/schema.prisma'));
  const version = await readFile(inRoot('node_modules/prisma/package.json'));
  const wanted = createHash('sha256').update(schema).update(version).digest('hex');
  if (existsSync(mark) && (await readFile(mark, 'utf8')) === wanted) return false;
  await run(process.execPath, [inRoot('node_modules/prisma/build/index.js'), 'generate'], {
    cwd: inRoot('.'),
    env: { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: process.execPath, PRISMA_HIDE_UPDATE_MESSAGE: '1' },
  });
  await writeFile(mark, wanted);
  return true;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  console.log((await generateClient()) ? "wrote Prisma's client" : "Prisma's client is up to date");
}
