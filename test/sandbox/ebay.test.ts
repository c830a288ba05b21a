// eBay as the sandbox judges it: a RuName in place of a redirect, Basic client authentication, two meanings of offset.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { appOf, basic, formBody, shopWith, startWorld, type World } from './calling.ts';
import { itGrantsByCode, readAll } from './code-grant-suite.ts';

const SCOPE = 'https://api.ebay.com/oauth/api_scope';
const READ = `${SCOPE}/sell.fulfillment.readonly ${SCOPE}/sell.inventory.readonly`;
let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

async function token(fields: Record<string, string>, secret?: string) {
  const app = await appOf(world, 'ebay');
  const { headers, body } = formBody(fields);
  const authorization = basic(app.clientId, secret ?? app.secret);
  return world.call({
    host: 'api.ebay.com',
    path: '/identity/v1/oauth2/token',
    headers: { ...headers, authorization },
    body,
  });
}
const get = (access: string, path: string) =>
  world.call({ host: 'api.ebay.com', path, headers: { authorization: `Bearer ${access}` } });
const ruName = async () => (await appOf(world, 'ebay')).names['ruName'] ?? '';
const registered = () =>
  world.control('/apps/ebay', { redirectUris: ['http://127.0.0.1:3000/oauth/ebay/callback'] });

itGrantsByCode(() => world, {
  platform: 'ebay',
  wish: {},
  host: 'auth.ebay.com',
  path: '/oauth2/authorize',
  asked: async () => {
    await registered();
    return {
      client_id: (await appOf(world, 'ebay')).clientId,
      redirect_uri: await ruName(),
      response_type: 'code',
      scope: READ,
    };
  },
  spoilt: [
    ['an address in place of the RuName', { redirect_uri: 'http://127.0.0.1:3000/oauth/ebay/callback' }],
    ['a short scope', { scope: 'sell.fulfillment' }],
  ],
  back: { expires_in: '299' },
  denied: null,
  exchange: async (code) => token({ grant_type: 'authorization_code', code, redirect_uri: await ruName() }),
  refusal: /invalid_grant/,
  refresh: (refresh_token) => token({ grant_type: 'refresh_token', refresh_token }),
  rotates: false,
  call: (access) => get(access, '/sell/fulfillment/v1/order'),
  codeTtlS: 299,
  accessTtlS: 7_200,
  refreshTtlS: 47_304_000,
  dead: 401,
});

describe('the token endpoint', () => {
  beforeEach(async () => {
    await world.control('/reset', {});
    await registered();
  });

  it('wants the client by Basic, with the right secret', async () => {
    const wrong = await token({ grant_type: 'client_credentials', scope: SCOPE }, 'wrong');
    expect([wrong.status, wrong.json.error]).toEqual([401, 'invalid_client']);
  });

  it('gives the app a token of its own, which opens no seller', async () => {
    const { json } = await token({ grant_type: 'client_credentials', scope: SCOPE });
    expect(json.token_type).toBe('Application Access Token');
    expect((await get(json.access_token, '/sell/fulfillment/v1/order')).status).toBe(403);
  });

  it('refreshes into fewer scopes, never into others, and names no new refresh token', async () => {
    const { credential } = await shopWith(world, { platform: 'ebay' });
    const refresh = (scope: string) =>
      token({ grant_type: 'refresh_token', refresh_token: credential.refresh_token, scope });
    expect((await refresh(`${SCOPE}/sell.finances`)).json.error).toBe('invalid_scope');
    const { json } = await refresh(`${SCOPE}/sell.inventory.readonly`);
    expect([json.token_type, json.refresh_token]).toEqual(['User Access Token', undefined]);
  });
});

describe('the API', () => {
  let access: string;
  beforeEach(async () => {
    await world.control('/reset', {});
    access = (await shopWith(world, { platform: 'ebay', orders: 47, products: 30 })).credential.access_token;
  });
  const filter = encodeURIComponent(
    `lastmodifieddate:[${new Date(Date.now() - 80 * 86_400_000).toISOString()}..]`,
  );

  it('pages orders by records, items by pages', async () => {
    const orders = await readAll(`/sell/fulfillment/v1/order?filter=${filter}&limit=20`, async (path) => {
      const { json } = await get(access, path);
      return { items: json.orders, next: json.next?.replace('https://api.ebay.com', '') ?? null };
    });
    expect(new Set(orders.map((one: { orderId: string }) => one.orderId)).size).toBe(47);
    const items = await readAll('0', async (page) => {
      const { json } = await get(access, `/sell/inventory/v1/inventory_item?limit=20&offset=${page}`);
      return { items: json.inventoryItems, next: json.next === undefined ? null : String(Number(page) + 1) };
    });
    expect(new Set(items.map((one: { sku: string }) => one.sku)).size).toBe(46);
  });

  it.each([
    ['brackets that are not encoded', 'filter=lastmodifieddate:[2026-01-01T00:00:00Z..]'],
    ['201 a page', 'limit=201'],
    ['an offset between pages', 'limit=20&offset=7'],
    ['three years ago', `filter=${encodeURIComponent('creationdate:[2022-01-01T00:00:00.000Z..]')}`],
  ])('refuses orders for %s', async (_, query) => {
    expect((await get(access, `/sell/fulfillment/v1/order?${query}`)).status).toBe(400);
  });

  it('lets a creation date hide a modification date', async () => {
    const early = encodeURIComponent(
      'creationdate:[2026-11-20T00:00:00.000Z..2026-11-20T00:00:01.000Z],lastmodifieddate:[2026-01-01T00:00:00.000Z..]',
    );
    expect((await get(access, `/sell/fulfillment/v1/order?filter=${early}`)).json.total).toBeLessThan(47);
  });

  it('keeps to scopes', async () => {
    const { json } = await world.control('/shops/sandbox_seller/credential', {
      scopes: [`${SCOPE}/sell.inventory`],
    });
    expect((await get(json.access_token, '/sell/inventory/v1/inventory_item')).status).toBe(200);
    expect((await get(json.access_token, '/sell/fulfillment/v1/order')).json.errors[0].errorId).toBe(1100);
  });
});
