import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TenantId } from '../../domain/ids.ts';
import type { Sql } from '../../store/database.ts';
import { newId } from '../../store/new-id.ts';
import { createTestDatabase, type TestDatabase } from '../world.ts';

interface Column {
  readonly column_name: string;
  readonly data_type: string;
  readonly is_nullable: 'YES' | 'NO';
  readonly column_default: string | null;
}

/** Names of all tables and partitions, read from the database so that a new table is tested without being named here. */
async function tablesWithTenant(): Promise<string[]> {
  const { rows } = await world.owner.query<{ name: string }>(
    `SELECT table_name AS name FROM information_schema.columns
     WHERE table_schema = 'public' AND column_name = 'tenant_id' ORDER BY 1`,
  );
  return rows.map((row) => row.name);
}

const VALUES: Readonly<Record<string, string>> = {
  text: "'orders'",
  integer: '1',
  bigint: '1',
  'double precision': '1',
  jsonb: "'{}'",
  bytea: "decode(md5(random()::text), 'hex')",
  uuid: 'gen_random_uuid()',
  date: 'now()',
  'timestamp with time zone': 'now()',
  ARRAY: "'{}'",
};

/** An INSERT that fills what must be filled. Texts in a key are random, but for the resource, which names a partition. */
async function insertFor(table: string, tenant: TenantId): Promise<string> {
  const { rows } = await world.owner.query<Column>(
    `SELECT column_name, data_type, is_nullable, column_default FROM information_schema.columns
     WHERE table_schema = 'public' AND table_name = $1 ORDER BY ordinal_position`,
    [table],
  );
  const needed = rows.filter(
    (one) => one.column_name === 'tenant_id' || (one.is_nullable === 'NO' && one.column_default === null),
  );
  const values = needed.map((one) => {
    if (one.column_name === 'tenant_id') return `'${tenant}'`;
    if (one.column_name === 'resource')
      return `'${table.startsWith('records_') ? table.slice(8) : 'orders'}'`;
    if (one.data_type === 'text') return `md5(random()::text)`;
    return VALUES[one.data_type] ?? 'NULL';
  });
  return `INSERT INTO ${table} (${needed.map((one) => one.column_name).join(', ')}) VALUES (${values.join(', ')})`;
}

