import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ConnectionId, TenantId } from '../../domain/ids.ts';
import {
  destroyCredentials,
  markUsed,
  type NewGeneration,
  openCredential,
  type SaveOutcome,
  saveGeneration,
} from '../../store/credentials.ts';
import { newId } from '../../store/new-id.ts';
import { createTestDatabase, type TestDatabase } from '../world.ts';

let world: TestDatabase;
let tenant: TenantId;
let connectionId: ConnectionId;

beforeAll(async () => {
  world = await createTestDatabase({ poolSize: 20 });
});
afterAll(() => world.close());
beforeEach(async () => {
  tenant = newId('tenant');
  connectionId = newId('connection');
  await world.db.inTenant(tenant, (tx) =>
    tx.connection.create({
      data: { id: connectionId, tenantId: tenant, platform: 'p', shop: { name: connectionId } },
    }),
  );
});

function save(expectedGeneration: number, change: Partial<NewGeneration> = {}): Promise<SaveOutcome> {
  return world.db.inTenant(tenant, (tx) =>
    saveGeneration(tx, {
      tenantId: tenant,
      connectionId,
      expectedGeneration,
      kind: 'oauth',
      sealed: { bytes: Uint8Array.of(expectedGeneration + 1), keyVersion: 1 },
      expiresAtMs: 1_900_000_000_000,
      lifetimeS: 3600,
      refreshExpiresAtMs: null,
      ...change,
    }),
  );
}

const open = (
  change: Partial<Parameters<typeof openCredential>[1]> = {},
): ReturnType<typeof openCredential> =>
  world.db.sqlInTenant(change.tenantId ?? tenant, (sql) =>
    openCredential(sql, { tenantId: tenant, connectionId, purpose: 'sync', reason: 'run_1', ...change }),
  );

async function generations(): Promise<number[]> {
  const { rows } = await world.owner.query<{ generation: number }>(
    'SELECT generation FROM credentials WHERE connection_id = $1 ORDER BY 1',
    [connectionId],
  );
  return rows.map((row) => row.generation);
}

const fence = (): Promise<unknown> =>
  world.db.inTenant(tenant, (tx) => tx.connection.updateMany({ data: { fencedAt: new Date() } }));

describe('saving the next generation', () => {
  it('is won by exactly one of 20 that started from the same generation', async () => {
    await save(0);
    const outcomes = await Promise.all(Array.from({ length: 20 }, (_, n) => save(1, { kind: `writer${n}` })));
    expect(outcomes.filter((one) => one.saved)).toEqual([{ saved: true, generation: 2 }]);
    expect(outcomes.filter((one) => !one.saved)).toHaveLength(19);
    const winner = outcomes.findIndex((one) => one.saved);
    expect(await open()).toMatchObject({ kind: `writer${winner}`, generation: 2 });
  });

  it('tells why it was not done, and then changes nothing', async () => {
    await save(0);
    expect(await save(0)).toEqual({ saved: false, because: 'moved' });
    expect(await save(7)).toEqual({ saved: false, because: 'moved' });
    await fence();
    expect(await save(1)).toEqual({ saved: false, because: 'fenced' });
    expect(await save(1, { connectionId: newId('connection') })).toEqual({ saved: false, because: 'gone' });
    expect(await generations()).toEqual([1]);
  });

  it('loses against a fence that commits while it waits', async () => {
    await save(0);
    let saving: Promise<SaveOutcome> | undefined;
    await world.db.sqlInTenant(tenant, async (sql) => {
      await sql.query('UPDATE connections SET fenced_at = now() WHERE id = $1', [connectionId]);
      saving = save(1);
      // The saver is waiting for this row's lock before this transaction ends.
      for (let waiting = 0; waiting === 0; ) {
        const { rows } = await world.owner.query<{ n: number }>(
          `SELECT count(*)::int AS n FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`,
        );
        waiting = rows[0]?.n ?? 0;
      }
    });
    expect(await saving).toEqual({ saved: false, because: 'fenced' });
    expect(await generations()).toEqual([1]);
  });

  it('undoes the generation when the transaction around it fails', async () => {
    const failing = world.db.inTenant(tenant, async (tx) => {
      await saveGeneration(tx, {
        tenantId: tenant,
        connectionId,
        expectedGeneration: 0,
        kind: 'k',
        sealed: { bytes: Uint8Array.of(1), keyVersion: 1 },
        expiresAtMs: null,
        lifetimeS: null,
        refreshExpiresAtMs: null,
      });
      throw new Error('the worker died');
    });
    await expect(failing).rejects.toThrow('the worker died');
    expect(await save(0)).toEqual({ saved: true, generation: 1 });
  });

  it('keeps the previous generation until the new one was used, and openable by number', async () => {
    await save(0);
    await save(1);
    expect(await generations()).toEqual([1, 2]);
    expect(await open({ generation: 1 })).toMatchObject({ generation: 1, isUsed: false });
    await world.db.sqlInTenant(tenant, (sql) => markUsed(sql, connectionId, 2));
    await world.db.sqlInTenant(tenant, (sql) => markUsed(sql, connectionId, 2));
    expect(await generations()).toEqual([2]);
    expect(await open()).toMatchObject({ generation: 2, isUsed: true });
  });

  it('keeps no more than two generations of a shop that is refreshed and never called', async () => {
    for (let generation = 0; generation < 5; generation++) await save(generation);
    expect(await generations()).toEqual([4, 5]);
  });
});

describe('opening', () => {
  it('gives the bytes, what they are bound to, and their dates', async () => {
    await save(0);
    expect(await open()).toEqual({
      connectionId,
      platform: 'p',
      kind: 'oauth',
      generation: 1,
      binding: { owner: tenant, subject: connectionId, kind: 'oauth', generation: 1 },
      sealed: { bytes: Buffer.of(1), keyVersion: 1 },
      expiresAtMs: 1_900_000_000_000,
      lifetimeS: 3600,
      refreshExpiresAtMs: null,
      registrationId: null,
      registrationVersion: null,
      isUsed: false,
    });
  });

  it('is for revocation alone once the connection is fenced', async () => {
    await save(0);
    await fence();
    for (const purpose of [
      'sync',
      'proxy',
      'probe',
      'refresh',
      'authorization',
      'subscription',
      'import',
    ] as const) {
      await expect(open({ purpose }), purpose).rejects.toMatchObject({ code: 'fenced' });
    }
    await expect(open({ purpose: 'revocation' })).resolves.toMatchObject({ generation: 1 });
  });

  it("does not know another tenant's connection", async () => {
    await save(0);
    const other = newId('tenant');
    await expect(open({ tenantId: other })).rejects.toMatchObject({ code: 'not_found' });
    const { rows } = await world.owner.query('SELECT 1 FROM audit_events WHERE tenant_id = $1', [other]);
    expect(rows).toEqual([]);
  });

  it('finds nothing before the first and after the last credential', async () => {
    await expect(open()).rejects.toMatchObject({ code: 'connection_not_active' });
    await save(0);
    await save(1);
    expect(await world.db.inTenant(tenant, (tx) => destroyCredentials(tx, connectionId))).toEqual([1, 2]);
    await expect(open({ purpose: 'revocation' })).rejects.toMatchObject({ code: 'connection_not_active' });
    expect(await world.db.inTenant(tenant, (tx) => destroyCredentials(tx, connectionId))).toEqual([]);
  });
});
