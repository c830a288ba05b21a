// BigCommerce as the sandbox judges it: installs begun at the marketplace, signed payloads checked by jose, two APIs under one quota.
import { jwtVerify } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { appOf, receiving, shopWith, startWorld, type World } from './calling.ts';
import { readAll } from './code-grant-suite.ts';

const HASH = 'sandboxhash1';
const CALLBACK = 'http://127.0.0.1:3000/oauth/bigcommerce/callback';
let world: World;
let ours: Awaited<ReturnType<typeof receiving>>;
beforeAll(async () => {
  [world, ours] = await Promise.all([startWorld(), receiving()]);
});
afterAll(() => Promise.all([world.close(), ours.close()]));
beforeEach(async () => {
  await world.control('/reset', {});
  await world.control('/shops', { platform: 'bigcommerce', orders: 47, products: 13, customers: 7 });
});

async function install(): Promise<URLSearchParams> {
  const { json } = await world.control(`/shops/${HASH}/install`, { callbackUrl: CALLBACK });
  return new URL(json.url).searchParams;
}

async function token(back: URLSearchParams, over: Record<string, string> = {}) {
  const { clientId, secret } = await appOf(world, 'bigcommerce');
  const body = {
    client_id: clientId,
    client_secret: secret,
    code: back.get('code'),
    context: back.get('context'),
    scope: back.get('scope'),
    grant_type: 'authorization_code',
    redirect_uri: CALLBACK,
    ...over,
  };
  return world.call({ host: 'login.bigcommerce.com', path: '/oauth2/token', body });
}

const get = (access: string, path: string) =>
  world.call({
    host: 'api.bigcommerce.com',
    path: `/stores/${HASH}${path}`,
    headers: { 'x-auth-token': access },
  });

describe('an install at the marketplace', () => {
  it('sends the browser to the app with code, context and scope, and no state', async () => {
    const back = await install();
    expect([...back.keys()].sort()).toEqual(['account_uuid', 'code', 'context', 'scope']);
    const { json } = await token(back);
    expect(json).toMatchObject({ context: `stores/${HASH}`, scope: back.get('scope') });
    expect((await get(json.access_token, '/v2/store')).json.id).toBe(HASH);
  });

  it.each([
    ['another context', { context: 'stores/other' }],
    ['other scopes', { scope: 'store_v2_orders' }],
    ['another redirect', { redirect_uri: 'http://127.0.0.1:3000/other' }],
    ['a wrong secret', { client_secret: 'x' }],
  ])('takes no exchange with %s', async (_, over) => {
    expect((await token(await install(), over)).status).toBeGreaterThanOrEqual(400);
  });

  it('takes a code once, in its time', async () => {
    const back = await install();
    expect((await token(back)).status).toBe(200);
    expect((await token(back)).json.error).toBe('invalid_grant');
    const late = await install();
    await world.control('/clock', { offsetMs: 301_000 });
    expect((await token(late)).json.error).toBe('invalid_grant');
  });

  it('made anew ends the earlier token', async () => {
    const first = (await token(await install())).json.access_token;
    const second = (await token(await install())).json.access_token;
    expect([(await get(first, '/v2/store')).status, (await get(second, '/v2/store')).status]).toEqual([
      401, 200,
    ]);
  });

  it('can begin at a button elsewhere, where the merchant picks the shop', async () => {
    const { clientId } = await appOf(world, 'bigcommerce');
    const path = `/app/${clientId}/install?redirect_uri=${encodeURIComponent(CALLBACK)}&_approve=1`;
    const answer = await world.call({ host: 'login.bigcommerce.com', path });
    expect(new URL(answer.headers['location'] ?? '').searchParams.get('external_install')).toBe('true');
  });
});

