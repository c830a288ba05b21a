// A shop that moved: on a platform that tells a key its address follows, on one that tells none somebody confirms it. The real workflow and
// database; only the platform's edge is simulated.
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { AuthorizationId, ConnectionId } from '../../domain/ids.ts';
import { readMove } from '../../store/shop-moves.ts';
import { SIGNALS } from '../../workflows/messages.ts';
import { until } from '../world.ts';
import { type LifecycleWorld, startLifecycleWorld } from './lifecycle-world.ts';

let world: LifecycleWorld;
let shops = 0;

beforeAll(async () => {
  world = await startLifecycleWorld({ when: 'none', lifetimeS: null });
});
afterEach(async () => {
  await world.endAll();
});
afterAll(async () => {
  await world.close();
});

const addresses = () => {
  shops += 1;
  return [{ url: `https://old-${shops}.example` }, { url: `https://new-${shops}.example` }] as const;
};

/** An active connection of a platform without shop keys. */
async function connected(shop: Readonly<Record<string, string>>): Promise<ConnectionId> {
  const id = await world.newConnection(shop);
  world.fake.proves(id, { shopKey: null });
  expect(await world.authorize(id)).toEqual({ outcome: 'authorized' });
  return id;
}

async function proposed(id: ConnectionId, shop: Readonly<Record<string, string>>): Promise<AuthorizationId> {
  const outcome = await world.authorize(id, { shop });
  if (outcome.outcome !== 'move_proposed') throw new Error(JSON.stringify(outcome));
  return outcome.authorizationId;
}

const attempt = async (id: string) => {
  const { rows } = await world.database.owner.query(
    'SELECT status, refusal, sealed, proved FROM authorizations WHERE id = $1',
    [id],
  );
  return rows[0];
};
const audited = async (id: ConnectionId) => {
  const { rows } = await world.database.owner.query<{ action: string; actor: string; detail: unknown }>(
    `SELECT action, actor, detail FROM audit_events WHERE connection_id = $1 AND action LIKE 'connection.move%' ORDER BY seq`,
    [id],
  );
  return rows;
};
const GONE = { sealed: null, proved: null };

test('with the same key the address follows at once, and the trail says from where to where', async () => {
  const [from, to] = addresses();
  const id = await world.connect(from);
  expect(await world.authorize(id, { shop: to })).toEqual({ outcome: 'authorized' });
  expect(await world.row(id)).toMatchObject({ shop: to, generation: 2, move: null });
  expect(await audited(id)).toEqual([
    { action: 'connection.moved', actor: 'worker', detail: { from: [from.url], to: [to.url] } },
  ]);
});

test('with another key another address is another shop: refused, and the address stays', async () => {
  const [from, to] = addresses();
  const id = await world.connect(from);
  world.fake.proves(id, { shopKey: 'another shop' });
  expect(await world.authorize(id, { shop: to })).toMatchObject({ code: 'shop_mismatch' });
  expect(await world.row(id)).toMatchObject({ shop: from, generation: 1, move: null });
});

test('without a key the new credential waits: nothing else moves, and the event tells it', async () => {
  const [from, to] = addresses();
  const id = await connected(from);
  const authorizationId = await proposed(id, to);
  const row = await world.row(id);
  expect(row).toMatchObject({ shop: from, generation: 1, state: 'active' });
  expect(readMove(row.move)).toMatchObject({ authorizationId, shop: to });
  expect(await attempt(authorizationId)).toMatchObject({ status: 'proved' });
  expect(await world.events(id)).toEqual(['connection.active', 'connection.move_proposed']);
});

test('confirmed, it is proved again, its address and the next generation follow, and the trail names who said so', async () => {
  const [from, to] = addresses();
  const id = await connected(from);
  const authorizationId = await proposed(id, to);
  const confirm = { authorizationId, decision: 'confirm', by: 'key_01' } as const;
  expect(await world.decideMove(id, confirm)).toEqual({ outcome: 'authorized' });
  expect(await world.row(id)).toMatchObject({ shop: to, generation: 2, move: null, state: 'active' });
  expect(await attempt(authorizationId)).toMatchObject({ status: 'authorized', ...GONE });
  expect((await audited(id)).at(-1)).toEqual({
    action: 'connection.moved',
    actor: 'key_01',
    detail: { from: [from.url], to: [to.url] },
  });
  expect(await world.events(id)).toContain('connection.move_settled');
  expect(await world.decideMove(id, confirm)).toMatchObject({ code: 'move_not_waiting' });
});

