import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { migrate } from '../../scripts/stack/migrate.ts';
import { type Database, openDatabase } from '../../store/database.ts';
import { newId } from '../../store/new-id.ts';
import { createTestDatabase, type TestDatabase } from '../world.ts';

// As on a managed PostgreSQL: the login owns its database and may make roles, and is no superuser.
const LOGIN = `deployer_${process.pid}`;
let world: TestDatabase;
let url: string;
let db: Database;

beforeAll(async () => {
  world = await createTestDatabase();
  await world.owner.query(`CREATE ROLE ${LOGIN} LOGIN PASSWORD 'x' CREATEROLE`);
  // What PostgreSQL gives the creator of a role; here they exist already, made for the other test databases.
  await world.owner.query(
    `GRANT mooring_tenant, mooring_system TO ${LOGIN} WITH ADMIN TRUE, SET FALSE, INHERIT FALSE`,
  );
  await world.owner.query(`CREATE DATABASE ${LOGIN} OWNER ${LOGIN}`);
  const address = new URL(world.url);
  address.username = LOGIN;
  address.password = 'x';
  address.pathname = `/${LOGIN}`;
  url = address.href;
  await migrate(url);
  db = openDatabase({ url, poolSize: 2 });
});
afterAll(async () => {
  await db.close();
  await world.owner.query(`DROP DATABASE ${LOGIN} WITH (FORCE)`);
  await world.owner.query(`DROP OWNED BY ${LOGIN} CASCADE`);
  await world.owner.query(`DROP ROLE ${LOGIN}`);
  await world.close();
});

it('a login that is no superuser can migrate and run the product', async () => {
  const tenant = newId('tenant');
  await db.acrossTenants((tx) => tx.tenant.create({ data: { id: tenant, name: 'one' } }));
  expect(await db.inTenant(tenant, (tx) => tx.tenant.count())).toBe(1);
  expect(await db.inTenant(newId('tenant'), (tx) => tx.tenant.count())).toBe(0);
});

it('that login itself sees no row, although it owns the tables', async () => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    expect((await client.query('SELECT 1 FROM tenants')).rows).toEqual([]);
  } finally {
    await client.end();
  }
});