describe('signed payloads', () => {
  const load = async (forge?: string) => {
    const fields = { callbackUrl: `${ours.url}/load`, as: 'load', ...(forge === undefined ? {} : { forge }) };
    const { json } = await world.control(`/shops/${HASH}/install`, fields);
    return new URL(json.url).searchParams.get('signed_payload_jwt') ?? '';
  };
  const verify = async (jwt: string) => {
    const { clientId, secret } = await appOf(world, 'bigcommerce');
    const rules = { algorithms: ['HS256'], audience: clientId, issuer: 'bc', subject: `stores/${HASH}` };
    return jwtVerify(jwt, new TextEncoder().encode(secret), rules);
  };

  it('verify with the app secret, and name shop and user', async () => {
    const { payload } = await verify(await load());
    expect(payload).toMatchObject({ sub: `stores/${HASH}`, user: { email: `owner@${HASH}.example` } });
  });

  it.each(['signature', 'alg_none', 'expired', 'not_yet', 'audience', 'issuer'])(
    'can be forged: %s',
    async (forge) => {
      await expect(verify(await load(forge))).rejects.toThrow();
    },
  );

  it('tell us of an uninstall, after which the token is dead', async () => {
    const { json } = await token(await install());
    const told = await world.control(`/shops/${HASH}/uninstall`, { callbackUrl: `${ours.url}/gone` });
    expect([told.json.status, ours.got.at(-1)?.path.startsWith('/gone?signed_payload_jwt=ey')]).toEqual([
      200,
      true,
    ]);
    expect((await get(json.access_token, '/v2/store')).status).toBe(401);
  });
});

describe('the API', () => {
  let access: string;
  beforeEach(async () => {
    const wish = { platform: 'bigcommerce', orders: 47, products: 13, customers: 7 };
    access = (await shopWith(world, wish)).credential.access_token;
  });

  it('pages v2 orders until there is no content', async () => {
    const orders = await readAll('1', async (page) => {
      const answer = await get(
        access,
        `/v2/orders?min_date_modified=2020-01-01T00:00:00Z&sort=date_modified:asc&limit=20&page=${page}`,
      );
      return { items: answer.json ?? [], next: answer.status === 204 ? null : String(Number(page) + 1) };
    });
    expect(new Set(orders.map(({ id }) => id)).size).toBe(47);
    expect(Date.parse(orders[0].date_modified)).toBeLessThanOrEqual(Date.parse(orders[46].date_modified));
    expect((await get(access, `/v2/orders/${orders[0].id}/products`)).json[0].sku).toMatch(/^SAN-/);
  });

  it('pages v3 by the links in meta', async () => {
    const products = await readAll('?include=variants&limit=5', async (query) => {
      const { json } = await get(access, `/v3/catalog/products${query}`);
      return { items: json.data, next: json.meta.pagination.links.next ?? null };
    });
    expect([products.length, products[0].variants.length]).toEqual([13, 3]);
    expect((await get(access, '/v3/customers')).json.meta.pagination.total).toBe(7);
    expect((await get(access, '/v3/inventory/items')).json.data).toHaveLength(21);
  });

  it('keeps to scopes, to the own shop and to its caps', async () => {
    const { json } = await world.control(`/shops/${HASH}/credential`, {
      scopes: ['store_v2_products_read_only'],
    });
    expect((await get(json.access_token, '/v2/orders')).status).toBe(403);
    const other = await world.call({
      host: 'api.bigcommerce.com',
      path: '/stores/other/v2/store',
      headers: { 'x-auth-token': json.access_token },
    });
    expect(other.status).toBe(401);
    expect((await get(json.access_token, '/v3/catalog/products?limit=251')).status).toBe(422);
  });

  it('has one quota for thirty seconds, and tells when it resets', async () => {
    await world.control('/apps/bigcommerce', { callsPerS: 0.1 });
    const answers = [];
    for (let n = 0; n < 4; n += 1) answers.push(await get(access, '/v2/store'));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 429]);
    expect(answers[3]?.headers['x-rate-limit-time-reset-ms']).toBe('10000');
  });
});
