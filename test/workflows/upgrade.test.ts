// A credential that never expires becomes one that does: once, by the connection's own workflow, whatever gets lost on the way.
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { ConnectionId } from '../../domain/ids.ts';
import { fenceConnection } from '../../store/connections.ts';
import {
  SIGNALS,
  UPDATES,
  type UpgradeCredentialInput,
  type UpgradeOutcome,
} from '../../workflows/messages.ts';
import { until } from '../world.ts';
import { KIND, NEXT_KIND } from './fake-definition.ts';
import { type LifecycleWorld, startLifecycleWorld } from './lifecycle-world.ts';

let world: LifecycleWorld;

beforeAll(async () => {
  world = await startLifecycleWorld({ when: 'none', lifetimeS: null });
});

afterEach(async () => {
  await world.endAll();
});

afterAll(async () => {
  await world.close();
});

let asked = 0;
function upgrade(id: ConnectionId): Promise<UpgradeOutcome> {
  asked += 1;
  return world.handle(id).executeUpdate<UpgradeOutcome, [UpgradeCredentialInput]>(UPDATES.upgradeCredential, {
    args: [{ from: KIND, to: NEXT_KIND, requestedBy: 'flt_test' }],
    updateId: `upgrade/${asked}`,
  });
}

async function kindsOf(id: ConnectionId): Promise<readonly string[]> {
  const { rows } = await world.database.owner.query<{ kind: string }>(
    'SELECT kind FROM credentials WHERE connection_id = $1 ORDER BY generation',
    [id],
  );
  return rows.map(({ kind }) => kind);
}

test('an upgraded credential is the next generation, is proved, renews from then on, and is told', async () => {
  const id = await world.connect();
  expect((await world.row(id)).nextRefreshAt).toBeNull();
  expect(await upgrade(id)).toEqual({ outcome: 'upgraded', generation: 2, isProved: true });
  const row = await world.row(id);
  expect(row).toMatchObject({ state: 'active', generation: 2 });
  expect(row.nextRefreshAt?.getTime()).toBeLessThan(row.expiresAt?.getTime() ?? 0);
  expect(await world.events(id)).toContain('connection.credential_upgraded');
  expect(await upgrade(id)).toEqual({ outcome: 'already', generation: 2 });
  // The hour passes: the new kind renews itself, as no credential did here before.
  await world.env.sleep('70 minutes');
  await until('the renewal', async () => (await world.row(id)).generation > 2);
  expect(await world.events(id)).not.toContain('connection.reauth_required');
});

test('of two that ask at once one is sent', async () => {
  const id = await world.connect();
  const gate = world.fake.hold();
  const asking = [upgrade(id), upgrade(id)];
  await until('the exchange', async () => world.fake.exchanges(id) === 0);
  gate.release();
  const outcomes = (await Promise.all(asking)).map(({ outcome }) => outcome).sort();
  expect(outcomes).toEqual(['already', 'upgraded']);
  expect(world.fake.exchanges(id)).toBe(1);
});

test('a lost answer whose old credential still works changes nothing and is not sent again by itself', async () => {
  const id = await world.connect();
  world.fake.script(id, 'upgrade', 'lost', 'ok');
  expect(await upgrade(id)).toMatchObject({ outcome: 'retry_later', code: 'platform_unreachable' });
  expect(await world.row(id)).toMatchObject({ state: 'active', generation: 1 });
  await world.env.sleep('1 hour');
  expect(world.fake.exchanges(id)).toBe(1);
  expect(await upgrade(id)).toMatchObject({ outcome: 'upgraded', isProved: true });
  expect(world.fake.exchanges(id)).toBe(2);
});

test('a second try that comes while the first may still be on its way is not sent', async () => {
  const id = await world.connect();
  world.fake.script(id, 'upgrade', 'lost', 'ok');
  await upgrade(id);
  expect(await upgrade(id)).toMatchObject({ outcome: 'retry_later' });
  expect(world.fake.exchanges(id)).toBe(1);
});

test('a lost answer that used the old credential up ends as outcome unknown', async () => {
  const id = await world.connect();
  world.fake.script(id, 'upgrade', 'lost');
  world.fake.script(id, 'probe', 'credential_expired');
  expect(await upgrade(id)).toEqual({ outcome: 'reauth_required', reason: 'refresh_outcome_unknown' });
  expect(await world.row(id)).toMatchObject({
    state: 'reauth_required',
    reauthReason: 'refresh_outcome_unknown',
  });
});

test('an error of the platform, which may have done it all the same, counts as lost', async () => {
  const id = await world.connect();
  world.fake.script(id, 'upgrade', 'platform_down');
  world.fake.script(id, 'probe', 'credential_expired');
  expect(await upgrade(id)).toMatchObject({ outcome: 'reauth_required' });
});

test('a refusal leaves the old credential as it was; what it says of it is probed, not believed', async () => {
  const id = await world.connect();
  world.fake.script(id, 'upgrade', 'credential_dead');
  const { probes } = world.fake.calls;
  expect(await upgrade(id)).toEqual({ outcome: 'refused', code: 'credential_dead' });
  expect(world.fake.calls.probes).toBe(probes + 1);
  expect(await world.row(id)).toMatchObject({ state: 'active', generation: 1 });
  expect(await kindsOf(id)).toEqual([KIND]);
  world.fake.script(id, 'upgrade', 'registration_rejected');
  expect(await upgrade(id)).toEqual({ outcome: 'refused', code: 'registration_rejected' });
  expect(await world.row(id)).toMatchObject({ state: 'active', health: 'ok' });
});

test('one that is of another kind, or not in full health, is not sent', async () => {
  const id = await world.connect();
  const of = (from: string) =>
    world.handle(id).executeUpdate<UpgradeOutcome, [UpgradeCredentialInput]>(UPDATES.upgradeCredential, {
      args: [{ from, to: NEXT_KIND, requestedBy: 'flt_test' }],
    });
  expect(await of('another')).toEqual({ outcome: 'refused', code: 'upgrade_unavailable' });
  await world.handle(id).signal(SIGNALS.breakerOpened);
  expect(await of(KIND)).toMatchObject({ outcome: 'retry_later', code: 'connection_not_active' });
  expect(world.fake.exchanges(id)).toBe(0);
});

test('revoked while the upgrade is in flight: the late credential is discarded', async () => {
  const id = await world.connect();
  const gate = world.fake.hold();
  const asking = upgrade(id);
  await until('the marker', async () => {
    const { rows } = await world.database.owner.query(
      'SELECT 1 FROM refresh_markers WHERE connection_id = $1',
      [id],
    );
    return rows.length === 1;
  });
  await world.database.db.inTenant(world.tenantId, (tx) => fenceConnection(tx, id, Date.now()));
  await world.handle(id).signal(SIGNALS.revoke, { by: 'key_01', upstream: false, erase: false });
  gate.release();
  expect(await asking).toEqual({ outcome: 'revoked' });
  await until('the end', async () => (await world.row(id)).state === 'revoked');
  expect(await kindsOf(id)).toEqual([]);
});
