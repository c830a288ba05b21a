import { afterAll, beforeAll, expect, test } from 'vitest';
import { migrate } from '../../scripts/stack/migrate.ts';
import { connectTemporal, createTestDatabase, startTimeSkipping, type TestDatabase } from '../world.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

test('a migrated database is left alone by a second migration, and its history is complete', async () => {
  expect(await migrate(database.url)).toEqual([]);
  const { rows } = await database.owner.query('SELECT * FROM _prisma_migrations');
  expect(rows.length).toBeGreaterThan(0);
  for (const row of rows)
    expect(row).toMatchObject({ applied_steps_count: 1, logs: null, rolled_back_at: null });
});

test('a migration that was edited after it was applied is refused by name', async () => {
  await database.owner.query(`UPDATE _prisma_migrations SET checksum = repeat('0', 64)`);
  await expect(migrate(database.url)).rejects.toThrow(/was changed after it was applied/);
});

test('a database with tables of somebody else is refused', async () => {
  const other = await createTestDatabase();
  await other.owner.query('DROP TABLE _prisma_migrations');
  await expect(migrate(other.url)).rejects.toThrow(/not empty and not Mooring's/);
  await other.close();
});

test('both Temporal servers answer, and the namespace of a test has the search attributes', async () => {
  const temporal = await connectTemporal();
  const { customAttributes } = await temporal.client.connection.operatorService.listSearchAttributes({
    namespace: temporal.namespace,
  });
  expect(Object.keys(customAttributes ?? {})).toEqual(
    expect.arrayContaining(['TenantId', 'CredentialExpiresAt']),
  );
  await temporal.close();
  const skipping = await startTimeSkipping();
  const before = await skipping.currentTimeMs();
  await skipping.sleep('1 day');
  expect((await skipping.currentTimeMs()) - before).toBeGreaterThanOrEqual(86_400_000);
  await skipping.teardown();
});
