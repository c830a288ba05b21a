// Ecwid as the sandbox judges it: tokens without end, codes whose second use ends the token, lists by offset.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { appOf, formBody, shopWith, startWorld, type World } from './calling.ts';
import { itGrantsByCode, readAll } from './code-grant-suite.ts';

const REDIRECT = 'http://127.0.0.1:3000/oauth/ecwid/callback';
let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

const exchange = async (code: string) => {
  const { clientId, secret } = await appOf(world, 'ecwid');
  const fields = {
    client_id: clientId,
    client_secret: secret,
    code,
    redirect_uri: REDIRECT,
    grant_type: 'authorization_code',
  };
  return world.call({ host: 'my.ecwid.com', path: '/api/oauth/token', ...formBody(fields) });
};
const get = (access: string, path: string) =>
  world.call({
    host: 'app.ecwid.com',
    path: `/api/v3/1003001/${path}`,
    headers: { authorization: `Bearer ${access}` },
  });

itGrantsByCode(() => world, {
  platform: 'ecwid',
  wish: {},
  host: 'my.ecwid.com',
  path: '/api/oauth/authorize',
  asked: async () => ({
    client_id: (await appOf(world, 'ecwid')).clientId,
    redirect_uri: REDIRECT,
    response_type: 'code',
    scope: 'read_orders read_catalog read_customers',
  }),
  spoilt: [
    ['an unknown scope', { scope: 'orders' }],
    ['an unregistered redirect', { redirect_uri: 'https://evil.example/' }],
  ],
  back: {},
  denied: 'access_denied',
  exchange,
  refusal: /invalid_grant/,
  rotates: false,
  call: (access) => get(access, 'profile'),
  codeTtlS: 300,
  dead: 403,
});

describe('an install', () => {
  it('from the app market comes without state; its code used again ends the token', async () => {
    await world.control('/reset', {});
    await world.control('/shops', { platform: 'ecwid' });
    const { json } = await world.control('/shops/1003001/install', { callbackUrl: REDIRECT });
    const back = new URL(json.url).searchParams;
    expect([...back.keys()]).toEqual(['code']);
    const issued = await exchange(back.get('code') ?? '');
    expect(issued.json).toMatchObject({
      store_id: 1_003_001,
      scope: expect.stringContaining('read_store_profile'),
    });
    expect((await get(issued.json.access_token, 'profile')).status).toBe(200);
    await exchange(back.get('code') ?? '');
    expect((await get(issued.json.access_token, 'profile')).status).toBe(403);
  });
});

describe('the API', () => {
  let access: string;
  beforeEach(async () => {
    await world.control('/reset', {});
    access = (await shopWith(world, { platform: 'ecwid', orders: 147, products: 13, customers: 7 }))
      .credential.access_token;
  });

  it('gives every changed order once, a hundred a page at most', async () => {
    const orders = await readAll('0', async (offset) => {
      const { json } = await get(access, `orders?updatedFrom=1500000000&offset=${offset}`);
      return {
        items: json.items,
        next: json.offset + json.count < json.total ? String(json.offset + json.count) : null,
      };
    });
    expect(new Set(orders.map(({ internalId }) => internalId)).size).toBe(147);
    expect((await get(access, 'orders?limit=101')).status).toBe(400);
    expect((await get(access, 'products')).json.total).toBe(13);
  });

  it('keeps to the own store, to scopes and to its rate', async () => {
    const other = await world.call({
      host: 'app.ecwid.com',
      path: '/api/v3/1/profile',
      headers: { authorization: `Bearer ${access}` },
    });
    const narrow = (await world.control('/shops/1003001/credential', { scopes: ['read_catalog'] })).json
      .access_token;
    expect([other.status, (await get(narrow, 'customers')).status]).toEqual([403, 403]);
    await world.control('/apps/ecwid', { callsPerS: 0.5 });
    const limited = [await get(access, 'profile'), await get(access, 'profile')];
    expect([limited[0]?.status, limited[1]?.status, limited[1]?.headers['retry-after']]).toEqual([
      200,
      429,
      '5',
    ]);
  });
});
