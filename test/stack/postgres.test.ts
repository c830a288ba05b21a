// The embedded PostgreSQL as npm start uses it: it must survive a start script that was killed, and keep its data.
import { spawn } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { freePort } from '../../scripts/stack/ports.ts';
import { startPostgres } from '../../scripts/stack/postgres.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mooring-postgres-'));
  await chmod(folder, 0o755);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const SCRIPT = `
import { startPostgres } from ${JSON.stringify(fileURLToPath(new URL('../../scripts/stack/postgres.ts', import.meta.url)))};
const server = await startPostgres({ folder: process.env.FOLDER, port: Number(process.env.PORT) });
await server.createDatabase('kept');
process.kill(process.pid, 'SIGKILL');
`;

test('a server left behind by a killed start is taken over, with its data', async () => {
  const data = join(folder, 'postgres');
  const child = spawn(process.execPath, ['--import', 'tsx/esm', '--input-type=module', '--eval', SCRIPT], {
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
    env: { ...process.env, FOLDER: data, PORT: String(await freePort()) },
    stdio: 'inherit',
  });
  const signal = await new Promise((resolve) => child.once('exit', (_code, by) => resolve(by)));
  expect(signal).toBe('SIGKILL');

  const server = await startPostgres({ folder: data, port: await freePort() });
  const client = new pg.Client({ connectionString: server.urlOf('kept') });
  await client.connect();
  expect((await client.query('SELECT current_database() AS name')).rows).toEqual([{ name: 'kept' }]);
  await client.end();
  await server.stop();
});

test('a port that is taken is named in the refusal', async () => {
  const port = await freePort();
  const first = await startPostgres({ folder: join(folder, 'first'), port });
  await expect(startPostgres({ folder: join(folder, 'second'), port })).rejects.toThrow(
    new RegExp(`on port ${port}`),
  );
  await first.stop();
});
