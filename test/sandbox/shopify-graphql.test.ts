// Shopify's Admin API as the sandbox serves it: cost, paging, scopes, records that change, hostile ones.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Answer, connectShopify, graphql, SHOP, startWorld, type World } from './calling.ts';

let world: World;
let token: string;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  await world.control('/reset', {});
  await world.control('/shops', { platform: 'shopify', host: SHOP, orders: 230 });
  token = (await connectShopify(world)).access_token;
});

const PAGE = `query page($after: String, $query: String) { orders(first: 100, after: $after, query: $query, sortKey: UPDATED_AT) {
  nodes { id updatedAt } pageInfo { hasNextPage endCursor } } }`;

interface Node {
  id: string;
  updatedAt: string;
}

async function readAll(query?: string): Promise<Node[]> {
  const nodes: Node[] = [];
  for (let after: string | null = null; ; ) {
    const answer: Answer = await graphql(world, token, PAGE, { after, query });
    const { orders } = answer.json.data;
    nodes.push(...orders.nodes);
    if (!orders.pageInfo.hasNextPage) return nodes;
    after = orders.pageInfo.endCursor;
  }
}

describe('paging', () => {
  it('reads each order once, in the order of update', async () => {
    const nodes = await readAll();
    expect(new Set(nodes.map(({ id }) => id)).size).toBe(230);
    expect(nodes.map(({ updatedAt }) => updatedAt)).toEqual(nodes.map(({ updatedAt }) => updatedAt).sort());
  });

  it('reads from an update time on, that second included', async () => {
    const all = await readAll();
    const from = all[200]?.updatedAt;
    expect((await readAll(`updated_at:>='${from}'`)).length).toBe(30);
    expect((await readAll(`updated_at:>'${from}'`)).length).toBe(29);
    expect((await readAll(`updated_at:>='${from}' AND updated_at:<'${all[210]?.updatedAt}'`)).length).toBe(
      10,
    );
  });

  it('tells of a search term it ignored', async () => {
    const { json } = await graphql(world, token, PAGE, { query: 'updatedAt:nonsense' });
    expect(json.extensions.search[0].warnings.length).toBe(1);
  });

  it.each([
    ['more than 250 a page', '{ orders(first: 251) { nodes { id } } }'],
    ['no page size', '{ orders { nodes { id } } }'],
    ['a cursor that is none', '{ orders(first: 5, after: "zzz") { nodes { id } } }'],
    ['an unknown field', '{ orders(first: 5) { nodes { colour } } }'],
    ['half a query', '{ orders(first: 5) {'],
  ])('refuses %s', async (_, query) => {
    const answer = await graphql(world, token, query);
    expect(answer.status).toBe(200);
    expect(answer.json.errors.length).toBeGreaterThan(0);
  });

  it('ends at 25,000 objects of one query, and goes on in a narrower one', async () => {
    await world.control('/shops', { platform: 'shopify', host: SHOP, orders: 25_100, plan: 'enterprise' });
    let after: string | null = null;
    let read = 0;
    let refused: string | undefined;
    while (refused === undefined) {
      const query =
        'query($after: String) { orders(first: 250, after: $after, sortKey: UPDATED_AT) { nodes { id } pageInfo { endCursor } } }';
      const { json } = await graphql(world, token, query, { after });
      refused = json.errors?.[0].extensions.code;
      read += json.data?.orders?.nodes.length ?? 0;
      after = json.data?.orders?.pageInfo.endCursor ?? null;
    }
    expect([read, refused]).toEqual([25_000, 'PAGINATION_LIMIT_EXCEEDED']);
    expect(
      (await readAll(`updated_at:>='${new Date(Date.now() - 86_400_000).toISOString()}'`)).length,
    ).toBeGreaterThan(100);
  });
});

describe('cost', () => {
  it('is told with each answer', async () => {
    const { json } = await graphql(
      world,
      token,
      '{ orders(first: 10) { nodes { id lineItems(first: 5) { nodes { id } } } } }',
    );
    expect(json.extensions.cost.requestedQueryCost).toBe(2 + 10 * (1 + 2 + 5));
    expect(json.extensions.cost.actualQueryCost).toBeLessThanOrEqual(82);
  });

  it('refuses a query above 1,000 points, so 250 orders with their lines do not fit one', async () => {
    const { json } = await graphql(
      world,
      token,
      '{ orders(first: 250) { nodes { id lineItems(first: 20) { nodes { id } } } } }',
    );
    expect(json.errors[0].extensions.code).toBe('MAX_COST_EXCEEDED');
  });

  it('throttles when the bucket is empty and refills with time', async () => {
    await world.control('/shops', { platform: 'shopify', host: SHOP, orders: 300, plan: 'standard' });
    const query = '{ orders(first: 250) { nodes { id } } }';
    const codes: string[] = [];
    while (codes.at(-1) !== 'THROTTLED' && codes.length < 50) {
      const { json } = await graphql(world, token, query);
      codes.push(json.errors?.[0].extensions.code ?? 'ok');
    }
    expect(codes.length).toBeGreaterThan(5);
    expect(codes.at(-1)).toBe('THROTTLED');
    await world.control('/clock', { offsetMs: 10_000 });
    expect((await graphql(world, token, query)).json.errors).toBeUndefined();
  });
});

