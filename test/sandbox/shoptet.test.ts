// Shoptet as the sandbox judges it: installs that the platform's server begins, a token without end that mints short ones, private tokens.
import { createServer } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { appOf, receiving, shopWith, startWorld, type World } from './calling.ts';
import { readAll } from './code-grant-suite.ts';

const PARTNER = '12345.myshoptet.com';
const CALLBACK = 'http://127.0.0.1:3000/oauth/shoptet/callback';
let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  await world.control('/reset', {});
  await world.control('/shops', { platform: 'shoptet', orders: 130, products: 13, customers: 9 });
});

const install = async (fields: Record<string, unknown> = {}) =>
  (await world.control('/shops/222651/install', { callbackUrl: CALLBACK, ...fields })).json;
const codeOf = (url: string) => new URL(url).searchParams.get('code') ?? '';
async function exchange(code: string, over: Record<string, string> = {}) {
  const { clientId: client_id, secret: client_secret } = await appOf(world, 'shoptet');
  const grant = { grant_type: 'authorization_code', code, redirect_uri: CALLBACK, scope: 'api' };
  const body = { client_id, client_secret, ...grant, ...over };
  return world.call({ host: PARTNER, path: '/action/ApiOAuthServer/token', body });
}
const mint = (token: string) =>
  world.call({
    host: PARTNER,
    path: '/action/ApiOAuthServer/getAccessToken',
    headers: { authorization: `Bearer ${token}` },
  });
const get = (token: string, path = '/eshop', header = 'shoptet-access-token') =>
  world.call({ host: 'api.myshoptet.com', path: `/api${path}`, headers: { [header]: token } });

describe('an install', () => {
  it('brings a code, that a token without end, and that one for calls', async () => {
    const { json } = await exchange(codeOf((await install()).url));
    expect(json).toMatchObject({ expires_in: null, token_type: 'Bearer', scope: 'api', eshopId: 222_651 });
    const minted = (await mint(json.access_token)).json;
    expect(minted.expires_in).toBe(1_800);
    expect((await get(minted.access_token)).json.data.contactInformation.eshopId).toBe(222_651);
    expect((await get(json.access_token)).json.errors[0].errorCode).toBe('invalid-token');
  });

  it('is called by the platform’s own server, which wants 200', async () => {
    const ours = await receiving();
    const told = await install({ callbackUrl: `${ours.url}/install`, call: true });
    expect([told.installed, codeOf(`http://x${ours.got[0]?.path}`)]).toEqual([true, codeOf(told.url)]);
    await ours.close();
  });

  it('has failed where anything but 200 comes back', async () => {
    const { json } = await exchange(codeOf((await install()).url));
    const server = createServer((_, outgoing) => outgoing.writeHead(302, { location: '/' }).end());
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const told = await install({ callbackUrl: `http://127.0.0.1:${port}/install`, call: true });
    expect([told.status, told.installed]).toEqual([302, false]);
    expect((await mint(json.access_token)).status).toBe(401);
    server.close();
  });

  it.each([
    ['another secret', { client_secret: 'x' }, 'invalid_client'],
    ['another redirect', { redirect_uri: `${CALLBACK}/` }, 'invalid_grant'],
    ['another scope', { scope: 'all' }, 'invalid_scope'],
  ])('is refused with %s', async (_, over, error) => {
    expect((await exchange(codeOf((await install()).url), over)).json.error).toBe(error);
  });

  it('has a code of five seconds, good once', async () => {
    const code = codeOf((await install()).url);
    expect((await exchange(code)).status).toBe(200);
    expect((await exchange(code)).json.error).toBe('invalid_grant');
    const late = codeOf((await install()).url);
    await world.control('/clock', { offsetMs: 5_500 });
    expect((await exchange(late)).json.error).toBe('invalid_grant');
  });
});

