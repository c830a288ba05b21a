// Square as the sandbox judges it: two kinds of client, instants for expiry, searches whose sort must match their filter.
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { appOf, approveAt, shopWith, startWorld, type World } from './calling.ts';
import { itGrantsByCode, readAll } from './code-grant-suite.ts';

const HOST = 'connect.squareup.com';
const VERIFIER = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
const SCOPE = 'ORDERS_READ ITEMS_READ CUSTOMERS_READ INVENTORY_READ MERCHANT_PROFILE_READ';
let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

const token = (fields: object) => world.call({ host: HOST, path: '/oauth2/token', body: fields });
const confidential = async (fields: object) => {
  const { clientId, secret } = await appOf(world, 'square');
  return token({ client_id: clientId, client_secret: secret, ...fields });
};
const get = (access: string, path: string) =>
  world.call({ host: HOST, path, headers: { authorization: `Bearer ${access}` } });
const post = (access: string, path: string, body: object) =>
  world.call({
    host: HOST,
    path,
    headers: { authorization: `Bearer ${access}`, 'square-version': '2026-09-16' },
    body,
  });
const asked = async () => ({
  client_id: (await appOf(world, 'square')).clientId,
  scope: SCOPE,
  session: 'false',
  redirect_uri: 'http://127.0.0.1:3000/oauth/square/callback',
});

itGrantsByCode(() => world, {
  platform: 'square',
  wish: {},
  host: HOST,
  path: '/oauth2/authorize',
  asked,
  spoilt: [
    ['an unknown scope', { scope: 'orders' }],
    ['an unregistered redirect', { redirect_uri: 'https://evil.example/' }],
  ],
  back: { response_type: 'code' },
  denied: 'access_denied',
  exchange: (code) => confidential({ grant_type: 'authorization_code', code }),
  refusal: /INVALID_GRANT/,
  refresh: (refresh_token) => confidential({ grant_type: 'refresh_token', refresh_token }),
  rotates: false,
  call: (access) => get(access, '/v2/merchants/me'),
  codeTtlS: 300,
  accessTtlS: 30 * 86_400,
  dead: 401,
});

describe('a public client', () => {
  it('proves the code by its verifier, has no secret, and rotates', async () => {
    await world.control('/reset', {});
    const code_challenge = createHash('sha256').update(VERIFIER).digest('base64url');
    const query = new URLSearchParams({ ...(await asked()), code_challenge, code_challenge_method: 'S256' });
    const { clientId: client_id } = await appOf(world, 'square');
    const approve = async () => (await approveAt(world, HOST, `/oauth2/authorize?${query}`)).get('code');
    const grant_type = 'authorization_code';
    expect((await confidential({ grant_type, code: await approve() })).status).toBe(400);
    const { json } = await token({ client_id, grant_type, code: await approve(), code_verifier: VERIFIER });
    expect(Date.parse(json.refresh_token_expires_at) - Date.now()).toBeGreaterThan(89 * 86_400_000);
    const refresh = () =>
      token({ client_id, grant_type: 'refresh_token', refresh_token: json.refresh_token });
    expect((await refresh()).json.refresh_token).not.toBe(json.refresh_token);
    expect((await refresh()).status).toBe(400);
  });
});

describe('the API', () => {
  let access: string;
  beforeEach(async () => {
    await world.control('/reset', {});
    access = (await shopWith(world, { platform: 'square', orders: 47, products: 13, customers: 23 }))
      .credential.access_token;
  });

  const search = (more: object) =>
    post(access, '/v2/orders/search', { location_ids: ['LSANDBOX01'], ...more });
  const since = { filter: { date_time_filter: { updated_at: { start_at: '2020-01-01T00:00:00Z' } } } };

  it('finds every changed order once', async () => {
    const query = { ...since, sort: { sort_field: 'UPDATED_AT', sort_order: 'ASC' } };
    const orders = await readAll('', async (cursor) => {
      const { json } = await search({ query, limit: 20, ...(cursor === '' ? {} : { cursor }) });
      return { items: json.orders ?? [], next: json.cursor ?? null };
    });
    expect(new Set(orders.map((one: { id: string }) => one.id)).size).toBe(47);
  });

  it.each([
    ['a sort that does not match', { query: since }],
    ['no location', { location_ids: [] }],
    ['1,001 a page', { limit: 1_001 }],
    ['a cursor of another query', { cursor: 'abc' }],
  ])('refuses orders for %s', async (_, more) => {
    expect((await search(more)).status).toBe(400);
  });

  it('lists the catalog, customers and counts', async () => {
    expect((await get(access, '/v2/catalog/list?types=ITEM')).json.objects).toHaveLength(13);
    expect((await get(access, '/v2/customers?limit=10')).json.customers).toHaveLength(10);
    const counts = await post(access, '/v2/inventory/counts/batch-retrieve', { limit: 1_000 });
    expect(counts.json.counts).toHaveLength(21);
  });

  it('keeps to scopes, and revokes by the application secret alone', async () => {
    const { json } = await world.control('/shops/MLSANDBOX0001/credential', { scopes: ['ITEMS_READ'] });
    expect((await get(json.access_token, '/v2/customers')).json.errors[0].code).toBe('INSUFFICIENT_SCOPES');
    const { clientId, secret } = await appOf(world, 'square');
    const revoke = (authorization: string) =>
      world.call({
        host: HOST,
        path: '/oauth2/revoke',
        headers: { authorization },
        body: { client_id: clientId, access_token: access },
      });
    expect((await revoke(`Bearer ${secret}`)).status).toBe(401);
    expect((await revoke(`Client ${secret}`)).json.success).toBe(true);
    expect((await get(access, '/v2/customers')).json.errors[0].code).toBe('ACCESS_TOKEN_REVOKED');
  });
});
