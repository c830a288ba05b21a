// A connection's life on the real workflow, the real activities and the real database, with a clock that skips.
import { WorkflowNotFoundError } from '@temporalio/client';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { ConnectionId } from '../../domain/ids.ts';
import { fenceConnection } from '../../store/connections.ts';
import { SIGNALS, UPDATES } from '../../workflows/messages.ts';
import { until } from '../world.ts';
import { type LifecycleWorld, startLifecycleWorld } from './lifecycle-world.ts';

let world: LifecycleWorld;

beforeAll(async () => {
  world = await startLifecycleWorld();
});

afterEach(async () => {
  await world.endAll();
});

afterAll(async () => {
  await world.close();
});

const stateOf = async (id: ConnectionId) => (await world.row(id)).state;
const becomes = (id: ConnectionId, state: string) =>
  until(`${id} to be ${state}`, async () => (await stateOf(id)) === state);

/** As HTTP does it: the fence in one transaction, then the signal. */
async function revoke(id: ConnectionId, how: { upstream?: boolean } = {}): Promise<void> {
  await world.database.db.inTenant(world.tenantId, (tx) => fenceConnection(tx, id, Date.now()));
  await world
    .handle(id)
    .signal(SIGNALS.revoke, { by: 'key_01', upstream: how.upstream ?? true, erase: false });
}

async function secretsLeft(id: ConnectionId): Promise<number> {
  const { rows } = await world.database.owner.query(
    `SELECT 1 FROM credentials WHERE connection_id = $1
     UNION ALL SELECT 1 FROM authorizations WHERE connection_id = $1 AND sealed IS NOT NULL`,
    [id],
  );
  return rows.length;
}

test('an approved connection is active, syncs, and knows when it renews', async () => {
  const id = await world.connect();
  const row = await world.row(id);
  expect(row).toMatchObject({ state: 'active', lifecycle: 'active', generation: 1, shopName: 'A shop' });
  expect(row.nextRefreshAt?.getTime()).toBeLessThan(row.expiresAt?.getTime() ?? 0);
  expect(await world.events(id)).toEqual(['connection.active']);
  await until('the schedule', async () => world.schedules.get(id) === null);
});

test('a refused connect without a browser leaves nothing', async () => {
  const id = await world.newConnection();
  world.fake.script(id, 'obtain', 'credential_rejected');
  const outcome = await world.authorize(id, { discardOnRefusal: true });
  expect(outcome).toMatchObject({ outcome: 'refused', code: 'credential_rejected' });
  for (const table of ['connections', 'authorizations', 'events', 'transitions']) {
    const column = table === 'connections' ? 'id' : 'connection_id';
    const { rows } = await world.database.owner.query(`SELECT 1 FROM ${table} WHERE ${column} = $1`, [id]);
    expect([table, rows.length]).toEqual([table, 0]);
  }
});

test('a refused approval leaves the connection waiting for another one', async () => {
  const id = await world.newConnection();
  world.fake.script(id, 'obtain', 'invalid_callback', 'ok');
  expect(await world.authorize(id)).toMatchObject({ outcome: 'refused', code: 'invalid_callback' });
  expect(await stateOf(id)).toBe('connecting');
  expect(await world.authorize(id)).toEqual({ outcome: 'authorized' });
});

test('200 callers who find the credential expired share one exchange', async () => {
  const id = await world.connect();
  const { epoch } = await world.row(id);
  const before = world.fake.exchanges(id);
  const callers = Array.from({ length: 200 }, () => world.ensureFresh(id, { generation: 1, epoch }));
  const outcomes = await Promise.all(callers);
  expect(new Set(outcomes.map((one) => JSON.stringify(one)))).toEqual(
    new Set(['{"outcome":"fresh","generation":2}']),
  );
  expect(world.fake.exchanges(id) - before).toBe(1);
  expect(await world.row(id)).toMatchObject({ generation: 2, epoch: 1 });
});

test('a caller of an older generation is answered without an exchange', async () => {
  const id = await world.connect();
  await world.ensureFresh(id, { generation: 1, epoch: 0 });
  expect(await world.ensureFresh(id, { generation: 1, epoch: 7 })).toEqual({
    outcome: 'fresh',
    generation: 2,
  });
  expect(world.fake.exchanges(id)).toBe(1);
});

test('a platform that is down degrades, keeps the grant, and recovers by itself', async () => {
  const id = await world.connect();
  world.fake.script(id, 'renew', 'platform_down', 'platform_down', 'ok');
  expect(await world.ensureFresh(id, { generation: 1, epoch: 0 })).toMatchObject({ outcome: 'retry_later' });
  await becomes(id, 'degraded');
  expect(await world.row(id)).toMatchObject({ healthCause: 'platform_down', generation: 1 });
  await world.env.sleep('5 minutes');
  await becomes(id, 'active');
  expect(await world.row(id)).toMatchObject({ generation: 2, epoch: 3 });
  expect(await world.events(id)).toEqual([
    'connection.active',
    'connection.degraded',
    'connection.recovered',
  ]);
});

