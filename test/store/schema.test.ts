import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OF_A_TENANT } from '../../store/erasures.ts';
import { newId } from '../../store/new-id.ts';
import { createTestDatabase, type TestDatabase } from '../world.ts';

let world: TestDatabase;

beforeAll(async () => {
  world = await createTestDatabase();
});
afterAll(() => world.close());

const TYPES: Readonly<Record<string, string>> = {
  String: 'text',
  Int: 'integer',
  BigInt: 'bigint',
  Float: 'double precision',
  Json: 'jsonb',
  Bytes: 'bytea',
  Boolean: 'boolean',
};
const NATIVE: Readonly<Record<string, string>> = {
  Timestamptz: 'timestamp with time zone',
  Uuid: 'uuid',
  Date: 'date',
};

/** `table.column type null|not null` for every field of prisma/schema.prisma. */
async function declaredColumns(): Promise<string[]> {
  const schema = await readFile(new URL('../../prisma/schema.prisma', import.meta.url), 'utf8');
  const columns: string[] = [];
  for (const [, body = ''] of schema.matchAll(/^model \w+ \{\n([\s\S]*?)^\}/gm)) {
    const table = /@@map\("(\w+)"\)/.exec(body)?.[1];
    for (const line of body.split('\n')) {
      const [, field, type = '', list, optional] = /^ {2}(\w+)\s+(\w+)(\[\])?(\?)?/.exec(line) ?? [];
      if (field === undefined) continue;
      const name = /@map\("(\w+)"\)/.exec(line)?.[1] ?? field;
      const native = NATIVE[/@db\.(\w+)/.exec(line)?.[1] ?? ''];
      const sqlType = list === undefined ? (native ?? TYPES[type]) : 'ARRAY';
      const isNullable = optional !== undefined || list !== undefined;
      columns.push(`${table}.${name} ${sqlType} ${isNullable ? 'null' : 'not null'}`);
    }
  }
  return columns.sort();
}

describe('the migrated database', () => {
  it('has exactly the columns that prisma/schema.prisma declares', async () => {
    const { rows } = await world.owner.query<{ line: string }>(
      `SELECT c.table_name || '.' || column_name || ' ' || data_type || CASE is_nullable WHEN 'YES' THEN ' null' ELSE ' not null' END AS line
       FROM information_schema.columns AS c JOIN pg_class AS t ON t.relname = c.table_name AND NOT t.relispartition
       WHERE table_schema = 'public' AND c.table_name NOT LIKE '\\_prisma%' ORDER BY 1`,
    );
    expect(rows.map((row) => row.line).sort()).toEqual(await declaredColumns());
  });

  it('has no table of a tenant’s that goes on without it but the audit trail', async () => {
    const { rows } = await world.owner.query<{ name: string }>(
      `SELECT c.table_name AS name FROM information_schema.columns AS c JOIN pg_class AS t ON t.relname = c.table_name AND NOT t.relispartition
       WHERE table_schema = 'public' AND column_name = 'tenant_id'`,
    );
    const kept = rows.map(({ name }) => name).filter((name) => !OF_A_TENANT.some((one) => one === name));
    expect(kept).toEqual(['audit_events']);
  });

  it('compares ids byte by byte, whatever the language of the server', async () => {
    const { rows } = await world.owner.query(
      `SELECT table_name, column_name FROM information_schema.columns
       WHERE table_schema = 'public' AND data_type = 'text' AND table_name NOT LIKE '\\_prisma%'
         AND (column_name = 'id' OR column_name IN ('tenant_id', 'connection_id', 'platform_id', 'resource')) AND collation_name IS DISTINCT FROM 'C'`,
    );
    expect(rows).toEqual([]);
  });

  it('has a partition of records for every resource', async () => {
    const { rows } = await world.owner.query<{ relname: string }>(
      `SELECT relname FROM pg_class WHERE relispartition AND relkind = 'r' ORDER BY 1`,
    );
    const partitions = ['records_customers', 'records_inventory', 'records_orders', 'records_products'];
    expect(rows.map((row) => row.relname)).toEqual(partitions);
  });
});

describe('one non-final connection per shop', () => {
  const tenants = [newId('tenant'), newId('tenant')] as const;
  const connect = (tenantId: (typeof tenants)[number], shop: object): Promise<unknown> =>
    world.db.inTenant(tenantId, (tx) =>
      tx.connection.create({ data: { id: newId('connection'), tenantId, platform: 'p', shop: {}, ...shop } }),
    );

  it.each<[string, object]>([
    ['the same registration', { registrationId: 'reg_1' }],
    ['a platform without registrations', { registrationId: null }],
  ])('holds over tenants for %s, until the first is final', async (why, registration) => {
    const shop = { ...registration, shopKey: why };
    const outcomes = await Promise.allSettled(
      Array.from({ length: 6 }, (_, n) => connect(tenants[n % 2 === 0 ? 0 : 1], shop)),
    );
    expect(outcomes.filter((one) => one.status === 'fulfilled')).toHaveLength(1);
    await expect(connect(tenants[1], shop)).rejects.toMatchObject({ code: 'P2002' });
    await world.db.acrossTenants((tx) =>
      tx.connection.updateMany({ where: { shopKey: why }, data: { lifecycle: 'revoked' } }),
    );
    await expect(connect(tenants[1], shop)).resolves.toBeDefined();
  });

  it('holds by the address where the platform tells no key, from the first approval on', async () => {
    const shop = { shopKey: null, shop: { url: 'https://keyless.example' } };
    await connect(tenants[1], shop);
    await connect(tenants[0], { ...shop, generation: 1 });
    await expect(connect(tenants[1], { ...shop, generation: 1 })).rejects.toMatchObject({ code: 'P2002' });
    await world.db.acrossTenants((tx) =>
      tx.connection.updateMany({ where: { tenantId: tenants[0] }, data: { lifecycle: 'revoked' } }),
    );
    await expect(connect(tenants[1], { ...shop, generation: 1 })).resolves.toBeDefined();
  });

  it('leaves other addresses and other registrations apart', async () => {
    await connect(tenants[0], { shopKey: null, generation: 1, shop: { url: 'https://one.example' } });
    await connect(tenants[0], { shopKey: null, generation: 1, shop: { url: 'https://two.example' } });
    await connect(tenants[0], { shopKey: 'same', registrationId: 'reg_2' });
    await connect(tenants[0], { shopKey: 'same', registrationId: 'reg_3' });
  });
});