describe('scopes', () => {
  it.each([
    ['orders', '{ orders(first: 1) { nodes { id } } }'],
    ['the customer of an order', '{ orders(first: 1) { nodes { id customer { id } } } }'],
    ['inventory', '{ inventoryItems(first: 1) { nodes { id } } }'],
  ])('deny %s to a grant without them', async (_, query) => {
    const narrow = _ === 'orders' ? 'read_products' : 'read_orders';
    const other = (await connectShopify(world, narrow)).access_token;
    const { json } = await graphql(world, other, query);
    expect(json.errors[0].extensions.code).toBe('ACCESS_DENIED');
  });

  it('show in the installation, reading implied by writing', async () => {
    const other = (await connectShopify(world, 'write_products')).access_token;
    const { json } = await graphql(world, other, '{ currentAppInstallation { accessScopes { handle } } }');
    const handles = json.data.currentAppInstallation.accessScopes.map(
      (one: { handle: string }) => one.handle,
    );
    expect(handles.sort()).toEqual(['read_products', 'write_products']);
  });

  it('narrow in the middle of a grant', async () => {
    await world.control(`/shops/${SHOP}/narrow`, { scopes: ['read_products'] });
    const { json } = await graphql(world, token, '{ orders(first: 1) { nodes { id } } }');
    expect(json.errors[0].extensions.code).toBe('ACCESS_DENIED');
  });

  it('hide orders older than 60 days without read_all_orders', async () => {
    await world.control('/shops', { platform: 'shopify', host: SHOP, orders: 200, historyDays: 120 });
    expect((await readAll()).length).toBeLessThan(120);
    token = (await connectShopify(world, 'read_orders,read_all_orders')).access_token;
    expect((await readAll()).length).toBe(200);
  });
});

describe('the shop over time', () => {
  it('shows changed and added orders as updated now, and not the deleted', async () => {
    const before = await readAll();
    const from = new Date(Date.now() - 1_000).toISOString();
    await world.control(`/shops/${SHOP}/mutate`, { orders: 7 });
    await world.control(`/shops/${SHOP}/add`, { orders: 3 });
    await world.control(`/shops/${SHOP}/delete`, { orders: 1 });
    expect((await readAll(`updated_at:>='${from}'`)).length).toBe(9);
    expect((await readAll()).length).toBe(before.length + 2);
  });

  it.each([
    ['frozen', 402],
    ['locked', 423],
    ['closed', 404],
  ])('answers %s with %i until it thaws', async (as, status) => {
    await world.control(`/shops/${SHOP}/freeze`, { as });
    expect((await graphql(world, token, '{ shop { id } }')).status).toBe(status);
    await world.control(`/shops/${SHOP}/thaw`, {});
    expect((await graphql(world, token, '{ shop { id } }')).status).toBe(200);
  });

  it('keeps its immutable id under a new address', async () => {
    const id = async (host: string) =>
      (
        await world.call({
          host,
          path: '/admin/api/2026-07/shop.json',
          headers: { 'x-shopify-access-token': token },
        })
      ).json.shop.id;
    await world.control(`/shops/${SHOP}/rename`, { host: 'new-name.myshopify.com' });
    expect(await id('new-name.myshopify.com')).toBe(await id(SHOP));
  });

  it('serves hostile records in the middle of a page', async () => {
    await world.control(`/shops/${SHOP}/hostile`, {
      resource: 'products',
      kinds: ['missing_id', 'nul', 'null_record', 'proto'],
    });
    const { text } = await graphql(world, token, '{ products(first: 40) { nodes { id title } } }');
    expect(text).toContain('\\u0000');
    expect(text).toContain('"__proto__":{"polluted":true}');
    const { nodes } = JSON.parse(text).data.products;
    expect(nodes.filter((node: unknown) => node === null).length).toBe(1);
    expect(
      nodes.filter((node: { id?: string } | null) => node !== null && node.id === undefined).length,
    ).toBe(1);
  });

  it('ends the grant on appUninstall and counts calls that come later', async () => {
    await graphql(world, token, 'mutation { appUninstall { userErrors { message } } }');
    expect((await graphql(world, token, '{ shop { id } }')).status).toBe(401);
    const [grant] = (await world.control(`/grants?shop=${SHOP}`)).json.data;
    expect(grant).toMatchObject({ state: 'uninstalled', callsAfterEnd: 1 });
  });
});

describe('REST', () => {
  const get = (path: string) =>
    world.call({
      host: SHOP,
      path: `/admin/api/2026-07${path}`,
      headers: { 'x-shopify-access-token': token },
    });

  it('pages by page_info and tells the call limit', async () => {
    const first = await get('/orders.json?limit=200');
    expect(first.headers['x-shopify-shop-api-call-limit']).toMatch(/^1\/\d+$/);
    const next = new URL(/<([^>]+)>; rel="next"/.exec(first.headers['link'] ?? '')?.[1] ?? '');
    const second = await get(`/orders.json${next.search}`);
    expect(second.json.orders.length).toBe(30);
    expect(second.headers['link']).toBeUndefined();
  });

  it('answers 429 with Retry-After when the bucket is empty', async () => {
    await get('/shop.json');
    await world.control(`/shops/${SHOP}/drain`, {});
    const answer = await get('/shop.json');
    expect([answer.status, answer.headers['retry-after']]).toEqual([429, '2.0']);
  });

  it('answers 401 without a token and 404 for a version of the future', async () => {
    expect((await world.call({ host: SHOP, path: '/admin/api/2026-07/shop.json' })).status).toBe(401);
    const future = {
      host: SHOP,
      path: '/admin/api/2031-01/shop.json',
      headers: { 'x-shopify-access-token': token },
    };
    expect((await world.call(future)).status).toBe(404);
  });
});