describe('tokens', () => {
  it('are five at a time, of half an hour', async () => {
    const token = (await exchange(codeOf((await install()).url))).json.access_token;
    const minted = [];
    for (let n = 0; n < 5; n += 1) minted.push((await mint(token)).json.access_token);
    expect((await mint(token)).status).toBe(400);
    expect((await get(minted[0])).status).toBe(200);
    await world.control('/clock', { offsetMs: 1_801_000 });
    expect((await get(minted[0])).json.errors[0].errorCode).toBe('expired-token');
    expect((await mint(token)).status).toBe(200);
  });

  it('of Premium go in a header of their own, with the rights they were given', async () => {
    const { json } = await world.control('/shops/222651/credential', { scopes: ['orders'] });
    const header = 'shoptet-private-api-token';
    expect((await get(json.private_token, '/orders', header)).status).toBe(200);
    const denied = await get(json.private_token, '/products', header);
    expect([denied.status, denied.json.errors[0].errorCode]).toEqual([403, 'invalid-token-no-rights']);
    expect((await get(json.private_token, '/orders')).status).toBe(401);
    expect((await get('', '/orders')).json.errors[0].errorCode).toBe('missing-access-token');
  });
});

describe('lists', () => {
  let token: string;
  beforeEach(async () => {
    token = (await shopWith(world, { platform: 'shoptet', orders: 130, products: 13 }, { addon: true }))
      .credential.access_token;
  });
  const read = (name: string, query = '') =>
    readAll('1', async (page) => {
      const { data } = (await get(token, `/${name}?page=${page}&${query}`)).json;
      const next = Number(page) < data.paginator.pageCount ? String(Number(page) + 1) : null;
      return { items: data[name.split('/').at(-1) ?? ''], next };
    });

  it('give every order once, fifty a page whatever is asked for', async () => {
    const orders = await read('orders', 'itemsPerPage=500&changeTimeFrom=2020-01-01T00:00:00%2B0000');
    expect(new Set(orders.map(({ code }) => code)).size).toBe(130);
    const { data } = (await get(token, '/orders?itemsPerPage=500')).json;
    expect(data.paginator.itemsPerPage).toBe(50);
  });

  it('tell an order whose total is its items', async () => {
    for (const { code, price } of (await get(token, '/orders')).json.data.orders) {
      const { order } = (await get(token, `/orders/${code}`)).json.data;
      const sum = order.items.reduce(
        (total: number, item: { itemPrice: { withVat: string } }) => total + Number(item.itemPrice.withVat),
        0,
      );
      expect(sum).toBeCloseTo(Number(price.withVat), 6);
    }
  });

  it('give products, customers and supplies', async () => {
    expect(await read('products')).toHaveLength(13);
    expect((await read('stocks/1/supplies', 'itemsPerPage=5')).length).toBe(21);
    const [row] = (await get(token, '/products')).json.data.products;
    expect((await get(token, `/products/${row.guid}`)).json.data.variants.length).toBeGreaterThan(0);
  });

  it('tell what changed and what is gone, each once', async () => {
    const from = encodeURIComponent(new Date(Date.now() - 60_000).toISOString());
    await world.control('/shops/222651/mutate', { orders: 3 });
    await world.control('/shops/222651/delete', { orders: 1 });
    const { changes } = (await get(token, `/orders/changes?from=${from}`)).json.data;
    const types = changes.map((one: { changeType: string }) => one.changeType);
    expect(types.sort()).toEqual(['delete', 'edit', 'edit']);
    expect((await get(token, '/orders/changes')).status).toBe(400);
  });

  it('tell how full the bucket is', async () => {
    const { headers } = await get(token, '/orders');
    expect(headers['x-ratelimit-bucket-filling']).toMatch(/^\d+\/200$/);
    for (let n = 0; n < 5; n += 1) await Promise.all(Array.from({ length: 50 }, () => get(token, '/stocks')));
    const full = await get(token, '/stocks');
    expect(full.status).toBe(429);
    expect(Date.parse(full.headers['retry-after'] ?? '')).toBeGreaterThan(0);
  });
});
