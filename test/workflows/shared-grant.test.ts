// One approval that is good for several shops, on the real workflows and database: a connection, a workflow and a credential for each.
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { ConnectionId } from '../../domain/ids.ts';
import { rowId } from '../../store/row-ids.ts';
import { SIGNALS } from '../../workflows/messages.ts';
import { until } from '../world.ts';
import { type LifecycleWorld, startLifecycleWorld } from './lifecycle-world.ts';

let world: LifecycleWorld;
let numbers = 0;

beforeAll(async () => {
  world = await startLifecycleWorld();
});
afterEach(async () => {
  for (const { id } of await connections()) {
    await world
      .handle(rowId('connection', id))
      .signal(SIGNALS.revoke, { by: 'test', upstream: false, erase: false })
      .catch(() => undefined);
  }
  await world.endAll();
});
afterAll(async () => {
  await world.close();
});

const someShops = (count: number) =>
  Array.from({ length: count }, () => {
    numbers += 1;
    return { shopId: String(numbers) };
  });

interface Row {
  readonly id: string;
  readonly shop: { readonly shopId?: string };
  readonly lifecycle: string;
  readonly generation: number;
  readonly permissions: readonly string[];
}
async function connections(): Promise<readonly Row[]> {
  const { rows } = await world.database.owner.query<Row>(
    "SELECT id, shop, lifecycle, generation, permissions FROM connections WHERE lifecycle NOT IN ('revoked', 'abandoned') ORDER BY id",
  );
  return rows;
}
const connectionOf = async (shop: { shopId: string }) =>
  (await connections()).find((one) => one.shop.shopId === shop.shopId);
const settled = (shop: { shopId: string }) =>
  until(`shop ${shop.shopId}`, async () => {
    const found = await connectionOf(shop);
    return found?.lifecycle === 'active' ? found : undefined;
  });
const attempts = async () => {
  const { rows } = await world.database.owner.query<{
    id: string;
    connection_id: string;
    status: string;
    refusal: string | null;
    sealed: Buffer | null;
  }>(
    `SELECT a.id, a.connection_id, a.status, a.refusal, a.sealed FROM authorizations a WHERE a.parent_id IS NOT NULL ORDER BY a.id`,
  );
  return rows;
};
const generationsOf = async (id: string) => {
  const { rows } = await world.database.owner.query<{ sealed: Buffer }>(
    'SELECT sealed FROM credentials WHERE connection_id = $1',
    [id],
  );
  return rows.map(({ sealed }) => sealed.toString());
};

/** Approves for all shops, from a connection that waits for its first approval. */
async function approve(shops: readonly { shopId: string }[], known = {}): Promise<ConnectionId> {
  const id = await world.newConnection(known);
  world.fake.proves(id, { shops });
  expect(await world.authorize(id)).toEqual({ outcome: 'authorized' });
  return id;
}

test('each shop becomes a connection of its own: same tenant and permissions, its own workflow, credential and schedule', async () => {
  const [first, second, third] = someShops(3);
  if (first === undefined || second === undefined || third === undefined) throw new Error('three shops');
  const id = await approve([first, second, third]);
  expect(await world.row(id)).toMatchObject({ shop: first, generation: 1 });
  for (const shop of [second, third]) {
    const made = await settled(shop);
    expect(made).toMatchObject({ generation: 1, permissions: ['orders:read'] });
    const other = rowId('connection', made.id);
    expect((await world.handle(other).describe()).status.name).toBe('RUNNING');
    await until('its schedule', async () => world.schedules.get(other) === null);
    expect(await generationsOf(other)).toHaveLength(1);
    expect(await world.events(other)).toContain('connection.active');
  }
  const outcomes = await attempts();
  expect(outcomes.map(({ status, sealed }) => [status, sealed])).toEqual([
    ['authorized', null],
    ['authorized', null],
  ]);
});

test('a shop that is connected already is told, not doubled; one that waits for an approval takes this one', async () => {
  const [first, working, waiting] = someShops(3);
  if (first === undefined || working === undefined || waiting === undefined) throw new Error('three shops');
  const there = await world.connect(working);
  const lapsed = await world.connect(waiting);
  world.fake.script(lapsed, 'renew', 'credential_dead', 'ok');
  await world.ensureFresh(lapsed, { generation: 1, epoch: 0 });
  await until('reauth', async () => (await world.row(lapsed)).state === 'reauth_required');
  const known = await attempts();
  await approve([first, working, waiting]);
  await until('the lapsed one', async () => (await world.row(lapsed)).state === 'active');
  expect(await world.row(lapsed)).toMatchObject({ generation: 2, shop: waiting });
  expect(await world.row(there)).toMatchObject({ generation: 1, shop: working });
  expect((await connections()).filter(({ shop }) => shop.shopId === working.shopId)).toHaveLength(1);
  const told = (await attempts()).filter(({ id }) => known.every((one) => one.id !== id));
  const refusals = new Map(told.map(({ connection_id, refusal }) => [connection_id, refusal]));
  expect(refusals).toEqual(
    new Map([
      [String(there), 'shop_already_connected'],
      [String(lapsed), null],
    ]),
  );
});

test('a shop that refuses leaves no connection, and the outcome stays to be told', async () => {
  const [first, second] = someShops(2);
  if (first === undefined || second === undefined) throw new Error('two shops');
  const taken = await world.connect();
  const known = await attempts();
  const id = await world.newConnection();
  world.fake.proves(id, { shops: [first, second] });
  // Whoever proves second: a shop key that another connection has.
  world.fake.provesNext({ shopKey: `shop of ${taken}` });
  expect(await world.authorize(id)).toEqual({ outcome: 'authorized' });
  const told = await until('the refusal', async () => {
    const one = (await attempts()).find(({ id: found }) => known.every((other) => other.id !== found));
    return one?.status === 'refused' ? one : undefined;
  });
  expect(told).toMatchObject({ refusal: 'shop_already_connected', sealed: null });
  await until('nothing to be left', async () => (await connectionOf(second)) === undefined);
});

test('a reconnect is for its own shop, and refused where the approval does not cover it', async () => {
  const [own, other, stranger] = someShops(3);
  if (own === undefined || other === undefined || stranger === undefined) throw new Error('three shops');
  const id = await world.connect(own);
  world.fake.proves(id, { shops: [other, own] });
  expect(await world.authorize(id)).toEqual({ outcome: 'authorized' });
  expect(await world.row(id)).toMatchObject({ generation: 2, shop: own });
  await settled(other);
  world.fake.proves(id, { shops: [stranger] });
  expect(await world.authorize(id)).toMatchObject({ code: 'shop_mismatch' });
  expect(await world.row(id)).toMatchObject({ generation: 2 });
  expect(await connectionOf(stranger)).toBeUndefined();
});
