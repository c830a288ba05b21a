import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isId } from '../../domain/ids.ts';
import { openDatabase } from '../../store/database.ts';
import { newId } from '../../store/new-id.ts';
import { createTestDatabase, type TestDatabase, until } from '../world.ts';

let world: TestDatabase;
const tenant = newId('tenant');

beforeAll(async () => {
  world = await createTestDatabase();
});
afterAll(() => world.close());

describe('a transaction', () => {
  it('is undone when the function fails, on either client', async () => {
    const id = newId('connectSession');
    const insert = `INSERT INTO breakers (scope, kind) VALUES ('${id}', 'platform')`;
    await expect(
      world.db.sqlAcrossTenants(async (sql) => {
        await sql.query(insert);
        throw new Error('stop');
      }),
    ).rejects.toThrow('stop');
    await expect(
      world.db.acrossTenants(async (tx) => {
        await tx.breaker.create({ data: { scope: id, kind: 'platform' } });
        throw new Error('stop');
      }),
    ).rejects.toThrow('stop');
    const { rows } = await world.owner.query('SELECT 1 FROM breakers WHERE scope = $1', [id]);
    expect(rows).toEqual([]);
  });

  it('is no success when a statement failed and the function went on', async () => {
    const going = world.db.sqlInTenant(tenant, async (sql) => {
      await sql.query('SELECT 1/0').catch(() => undefined);
      return 'done';
    });
    await expect(going).rejects.toMatchObject({ code: 'internal' });
  });

  it('survives its connection being killed: that one fails, the next works', async () => {
    const killed = world.db.sqlInTenant(tenant, async (sql) => {
      const { rows } = await sql.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
      await world.owner.query('SELECT pg_terminate_backend($1)', [rows[0]?.pid]);
      await sql.query('SELECT 1');
    });
    await expect(killed).rejects.toMatchObject({ code: 'store_unavailable' });
    await expect(world.db.sqlInTenant(tenant, async () => 'fine')).resolves.toBe('fine');
  });

  it('says store_unavailable when nothing listens there', async () => {
    const nowhere = openDatabase({ url: 'postgres://nobody@127.0.0.1:1/none', poolSize: 1 });
    await expect(nowhere.sqlAcrossTenants(async () => 1)).rejects.toMatchObject({
      code: 'store_unavailable',
    });
    await expect(nowhere.acrossTenants(async () => 1)).rejects.toMatchObject({ code: 'store_unavailable' });
    await nowhere.close();
  });
});

describe('listening', () => {
  it('hears a fence at its commit, with the connection as payload, and nothing of other changes', async () => {
    const heard: string[] = [];
    const stop = await world.db.listen('fence', (payload) => heard.push(payload));
    const id = newId('connection');
    await world.db.inTenant(tenant, async (tx) => {
      await tx.connection.create({ data: { id, tenantId: tenant, platform: 'p', shop: {} } });
      await tx.connection.update({ where: { id }, data: { shopName: 'renamed' } });
    });
    await world.db.inTenant(tenant, (tx) =>
      tx.connection.update({ where: { id }, data: { fencedAt: new Date() } }),
    );
    await until('the fence to be heard', async () => heard.length > 0);
    expect(heard).toEqual([id]);
    await stop();
  });

  it('comes back after its connection was killed', async () => {
    const heard: string[] = [];
    const stop = await world.db.listen('comeback', (payload) => heard.push(payload));
    await world.owner.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = current_database() AND application_name = 'mooring-listen'`);
    await until('a notification to arrive again', async () => {
      await world.owner.query(`SELECT pg_notify('comeback', 'again')`);
      return heard.includes('again');
    });
    await stop();
  });
});

describe('a new id', () => {
  it('has the form of its kind, is unique, and sorts by the time it was made', async () => {
    const early = newId('tenant');
    const madeAtMs = Date.now();
    await until('the clock to move on', async () => Date.now() > madeAtMs + 1);
    const ids = Array.from({ length: 10_000 }, () => newId('tenant'));
    expect(ids.every((id) => isId('tenant', id))).toBe(true);
    expect(new Set(ids).size).toBe(10_000);
    expect(ids.every((id) => id > early)).toBe(true);
  });
});
