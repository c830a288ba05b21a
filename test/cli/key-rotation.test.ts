// mooring keys rotate against a running API that reads its keys from the local stack's file.
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '../../store/new-id.ts';
import { keyFileProvider, localKey } from '../../vault/index.ts';
import { startApi, type TestApi } from '../http/api.ts';

const FIRST = randomBytes(32).toString('base64');
const idOf = (line: string) => localKey(Buffer.from(line, 'base64')).id;

let api: TestApi;
let folder: string;
let kek: string;
let url: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mooring-rotate-'));
  kek = join(folder, '.mooring', 'kek');
  await mkdir(join(folder, '.mooring'));
  await writeFile(kek, FIRST, { mode: 0o600 });
  api = await startApi({ keyProvider: await keyFileProvider(kek, { warn: () => undefined }) });
  url = await api.app.listen({ port: 0, host: '127.0.0.1' });
  const local = { apiUrl: url, apiKey: api.operatorKey };
  await writeFile(join(folder, '.mooring', 'local.json'), JSON.stringify(local));
});
afterAll(async () => {
  await api.close();
  await rm(folder, { recursive: true });
});

function mooring(args: readonly string[], env: Record<string, string> = {}) {
  return new Promise<{ code: number; out: string; err: string }>((done) => {
    const child = execFile(
      process.execPath,
      [resolve('cli/mooring.mjs'), ...args],
      { cwd: folder, env: { PATH: process.env['PATH'] ?? '', ...env }, timeout: 30_000 },
      (_error, out, err) => done({ code: child.exitCode ?? -1, out, err }),
    );
  });
}

const lines = async () => (await readFile(kek, 'utf8')).trim().split('\n');

/** A secret of the tenant's own, so that it has a data key. */
async function tenantWithSecret(): Promise<void> {
  const tenantId = await api.tenant();
  const body = { tenantId, platform: 'acorn', clientId: newId('connection'), clientSecret: 'hush' };
  const made = await api.call('POST', '/v1/client-registrations', { body });
  expect(made.status, made.text).toBe(201);
}

test('a new key is made and every data key moved under it, with progress, while the API goes on', async () => {
  for (let i = 0; i < 3; i++) await tenantWithSecret();
  const done = await mooring(['keys', 'rotate']);
  expect(done, done.err).toMatchObject({ code: 0 });
  expect(done.out).toContain('3 of 3 are there now');
  expect(done.err).toContain('3 moved, 0 left');
  const [newest, former] = await lines();
  expect([former, (await lines()).length]).toEqual([FIRST, 2]);
  expect(done.out).toContain(idOf(newest ?? ''));
  for (const key of await lines()) expect(done.out + done.err).not.toContain(key);
  expect((await stat(kek)).mode & 0o777).toBe(0o600);
  expect((await readdir(join(folder, '.mooring'))).sort()).toEqual(['kek', 'local.json']);
  const { body } = await api.call('GET', '/v1/data-keys');
  expect(body).toEqual({ keyId: idOf(newest ?? ''), dataKeys: 3, underFormer: 0, former: [] });
  await tenantWithSecret();
}, 60_000);

test('against an API elsewhere no key is made: what is left under a former key is moved', async () => {
  const before = await lines();
  const done = await mooring(['keys', 'rotate', '--json'], {
    MOORING_URL: url.replace('127.0.0.1', 'localhost'),
    MOORING_KEY: api.operatorKey,
  });
  expect(JSON.parse(done.out)).toMatchObject({ moved: 0, underFormer: 0, newKey: false });
  expect(await lines()).toEqual(before);
}, 60_000);

test('status and doctor tell how many data keys are still under a former key, and rotate says which it cannot move', async () => {
  await api.database.owner.query(
    `INSERT INTO data_keys (owner, version, tenant_id, wrapped, kek_id, status) VALUES ($1, 1, $1, '\\x00', 'kek-gone', 'primary')`,
    [await api.tenant()],
  );
  expect((await mooring(['status'])).out).toContain('5 data keys, 1 of them under a former key');
  const doctor = await mooring(['doctor']);
  expect(doctor.code).toBe(1);
  expect(doctor.out).toContain('kek-gone');
  const env = { MOORING_URL: url.replace('127.0.0.1', 'localhost'), MOORING_KEY: api.operatorKey };
  const rotated = await mooring(['keys', 'rotate'], env);
  expect(rotated.code).toBe(1);
  expect(rotated.out).toContain('1 are still under kek-gone');
}, 60_000);

test('a tenant’s own key sees no data keys, and status works without them', async () => {
  const env = { MOORING_URL: url, MOORING_KEY: await api.key('read', await api.tenant()) };
  expect((await mooring(['status'], env)).out).not.toContain('data keys');
  expect((await mooring(['keys', 'rotate'], env)).err).toContain('forbidden');
}, 60_000);