test('a second caller of the same attempt gets its recorded answer, a later one a new attempt', async () => {
  const id = await world.connect();
  world.fake.script(id, 'renew', { code: 'platform_rate_limited', retryAtMs: 0 }, 'ok');
  const first = await world.ensureFresh(id, { generation: 1, epoch: 0 });
  expect(await world.ensureFresh(id, { generation: 1, epoch: 0 })).toEqual(first);
  expect(world.fake.exchanges(id)).toBe(1);
  await world.env.sleep('2 minutes');
  await becomes(id, 'active');
  expect(await world.ensureFresh(id, { generation: 1, epoch: 2 })).toEqual({
    outcome: 'fresh',
    generation: 2,
  });
});

test('a dead grant stops the syncs with the reason, and a new approval brings them back', async () => {
  const id = await world.connect();
  world.fake.script(id, 'renew', 'credential_dead');
  const outcome = await world.ensureFresh(id, { generation: 1, epoch: 0 });
  expect(outcome).toEqual({ outcome: 'reauth_required', reason: 'grant_dead' });
  await becomes(id, 'reauth_required');
  expect(await world.row(id)).toMatchObject({ reauthReason: 'grant_dead' });
  await until('the note', async () => world.schedules.get(id) === 'reauth_required: grant_dead');
  await world.env.sleep('2 days');
  expect(world.fake.exchanges(id)).toBe(1);
  expect(await world.authorize(id)).toEqual({ outcome: 'authorized' });
  expect(await world.row(id)).toMatchObject({ state: 'active', generation: 2, reauthReason: null });
  await until('the schedule', async () => world.schedules.get(id) === null);
});

test('paused, then dead, then approved again: still paused, and the credential kept fresh', async () => {
  const id = await world.connect();
  await world.handle(id).signal(SIGNALS.pause, { by: 'key_01' });
  await becomes(id, 'paused');
  world.fake.script(id, 'renew', 'credential_dead', 'ok');
  await world.ensureFresh(id, { generation: 1, epoch: 0 });
  await becomes(id, 'reauth_required');
  await world.authorize(id);
  expect(await world.row(id)).toMatchObject({ state: 'paused', pausedBy: 'key_01', generation: 2 });
  await world.env.sleep('2 hours');
  expect((await world.row(id)).generation).toBeGreaterThan(3);
  await world.handle(id).signal(SIGNALS.resume, { by: 'key_01' });
  await becomes(id, 'active');
});

test('a lost answer that used the token up ends as «outcome unknown», not as the merchant’s fault', async () => {
  const id = await world.connect();
  world.fake.script(id, 'renew', 'lost', 'ok');
  expect(await world.ensureFresh(id, { generation: 1, epoch: 0 })).toMatchObject({ outcome: 'retry_later' });
  await world.env.sleep('5 minutes');
  await becomes(id, 'reauth_required');
  expect(await world.row(id)).toMatchObject({ reauthReason: 'refresh_outcome_unknown' });
});

test('a lost request that never arrived is sent again, and nobody notices', async () => {
  const id = await world.connect();
  world.fake.script(id, 'renew', 'platform_answer_invalid', 'ok');
  await world.ensureFresh(id, { generation: 1, epoch: 0 });
  await world.env.sleep('5 minutes');
  await becomes(id, 'active');
  expect(await world.row(id)).toMatchObject({ generation: 2 });
});

test('a 401 on a fresh token is probed three times over a quarter of an hour before anybody is asked', async () => {
  const id = await world.connect();
  world.fake.script(id, 'probe', 'credential_expired');
  const before = world.fake.calls.probes;
  await world.handle(id).signal(SIGNALS.runReported, {
    runId: 'run_01',
    finishedAtMs: 0,
    health: { status: 'failed', code: 'credential_expired', generation: 1, freshByOurClock: true },
  });
  await becomes(id, 'degraded');
  await world.env.sleep('11 minutes');
  expect(await stateOf(id)).toBe('degraded');
  await world.env.sleep('5 minutes');
  await becomes(id, 'reauth_required');
  expect(await world.row(id)).toMatchObject({ reauthReason: 'credential_rejected' });
  expect(world.fake.calls.probes - before).toBe(3);
});

