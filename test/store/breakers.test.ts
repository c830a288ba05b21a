// What is weighed before a whole platform is held back.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { weighPlatform } from '../../store/breakers.ts';
import { seedConnection } from '../egress/seed.ts';
import { createTestDatabase, type TestDatabase } from '../world.ts';

let world: TestDatabase;

beforeAll(async () => {
  world = await createTestDatabase();
});

afterAll(() => world.close());

test('a connection that fails for our own rejected secret says nothing against the platform', async () => {
  const since = Date.now() - 600_000;
  for (const cause of ['platform_down', 'registration_rejected', 'platform_breaker']) {
    const { connectionId } = await seedConnection(world);
    await world.owner.query(
      `UPDATE connections SET health = 'degraded', health_cause = $2, health_since = now() WHERE id = $1`,
      [connectionId, cause],
    );
  }
  const scales = await world.db.acrossTenants((tx) => weighPlatform(tx, 'plain', since));
  expect(scales).toEqual({ failing: 1, total: 3 });
});