test('refused, the new secret is destroyed and everything is as it was', async () => {
  const [from, to] = addresses();
  const id = await connected(from);
  const authorizationId = await proposed(id, to);
  const refuse = { authorizationId, decision: 'refuse', by: 'key_01' } as const;
  expect(await world.decideMove(id, refuse)).toEqual({ outcome: 'move_ended' });
  expect(await world.row(id)).toMatchObject({ shop: from, generation: 1, move: null, state: 'active' });
  expect(await attempt(authorizationId)).toEqual({ status: 'refused', refusal: 'move_refused', ...GONE });
  expect((await audited(id)).at(-1)).toMatchObject({ action: 'connection.move_refused', actor: 'key_01' });
});

test('confirmed by nobody for seven days, it ends by itself', async () => {
  const [from, to] = addresses();
  const id = await connected(from);
  const authorizationId = await proposed(id, to);
  await world.env.sleep('6 days');
  expect(readMove((await world.row(id)).move)).not.toBeNull();
  await world.env.sleep('25 hours');
  await until('the move to end', async () => (await world.row(id)).move === null);
  expect(await world.row(id)).toMatchObject({ shop: from, generation: 1, state: 'active' });
  expect(await attempt(authorizationId)).toEqual({
    status: 'refused',
    refusal: 'authorization_expired',
    ...GONE,
  });
});

test('a credential that no longer works when it is confirmed is not saved; a platform that is down is asked again', async () => {
  const [from, to] = addresses();
  const id = await connected(from);
  const authorizationId = await proposed(id, to);
  const confirm = { authorizationId, decision: 'confirm', by: 'key_01' } as const;
  world.fake.script(id, 'prove', 'platform_down', 'credential_rejected');
  expect(await world.decideMove(id, confirm)).toMatchObject({ code: 'platform_down' });
  expect(readMove((await world.row(id)).move)).not.toBeNull();
  expect(await world.decideMove(id, confirm)).toMatchObject({ code: 'credential_rejected' });
  expect(await world.row(id)).toMatchObject({ shop: from, generation: 1, move: null });
  expect(await attempt(authorizationId)).toMatchObject({ refusal: 'credential_rejected', ...GONE });
});

test('a later reconnect where the shop was, or at a third address, takes the place of the move', async () => {
  const [from, to] = addresses();
  const id = await connected(from);
  const first = await proposed(id, to);
  const second = await proposed(id, { url: `${to.url}/third` });
  expect(await attempt(first)).toMatchObject({ status: 'dropped', ...GONE });
  const wrong = { authorizationId: first, decision: 'confirm', by: 'key_01' } as const;
  expect(await world.decideMove(id, wrong)).toMatchObject({ code: 'move_not_waiting' });
  expect(await world.authorize(id)).toEqual({ outcome: 'authorized' });
  expect(await attempt(second)).toMatchObject({ status: 'dropped', ...GONE });
  expect(await world.row(id)).toMatchObject({ shop: from, generation: 2, move: null });
});

test('a move to a shop that another connection has is refused when it is confirmed', async () => {
  const [from, to] = addresses();
  const id = await connected(from);
  await connected(to);
  const authorizationId = await proposed(id, to);
  const confirm = { authorizationId, decision: 'confirm', by: 'key_01' } as const;
  expect(await world.decideMove(id, confirm)).toMatchObject({ code: 'shop_already_connected' });
  expect(await world.row(id)).toMatchObject({ shop: from, generation: 1, move: null });
});

test('revoking wins: what waited is destroyed with everything else', async () => {
  const [from, to] = addresses();
  const id = await connected(from);
  const authorizationId = await proposed(id, to);
  await world.handle(id).signal(SIGNALS.revoke, { by: 'test', upstream: false, erase: false });
  await world.handle(id).result();
  expect(await attempt(authorizationId)).toMatchObject({ status: 'dropped', ...GONE });
  expect(await world.row(id)).toMatchObject({ state: 'revoked', shop: from, move: null });
});