async function count(sql: Sql, table: string): Promise<number> {
  const { rows } = await sql.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${table}`);
  return rows[0]?.n ?? -1;
}

let world: TestDatabase;
const mine = newId('tenant');
const theirs = newId('tenant');
let tables: string[] = [];

beforeAll(async () => {
  world = await createTestDatabase();
  tables = await tablesWithTenant();
  for (const table of tables) {
    await world.owner.query(await insertFor(table, mine));
    await world.owner.query(await insertFor(table, theirs));
  }
  await world.db.acrossTenants((tx) =>
    tx.tenant.createMany({
      data: [
        { id: mine, name: 'mine' },
        { id: theirs, name: 'theirs' },
      ],
    }),
  );
});
afterAll(() => world.close());

describe('row-level security', () => {
  it('is enabled and forced on every table that has a tenant, partitions included', async () => {
    expect(tables.length).toBeGreaterThan(24);
    const { rows } = await world.owner.query(
      `SELECT relname FROM pg_class WHERE relname = ANY($1) AND NOT (relrowsecurity AND relforcerowsecurity)`,
      [[...tables, 'tenants']],
    );
    expect(rows).toEqual([]);
  });

  it('binds roles that can neither log in nor pass it by', async () => {
    const { rows } = await world.owner.query(
      `SELECT rolname, rolcanlogin, rolsuper, rolbypassrls, rolcreaterole FROM pg_roles WHERE rolname LIKE 'mooring\\_%' ORDER BY 1`,
    );
    const bound = { rolcanlogin: false, rolsuper: false, rolbypassrls: false, rolcreaterole: false };
    expect(rows).toEqual([
      { rolname: 'mooring_system', ...bound },
      { rolname: 'mooring_tenant', ...bound },
    ]);
  });

  it('shows a tenant its own rows alone, in every table', async () => {
    for (const table of tables) {
      const isPartition = table.startsWith('records_');
      const seen = world.db.sqlInTenant(mine, async (sql) => {
        const { rows } = await sql.query<{ tenant_id: string }>(`SELECT DISTINCT tenant_id FROM ${table}`);
        return rows.map((row) => row.tenant_id);
      });
      if (isPartition) await expect(seen, table).rejects.toThrow('permission denied');
      else expect(await seen, table).toEqual([mine]);
    }
    expect(await world.db.inTenant(mine, (tx) => tx.tenant.findMany({ select: { id: true } }))).toEqual([
      { id: mine },
    ]);
  });

  it('lets a tenant neither add, change nor delete a row of another, in any table', async () => {
    for (const table of tables) {
      const insert = await insertFor(table, theirs);
      await expect(
        world.db.sqlInTenant(mine, (sql) => sql.query(insert)),
        table,
      ).rejects.toMatchObject({
        code: '42501',
      });
      for (const statement of [
        `UPDATE ${table} SET tenant_id = tenant_id WHERE tenant_id = '${theirs}'`,
        `DELETE FROM ${table} WHERE tenant_id = '${theirs}'`,
      ]) {
        const touched = await world.db
          .sqlInTenant(mine, async (sql) => (await sql.query(statement)).rowCount)
          .catch((error: { code: string }) => error.code);
        expect([0, '42501'], `${statement}: ${touched}`).toContain(touched);
      }
    }
  });

  it('does not let a tenant give one of its rows away', async () => {
    for (const table of tables) {
      const giving = world.db.sqlInTenant(mine, (sql) =>
        sql.query(`UPDATE ${table} SET tenant_id = '${theirs}'`),
      );
      await expect(giving, table).rejects.toMatchObject({ code: '42501' });
    }
  });

  it('shows the tenant role nothing when no tenant is set', async () => {
    const sql = await world.owner.connect();
    try {
      for (const setting of ['', "SET LOCAL app.tenant = '';"]) {
        await sql.query(`BEGIN; ${setting} SET LOCAL ROLE mooring_tenant`);
        for (const table of tables.filter((name) => !name.startsWith('records_'))) {
          expect(await count(sql, table), table).toBe(0);
        }
        await sql.query('ROLLBACK');
      }
    } finally {
      sql.release();
    }
  });

  it('leaves no tenant set on the connection for whoever has it next', async () => {
    const [one] = await Promise.all([createTestDatabase({ poolSize: 1 })]);
    try {
      await one.db.sqlInTenant(mine, (sql) => sql.query('SELECT 1'));
      await one.db.inTenant(mine, (tx) => tx.tenant.findMany());
      await one.db.sqlInTenant(mine, (sql) => sql.query('SELECT 1/0')).catch(() => undefined);
      const left = await one.db.sqlAcrossTenants(async (sql) => {
        const { rows } = await sql.query(
          `SELECT current_user AS role, current_setting('app.tenant', true) AS tenant`,
        );
        return rows[0];
      });
      expect(left).toEqual({ role: 'mooring_system', tenant: '' });
    } finally {
      await one.close();
    }
  });

  it('shows the system role the rows of all tenants', async () => {
    for (const table of tables.filter((name) => !name.startsWith('records_'))) {
      expect(await world.db.sqlAcrossTenants((sql) => count(sql, table)), table).toBeGreaterThanOrEqual(2);
    }
  });

  it('lets a tenant read what the installation shares, and not change it', async () => {
    const id = newId('clientRegistration');
    await world.db.acrossTenants((tx) =>
      tx.clientRegistration.create({ data: { id, platform: 'shared', name: 'ours', clientId: 'c' } }),
    );
    const found = await world.db.inTenant(mine, (tx) => tx.clientRegistration.findUnique({ where: { id } }));
    expect(found).toMatchObject({ id, tenantId: null });
    const changed = await world.db.inTenant(mine, (tx) =>
      tx.clientRegistration.updateMany({ where: { id }, data: { clientId: 'stolen' } }),
    );
    expect(changed.count).toBe(0);
    await expect(
      world.db.inTenant(mine, (tx) =>
        tx.clientRegistration.create({
          data: { id: newId('clientRegistration'), platform: 'shared', name: 'x', clientId: 'c' },
        }),
      ),
    ).rejects.toThrow('row-level security');
  });

  it.each([`ten_a'; RESET ROLE; --`, '', 'con_a', 'ten_'])(
    'refuses "%s" as a tenant before anything is sent',
    async (id) => {
      // @ts-expect-error a text that is no tenant's id
      const asked = async (): Promise<unknown> => world.db.sqlInTenant(id, (sql) => sql.query('SELECT 1'));
      await expect(asked()).rejects.toMatchObject({ code: 'not_found' });
    },
  );
});
