// An endpoint that is removed while what was sent to it is being written: neither waits for the other in a circle.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { claimDeliveries, type MadeAttempt, settleAttempts } from '../../store/deliveries.ts';
import { deleteEndpoint, lockEndpoint } from '../../store/endpoints.ts';
import { until } from '../world.ts';
import { type Delivering, startDeliveries } from './delivering.ts';

let world: Delivering;
beforeAll(async () => {
  world = await startDeliveries();
});
afterAll(() => world.close());

test('an endpoint is removed while its failures are being written', async () => {
  const { db, owner } = world.api.database;
  await world.endpoint({ url: 'https://hooks.vendor.example/' });
  await world.tell([{ type: 'sync.completed' }, { type: 'sync.completed' }]);
  const claims = await db.sqlAcrossTenants((sql) =>
    claimDeliveries(sql, { lane: 'quick', atOneEndpoint: 2, atMost: 2 }),
  );
  expect(claims).toHaveLength(2);
  const failed: MadeAttempt[] = claims.map((claim) => ({
    ...{ claim, atMs: Date.now(), tookMs: 3, headers: {}, body: '{}', answer: null },
    outcome: { status: 500, retryAfterS: null },
    after: { state: 'pending', inMs: 5_000 },
  }));
  const [endpointId] = claims.map((claim) => claim.endpointId);
  if (endpointId === undefined) throw new Error('no claim');

  const settling = { done: Promise.resolve() };
  await db.inTenant(world.tenantId, async (tx) => {
    await lockEndpoint(tx, endpointId);
    settling.done = db.sqlAcrossTenants((sql) => settleAttempts(sql, failed));
    settling.done.catch(() => {});
    await until('the other waits for it', async () => {
      const { rows } = await owner.query(
        `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      );
      return rows.length > 0;
    });
    await deleteEndpoint(tx, endpointId);
  });
  await settling.done;
  expect((await owner.query('SELECT FROM deliveries')).rows).toEqual([]);
  expect((await owner.query('SELECT FROM delivery_attempts')).rows).toEqual([]);
});
