// One exchange, its marker, and what Postgres says afterwards: the activities alone, on the real database.
import { MockActivityEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AttemptInput, RefreshResult } from '../../activities/lifecycle-contract.ts';
import type { ConnectionId } from '../../domain/ids.ts';
import { fenceConnection } from '../../store/connections.ts';
import { type LifecycleWorld, startLifecycleWorld } from '../workflows/lifecycle-world.ts';

let world: LifecycleWorld;

beforeAll(async () => {
  world = await startLifecycleWorld();
});

afterAll(async () => {
  await world.endAll();
  await world.close();
});

const attemptOf = (connectionId: ConnectionId, epoch = 0): AttemptInput => ({
  tenantId: world.tenantId,
  connectionId,
  generation: 1,
  epoch,
  seq: 100 + epoch,
  grantedAtMs: 0,
});

const at = (ms: number) => new MockActivityEnvironment({ currentAttemptScheduledTimestampMs: ms });
const refresh = (attempt: AttemptInput, ms: number): Promise<RefreshResult> =>
  at(ms).run(() => world.activities.refreshCredential(attempt));
const settle = (attempt: AttemptInput, ms: number): Promise<RefreshResult> =>
  at(ms).run(() => world.activities.settleLostRefresh(attempt));

/** As a worker that died left it. */
async function leaveMarker(id: ConnectionId, sentAtMs: number): Promise<void> {
  await world.database.owner.query(
    'INSERT INTO refresh_markers (connection_id, generation, epoch, tenant_id, sent_at) VALUES ($1, 1, 0, $2, $3)',
    [id, world.tenantId, new Date(sentAtMs)],
  );
}

test('twenty workers with the same attempt send once', async () => {
  const id = await world.connect();
  const results = await Promise.all(Array.from({ length: 20 }, () => refresh(attemptOf(id), 1_000_000)));
  expect(world.fake.exchanges(id)).toBe(1);
  expect(results.filter(({ outcome }) => outcome === 'refreshed').length).toBeGreaterThanOrEqual(1);
  expect(new Set(results.map(({ outcome }) => outcome))).not.toContain('dead');
  expect((await world.row(id)).generation).toBe(2);
});

test('nothing is sent within 12 s of a marker without an outcome', async () => {
  const id = await world.connect();
  await leaveMarker(id, 1_000_000);
  expect(await refresh(attemptOf(id), 1_011_999)).toEqual({
    outcome: 'failed',
    epoch: 1,
    code: 'platform_unreachable',
    retryAtMs: 1_012_000,
    isUnsent: true,
  });
  expect(world.fake.exchanges(id)).toBe(0);
  expect(await refresh(attemptOf(id, 1), 1_012_000)).toMatchObject({
    outcome: 'refreshed',
    generation: 2,
    epoch: 2,
  });
});

test('an exchange that did not come back is lost when it was marked, and an ordinary failure when it was not', async () => {
  const [marked, unmarked] = [await world.connect(), await world.connect()];
  await leaveMarker(marked, 1_000_000);
  expect(await settle(attemptOf(marked), 1_020_000)).toEqual({
    outcome: 'lost',
    epoch: 1,
    clearsAtMs: 1_012_000,
  });
  expect(await settle(attemptOf(unmarked), 1_020_000)).toMatchObject({ outcome: 'failed', epoch: 1 });
  expect(world.fake.exchanges(marked) + world.fake.exchanges(unmarked)).toBe(0);
});

test('an exchange that was saved although its worker died is a refresh like any other', async () => {
  const id = await world.connect();
  await refresh(attemptOf(id), 1_000_000);
  expect(await settle(attemptOf(id), 1_020_000)).toMatchObject({ outcome: 'refreshed', generation: 2 });
});

test('a dead answer about a generation that moved meanwhile is a lost race', async () => {
  const id = await world.connect();
  world.fake.script(id, 'renew', 'credential_dead');
  const gate = world.fake.hold();
  const late = refresh(attemptOf(id), 1_000_000);
  await new Promise((resolve) => setImmediate(resolve));
  expect(await world.authorize(id)).toEqual({ outcome: 'authorized' });
  gate.release();
  expect(['refreshed', 'discarded']).toContain((await late).outcome);
  expect(await world.row(id)).toMatchObject({ state: 'active', generation: 2 });
});

test('nothing is sent once the fence stands', async () => {
  const id = await world.connect();
  await world.database.db.inTenant(world.tenantId, (tx) => fenceConnection(tx, id, 1));
  expect(await refresh(attemptOf(id), 1_000_000)).toMatchObject({ outcome: 'discarded' });
  expect(world.fake.exchanges(id)).toBe(0);
});
