// TikTok Shop as the sandbox judges it: consent by service id, lifetimes as instants, signatures over path, query and body.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Answer, appOf, hexHmac, shopWith, startWorld, type World } from './calling.ts';
import { itGrantsByCode, readAll } from './code-grant-suite.ts';

const API = 'open-api.tiktokglobalshop.com';
let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

const signature = (secret: string, path: string, params: Record<string, string>, body = '') => {
  const joined = Object.keys(params)
    .sort()
    .map((name) => `${name}${params[name]}`)
    .join('');
  return hexHmac(secret, `${secret}${path}${joined}${body}${secret}`);
};

interface Wish {
  access: string;
  params?: Record<string, string>;
  body?: object;
  over?: Record<string, string>;
}

async function call(path: string, { access, params = {}, body, over = {} }: Wish): Promise<Answer> {
  const { clientId, secret } = await appOf(world, 'tiktokshop');
  const signed = { app_key: clientId, timestamp: String(Math.floor(Date.now() / 1000)), ...params };
  const text = body === undefined ? '' : JSON.stringify(body);
  const query = new URLSearchParams({ ...signed, sign: signature(secret, path, signed, text), ...over });
  const headers = { 'x-tts-access-token': access, 'content-type': 'application/json' };
  return world.call({
    host: API,
    path: `${path}?${query}`,
    headers,
    ...(body === undefined ? {} : { body: text }),
  });
}

async function token(kind: 'get' | 'refresh', fields: Record<string, string>): Promise<Answer> {
  const { clientId, secret } = await appOf(world, 'tiktokshop');
  const query = new URLSearchParams({ app_key: clientId, app_secret: secret, ...fields });
  const answer = await world.call({ host: 'auth.tiktok-shops.com', path: `/api/v2/token/${kind}?${query}` });
  return answer.json?.code === 0 ? answer : { ...answer, status: 400 };
}

itGrantsByCode(() => world, {
  platform: 'tiktokshop',
  wish: {},
  host: 'services.tiktokshop.com',
  path: '/open/authorize',
  asked: async () => ({ service_id: (await appOf(world, 'tiktokshop')).names['serviceId'] ?? '' }),
  spoilt: [['the app key in place of the service id', { service_id: '6sandboxkey1a' }]],
  back: { shop_region: 'GB' },
  denied: null,
  exchange: (auth_code) => token('get', { auth_code, grant_type: 'authorized_code' }),
  refusal: /36004004/,
  refresh: (refresh_token) => token('refresh', { refresh_token, grant_type: 'refresh_token' }),
  rotates: true,
  call: (access) => call('/authorization/202309/shops', { access }),
  codeTtlS: 1_800,
  accessTtlS: 7 * 86_400,
  refreshTtlS: 365 * 86_400,
  dead: 401,
  tokens: ({ json }) => ({ access: json?.data?.access_token, refresh: json?.data?.refresh_token }),
});

describe('signatures', () => {
  it('agree with the ones the platform and others print', () => {
    const shops = { app_key: '29a39d', timestamp: '1623812664' };
    expect(signature('e59af819cc', '/authorization/202309/shops', shops)).toBe(
      'b596b73e0cc6de07ac26f036364178ab16b0a907af13d43f0a0cd2345f582dc8',
    );
    const hooks = {
      app_key: '68xu9ks5p4i8',
      shop_cipher: 'ROW_xkMbgAAAeVAQra0eZWebFQq5aIK',
      timestamp: '1696909648',
    };
    const body = '{"event_type":"PACKAGE_UPDATE","address":"https://partner.tiktokshop.com"}';
    expect(signature('e59af819cc', '/event/202309/webhooks', hooks, body)).toBe(
      '701dd6deb2389fe4c469b89bd37fc56f96a6da6afeb4d01c9077a65169752fa7',
    );
  });

  it.each([
    ['a wrong one', { sign: '0'.repeat(64) }, 106001],
    ['a parameter that was not signed', { extra: '1' }, 106001],
    ['a time ahead', { timestamp: String(Math.floor(Date.now() / 1000) + 60) }, 36009004],
    ['a time long past', { timestamp: String(Math.floor(Date.now() / 1000) - 400) }, 36009004],
  ])('are refused: %s', async (_, over, code) => {
    await world.control('/reset', {});
    const { credential } = await shopWith(world, { platform: 'tiktokshop' });
    expect(
      (await call('/authorization/202309/shops', { access: credential.access_token, over })).json.code,
    ).toBe(code);
  });
});

