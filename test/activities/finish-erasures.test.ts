import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { finishErasures } from '../../activities/finish-erasures.ts';
import type { ConnectionId, TenantId } from '../../domain/ids.ts';
import { keepRecordsUntil } from '../../store/connections.ts';
import { createDataKeyPort } from '../../store/data-keys.ts';
import { eraseRecords } from '../../store/erase-records.ts';
import { newId } from '../../store/new-id.ts';
import { createVault, localKeyProvider, type Vault } from '../../vault/index.ts';
import { createTestDatabase, type TestDatabase } from '../world.ts';

const DAY_MS = 86_400_000;
let world: TestDatabase;
let vault: Vault;
let nowMs: number;

beforeAll(async () => {
  world = await createTestDatabase();
  const keyProvider = localKeyProvider({ id: 'local', bytes: new Uint8Array(32).fill(7) });
  vault = createVault({ keyProvider, dataKeys: createDataKeyPort(world.db) });
});
afterAll(() => world.close());
beforeEach(() => {
  nowMs = Date.now();
});

const finish = () =>
  finishErasures({
    db: world.db,
    vault,
    eraseRecords: (tenantId, connectionId) =>
      world.db.sqlInTenant(tenantId, (sql) => eraseRecords(sql, connectionId)),
    nowMs: () => nowMs,
  });

interface Kept {
  readonly tenantId: TenantId;
  readonly connectionId: ConnectionId;
}

/** A tenant with a connection, a record, a sealed secret and a key. */
async function makeTenant(connection: {
  lifecycle: string;
  keptUntil?: Date;
  erasing?: boolean;
}): Promise<Kept> {
  const [tenantId, connectionId] = [newId('tenant'), newId('connection')];
  const erasingAt = connection.erasing === true ? new Date() : null;
  await world.db.acrossTenants((tx) => tx.tenant.create({ data: { id: tenantId, name: 'T', erasingAt } }));
  const sealed = await vault.seal(
    { owner: tenantId, subject: connectionId, kind: 'k', generation: 1 },
    { key: 'v' },
  );
  await world.db.inTenant(tenantId, async (tx) => {
    const { lifecycle, keptUntil } = connection;
    await tx.connection.create({
      data: {
        id: connectionId,
        tenantId,
        platform: 'p',
        shop: {},
        lifecycle,
        recordsKeptUntil: keptUntil ?? null,
      },
    });
    await tx.credential.create({
      data: {
        tenantId,
        connectionId,
        generation: 1,
        kind: 'k',
        sealed: Uint8Array.from(sealed.bytes),
        keyVersion: sealed.keyVersion,
      },
    });
    await tx.record.create({
      data: {
        tenantId,
        connectionId,
        resource: 'orders',
        platformId: '1',
        position: 1n,
        hash: crypto.randomUUID(),
        record: {},
      },
    });
    await tx.apiKey.create({
      data: {
        id: newId('apiKey'),
        tenantId,
        role: 'read',
        name: 'k',
        hash: crypto.getRandomValues(new Uint8Array(32)),
      },
    });
  });
  return { tenantId, connectionId };
}

/** Rows of a tenant by table, over every table that has a tenant. */
async function rowsOf(tenantId: TenantId): Promise<Record<string, number>> {
  const { rows: tables } = await world.owner.query<{ name: string }>(
    `SELECT c.relname AS name FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
     WHERE a.attname = 'tenant_id' AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relnamespace = 'public'::regnamespace`,
  );
  const found: Record<string, number> = {};
  for (const { name } of tables) {
    const { rows } = await world.owner.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM ${name} WHERE tenant_id = $1`,
      [tenantId],
    );
    if ((rows[0]?.n ?? 0) > 0) found[name] = rows[0]?.n ?? 0;
  }
  return found;
}

test('an erased tenant leaves no row but its audit trail, and its secrets open no more', async () => {
  const gone = await makeTenant({ lifecycle: 'revoked', erasing: true });
  const stays = await makeTenant({ lifecycle: 'active' });
  expect(Object.keys(await rowsOf(gone.tenantId))).toEqual(
    expect.arrayContaining(['records', 'credentials', 'data_keys', 'api_keys']),
  );
  const before = await rowsOf(stays.tenantId);
  expect(await finish()).toMatchObject({ tenantsErased: 1 });
  expect(await rowsOf(gone.tenantId)).toEqual({ audit_events: 1 });
  expect(
    await world.db.acrossTenants((tx) => tx.tenant.findUnique({ where: { id: gone.tenantId } })),
  ).toBeNull();
  expect(await rowsOf(stays.tenantId)).toEqual(before);
  expect(await finish()).toMatchObject({ tenantsErased: 0 });
});

test('a tenant whose connection still revokes is left until it has', async () => {
  const { tenantId } = await makeTenant({ lifecycle: 'revoking', erasing: true });
  expect(await finish()).toMatchObject({ tenantsErased: 0 });
  expect(await rowsOf(tenantId)).toMatchObject({ connections: 1, data_keys: 1 });
});

test('records of a revoked connection go when their time is over, and not before', async () => {
  const { tenantId } = await makeTenant({ lifecycle: 'revoked', keptUntil: new Date(nowMs + DAY_MS) });
  await finish();
  expect(await rowsOf(tenantId)).toMatchObject({ records: 1 });
  nowMs += 2 * DAY_MS;
  expect(await finish()).toMatchObject({ recordsErased: 1 });
  expect(await rowsOf(tenantId)).not.toHaveProperty('records');
  expect(await finish()).toMatchObject({ recordsErased: 0 });
});

test('an erasure that is asked for stays one, whatever time is set after it', async () => {
  const { tenantId, connectionId } = await makeTenant({ lifecycle: 'revoking' });
  const keepUntil = (ms: number | null) =>
    world.db.inTenant(tenantId, (tx) => keepRecordsUntil(tx, connectionId, ms));
  await keepUntil(nowMs + DAY_MS);
  await keepUntil(nowMs);
  await keepUntil(nowMs + 2 * DAY_MS);
  await keepUntil(null);
  await world.owner.query(`UPDATE connections SET lifecycle = 'revoked' WHERE id = $1`, [connectionId]);
  expect(await finish()).toMatchObject({ recordsErased: 1 });
  expect(await rowsOf(tenantId)).not.toHaveProperty('records');
});
