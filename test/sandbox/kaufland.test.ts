// Kaufland as the sandbox judges it: a signature over method, whole address, body and time.
import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { shopWith, startWorld, type World } from './calling.ts';
import { readAll } from './code-grant-suite.ts';

const HOST = 'sellerapi.kaufland.com';
let world: World;
let key: { client_key: string; secret_key: string };
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  await world.control('/reset', {});
  key = (await shopWith(world, { platform: 'kaufland', orders: 47, products: 13 })).credential;
});

const sign = (secret: string, parts: string[], encoding: 'hex' | 'base64' = 'hex') =>
  createHmac('sha256', secret).update(parts.join('\n')).digest(encoding);

function get(path: string, over: Record<string, string> = {}, encoding: 'hex' | 'base64' = 'hex') {
  const timestamp = over['shop-timestamp'] ?? String(Math.floor(Date.now() / 1000));
  const headers = {
    accept: 'application/json',
    'user-agent': 'Inhouse_development',
    'shop-client-key': key.client_key,
    'shop-timestamp': timestamp,
    'shop-signature': sign(key.secret_key, ['GET', `https://${HOST}${path}`, '', timestamp], encoding),
    ...over,
  };
  return world.call({ host: HOST, path, headers });
}

describe('signatures', () => {
  it('agree with the one the platform prints', () => {
    const secret = 'a7d0cb1da1ddbc86c96ee5fedd341b7d8ebfbb2f5c83cfe0909f4e57f05dd403';
    expect(sign(secret, ['POST', 'https://sellerapi.kaufland.com/v2/units/', '', '1411055926'])).toBe(
      'da0b65f51c0716c1d3fa658b7eaf710583630a762a98c9af8e9b392bd9df2e2a',
    );
  });

  it.each([
    ['a wrong one', { 'shop-signature': '0'.repeat(64) }],
    ['an unknown key', { 'shop-client-key': 'x' }],
    ['an old time', { 'shop-timestamp': '1411055926' }],
    ['milliseconds', { 'shop-timestamp': String(Date.now()) }],
  ])('are refused: %s', async (_, over) => {
    expect((await get('/v2/orders', over)).status).toBe(401);
  });

  it('may be base64 where the switch says so', async () => {
    expect((await get('/v2/orders', {}, 'base64')).status).toBe(401);
    await world.control('/apps/kaufland', { switches: { base64: true } });
    expect((await get('/v2/orders', {}, 'base64')).status).toBe(200);
  });

  it('need a user agent, and a key that was not revoked', async () => {
    expect((await get('/v2/orders', { 'user-agent': '' })).status).toBe(400);
    await world.control('/shops/kaufland-seller-1/reject-grant', {});
    expect((await get('/v2/info/storefront')).status).toBe(401);
  });
});

describe('the API', () => {
  it('gives every order once, and one whole', async () => {
    const orders = await readAll('0', async (offset) => {
      const { json } = await get(
        `/v2/orders?storefront=de&ts_units_updated_from_iso=2020-01-01T00%3A00%3A00Z&limit=20&offset=${offset}`,
      );
      const next = Number(offset) + json.data.length;
      return { items: json.data, next: next < json.pagination.total ? String(next) : null };
    });
    expect(new Set(orders.map(({ id_order }) => id_order)).size).toBe(47);
    const { data } = (await get(`/v2/orders/${orders[0].id_order}`)).json;
    expect(data.order_units).toHaveLength(orders[0].order_units_count);
  });

  it('lists units with their products, nothing of another storefront, and no more than a hundred', async () => {
    const { json } = await get('/v2/units?storefront=de&embedded=products&limit=100');
    expect([json.data.length, typeof json.data[0].product.title]).toEqual([21, 'string']);
    expect((await get('/v2/orders?storefront=pl')).json.pagination.total).toBe(0);
    expect((await get('/v2/orders?storefront=xx')).status).toBe(400);
    expect((await get('/v2/units?limit=101')).status).toBe(400);
  });
});
