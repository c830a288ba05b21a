// VTEX as the sandbox judges it: two headers, an order feed that is taken and confirmed, ranges and pages with their caps.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { shopWith, startWorld, type World } from './calling.ts';
import { readAll } from './code-grant-suite.ts';

const HOST = 'demo.vtexcommercestable.com.br';
let world: World;
let key: { app_key: string; app_token: string };
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  await world.control('/reset', {});
  key = (await shopWith(world, { platform: 'vtex', host: HOST, orders: 23, products: 13 })).credential;
});

const headers = () => ({ 'x-vtex-api-appkey': key.app_key, 'x-vtex-api-apptoken': key.app_token });
const get = (path: string, over: Record<string, string> = {}) =>
  world.call({ host: HOST, path, headers: { ...headers(), ...over } });

describe('the two headers', () => {
  it('are both needed, and the account’s own', async () => {
    const path = '/api/oms/pvt/orders?per_page=1';
    expect((await get(path)).status).toBe(200);
    expect((await get(path, { 'x-vtex-api-apptoken': 'x' })).status).toBe(401);
    expect((await get(path, { 'x-vtex-api-appkey': '' })).status).toBe(401);
    const other = await world.call({ host: `other.${HOST.slice(5)}`, path, headers: headers() });
    expect(other.status).toBe(401);
    await world.control(`/shops/${HOST}/reject-grant`, {});
    expect((await get(path)).status).toBe(401);
  });
});

describe('the feed', () => {
  const take = async (): Promise<{ handle: string; orderId: string }[]> =>
    (await get('/api/orders/feed?maxlot=10')).json;
  const commit = (handles: string[]) =>
    world.call({ host: HOST, path: '/api/orders/feed', headers: headers(), body: { handles } });

  it('gives each change until it is confirmed', async () => {
    expect(await take()).toEqual(await take());
    const seen: string[] = [];
    for (let lot = await take(); lot.length > 0; lot = await take()) {
      seen.push(...lot.map(({ orderId }) => orderId));
      expect((await commit(lot.map(({ handle }) => handle))).status).toBe(200);
    }
    expect([seen.length, new Set(seen).size]).toEqual([23, 23]);
    await world.control(`/shops/${HOST}/mutate`, { orders: 2 });
    expect(await take()).toHaveLength(2);
  });

  it('holds ten at most', async () => {
    expect((await get('/api/orders/feed?maxlot=11')).status).toBe(400);
    expect((await commit(Array.from({ length: 11 }, String))).status).toBe(400);
  });
});

describe('lists', () => {
  it('of orders end after thirty pages', async () => {
    const orders = await readAll('1', async (page) => {
      const { json } = await get(`/api/oms/pvt/orders?page=${page}&per_page=10`);
      return {
        items: json.list,
        next: json.paging.currentPage < json.paging.pages ? String(Number(page) + 1) : null,
      };
    });
    expect(new Set(orders.map(({ orderId }) => orderId)).size).toBe(23);
    const { json } = await get(`/api/oms/pvt/orders/${orders[0].orderId}`);
    expect([json.value, json.items.length > 0]).toEqual([orders[0].totalValue, true]);
    expect((await get('/api/oms/pvt/orders?page=31')).status).toBe(400);
    expect((await get('/api/oms/pvt/orders?per_page=101')).status).toBe(400);
  });

  it('of products name their skus, in ranges of 250', async () => {
    const { json } = await get('/api/catalog_system/pvt/products/GetProductAndSkuIds?_from=1&_to=250');
    expect([json.range.total, Object.values(json.data).flat().length]).toEqual([13, 21]);
    expect((await get('/api/catalog_system/pvt/products/GetProductAndSkuIds?_from=1&_to=251')).status).toBe(
      400,
    );
    expect((await get('/api/catalog/pvt/product/1')).json.Name).toBeTypeOf('string');
    expect((await get('/api/catalog/pvt/stockkeepingunit/1')).json.RefId).toMatch(/^DEM-/);
    expect((await get('/api/logistics/pvt/inventory/skus/1')).json.balance[0].totalQuantity).toBeTypeOf(
      'number',
    );
    expect(
      (await get('/api/catalog_system/pvt/sku/stockkeepingunitids?page=1&pagesize=100')).json,
    ).toHaveLength(21);
  });
});