describe('the record of requests', () => {
  it('masks the secret that rides in the query', async () => {
    await token('refresh', { refresh_token: 'r3fresh', grant_type: 'refresh_token' });
    const { text } = await world.control('/requests?path=/token/refresh');
    expect([text.includes('app_secret=***'), text.includes('r3fresh'), text.includes('ttssandbox')]).toEqual([
      true,
      false,
      false,
    ]);
  });
});

describe('the API', () => {
  let access: string;
  let cipher: { shop_cipher: string };
  beforeEach(async () => {
    await world.control('/reset', {});
    const { credential } = await shopWith(world, { platform: 'tiktokshop', orders: 47, products: 13 });
    access = credential.access_token;
    cipher = { shop_cipher: credential.shop_cipher };
  });

  it('names the shop’s cipher, and wants it where it belongs alone', async () => {
    const { data } = (await call('/authorization/202309/shops', { access })).json;
    expect(data.shops[0].cipher).toBe(cipher.shop_cipher);
    expect((await call('/authorization/202309/shops', { access, params: cipher })).status).toBe(400);
    expect((await call('/order/202309/orders/search', { access, body: {} })).status).toBe(400);
  });

  it('gives every changed order once, by page tokens', async () => {
    const orders = await readAll('', async (page_token) => {
      const params = {
        ...cipher,
        page_size: '20',
        sort_field: 'update_time',
        sort_order: 'ASC',
        ...(page_token === '' ? {} : { page_token }),
      };
      const { data } = (
        await call('/order/202309/orders/search', { access, params, body: { update_time_ge: 1_500_000_000 } })
      ).json;
      return { items: data.orders, next: data.next_page_token || null };
    });
    expect(new Set(orders.map(({ id }) => id)).size).toBe(47);
    const { data } = (
      await call('/order/202309/orders', {
        access,
        params: { ...cipher, ids: `${orders[0].id},${orders[1].id}` },
      })
    ).json;
    expect(data.orders).toEqual(orders.slice(0, 2));
  });

  it.each([
    ['101 a page', { page_size: '101' }, {}],
    ['milliseconds', {}, { update_time_ge: '2026' }],
    ['a token of another search', { page_token: 'abc' }, {}],
  ])('refuses orders for %s', async (_, params, body) => {
    expect(
      (await call('/order/202309/orders/search', { access, params: { ...cipher, ...params }, body })).status,
    ).toBe(400);
  });

  it('lists products and their stock', async () => {
    const { data } = (
      await call('/product/202309/products/search', {
        access,
        params: { ...cipher, page_size: '100' },
        body: { status: 'ALL' },
      })
    ).json;
    expect(data.products).toHaveLength(13);
    const product_ids = data.products.map(({ id }: { id: string }) => id);
    const stock = (
      await call('/product/202309/inventory/search', { access, params: cipher, body: { product_ids } })
    ).json.data.inventory;
    expect(stock.flatMap((one: { skus: object[] }) => one.skus)).toHaveLength(21);
  });

  it('keeps to scopes and to its rate', async () => {
    const { json } = await world.control('/shops/7494000000000000001/credential', {
      scopes: ['seller.authorization.info'],
    });
    const denied = await call('/order/202309/orders/search', {
      access: json.access_token,
      params: cipher,
      body: {},
    });
    expect(denied.json.code).toBe(105005);
    await world.control('/apps/tiktokshop', { callsPerS: 0.5 });
    const answers = [];
    for (let n = 0; n < 3; n += 1) answers.push(await call('/authorization/202309/shops', { access }));
    expect(answers.map(({ json: { code } }) => code)).toContain(36009002);
  });
});
