// The key-encrypting key is replaced while the installation works: nothing becomes unreadable, wherever it is interrupted.
import { randomBytes } from 'node:crypto';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SealBinding } from '../../domain/sealing.ts';
import { createDataKeyPort, createRewrapPort, listDataKeyUses } from '../../store/data-keys.ts';
import { newId } from '../../store/new-id.ts';
import {
  checkKeys,
  createVault,
  type KeyProvider,
  keyFileProvider,
  type LocalKey,
  localKey,
  localKeyProvider,
  openKeyProvider,
  rewrapDataKeys,
  type Vault,
} from '../../vault/index.ts';
import { createTestDatabase, type TestDatabase } from '../world.ts';

const [FIRST, SECOND] = [localKey(randomBytes(32)), localKey(randomBytes(32))];
const NAMELESS: LocalKey = { id: 'local', bytes: FIRST.bytes };
const BY = { actor: 'test', reason: 'a test' };

let world: TestDatabase;
let folder: string;
beforeAll(async () => {
  world = await createTestDatabase();
  folder = await mkdtemp(join(tmpdir(), 'mooring-keys-'));
});
afterAll(async () => {
  await world.close();
  await rm(folder, { recursive: true });
});

const vaultOf = (keyProvider: KeyProvider): Vault =>
  createVault({ keyProvider, dataKeys: createDataKeyPort(world.db) });
const vaultWith = (key: LocalKey, ...former: LocalKey[]) => vaultOf(localKeyProvider(key, former));
const uses = () => world.db.sqlAcrossTenants(listDataKeyUses);
const under = async () => Object.fromEntries((await uses()).map(({ kekId, dataKeys }) => [kekId, dataKeys]));
const binding = (): SealBinding => ({
  owner: newId('tenant'),
  subject: newId('connection'),
  kind: 'oauth',
  generation: 1,
});

async function sealMany(vault: Vault, count: number) {
  return Promise.all(
    Array.from({ length: count }, async () => {
      const of = binding();
      return { of, sealed: await vault.seal(of, { token: of.subject }) };
    }),
  );
}

async function fresh(): Promise<void> {
  await world.owner.query('DELETE FROM data_keys');
}

describe('rotating the key-encrypting key', () => {
  it('keeps everything readable under load while data keys are moved and the mover dies twice', async () => {
    await fresh();
    const rows = await sealMany(vaultWith(FIRST), 250);
    const keyProvider = localKeyProvider(SECOND, [FIRST]);
    const whole = createRewrapPort(world.db, BY);
    let pages = 0;
    const dying = {
      ...whole,
      replace: async (page: Parameters<typeof whole.replace>[0]) => {
        pages += 1;
        if (pages === 1) throw new Error('died before the page');
        const moved = await whole.replace(page);
        if (pages === 2) throw new Error('died after the page');
        return moved;
      },
    };
    const reads: string[] = [];
    let moving = true;
    // A reader that keeps no key, as a process that just started does.
    const reader = vaultOf(keyProvider);
    const load = (async () => {
      for (let at = 0; moving || at < rows.length; at++) {
        const row = rows[at % rows.length];
        if (row === undefined) break;
        reader.forget();
        const parts = await reader.open(row.of, row.sealed);
        reads.push(parts['token']?.reveal() === row.of.subject ? 'read' : 'wrong');
      }
    })();
    await expect(rewrapDataKeys({ keyProvider, port: dying })).rejects.toThrow('died before');
    await expect(rewrapDataKeys({ keyProvider, port: dying })).rejects.toThrow('died after');
    expect(await under()).toEqual({ [FIRST.id]: 150, [SECOND.id]: 100 });
    expect(await rewrapDataKeys({ keyProvider, port: dying })).toEqual({ moved: 150, unreadable: [] });
    moving = false;
    await load;
    expect(new Set(reads)).toEqual(new Set(['read']));
    expect(reads.length).toBeGreaterThanOrEqual(250);
    expect(await under()).toEqual({ [SECOND.id]: 250 });
    const [row] = rows;
    if (row !== undefined) expect((await vaultWith(SECOND).open(row.of, row.sealed))['token']).toBeDefined();
    expect((await rewrapDataKeys({ keyProvider, port: whole })).moved).toBe(0);
  });

  it('moves a bounded number at a time, with an audit row for each page', async () => {
    await fresh();
    await sealMany(vaultWith(FIRST), 120);
    const deps = { keyProvider: localKeyProvider(SECOND, [FIRST]), port: createRewrapPort(world.db, BY) };
    expect((await rewrapDataKeys({ ...deps, atMost: 50 })).moved).toBe(100);
    expect((await rewrapDataKeys({ ...deps, atMost: 50 })).moved).toBe(20);
    const { rows } = await world.owner.query(
      "SELECT detail FROM audit_events WHERE action = 'data_keys.rewrapped' AND target = $1 ORDER BY seq DESC LIMIT 2",
      [SECOND.id],
    );
    expect(rows.map(({ detail }) => detail.moved)).toEqual([20, 100]);
  });

  it('passes a damaged data key by, names it, and moves the others', async () => {
    await fresh();
    const [row] = await sealMany(vaultWith(FIRST), 1);
    const damaged = newId('tenant');
    await world.owner.query(
      `INSERT INTO data_keys (owner, version, tenant_id, wrapped, kek_id, status) VALUES ($1, 1, $1, '\\x00', $2, 'primary')`,
      [damaged, FIRST.id],
    );
    const keyProvider = localKeyProvider(SECOND, [FIRST]);
    const outcome = await rewrapDataKeys({ keyProvider, port: createRewrapPort(world.db, BY) });
    expect(outcome).toEqual({ moved: 1, unreadable: [{ owner: damaged, version: 1 }] });
    if (row !== undefined) expect((await vaultWith(SECOND).open(row.of, row.sealed))['token']).toBeDefined();
  });

  it('takes along data keys from before keys had names', async () => {
    await fresh();
    const [row] = await sealMany(vaultWith(NAMELESS), 1);
    expect(await under()).toEqual({ local: 1 });
    if (row === undefined) return;
    expect((await vaultWith(FIRST).open(row.of, row.sealed))['token']).toBeDefined();
    expect((await vaultWith(SECOND, FIRST).open(row.of, row.sealed))['token']).toBeDefined();
    const keyProvider = localKeyProvider(FIRST);
    expect((await rewrapDataKeys({ keyProvider, port: createRewrapPort(world.db, BY) })).moved).toBe(1);
    expect(await under()).toEqual({ [FIRST.id]: 1 });
  });
});

