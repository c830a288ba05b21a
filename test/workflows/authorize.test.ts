// What an approval must prove before it changes anything, on the real workflow and database.
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { SIGNALS } from '../../workflows/messages.ts';
import { until } from '../world.ts';
import { type LifecycleWorld, startLifecycleWorld } from './lifecycle-world.ts';

let world: LifecycleWorld;

beforeAll(async () => {
  world = await startLifecycleWorld({ refreshLifetimeS: 6 * 3_600 });
});

afterEach(async () => {
  await world.endAll();
});

afterAll(async () => {
  await world.close();
});

test('an approval for another shop is refused and changes nothing', async () => {
  const id = await world.connect();
  const before = await world.row(id);
  world.fake.proves(id, { shopKey: 'another shop' });
  expect(await world.authorize(id)).toMatchObject({ outcome: 'refused', code: 'shop_mismatch' });
  expect(await world.row(id)).toEqual({ ...before, updatedAt: expect.anything() });
});

test('a shop has one connection that is not final', async () => {
  const first = await world.connect();
  const second = await world.newConnection();
  world.fake.proves(second, { shopKey: `shop of ${first}` });
  const refused = await world.authorize(second, { discardOnRefusal: true });
  expect(refused).toMatchObject({ outcome: 'refused', code: 'shop_already_connected' });
  const { rows } = await world.database.owner.query('SELECT 1 FROM credentials WHERE connection_id = $1', [
    second,
  ]);
  expect(rows).toEqual([]);
});

test('a first approval of a shop that is connected already ends at once, and says so', async () => {
  const first = await world.connect();
  const second = await world.newConnection();
  world.fake.proves(second, { shopKey: `shop of ${first}` });
  expect(await world.authorize(second)).toMatchObject({ outcome: 'refused', code: 'shop_already_connected' });
  await world.handle(second).result();
  expect(await world.row(second)).toMatchObject({
    state: 'abandoned',
    lifecycle: 'abandoned',
    generation: 0,
  });
  expect(await world.events(second)).toEqual(['connection.abandoned']);
  expect(await world.row(first)).toMatchObject({ state: 'active' });
});

test('too few scopes: a browser’s approval waits for a wider one, a pasted one leaves nothing', async () => {
  const id = await world.newConnection();
  world.fake.proves(id, { scopes: [] });
  expect(await world.authorize(id)).toMatchObject({ outcome: 'refused', code: 'scope_missing' });
  expect(await world.row(id)).toMatchObject({ state: 'reauth_required', reauthReason: 'scope_missing' });
  const pasted = await world.newConnection();
  world.fake.proves(pasted, { scopes: [] });
  const refused = await world.authorize(pasted, { discardOnRefusal: true });
  expect(refused).toMatchObject({ outcome: 'refused', code: 'scope_missing' });
  const { rows } = await world.database.owner.query('SELECT 1 FROM connections WHERE id = $1', [pasted]);
  expect(rows).toEqual([]);
});

test('a code that came too late is refused, never exchanged', async () => {
  const id = await world.newConnection();
  world.fake.script(id, 'obtain', 'internal');
  expect(await world.authorize(id, { lateMs: 1 })).toMatchObject({ code: 'authorization_expired' });
  const { rows } = await world.database.owner.query(
    'SELECT status, refusal, sealed FROM authorizations WHERE connection_id = $1',
    [id],
  );
  expect(rows).toEqual([{ status: 'refused', refusal: 'authorization_expired', sealed: null }]);
});

test('the refresh token’s own end is a dated row, and ends the grant when nothing moved it', async () => {
  const id = await world.connect();
  const { rows } = await world.database.owner.query<{ at: Date }>(
    `SELECT at FROM deadlines WHERE subject = $1 AND kind = 'refresh_token'`,
    [id],
  );
  expect(rows[0]?.at).toEqual((await world.row(id)).refreshExpiresAt);
  world.fake.script(id, 'renew', 'platform_down');
  await world.env.sleep('7 hours');
  await until('reauth', async () => (await world.row(id)).state === 'reauth_required');
  expect(await world.row(id)).toMatchObject({ reauthReason: 'refresh_token_expired' });
});

test('our rejected secret is told once, asks no merchant for anything, and resumes on its new version', async () => {
  const id = await world.connect();
  world.fake.script(id, 'renew', 'registration_rejected', 'registration_rejected', 'ok');
  expect(await world.ensureFresh(id, { generation: 1, epoch: 0 })).toMatchObject({ outcome: 'retry_later' });
  await until('degraded', async () => (await world.row(id)).healthCause === 'registration_rejected');
  await world.handle(id).signal(SIGNALS.registrationChanged, { version: 2 });
  await until('a second try', async () => world.fake.exchanges(id) === 2);
  await world.handle(id).signal(SIGNALS.registrationChanged, { version: 3 });
  await until('active', async () => (await world.row(id)).state === 'active');
  expect(await world.events(id)).not.toContain('connection.reauth_required');
});

test('a new version of our secret that comes while the old one is being refused is not forgotten', async () => {
  const id = await world.connect();
  world.fake.script(id, 'renew', 'registration_rejected', 'ok');
  const held = world.fake.hold();
  const asked = world.ensureFresh(id, { generation: 1, epoch: 0 });
  await until('the old one to be sent', async () => {
    const sent = await world.database.owner.query('SELECT 1 FROM refresh_markers WHERE connection_id = $1', [
      id,
    ]);
    return sent.rows.length === 1;
  });
  await world.handle(id).signal(SIGNALS.registrationChanged, { version: 2 });
  held.release();
  await asked;
  await until('the new one to be used', async () => {
    const { state, generation } = await world.row(id);
    return state === 'active' && generation === 2;
  });
});

test('an uninstall that a probe confirms ends the connection without asking the platform', async () => {
  const id = await world.connect();
  const revocations = world.fake.calls.revocations;
  await world.handle(id).signal(SIGNALS.uninstalled, { atMs: 0 });
  world.fake.script(id, 'probe', 'credential_expired');
  await world.handle(id).signal(SIGNALS.uninstalled, { atMs: (await world.env.currentTimeMs()) + 1 });
  await world.handle(id).result();
  expect(await world.row(id)).toMatchObject({ state: 'revoked', upstreamRevocation: 'confirmed' });
  expect(world.fake.calls.revocations).toBe(revocations);
});
