// Tiendanube as the sandbox judges it: installs begun at its app store, a code of thirty seconds, one token at a time, Link headers.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { appOf, hexHmac, receiving, shopWith, startWorld, type World } from './calling.ts';
import { itGrantsByCode, readAll } from './code-grant-suite.ts';

const SHOP = '820001';
const API = 'api.tiendanube.com';
let world: World;
let ours: Awaited<ReturnType<typeof receiving>>;
beforeAll(async () => {
  [world, ours] = await Promise.all([startWorld(), receiving()]);
});
afterAll(() => Promise.all([world.close(), ours.close()]));

const exchange = async (code: string) => {
  const { clientId, secret } = await appOf(world, 'tiendanube');
  const body = { client_id: clientId, client_secret: secret, grant_type: 'authorization_code', code };
  return world.call({ host: 'www.tiendanube.com', path: '/apps/authorize/token', body });
};
const get = (
  access: string,
  path: string,
  headers: Record<string, string> = { authentication: `bearer ${access}` },
) =>
  world.call({
    host: API,
    path: path.startsWith('/') ? path : `/2025-03/${SHOP}/${path}`,
    headers: { 'user-agent': 'Mooring (a@b.example)', ...headers },
  });

itGrantsByCode(() => world, {
  platform: 'tiendanube',
  wish: {},
  host: 'www.tiendanube.com',
  path: '/apps/10451/authorize',
  asked: async () => ({}),
  spoilt: [['a redirect that is not registered', { redirect_uri: 'https://evil.example/' }]],
  back: {},
  denied: null,
  exchange,
  refusal: /invalid_grant/,
  rotates: false,
  call: (access) => get(access, 'store'),
  codeTtlS: 30,
  dead: 401,
});

describe('an install', () => {
  beforeEach(async () => {
    await world.control('/reset', {});
    await world.control('/shops', { platform: 'tiendanube' });
  });
  const install = async () => {
    const { json } = await world.control(`/shops/${SHOP}/install`, { callbackUrl: `${ours.url}/installed` });
    return (await exchange(new URL(json.url).searchParams.get('code') ?? '')).json;
  };

  it('from the app store gives a token; a newer one ends it', async () => {
    const [first, second] = [await install(), await install()];
    expect(first).toMatchObject({
      token_type: 'bearer',
      user_id: 820_001,
      scope: 'read_orders,read_products,read_customers',
    });
    expect([
      (await get(first.access_token, 'store')).status,
      (await get(second.access_token, 'store')).status,
    ]).toEqual([401, 200]);
  });

  it.each([
    ['as it is', {}, true],
    ['forged', { forge: 'signature' }, false],
  ])('is taken back with a signed notification, %s', async (_, fields, genuine) => {
    await install();
    await world.control(`/shops/${SHOP}/uninstall`, { callbackUrl: `${ours.url}/gone`, ...fields });
    const told = ours.got.at(-1);
    const { secret } = await appOf(world, 'tiendanube');
    expect(told?.headers['x-linkedstore-hmac-sha256'] === hexHmac(secret, told?.body ?? '')).toBe(genuine);
    expect(JSON.parse(told?.body ?? '{}')).toMatchObject({ store_id: 820_001, event: 'app/uninstalled' });
  });
});

describe('the API', () => {
  let access: string;
  beforeEach(async () => {
    await world.control('/reset', {});
    access = (await shopWith(world, { platform: 'tiendanube', orders: 47, products: 13, customers: 7 }))
      .credential.access_token;
  });

  it('wants its own header and a user agent', async () => {
    expect((await get(access, 'store', { authorization: `bearer ${access}` })).status).toBe(401);
    expect(
      (await get(access, 'store', { authentication: `bearer ${access}`, 'user-agent': '' })).status,
    ).toBe(400);
    await world.control('/apps/tiendanube', { switches: { authorizationHeader: true } });
    expect((await get(access, 'store', { authorization: `bearer ${access}` })).status).toBe(200);
  });

  it('gives every changed order once, by its Link header', async () => {
    const orders = await readAll(
      'orders?updated_at_min=2020-01-01T00:00:00-03:00&per_page=20',
      async (path) => {
        const answer = await get(access, path);
        const next = /<https:\/\/api\.tiendanube\.com([^>]+)>; rel="next"/.exec(
          answer.headers['link'] ?? '',
        )?.[1];
        return { items: answer.json, next: next ?? null };
      },
    );
    expect(new Set(orders.map(({ id }) => id)).size).toBe(47);
    expect((await get(access, 'orders?page=3')).json.description).toBe('Last page is 2');
    expect((await get(access, 'products')).headers['x-total-count']).toBe('13');
  });

  it('keeps to scopes, to its caps and to a bucket', async () => {
    const narrow = (await world.control(`/shops/${SHOP}/credential`, { scopes: ['read_products'] })).json
      .access_token;
    expect((await get(narrow, 'customers')).status).toBe(403);
    expect((await get(access, 'orders?per_page=201')).status).toBe(422);
    await world.control('/apps/tiendanube', { callsPerS: 0.05 });
    const statuses = [(await get(access, 'store')).status, (await get(access, 'store')).status];
    expect(statuses).toEqual([200, 429]);
  });
});
