import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ConnectionId, TenantId } from '../../domain/ids.ts';
import { appendAudit } from '../../store/audit.ts';
import { linkAudit, verifyAudit } from '../../store/audit-chain.ts';
import { openCredential } from '../../store/credentials.ts';
import { newId } from '../../store/new-id.ts';
import { createTestDatabase, type TestDatabase } from '../world.ts';

let world: TestDatabase;
let tenant: TenantId;
let connectionId: ConnectionId;

beforeAll(async () => {
  world = await createTestDatabase({ poolSize: 12 });
});
afterAll(() => world.close());
beforeEach(async () => {
  await tamper(
    'DELETE FROM audit_events; DELETE FROM audit_heads; ALTER SEQUENCE audit_events_seq_seq RESTART',
  );
  tenant = newId('tenant');
  connectionId = newId('connection');
  await world.db.inTenant(tenant, async (tx) => {
    await tx.connection.create({
      data: {
        id: connectionId,
        tenantId: tenant,
        platform: 'p',
        shop: { name: connectionId },
        generation: 1,
      },
    });
    await tx.credential.create({
      data: {
        connectionId,
        generation: 1,
        tenantId: tenant,
        kind: 'k',
        sealed: Uint8Array.of(1, 2, 3),
        keyVersion: 1,
      },
    });
  });
});

function note(reason: string): Promise<string> {
  return world.db.inTenant(tenant, (tx) =>
    appendAudit(tx, {
      tenantId: tenant,
      actor: 'worker',
      action: 'tested',
      target: 't',
      outcome: 'done',
      reason,
      detail: { n: 1, list: ['a', 'b'], none: null },
    }),
  );
}

const open = (reason: string): Promise<unknown> =>
  world.db.sqlInTenant(tenant, (sql) =>
    openCredential(sql, { tenantId: tenant, connectionId, purpose: 'sync', reason }),
  );

/** As someone who got past every grant: the cluster's owner with the triggers off. */
async function tamper(statement: string): Promise<void> {
  const sql = await world.owner.connect();
  try {
    await sql.query(`SET session_replication_role = 'replica'`);
    await sql.query(statement);
    await sql.query('RESET session_replication_role');
  } finally {
    sql.release();
  }
}

describe('opening a credential', () => {
  it('leaves exactly one audit row per opening, also for 100 at the same time', async () => {
    await Promise.all(Array.from({ length: 100 }, (_, n) => open(`run_${n}`)));
    const { rows } = await world.owner.query<{ reason: string; detail: unknown }>(
      `SELECT reason, detail FROM audit_events WHERE action = 'credential.opened' AND connection_id = $1`,
      [connectionId],
    );
    expect(new Set(rows.map((row) => row.reason)).size).toBe(100);
    expect(rows[0]?.detail).toEqual({ purpose: 'sync', kind: 'k', generation: 1 });
  });

  it.each<[string, string, string]>([
    [
      'the grant was taken away',
      'REVOKE INSERT ON audit_events FROM mooring_tenant',
      'GRANT INSERT ON audit_events TO mooring_tenant',
    ],
    [
      'its disk is full, as a trigger tells it',
      `CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'full' USING ERRCODE = '53100'; END $$;
       CREATE TRIGGER full_disk BEFORE INSERT ON audit_events EXECUTE FUNCTION full_disk()`,
      'DROP TRIGGER full_disk ON audit_events',
    ],
    [
      'the table is gone',
      'ALTER TABLE audit_events RENAME TO elsewhere',
      'ALTER TABLE elsewhere RENAME TO audit_events',
    ],
  ])(
    'is refused while the trail cannot be written because %s, and works again by itself',
    async (_why, breakIt, mendIt) => {
      await world.owner.query(breakIt);
      const refused = await Promise.all(
        Array.from({ length: 10 }, () => open('run').catch((error: { code: string }) => error.code)),
      );
      expect(refused).toEqual(Array.from({ length: 10 }, () => 'audit_unavailable'));
      await world.owner.query(mendIt);
      await expect(open('run')).resolves.toMatchObject({ kind: 'k' });
    },
  );

  it('undoes what the row was to tell of, when the row cannot be written', async () => {
    await world.owner.query('REVOKE INSERT ON audit_events FROM mooring_tenant');
    const changing = world.db.inTenant(tenant, async (tx) => {
      await tx.connection.updateMany({ data: { shopName: 'changed' } });
      await appendAudit(tx, {
        tenantId: tenant,
        actor: 'a',
        action: 'b',
        target: 'c',
        outcome: 'done',
        reason: 'r',
      });
    });
    await expect(changing).rejects.toMatchObject({ code: 'audit_unavailable' });
    await world.owner.query('GRANT INSERT ON audit_events TO mooring_tenant');
    const { rows } = await world.owner.query('SELECT shop_name FROM connections WHERE id = $1', [
      connectionId,
    ]);
    expect(rows).toEqual([{ shop_name: null }]);
  });
});

