// Squarespace as the sandbox judges it: Basic client authentication, a User-Agent on every call, a cursor that stands alone.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { appOf, basic, shopWith, startWorld, type World } from './calling.ts';
import { itGrantsByCode, readAll } from './code-grant-suite.ts';

const REDIRECT = 'http://127.0.0.1:3000/oauth/squarespace/callback';
let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

const token = async (body: object) => {
  const { clientId, secret } = await appOf(world, 'squarespace');
  const headers = { authorization: basic(clientId, secret), 'user-agent': 'Mooring' };
  return world.call({
    host: 'login.squarespace.com',
    path: '/api/1/login/oauth/provider/tokens',
    headers,
    body,
  });
};
const get = (access: string, path: string, agent = 'Mooring/1.0') =>
  world.call({
    host: 'api.squarespace.com',
    path,
    headers: { authorization: `Bearer ${access}`, ...(agent === '' ? {} : { 'user-agent': agent }) },
  });

itGrantsByCode(() => world, {
  platform: 'squarespace',
  wish: {},
  host: 'login.squarespace.com',
  path: '/api/1/login/oauth/provider/authorize',
  asked: async () => ({
    client_id: (await appOf(world, 'squarespace')).clientId,
    redirect_uri: REDIRECT,
    scope: 'website.orders.read,website.products.read',
    access_type: 'offline',
  }),
  spoilt: [
    ['an access that is not offline', { access_type: '' }],
    ['no state', { state: '' }],
    ['scopes by blanks', { scope: 'website.orders.read website.products.read' }],
  ],
  back: {},
  denied: 'access_denied',
  exchange: (code) => token({ grant_type: 'authorization_code', code, redirect_uri: REDIRECT }),
  refusal: /invalid_grant/,
  refresh: (refresh_token) => token({ grant_type: 'refresh_token', refresh_token }),
  rotates: true,
  call: (access) => get(access, '/1.0/commerce/orders'),
  codeTtlS: 300,
  accessTtlS: 1_800,
  refreshTtlS: 7 * 86_400,
  dead: 401,
});

describe('the API', () => {
  let key: string;
  beforeEach(async () => {
    await world.control('/reset', {});
    const wish = { platform: 'squarespace', orders: 130, products: 13, customers: 7 };
    key = (await shopWith(world, wish)).credential.api_key;
  });
  const window = 'modifiedAfter=2020-01-01T00:00:00Z&modifiedBefore=2099-01-01T00:00:00Z';

  it('takes a merchant’s key, and wants a User-Agent', async () => {
    expect((await get(key, '/1.0/authorization/website')).json.siteId).toBe('sqspsandboxsite000000001');
    expect((await get(key, '/1.0/authorization/website', '')).status).toBe(400);
    await world.control('/clock', { offsetMs: 400 * 86_400_000 });
    expect((await get(key, '/1.0/commerce/orders')).status).toBe(200);
  });

  it('gives every order of a window once, fifty a page', async () => {
    const orders = await readAll(`?${window}`, async (query) => {
      const { json } = await get(key, `/1.0/commerce/orders${query}`);
      return {
        items: json.result,
        next: json.pagination.hasNextPage ? `?cursor=${json.pagination.nextPageCursor}` : null,
      };
    });
    expect(new Set(orders.map(({ id }) => id)).size).toBe(130);
  });

  it.each([
    ['one end of the window', 'modifiedAfter=2020-01-01T00:00:00Z'],
    ['a cursor beside a window', `cursor=abc&${window}`],
    ['a cursor of nobody', 'cursor=abc'],
  ])('refuses orders for %s', async (_, query) => {
    expect((await get(key, `/1.0/commerce/orders?${query}`)).status).toBe(400);
  });

  it('lists products at both spellings, stock and profiles, by scope', async () => {
    expect((await get(key, '/v2/commerce/products')).json).toEqual(
      (await get(key, '/2/commerce/products')).json,
    );
    expect((await get(key, '/1.0/commerce/inventory')).json.inventory).toHaveLength(21);
    expect((await get(key, '/1.0/profiles')).json.profiles).toHaveLength(7);
    const act = '/shops/sqspsandboxsite000000001/credential';
    const narrow = (await world.control(act, { scopes: ['website.products.read'] })).json.api_key;
    expect((await get(narrow, '/1.0/commerce/orders')).json.subtype).toBe('MISSING_SCOPE');
  });

  it('answers 429 over its rate, and says nothing of when it is over', async () => {
    await world.control('/apps/squarespace', { callsPerS: 0.01 });
    const [first, second] = [await get(key, '/1.0/profiles'), await get(key, '/1.0/profiles')];
    expect([first?.status, second?.status, second?.headers['retry-after']]).toEqual([200, 429, undefined]);
  });
});
