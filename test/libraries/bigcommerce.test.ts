// A much used library for BigCommerce is installed in a store of the sandbox and reads it.
import BigCommerce from 'node-bigcommerce';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { appOf, startWorld, type World } from '../sandbox/calling.ts';
import { leadTo } from './outside.ts';

const HASH = 'sandboxhash1';
const CALLBACK = 'http://127.0.0.1:3000/oauth/bigcommerce/callback';
let world: World;
let back: () => Promise<void>;
beforeAll(async () => {
  world = await startWorld();
  back = leadTo(world.url);
});
afterAll(async () => {
  await back();
  await world.close();
});
beforeEach(async () => {
  await world.control('/reset', {});
  await world.control('/shops', { platform: 'bigcommerce', orders: 47, products: 13 });
});

async function libraryWith(more: object) {
  const { clientId, secret } = await appOf(world, 'bigcommerce');
  return new BigCommerce({ clientId, secret, callback: CALLBACK, responseType: 'json', ...more });
}

async function install() {
  const { json } = await world.control(`/shops/${HASH}/install`, { callbackUrl: CALLBACK });
  return Object.fromEntries(new URL(json.url).searchParams);
}

describe('node-bigcommerce with the sandbox', () => {
  it('is installed by what the marketplace sends, once', async () => {
    const sent = await install();
    const library = await libraryWith({});
    const granted = await library.authorize(sent);
    expect(granted).toMatchObject({ context: `stores/${HASH}`, scope: sent['scope'] });
    await expect(library.authorize(sent)).rejects.toThrow();
  });

  it('reads orders of v2 past the last page, and products of v3 with their variants', async () => {
    const { access_token: accessToken } = await (await libraryWith({})).authorize(await install());
    const store = { accessToken, storeHash: HASH };
    const v2 = await libraryWith(store);
    const ids: number[] = [];
    for (let page = 1; ; page += 1) {
      const orders = await v2.get(`/orders?limit=20&page=${page}`);
      // 204, without a body.
      if (!Array.isArray(orders)) break;
      ids.push(...orders.map(({ id }) => id));
    }
    expect(new Set(ids).size).toBe(47);
    const v3 = await libraryWith({ ...store, apiVersion: 'v3' });
    const { data, meta } = await v3.get('/catalog/products?include=variants&limit=10');
    expect([data.length, meta.pagination.total]).toEqual([10, 13]);
  });
});
