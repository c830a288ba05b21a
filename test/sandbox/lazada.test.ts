// Lazada as the sandbox judges it: every call signed, token calls too; success is a code, not a status.
import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Answer, appOf, formBody, shopWith, startWorld, type World } from './calling.ts';
import { itGrantsByCode, readAll } from './code-grant-suite.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

const sign = (secret: string, api: string, params: Record<string, string>) => {
  const joined = Object.keys(params)
    .sort()
    .map((name) => `${name}${params[name]}`)
    .join('');
  return createHmac('sha256', secret).update(`${api}${joined}`).digest('hex').toUpperCase();
};

async function call(
  host: string,
  api: string,
  own: Record<string, string>,
  over: Record<string, string> = {},
): Promise<Answer> {
  const { clientId, secret } = await appOf(world, 'lazada');
  const params = { app_key: clientId, timestamp: String(Date.now()), sign_method: 'sha256', ...own };
  const query = new URLSearchParams({ ...params, sign: sign(secret, api, params), ...over });
  return world.call({ host, path: `/rest${api}?${query}` });
}
const get = (
  access: string,
  api: string,
  params: Record<string, string> = {},
  over: Record<string, string> = {},
) => call('api.lazada.sg', api, { access_token: access, ...params }, over);
/** Lazada's refusals are 200 as well: the suite's statuses are made from the codes. */
const judged = async (answer: Promise<Answer>): Promise<Answer> => {
  const got = await answer;
  return got.json?.code === '0' ? got : { ...got, status: 401 };
};

itGrantsByCode(() => world, {
  platform: 'lazada',
  wish: {},
  host: 'auth.lazada.com',
  path: '/oauth/authorize',
  asked: async () => ({
    response_type: 'code',
    force_auth: 'true',
    client_id: (await appOf(world, 'lazada')).clientId,
    redirect_uri: 'http://127.0.0.1:3000/oauth/lazada/callback',
  }),
  spoilt: [
    ['a uuid', { uuid: '1' }],
    ['an unregistered redirect', { redirect_uri: 'https://evil.example/' }],
  ],
  back: {},
  denied: null,
  exchange: (code) => judged(call('auth.lazada.com', '/auth/token/create', { code })),
  refusal: /InvalidCode|IllegalRefreshToken/,
  refresh: (refresh_token) => judged(call('auth.lazada.com', '/auth/token/refresh', { refresh_token })),
  rotates: true,
  call: (access) => judged(get(access, '/seller/get')),
  codeTtlS: 1_800,
  accessTtlS: 30 * 86_400,
  refreshTtlS: 180 * 86_400,
  dead: 401,
});

describe('signatures', () => {
  it('agree with the one the platform prints', () => {
    const params = {
      access_token: 'test',
      app_key: '123456',
      order_id: '1234',
      sign_method: 'sha256',
      timestamp: '1517820392000',
    };
    expect(sign('helloworld', '/order/get', params)).toBe(
      '4190D32361CFB9581350222F345CB77F3B19F0E31D162316848A2C1FFD5FAB4A',
    );
  });

  it.each([
    ['a lower-case one', 'lower', 'IncompleteSignature'],
    ['a parameter that was not signed', { extra: '1' }, 'IncompleteSignature'],
    ['seconds', { timestamp: String(Math.floor(Date.now() / 1000)) }, 'InvalidTimestamp'],
    ['another method', { sign_method: 'md5' }, 'InvalidSignMethod'],
    ['another app', { app_key: '1' }, 'InvalidAppKey'],
  ])('are refused: %s', async (_, over, code) => {
    await world.control('/reset', {});
    const { credential } = await shopWith(world, { platform: 'lazada' });
    const answer =
      typeof over === 'string'
        ? await lowered(credential.access_token)
        : await get(credential.access_token, '/seller/get', {}, over);
    expect([answer.status, answer.json.code]).toEqual([200, code]);
  });

  async function lowered(access: string) {
    const { clientId, secret } = await appOf(world, 'lazada');
    const params = {
      app_key: clientId,
      timestamp: String(Date.now()),
      sign_method: 'sha256',
      access_token: access,
    };
    const query = new URLSearchParams({ ...params, sign: sign(secret, '/seller/get', params).toLowerCase() });
    return world.call({ host: 'api.lazada.sg', path: `/rest/seller/get?${query}` });
  }

  it('cover a form as well as the query', async () => {
    await world.control('/reset', {});
    const { credential } = await shopWith(world, { platform: 'lazada' });
    const { clientId, secret } = await appOf(world, 'lazada');
    const params = {
      app_key: clientId,
      timestamp: String(Date.now()),
      sign_method: 'sha256',
      access_token: credential.access_token,
    };
    const signed = { ...params, sign: sign(secret, '/seller/get', params) };
    expect(
      (await world.call({ host: 'api.lazada.sg', path: '/rest/seller/get', ...formBody(signed) })).json.code,
    ).toBe('0');
  });
});

describe('the API', () => {
  let access: string;
  beforeEach(async () => {
    await world.control('/reset', {});
    access = (await shopWith(world, { platform: 'lazada', orders: 47, products: 13 })).credential
      .access_token;
  });
  const since = { update_after: '2020-01-01T00:00:00+08:00' };

  it('is at the host of the seller’s country', async () => {
    expect((await call('api.lazada.vn', '/seller/get', { access_token: access })).json.code).toBe(
      'IllegalAccessToken',
    );
  });

  it('gives every changed order once, and its items by piece', async () => {
    const orders = await readAll('0', async (offset) => {
      const params = { ...since, sort_by: 'updated_at', sort_direction: 'ASC', limit: '20', offset };
      const { data } = (await get(access, '/orders/get', params)).json;
      const next = Number(offset) + data.count;
      return { items: data.orders, next: next < data.countTotal ? String(next) : null };
    });
    expect(new Set(orders.map(({ order_id }) => order_id)).size).toBe(47);
    const ids = `[${orders[0].order_id},${orders[1].order_id}]`;
    const { data } = (await get(access, '/orders/items/get', { order_ids: ids })).json;
    expect(data[0].order_items).toHaveLength(orders[0].items_count);
  });

  it.each([
    ['no beginning', {}, '36'],
    ['101 a page', { ...since, limit: '101' }, '19'],
    ['an offset over 5,000', { ...since, offset: '5001' }, '14'],
    ['a date without offset', { update_after: '2020-01-01T00:00:00' }, '17'],
  ])('refuses orders for %s', async (_, params, code) => {
    expect((await get(access, '/orders/get', params)).json.code).toBe(code);
  });

  it('lists products with their skus', async () => {
    const { data } = (await get(access, '/products/get', { filter: 'all', limit: '50' })).json;
    expect([
      data.total_products,
      data.products.flatMap((one: { skus: object[] }) => one.skus).length,
    ]).toEqual([13, 21]);
  });
});
