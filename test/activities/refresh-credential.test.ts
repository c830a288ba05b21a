// One exchange, its marker, and what Postgres says afterwards: the activities alone, on the real database.
import { MockActivityEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AttemptInput, RefreshResult } from '../../activities/lifecycle-contract.ts';
import { sealAndSave } from '../../activities/save-generation.ts';
import type { ConnectionId } from '../../domain/ids.ts';
import { fenceConnection } from '../../store/connections.ts';
import { createAuthority } from '../egress/certificates.ts';
import { PLAIN_METHOD } from '../egress/plain-platform.ts';
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

test('a renewal that tells other scopes than were known is kept and told, once', async () => {
  const id = await world.connect();
  const { owner } = world.database;
  const next = (generation: number): AttemptInput => ({ ...attemptOf(id, generation - 1), generation });
  const drifts = async () =>
    (
      await owner.query(
        "SELECT data FROM events WHERE connection_id = $1 AND type = 'connection.scope_drift'",
        [id],
      )
    ).rows.map(({ data }) => data);
  await refresh(next(1), 1_000_000);
  expect(await drifts()).toEqual([]);

  await owner.query("UPDATE connections SET permissions = '{}', granted_scopes = '{other}' WHERE id = $1", [
    id,
  ]);
  await refresh(next(2), 2_000_000);
  const told = [{ drift: 'more', missing: [], surplus: ['read_orders'] }];
  expect([await drifts(), (await world.row(id)).grantedScopes]).toEqual([told, ['read_orders']]);
  await refresh(next(3), 3_000_000);
  expect(await drifts()).toEqual(told);

  // Back to what is asked for: kept, and nothing to tell.
  await owner.query(
    "UPDATE connections SET permissions = '{orders:read}', granted_scopes = '{read_orders,other}' WHERE id = $1",
    [id],
  );
  await refresh(next(4), 4_000_000);
  expect([await drifts(), (await world.row(id)).grantedScopes]).toEqual([told, ['read_orders']]);
});

test('the end of a certificate in the credential is a date of the connection, until another one is there', async () => {
  const id = await world.connect();
  const { tenantId } = world;
  const until = new Date('2031-02-03T04:05:06Z');
  const { cert } = createAuthority('An authority').issue({ host: 'merchant.example', until });
  const save = (generation: number, parts: Record<string, string>) =>
    sealAndSave(
      { db: world.database.db, vault: world.fake.vault, nowMs: Date.now },
      {
        tenantId,
        connectionId: id,
        expectedGeneration: generation,
        epoch: generation,
        issued: {
          kind: 'plain_token',
          parts,
          expiresAtMs: null,
          lifetimeS: null,
          refreshExpiresAtMs: null,
          scopes: null,
        },
        method: PLAIN_METHOD,
        registrationVersion: null,
        previous: null,
        grantedAtMs: 0,
      },
      async () => undefined,
    );
  const dates = async () =>
    (
      await world.database.owner.query(
        "SELECT at FROM deadlines WHERE subject = $1 AND kind = 'certificate'",
        [id],
      )
    ).rows;
  await save(1, { certificate: cert, key: 'a key' });
  expect(await dates()).toEqual([{ at: until }]);
  await save(2, { key: 'a key' });
  expect(await dates()).toEqual([]);
});