test('a revocation ends at the platform, destroys every secret, and closes the workflow', async () => {
  const id = await world.connect();
  await revoke(id);
  await world.handle(id).result();
  expect(await world.row(id)).toMatchObject({
    state: 'revoked',
    upstreamRevocation: 'confirmed',
    generation: 1,
  });
  expect(await secretsLeft(id)).toBe(0);
  expect(world.schedules.has(id)).toBe(false);
  expect(await world.events(id)).toEqual(['connection.active', 'connection.revoking', 'connection.revoked']);
  await expect(world.ensureFresh(id, { generation: 1, epoch: 0 })).rejects.toBeInstanceOf(
    WorkflowNotFoundError,
  );
});

test('a revocation the platform never answers destroys the secrets after a day all the same', async () => {
  const id = await world.connect();
  world.fake.script(id, 'revoke', 'platform_down');
  await revoke(id);
  await world.handle(id).result();
  expect(await world.row(id)).toMatchObject({ state: 'revoked', upstreamRevocation: 'unconfirmed' });
  expect(await secretsLeft(id)).toBe(0);
});

test('revoked while a refresh is in flight: the late pair is discarded', async () => {
  const id = await world.connect();
  const gate = world.fake.hold();
  const caller = world.ensureFresh(id, { generation: 1, epoch: 0 });
  await until('the marker', async () => {
    const { rows } = await world.database.owner.query(
      'SELECT 1 FROM refresh_markers WHERE connection_id = $1',
      [id],
    );
    return rows.length === 1;
  });
  await revoke(id);
  await becomes(id, 'revoking');
  gate.release();
  expect(await caller).toEqual({ outcome: 'revoked' });
  await world.handle(id).result();
  expect(await world.row(id)).toMatchObject({ state: 'revoked', generation: 1 });
  expect(await secretsLeft(id)).toBe(0);
});

test('reconnected while a refresh is in flight: the approval wins, the late answer is discarded', async () => {
  const id = await world.connect();
  const gate = world.fake.hold();
  const caller = world.ensureFresh(id, { generation: 1, epoch: 0 });
  await until('the marker', async () => {
    const { rows } = await world.database.owner.query(
      'SELECT 1 FROM refresh_markers WHERE connection_id = $1',
      [id],
    );
    return rows.length === 1;
  });
  expect(await world.authorize(id)).toEqual({ outcome: 'authorized' });
  expect(await caller).toEqual({ outcome: 'fresh', generation: 2 });
  gate.release();
  await world.env.sleep('1 minute');
  expect(await world.row(id)).toMatchObject({ state: 'active', generation: 2 });
});

test('revoked while connecting: abandoned, and what was sealed is gone', async () => {
  const id = await world.newConnection();
  world.fake.script(id, 'obtain', 'authorization_denied');
  await world.authorize(id);
  await revoke(id);
  await world.handle(id).result();
  expect(await world.row(id)).toMatchObject({ state: 'abandoned' });
  expect(await secretsLeft(id)).toBe(0);
});

test('an approval that does not come within a day abandons the connection', async () => {
  const id = await world.newConnection();
  world.fake.script(id, 'obtain', 'authorization_denied');
  await world.authorize(id);
  await world.handle(id).result();
  expect(await world.row(id)).toMatchObject({ state: 'abandoned' });
});

test('a reconnect after revoked goes on with sequence and generation', async () => {
  const id = await world.connect();
  await revoke(id);
  await world.handle(id).result();
  const before = await world.row(id);
  expect(await world.authorize(id)).toEqual({ outcome: 'authorized' });
  const after = await world.row(id);
  expect(after).toMatchObject({ state: 'active', generation: 2, fencedAt: null, upstreamRevocation: null });
  expect(after.seq).toBeGreaterThan(before.seq);
});

test('a refresh asked for by hand looks whether a shop that was closed is open again', async () => {
  const id = await world.connect();
  const ask = () => world.handle(id).executeUpdate(UPDATES.refreshNow, { args: [{ requestedBy: 'key_01' }] });
  await world.handle(id).signal(SIGNALS.runReported, {
    runId: 'run_01',
    finishedAtMs: await world.env.currentTimeMs(),
    health: { status: 'failed', code: 'shop_unavailable' },
  });
  await becomes(id, 'degraded');
  world.fake.script(id, 'probe', 'shop_unavailable', 'ok');
  expect(await ask()).toEqual({ outcome: 'fresh', generation: 2 });
  await until('the probe', async () => (await world.row(id)).generation === 2);
  expect(await stateOf(id)).toBe('degraded');
  expect(await ask()).toEqual({ outcome: 'fresh', generation: 3 });
  await becomes(id, 'active');
});

test('a refresh asked for by hand is an answer, whatever it comes to', async () => {
  const id = await world.connect();
  const ask = () => world.handle(id).executeUpdate(UPDATES.refreshNow, { args: [{ requestedBy: 'key_01' }] });
  expect(await ask()).toEqual({ outcome: 'fresh', generation: 2 });
  world.fake.script(id, 'renew', 'platform_down');
  expect(await ask()).toMatchObject({ outcome: 'retry_later' });
});
