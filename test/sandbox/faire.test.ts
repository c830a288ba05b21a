// Faire as the sandbox judges it: a code grant in its own words, a token that needs the app's credentials beside it, a key that needs nothing.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { appOf, approveAt, shopWith, startWorld, type World } from './calling.ts';
import { itGrantsByCode, readAll } from './code-grant-suite.ts';

const HOST = 'www.faire.com';
const REDIRECT = 'http://127.0.0.1:3000/oauth/faire/callback';
const SCOPES = ['READ_BRAND', 'READ_ORDERS', 'READ_PRODUCTS'];
let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

async function ours(path: string, fields: Record<string, unknown>) {
  const { clientId, secret } = await appOf(world, 'faire');
  const body = { application_token: clientId, application_secret: secret, ...fields };
  return world.call({ host: HOST, path: `/api/external-api-oauth2/${path}`, body });
}
const exchange = (code: string, over: Record<string, unknown> = {}) =>
  ours('token', {
    redirect_url: REDIRECT,
    scope: SCOPES,
    grant_type: 'AUTHORIZATION_CODE',
    authorization_code: code,
    ...over,
  });
async function get(token: string, path = '/brands/profile', over: Record<string, string> = {}) {
  const { clientId, secret } = await appOf(world, 'faire');
  const headers = {
    'x-faire-oauth-access-token': token,
    'x-faire-app-credentials': Buffer.from(`${clientId}:${secret}`).toString('base64'),
    ...over,
  };
  return world.call({ host: HOST, path: `/external-api/v2${path}`, headers });
}
const asked = async () => ({
  applicationId: (await appOf(world, 'faire')).clientId,
  redirectUrl: REDIRECT,
  scope: SCOPES.join(' '),
});
const approve = async (over: Record<string, string> = {}) =>
  approveAt(
    world,
    'faire.com',
    `/oauth2/authorize?${new URLSearchParams({ ...(await asked()), state: 'st4te', ...over })}`,
  );

itGrantsByCode(() => world, {
  platform: 'faire',
  wish: {},
  host: 'faire.com',
  path: '/oauth2/authorize',
  asked,
  spoilt: [
    ['another app', { applicationId: 'apa_other' }],
    ['an unregistered redirect', { redirectUrl: 'https://evil.example/' }],
    ['no state', { state: '' }],
    ['an unknown scope', { scope: 'READ_ORDERS READ_MINDS' }],
  ],
  codeName: 'authorizationCode',
  back: {},
  denied: null,
  exchange,
  refusal: /invalid or expired/,
  rotates: false,
  call: (token) => get(token),
  codeTtlS: 600,
  dead: 401,
});

describe('the token', () => {
  beforeEach(async () => {
    await world.control('/reset', {});
    await world.control('/shops', { platform: 'faire', orders: 47, products: 13 });
  });
  const connect = async () => (await exchange((await approve()).get('authorizationCode') ?? '')).json;

  it('is given for the redirect and the scopes of the approval alone', async () => {
    const code = async () => (await approve()).get('authorizationCode') ?? '';
    expect((await exchange(await code(), { redirect_url: `${REDIRECT}/` })).status).toBe(400);
    expect((await exchange(await code(), { scope: ['READ_BRAND'] })).status).toBe(400);
    expect((await exchange(await code(), { scope: SCOPES.join(' ') })).status).toBe(400);
    expect((await exchange(await code(), { application_secret: 'x' })).status).toBe(401);
    expect((await exchange(await code())).json.token_type).toBe('BEARER');
  });

  it('may have been asked for by scopes that are repeated or joined by commas', async () => {
    const commas = await approve({ scope: SCOPES.join(',') });
    expect((await exchange(commas.get('authorizationCode') ?? '')).status).toBe(200);
  });

  it('needs the app’s credentials beside it, and is ended by a newer one', async () => {
    const { access_token } = await connect();
    expect((await get(access_token, '/brands/profile', { 'x-faire-app-credentials': '' })).status).toBe(401);
    const newer = await connect();
    expect((await get(access_token)).status).toBe(401);
    expect((await get(newer.access_token)).json.brand_id).toBe('b_sandbox001');
  });

  it('is revoked by us', async () => {
    const { access_token } = await connect();
    const { json } = await ours('revoke', { access_token_o_auth: access_token });
    expect(json).toEqual({ success: 'true' });
    expect((await get(access_token)).status).toBe(401);
  });

  it('comes by the other name of the code where the switch says so', async () => {
    await world.control('/apps/faire', { switches: { snakeCallback: true } });
    const back = await approve();
    expect([back.get('authorizationCode'), back.has('authorization_code')]).toEqual([null, true]);
  });

  it('loses nothing without www but its way', async () => {
    const { status, headers } = await world.call({ host: 'faire.com', path: '/external-api/v2/orders' });
    expect([status, headers['location']]).toEqual([301, 'https://www.faire.com/external-api/v2/orders']);
  });
});

describe('the key of the portal', () => {
  let key: string;
  beforeEach(async () => {
    await world.control('/reset', {});
    key = (await shopWith(world, { platform: 'faire', orders: 130, products: 13 })).credential.access_token;
  });
  const byKey = (path: string) =>
    world.call({
      host: HOST,
      path: `/external-api/v2${path}`,
      headers: { 'x-faire-access-token': key },
    });

  it('goes alone, and is not taken for a token', async () => {
    expect((await byKey('/brands/profile')).status).toBe(200);
    expect((await get(key)).status).toBe(401);
    await world.control('/shops/b_sandbox001/reject-grant', {});
    expect((await byKey('/brands/profile')).status).toBe(401);
  });

  it('reads every order once, by a cursor, rising by its change', async () => {
    const orders = await readAll('', async (cursor) => {
      const { json } = await byKey(`/orders?limit=50${cursor === '' ? '' : `&cursor=${cursor}`}`);
      return { items: json.orders, next: json.cursor ?? null };
    });
    expect(new Set(orders.map(({ id }) => id)).size).toBe(130);
    const times = orders.map(({ updated_at }) => updated_at);
    expect(times).toEqual([...times].sort());
    expect((await byKey('/orders?limit=9')).status).toBe(400);
    expect((await byKey('/orders?limit=51')).status).toBe(400);
    expect((await byKey(`/orders/${orders[3].id}`)).json).toEqual(orders[3]);
  });

  it('reads products by pages, and stock by sku', async () => {
    const { json } = await byKey('/products?limit=10&page=2');
    expect([json.products.length, json.cursor]).toEqual([3, undefined]);
    const { sku, available_quantity } = json.products[0].variants[0];
    const stock = (await byKey(`/product-inventory/by-skus?skus=${sku}&skus=none`)).json.inventories;
    expect(stock[sku].available_quantity.quantity).toBe(available_quantity);
    expect(Object.keys(stock)).toEqual([sku]);
  });
});
