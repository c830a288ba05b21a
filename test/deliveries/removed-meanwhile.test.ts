// An endpoint that is removed, or disabled, while what was sent to it is being written or is to be sent again: neither waits for the other in a circle, and nothing is
// left of one that is gone. Who looks meanwhile sees one moment.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isId } from '../../domain/ids.ts';
import { claimDeliveries, type MadeAttempt, settleAttempts } from '../../store/deliveries.ts';
import { deleteEndpoint, disableByHand, lockEndpoint } from '../../store/endpoints.ts';
import { until } from '../world.ts';
import { type Delivering, startDeliveries } from './delivering.ts';

let world: Delivering;
beforeAll(async () => {
  world = await startDeliveries();
});
afterAll(() => world.close());

/** Attempts that have been made and are not written yet, all at one endpoint. */
async function made(outcome: 'success' | 'failure'): Promise<readonly MadeAttempt[]> {
  await world.endpoint({ url: 'https://hooks.vendor.example/' });
  await world.tell([{ type: 'sync.completed' }, { type: 'sync.completed' }]);
  const claims = await world.api.database.db.sqlAcrossTenants((sql) =>
    claimDeliveries(sql, { lane: 'quick', atOneEndpoint: 2, atMost: 2 }),
  );
  expect(claims).toHaveLength(2);
  return claims.map((claim) => ({
    ...{ claim, atMs: Date.now(), tookMs: 3, headers: {}, body: '{}', answer: null },
    outcome: { status: outcome === 'success' ? 204 : 500, retryAfterS: null },
    after: outcome === 'success' ? { state: 'delivered' } : { state: 'pending', inMs: 5_000 },
  }));
}

function endpointIn([first]: readonly MadeAttempt[]) {
  if (first === undefined) throw new Error('no claim');
  return first.claim.endpointId;
}

const oneWaits = () =>
  until('one waits for the other', async () => {
    const { rows } = await world.api.database.owner.query(
      `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );
    return rows.length > 0;
  });

async function expectNothingLeft(): Promise<void> {
  const { owner } = world.api.database;
  expect((await owner.query('SELECT FROM deliveries')).rows).toEqual([]);
  expect((await owner.query('SELECT FROM delivery_attempts')).rows).toEqual([]);
}

test('an endpoint is removed while its failures are being written', async () => {
  const { db } = world.api.database;
  const failed = await made('failure');
  const endpointId = endpointIn(failed);
  const settling = { done: Promise.resolve() };
  await db.inTenant(world.tenantId, async (tx) => {
    await lockEndpoint(tx, endpointId);
    settling.done = db.sqlAcrossTenants((sql) => settleAttempts(sql, failed));
    settling.done.catch(() => {});
    await oneWaits();
    await deleteEndpoint(tx, endpointId);
  });
  await settling.done;
  await expectNothingLeft();
});

test.each(['success', 'failure'] as const)(
  'a %s that ends after its endpoint was removed leaves no row',
  async (outcome) => {
    const { db } = world.api.database;
    const late = await made(outcome);
    await db.inTenant(world.tenantId, (tx) => deleteEndpoint(tx, endpointIn(late)));
    await db.sqlAcrossTenants((sql) => settleAttempts(sql, late));
    await expectNothingLeft();
  },
);

test('successes that are being written while their endpoint is removed go with it', async () => {
  const { db } = world.api.database;
  const taken = await made('success');
  const removing = { done: Promise.resolve() };
  await db.sqlAcrossTenants(async (sql) => {
    await settleAttempts(sql, taken);
    removing.done = db.inTenant(world.tenantId, (tx) => deleteEndpoint(tx, endpointIn(taken)));
    removing.done.catch(() => {});
    await oneWaits();
  });
  await removing.done;
  await expectNothingLeft();
});

test('an endpoint that is disabled while a range is to be sent again is sent nothing', async () => {
  const { db, owner } = world.api.database;
  const { id } = await world.endpoint({ url: 'https://hooks.vendor.example/' });
  if (!isId('endpoint', id)) throw new Error(id);
  await world.tell([{ type: 'sync.completed' }]);
  await owner.query(`UPDATE deliveries SET state = 'failed', settled_at = now() WHERE endpoint_id = $1`, [
    id,
  ]);
  const asking: { answer?: ReturnType<typeof world.api.call> } = {};
  await db.inTenant(world.tenantId, async (tx) => {
    await lockEndpoint(tx, id);
    await disableByHand(tx, id, new Date());
    asking.answer = world.api.call('POST', `/v1/endpoints/${id}/replay`, { body: { state: 'all' } });
    await oneWaits();
  });
  expect(await asking.answer).toMatchObject({ status: 409, body: { code: 'endpoint_disabled' } });
  const { rows } = await owner.query('SELECT state FROM deliveries WHERE endpoint_id = $1', [id]);
  expect(rows).toEqual([{ state: 'failed' }]);
});

test('a delivery that is looked at while its attempt is being written is shown with it, and as it left it', async () => {
  const taken = await made('success');
  const [id] = taken.map(({ claim }) => claim.id);
  const asking: { answer?: ReturnType<typeof world.api.call> } = {};
  await world.api.database.db.sqlAcrossTenants(async (sql) => {
    await sql.query('LOCK TABLE delivery_attempts IN ACCESS EXCLUSIVE MODE');
    await settleAttempts(sql, taken);
    asking.answer = world.api.call('GET', `/v1/deliveries/${id}`);
    await oneWaits();
  });
  expect(await asking.answer).toMatchObject({
    status: 200,
    body: { state: 'delivered', attempts: 1, nextAttemptAt: null, attemptLog: [{ number: 1, status: 204 }] },
  });
});