describe('the audit trail', () => {
  it('cannot be changed, emptied or shortened by either role, nor by the owner', async () => {
    await note('one');
    await linkAudit(world.db);
    for (const statement of [
      `UPDATE audit_events SET actor = 'nobody'`,
      `UPDATE audit_events SET chain_position = NULL, hash = NULL`,
      'DELETE FROM audit_events',
      'TRUNCATE audit_events',
    ]) {
      for (const run of [world.db.sqlInTenant.bind(null, tenant), world.db.sqlAcrossTenants]) {
        await expect(
          run((sql) => sql.query(statement)),
          statement,
        ).rejects.toMatchObject({ code: '42501' });
      }
      await expect(world.owner.query(statement), statement).rejects.toMatchObject({ code: '42501' });
    }
  });

  it('is linked by one writer, whoever tries, each row once, and verifies', async () => {
    await Promise.all(Array.from({ length: 60 }, (_, n) => note(`row ${n}`)));
    await Promise.all(Array.from({ length: 8 }, () => linkAudit(world.db)));
    await linkAudit(world.db);
    const { rows } = await world.owner.query<{ n: number; top: string }>(
      'SELECT count(*)::int AS n, max(chain_position) AS top FROM audit_events WHERE hash IS NOT NULL',
    );
    expect(rows).toEqual([{ n: 60, top: '60' }]);
    expect(await verifyAudit(world.db)).toEqual({ intact: true, linked: 60, waiting: 0 });
  });

  it('verifies while rows are added and linked', async () => {
    const writing = Promise.all(
      Array.from({ length: 10 }, async () => {
        for (let n = 0; n < 10; n++) await note('busy');
      }),
    );
    const verdicts = [];
    for (let n = 0; n < 20; n++) {
      await linkAudit(world.db);
      verdicts.push(await verifyAudit(world.db));
    }
    await writing;
    expect(verdicts.filter((one) => !one.intact)).toEqual([]);
    await linkAudit(world.db);
    expect(await verifyAudit(world.db)).toEqual({ intact: true, linked: 100, waiting: 0 });
  });

  it('verifies when it is empty', async () => {
    expect(await verifyAudit(world.db)).toEqual({ intact: true, linked: 0, waiting: 0 });
  });

  it.each<[string, string, string, number]>([
    [
      'a changed actor',
      `UPDATE audit_events SET actor = 'nobody' WHERE chain_position = 4`,
      'row_changed',
      4,
    ],
    [
      'a changed detail',
      `UPDATE audit_events SET detail = '{"n":2}' WHERE chain_position = 4`,
      'row_changed',
      4,
    ],
    [
      'a changed instant',
      `UPDATE audit_events SET at = at + interval '1 ms' WHERE chain_position = 4`,
      'row_changed',
      4,
    ],
    [
      'a row given to another tenant',
      `UPDATE audit_events SET tenant_id = 'ten_x' WHERE chain_position = 4`,
      'row_changed',
      4,
    ],
    ['a deleted row', 'DELETE FROM audit_events WHERE chain_position = 4', 'row_missing', 4],
    ['a deleted first row', 'DELETE FROM audit_events WHERE chain_position = 1', 'row_missing', 1],
    ['a cut-off end', 'DELETE FROM audit_events WHERE chain_position > 7', 'row_missing', 8],
    ['an emptied trail', 'DELETE FROM audit_events', 'row_missing', 1],
    [
      'two rows swapped',
      `UPDATE audit_events SET chain_position = -chain_position WHERE chain_position IN (4, 5);
       UPDATE audit_events SET chain_position = 9 + chain_position WHERE chain_position < 0`,
      'link_changed',
      4,
    ],
  ])('names the first broken row after %s', async (_why, statement, because, position) => {
    for (let n = 1; n <= 10; n++) await note(`row ${n}`);
    await linkAudit(world.db);
    const { rows } = await world.owner.query<{ id: string }>(
      'SELECT id FROM audit_events WHERE chain_position = $1',
      [position],
    );
    await tamper(statement);
    const verdict = await verifyAudit(world.db);
    expect(verdict).toMatchObject({ intact: false, because, position });
    if (because === 'row_changed') expect(verdict).toMatchObject({ auditId: rows[0]?.id });
  });

  it('tells of a trail cut off together with the unlinked rows behind a moved head', async () => {
    for (let n = 1; n <= 5; n++) await note(`row ${n}`);
    await linkAudit(world.db);
    await tamper('UPDATE audit_heads SET position = 4');
    expect(await verifyAudit(world.db)).toMatchObject({ intact: false, because: 'head_changed' });
  });
});
