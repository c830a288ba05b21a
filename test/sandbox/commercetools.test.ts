// commercetools as the sandbox judges it: client credentials for scopes that name the project, predicates, caps of limit and offset.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { basic, formBody, shopWith, startWorld, type World } from './calling.ts';
import { readAll } from './code-grant-suite.ts';

const PROJECT = 'mooring-sandbox';
const REGION = 'europe-west1.gcp.commercetools.com';
let world: World;
let key: { client_id: string; client_secret: string; scope: string };
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  await world.control('/reset', {});
  const wish = { platform: 'commercetools', orders: 47, products: 13, customers: 7 };
  key = (await shopWith(world, wish)).credential;
});

const token = (fields: Record<string, string> = {}, secret = key.client_secret) => {
  const { headers, body } = formBody({ grant_type: 'client_credentials', ...fields });
  const authorization = basic(key.client_id, secret);
  return world.call({
    host: `auth.${REGION}`,
    path: '/oauth/token',
    headers: { ...headers, authorization },
    body,
  });
};
const get = (access: string, path: string) =>
  world.call({
    host: `api.${REGION}`,
    path: `/${PROJECT}${path}`,
    headers: { authorization: `Bearer ${access}` },
  });

describe('the token endpoint', () => {
  it('mints as often as asked, for two days each', async () => {
    const [first, second] = [(await token()).json, (await token()).json];
    expect(first).toMatchObject({ token_type: 'Bearer', expires_in: 172_800, scope: key.scope });
    expect(first.refresh_token).toBeUndefined();
    for (const { access_token } of [first, second])
      expect((await get(access_token, '/orders')).status).toBe(200);
    await world.control('/clock', { offsetMs: 172_801_000 });
    expect((await get(first.access_token, '/orders')).json.error).toBe('invalid_token');
  });

  it('gives fewer scopes than the client has, never others', async () => {
    const { json } = await token({ scope: `view_products:${PROJECT}` });
    expect((await get(json.access_token, '/products')).status).toBe(200);
    expect((await get(json.access_token, '/orders')).json.error).toBe('insufficient_scope');
    expect((await token({ scope: 'view_orders:other' })).json.error).toBe('invalid_scope');
  });

  it('refuses a wrong secret, a secret in the body, a deleted client', async () => {
    expect((await token({}, 'wrong')).json.error).toBe('invalid_client');
    const fields = {
      grant_type: 'client_credentials',
      client_id: key.client_id,
      client_secret: key.client_secret,
    };
    expect(
      (await world.call({ host: `auth.${REGION}`, path: '/oauth/token', ...formBody(fields) })).status,
    ).toBe(401);
    await world.control(`/shops/${PROJECT}/uninstall`, {});
    expect((await token()).json.error).toBe('invalid_client');
  });
});

describe('queries', () => {
  let access: string;
  beforeEach(async () => {
    access = (await token()).json.access_token;
  });

  it('go past the offset by last modification and id', async () => {
    const start = 'lastModifiedAt > "2020-01-01T00:00:00.000Z"';
    const orders = await readAll(start, async (where) => {
      const query = new URLSearchParams([
        ['where', where],
        ['sort', 'lastModifiedAt asc'],
        ['sort', 'id asc'],
        ['limit', '20'],
        ['withTotal', 'false'],
      ]);
      const { json } = await get(access, `/orders?${query}`);
      expect(json.total).toBeUndefined();
      const last = json.results.at(-1);
      const next = `lastModifiedAt > "${last?.lastModifiedAt}" or (lastModifiedAt = "${last?.lastModifiedAt}" and id > "${last?.id}")`;
      return { items: json.results, next: json.count < 20 ? null : next };
    });
    expect(new Set(orders.map(({ id }) => id)).size).toBe(47);
  });

  it.each([
    ['limit', 'limit=501'],
    ['offset', 'offset=10001'],
    ['where', 'where=lastModifiedAt%20>>%20"x"'],
  ])('are refused for a wrong %s', async (_, query) => {
    expect((await get(access, `/orders?${query}`)).json.errors[0].code).toBe('InvalidInput');
  });

  it('tell products, projections, customers and inventory, and one by id', async () => {
    const totals = await Promise.all(
      ['products', 'product-projections', 'customers', 'inventory'].map(
        async (name) => (await get(access, `/${name}`)).json.total,
      ),
    );
    expect(totals).toEqual([13, 13, 7, 21]);
    const { json } = await get(access, '/orders?limit=1');
    expect((await get(access, `/orders/${json.results[0].id}`)).json).toEqual(json.results[0]);
  });
});
