// A grant that changes while a connection lives: scopes taken away stop what needs them and nothing else, scopes given back start it again.
import type { ServerResponse } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Platform, ResourceDefinition } from '../../domain/platform.ts';
import type { Resource } from '../../domain/resource.ts';
import { createDoor, type Door } from '../egress/door.ts';
import { items, SHELF } from './shelf.ts';
import { createStage, type Stage } from './stage.ts';

/** Orders name their customer where that scope was granted, as a platform does that refuses the whole request otherwise. */
const withBuyers = (definition: ResourceDefinition<'orders'>): ResourceDefinition<'orders'> => ({
  ...definition,
  request: (pass, cursor) => {
    const request = definition.request(pass, cursor);
    const hasBuyers = pass.facts['scopes']?.split(',').includes('customers') === true;
    return { ...request, query: { ...request.query, buyers: String(hasBuyers) } };
  },
});

function scopedShelf(): Platform {
  const { orders } = SHELF.resources;
  if (orders === undefined) throw new Error('the shelf lists orders');
  return {
    ...SHELF,
    proof: {
      request: SHELF.proof.request,
      read: ({ body }) => {
        const scopes =
          typeof body === 'object' && body !== null && 'scopes' in body ? String(body.scopes) : '';
        return {
          shopKey: 'shop-1',
          shopName: 'Shop',
          scopes: scopes.split(',').filter((one) => one !== ''),
          facts: { scopes },
        };
      },
    },
    resources: { ...SHELF.resources, orders: withBuyers(orders) },
  };
}

const SCOPED = scopedShelf();
const ALL = 'orders,inventory,customers';

let door: Door;
beforeAll(async () => {
  door = await createDoor(SCOPED);
});
afterAll(() => door.close());

interface Grant {
  scopes: string;
  /** Before the proof is answered. */
  onProof?: () => Promise<unknown>;
}

/** A shop that was approved with everything, and judges each request by what is granted now. */
async function approved(grant: Grant): Promise<Stage> {
  const stage = await createStage(door, 'orders', 'inventory');
  stage.shop.put('orders', ...items(25));
  stage.shop.put('inventory', ...items(5, '7'));
  await door.world.owner.query('UPDATE connections SET granted_scopes = $2, facts = $3 WHERE id = $1', [
    stage.connectionId,
    ALL.split(','),
    JSON.stringify({ scopes: ALL }),
  ]);
  door.answer((one, response) => void judge(stage, grant, { url: one.url, response }));
  return stage;
}

async function judge(stage: Stage, grant: Grant, asked: { url: string; response: ServerResponse }) {
  const { pathname, searchParams } = new URL(asked.url, 'http://shop');
  if (pathname.endsWith('/shop')) {
    await grant.onProof?.();
    return asked.response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(JSON.stringify({ scopes: grant.scopes }));
  }
  const needed = [
    pathname.split('/').at(-1) ?? '',
    ...(searchParams.get('buyers') === 'true' ? ['customers'] : []),
  ];
  const isGranted = needed.every((scope) => grant.scopes.split(',').includes(scope));
  return isGranted ? stage.shop.answer(asked.url, asked.response) : asked.response.writeHead(403).end();
}

const paths = (from: number) => door.asked.slice(from).map(({ url }) => new URL(url, 'http://shop').pathname);
const row = async (stage: Stage) =>
  (
    await door.world.owner.query<{
      granted_scopes: string[];
      facts: { scopes: string };
      last_sync_at: Date | null;
    }>('SELECT granted_scopes, facts, last_sync_at FROM connections WHERE id = $1', [stage.connectionId])
  ).rows[0];
const sync = (stage: Stage) => stage.sync({ deps: { platforms: new Map([[SCOPED.id, SCOPED]]) } });
/** As the connection's workflow does with what it is told. */
const told = async (stage: Stage) => {
  const health = stage.reports.at(-1)?.health;
  const stopped = health?.status === 'ok' ? (health.stopped ?? {}) : {};
  await door.world.owner.query('UPDATE connections SET stopped_resources = $2 WHERE id = $1', [
    stage.connectionId,
    JSON.stringify(stopped),
  ]);
};
const again = (stage: Stage, ...resources: Resource[]) => stage.request('incremental', ...resources);