describe('a key that is not at hand', () => {
  it('is an outage and not a damaged secret: nobody is asked to approve again', async () => {
    await fresh();
    const [row] = await sealMany(vaultWith(FIRST), 1);
    if (row === undefined) return;
    await expect(vaultWith(SECOND).open(row.of, row.sealed)).rejects.toMatchObject({
      code: 'key_unavailable',
    });
    expect((await vaultWith(SECOND, FIRST).open(row.of, row.sealed))['token']).toBeDefined();
  });

  it.each([
    ['that names itself', FIRST],
    ['from before keys had names', NAMELESS],
  ])('keeps a process from starting when it is one %s', async (_what, key) => {
    await fresh();
    await sealMany(vaultWith(key), 2);
    await checkKeys(localKeyProvider(SECOND, [FIRST]), await uses());
    const error = await checkKeys(localKeyProvider(SECOND), await uses()).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'invalid_settings' });
    expect(String(error)).toContain(`"${key.id}" (2 data keys)`);
    const given = { keyEncryptingKeys: [Buffer.from(SECOND.bytes).toString('base64')], keyFile: null };
    const around = { listUses: uses, log: { warn: () => undefined } };
    await expect(openKeyProvider(given, around)).rejects.toMatchObject({ code: 'invalid_settings' });
  });

  it('is not missed when a data key was damaged under a key that is there', async () => {
    await fresh();
    await world.owner.query(
      `INSERT INTO data_keys (owner, version, tenant_id, wrapped, kek_id, status) VALUES ($1, 1, $1, '\\x00', $2, 'primary')`,
      [newId('tenant'), FIRST.id],
    );
    await checkKeys(localKeyProvider(FIRST), await uses());
  });
});

describe('a file of keys', () => {
  const line = (key: LocalKey) => Buffer.from(key.bytes).toString('base64');
  const silent = { warn: () => undefined };

  it('is read again when it was replaced, so that a running process takes a new key up', async () => {
    const file = join(folder, 'kek');
    await writeFile(file, `${line(FIRST)}\n`);
    const keyProvider = await keyFileProvider(file, silent);
    expect(await keyProvider.currentId()).toBe(FIRST.id);
    const vault = vaultOf(keyProvider);
    const of = binding();
    const sealed = await vault.seal(of, { token: 'a' });
    await writeFile(`${file}.next`, `${line(SECOND)}\n${line(FIRST)}\n`);
    await rename(`${file}.next`, file);
    expect(await keyProvider.currentId()).toBe(SECOND.id);
    vault.forget();
    expect((await vault.open(of, sealed))['token']?.reveal()).toBe('a');
  });

  it('that became unusable is not taken up, and is told of without its text', async () => {
    const file = join(folder, 'broken');
    await writeFile(file, line(FIRST));
    const told: string[] = [];
    const keyProvider = await keyFileProvider(file, { warn: (text) => void told.push(text) });
    await writeFile(file, 'canary-not-a-key');
    expect(await keyProvider.currentId()).toBe(FIRST.id);
    await rm(file);
    expect(await keyProvider.currentId()).toBe(FIRST.id);
    expect(told).toHaveLength(2);
    expect(told.join()).not.toContain('canary');
  });

  it.each([
    ['is empty', ''],
    ['holds something else', 'nothing of ours'],
    ['holds a key twice', `${line(FIRST)}\n${line(FIRST)}`],
  ])('is refused at the start when it %s', async (_what, text) => {
    const file = join(folder, 'wrong');
    await writeFile(file, text);
    await expect(keyFileProvider(file, silent)).rejects.toMatchObject({ code: 'invalid_settings' });
    await rm(file);
    await expect(keyFileProvider(file, silent)).rejects.toMatchObject({ code: 'invalid_settings' });
  });
});

describe('a key', () => {
  it('is named after itself: the same in every process, another one for another key', () => {
    expect(localKey(FIRST.bytes).id).toBe(FIRST.id);
    expect(FIRST.id).toMatch(/^kek-[0-9a-f]{16}$/);
    expect(SECOND.id).not.toBe(FIRST.id);
  });

  it('of the wrong length is refused, and so is one given twice', () => {
    const short = localKey(randomBytes(16));
    for (const keys of [[short], [FIRST, FIRST]] as const) {
      const [newest, ...former] = keys;
      expect(() => localKeyProvider(newest, former)).toThrow(
        expect.objectContaining({ code: 'invalid_settings' }),
      );
    }
  });
});
