// Mirakl as the sandbox judges it: a bare key an instance, pages by max and offset.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { shopWith, startWorld, type World } from './calling.ts';
import { readAll } from './code-grant-suite.ts';

const HOST = 'demo.mirakl.net';
let world: World;
let key: { api_key: string; shop_id: number };
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  await world.control('/reset', {});
  key = (await shopWith(world, { platform: 'mirakl', orders: 47, products: 13 })).credential;
});

const get = (path: string, authorization = key.api_key, host = HOST) =>
  world.call({ host, path, headers: { authorization } });

describe('the key', () => {
  it('is bare, that of the instance, and live', async () => {
    expect((await get('/api/account')).json).toMatchObject({ shop_id: key.shop_id, shop_state: 'OPEN' });
    expect((await get('/api/account', `Bearer ${key.api_key}`)).status).toBe(401);
    expect((await get('/api/account', key.api_key, 'another.mirakl.net')).status).toBe(401);
    await world.control(`/shops/${HOST}/reject-grant`, {});
    expect((await get('/api/account')).status).toBe(401);
  });

  it('opens no other shop', async () => {
    expect((await get(`/api/orders?shop_id=${key.shop_id}`)).status).toBe(200);
    expect((await get('/api/orders?shop_id=1')).status).toBe(404);
  });
});

describe('lists', () => {
  it('give every order once, ten a page unless asked, a hundred at most', async () => {
    const orders = await readAll('0', async (offset) => {
      const { json } = await get(`/api/orders?start_update_date=2020-01-01T00:00:00Z&offset=${offset}`);
      expect(json.orders.length).toBeLessThanOrEqual(10);
      const next = Number(offset) + json.orders.length;
      return { items: json.orders, next: next < json.total_count ? String(next) : null };
    });
    expect(new Set(orders.map(({ order_id }) => order_id)).size).toBe(47);
    expect((await get('/api/orders?max=101')).status).toBe(400);
    expect((await get('/api/orders?start_update_date=yesterday')).status).toBe(400);
    const { json } = await get(`/api/orders?order_ids=${orders[3].order_id},${orders[5].order_id}`);
    expect(json.total_count).toBe(2);
  });

  it('have totals that are their parts', async () => {
    const { orders } = (await get('/api/orders?max=100')).json;
    for (const order of orders) {
      const lines = order.order_lines.reduce((sum: number, line: { price: number }) => sum + line.price, 0);
      expect(order.price).toBeCloseTo(lines, 6);
      expect(order.total_price).toBeCloseTo(order.price + order.shipping_price, 6);
    }
  });

  it('give offers by sku, and products by at most a hundred references', async () => {
    const { json } = await get('/api/offers?max=100');
    expect([json.total_count, json.offers.length]).toEqual([21, 21]);
    const reference = `EAN|${json.offers[4].product_references[0].reference}`;
    const found = await get(`/api/products?product_references=${encodeURIComponent(reference)}`);
    expect(found.json.products[0].product_title).toBe(json.offers[4].product_title);
    const many = Array.from({ length: 101 }, () => reference).join(',');
    expect((await get(`/api/products?product_references=${encodeURIComponent(many)}`)).status).toBe(400);
  });

  it('begin once a minute where the switch says so', async () => {
    await world.control('/apps/mirakl', { switches: { onceAMinute: true } });
    expect((await get('/api/orders')).status).toBe(200);
    const again = await get('/api/orders');
    expect([again.status, again.headers['retry-after']]).toEqual([429, '60']);
    expect((await get('/api/orders?offset=10')).status).toBe(200);
    await world.control('/clock', { offsetMs: 61_000 });
    expect((await get('/api/orders')).status).toBe(200);
  });
});