test('a field whose scope was taken away is asked for no more, and the resource runs on', async () => {
  const grant = { scopes: ALL };
  const stage = await approved(grant);
  grant.scopes = 'orders,inventory';
  expect(await sync(stage)).toMatchObject({ status: 'completed', records: 30 });
  expect(stage.reports.at(-1)?.health).toEqual({ status: 'ok' });
  expect(await row(stage)).toMatchObject({
    granted_scopes: ['orders', 'inventory'],
    facts: { scopes: 'orders,inventory' },
  });
  const audited = await door.world.owner.query(
    `SELECT detail FROM audit_events WHERE connection_id = $1 AND action = 'connection.scopes_changed'`,
    [stage.connectionId],
  );
  expect(audited.rows).toEqual([{ detail: { before: ALL.split(','), scopes: ['orders', 'inventory'] } }]);
});

test('a resource that lost its own scope stops with the reason, and the others run', async () => {
  const grant = { scopes: ALL };
  const stage = await approved(grant);
  grant.scopes = 'orders,customers';
  expect(await sync(stage)).toMatchObject({ status: 'partial' });
  expect(await stage.records('orders')).toHaveLength(25);
  const [run] = await stage.runs();
  expect(run).toMatchObject({
    error: {
      code: 'scope_missing',
      message: 'the grant no longer holds "inventory", which "inventory" needs',
    },
    progress: { inventory: { failed: 'scope_missing' }, orders: { done: true } },
  });
  expect(stage.reports.at(-1)?.health).toEqual({
    status: 'ok',
    stopped: { inventory: 'scope_missing' },
    running: 1,
  });
  expect((await row(stage))?.last_sync_at).not.toBeNull();
});

test('a stopped resource stays stopped, asked for by its proof alone, until its scope is granted again', async () => {
  const grant = { scopes: ALL };
  const stage = await approved(grant);
  grant.scopes = 'orders,customers';
  await sync(stage);
  await told(stage);
  const before = door.asked.length;
  await again(stage);
  expect(await sync(stage)).toMatchObject({ status: 'partial' });
  expect(paths(before)).toEqual(['/v1/shop', '/v1/orders']);
  expect(stage.reports.at(-1)?.health).toMatchObject({ stopped: { inventory: 'scope_missing' }, running: 1 });
  await told(stage);
  // A run for something else says nothing about it.
  await again(stage, 'orders');
  await sync(stage);
  expect(stage.reports.at(-1)?.health).toMatchObject({ stopped: { inventory: 'scope_missing' } });
  await told(stage);
  grant.scopes = ALL;
  await again(stage);
  expect(await sync(stage)).toMatchObject({ status: 'completed' });
  expect(stage.reports.at(-1)?.health).toEqual({ status: 'ok' });
  expect(await stage.records('inventory')).toHaveLength(5);
});

test('nothing left to read is told as such', async () => {
  const grant = { scopes: ALL };
  const stage = await approved(grant);
  grant.scopes = '';
  expect(await sync(stage)).toMatchObject({ status: 'failed' });
  expect(stage.reports.at(-1)?.health).toMatchObject({
    stopped: { inventory: 'scope_missing', orders: 'scope_missing' },
    running: 0,
  });
  expect((await row(stage))?.last_sync_at).toBeNull();
});

test('what a newer approval told is never overwritten by a proof that was on its way', async () => {
  const grant: Grant = { scopes: ALL };
  const stage = await approved(grant);
  grant.scopes = 'orders,inventory';
  let proofs = 0;
  grant.onProof = async () => {
    if (proofs++ > 0) return;
    // The approval is granted and saved while the old proof is on its way back.
    await door.renew(stage, 2);
    await door.world.owner.query('UPDATE connections SET facts = $2 WHERE id = $1', [
      stage.connectionId,
      JSON.stringify({ scopes: 'approved,orders' }),
    ]);
  };
  expect(await sync(stage)).toMatchObject({ status: 'completed' });
  expect(proofs).toBe(1);
  expect((await row(stage))?.facts).toEqual({ scopes: 'approved,orders' });
});

test('a refusal that the proof does not explain stops its resource after one more look', async () => {
  const grant = { scopes: ALL };
  const stage = await approved(grant);
  door.answer((one, response) => {
    if (one.url.includes('/inventory')) response.writeHead(403).end();
    else void judge(stage, grant, { url: one.url, response });
  });
  const before = door.asked.length;
  expect(await sync(stage)).toMatchObject({ status: 'partial' });
  expect(paths(before).filter((path) => path !== '/v1/orders')).toEqual(['/v1/inventory', '/v1/shop']);
});
