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

const DEGRADED = `UPDATE connections SET health = 'degraded', health_cause = $2, health_since = now() WHERE id = $1`;
const REAUTH = `UPDATE connections SET lifecycle = 'reauth_required', reauth_reason = $2, state_since = now() WHERE id = $1`;

const weigh = () => world.db.acrossTenants((tx) => weighPlatform(tx, 'plain', Date.now() - 600_000));

test('only a credential that is fresh by our clock, and refused, is counted', async () => {
  for (const cause of [
    'platform_down',
    'platform_unreachable',
    'platform_rate_limited',
    'registration_rejected',
    'shop_unavailable',
    'platform_breaker',
    'internal',
  ]) {
    const { connectionId } = await seedConnection(world);
    await world.owner.query(DEGRADED, [connectionId, cause]);
  }
  for (const reason of ['grant_dead', 'refresh_outcome_unknown', 'scope_missing', 'credential_unreadable']) {
    const { connectionId } = await seedConnection(world);
    await world.owner.query(REAUTH, [connectionId, reason]);
  }
  expect(await weigh()).toEqual({ failing: 0, total: 11 });
  const doubted = await seedConnection(world);
  await world.owner.query(DEGRADED, [doubted.connectionId, 'credential_doubted']);
  const rejected = await seedConnection(world);
  await world.owner.query(REAUTH, [rejected.connectionId, 'credential_rejected']);
  expect(await weigh()).toEqual({ failing: 2, total: 13 });
  await world.owner.query(
    `UPDATE connections SET health_since = now() - interval '11 minutes' WHERE id = $1`,
    [doubted.connectionId],
  );
  expect(await weigh()).toEqual({ failing: 1, total: 13 });
});
