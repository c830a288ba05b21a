// Shopware 6 as the sandbox judges it: keys for short tokens, the app system's handshake with its signatures, search criteria.
import { createServer, type IncomingMessage } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { appOf, hexHmac, shopWith, startWorld, type World } from './calling.ts';
import { readAll } from './code-grant-suite.ts';

const SHOP = 'demo.shopware.example';
let world: World;
let key: { client_id: string; client_secret: string };
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  await world.control('/reset', {});
  const wish = { platform: 'shopware6', host: SHOP, orders: 47, products: 13, customers: 7 };
  key = (await shopWith(world, wish)).credential;
});

const token = (over: object = {}) =>
  world.call({
    host: SHOP,
    path: '/api/oauth/token',
    body: { grant_type: 'client_credentials', ...key, ...over },
  });
const search = (access: string, entity: string, criteria: object, accept = 'application/json') =>
  world.call({
    host: SHOP,
    path: `/api/search/${entity}`,
    headers: { authorization: `Bearer ${access}`, accept },
    body: criteria,
  });

describe('integration keys', () => {
  it('give tokens for ten minutes', async () => {
    const { json } = await token();
    expect(json).toMatchObject({ token_type: 'Bearer', expires_in: 600 });
    await world.control('/clock', { offsetMs: 601_000 });
    const late = await search(json.access_token, 'order', {});
    expect([late.status, late.json.errors[0].detail]).toEqual([401, 'Access token has expired']);
  });

  it('are refused when wrong, deleted or asked too often in the cloud', async () => {
    expect((await token({ client_secret: 'wrong' })).json.errors[0].code).toBe('4');
    await world.control('/apps/shopware6', { switches: { saasLimits: true } });
    const statuses = [];
    for (let n = 0; n < 11; n += 1) statuses.push((await token()).status);
    expect(statuses.at(-1)).toBe(429);
    await world.control('/apps/shopware6', { switches: { saasLimits: false } });
    await world.control(`/shops/${SHOP}/uninstall`, {});
    expect((await token()).status).toBe(401);
  });
});

/** An app that plays its side of the handshake by the documentation. */
async function startApp(spoil: { proof?: string; secret?: string } = {}) {
  const { secret: appSecret } = await appOf(world, 'shopware6');
  const seen: { url: string; headers: IncomingMessage['headers']; body: string }[] = [];
  let count = 0;
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      const url = new URL(request.url ?? '/', `http://${request.headers.host}`);
      seen.push({ url: url.href, headers: request.headers, body });
      if (url.pathname !== '/register') return response.end();
      count += 1;
      const named = `${url.searchParams.get('shop-id')}${url.searchParams.get('shop-url')}Mooring`;
      const proof = spoil.proof ?? hexHmac(appSecret, named);
      const secret = spoil.secret ?? String(count).repeat(64);
      response.end(JSON.stringify({ proof, secret, confirmation_url: `${url.origin}/confirm` }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const close = () => new Promise<void>((resolve) => server.close(() => resolve()));
  return { seen, close, appSecret, url: `http://127.0.0.1:${port}/register` };
}

describe('the app system', () => {
  const register = async (registrationUrl: string) =>
    (await world.control(`/shops/${SHOP}/install`, { registrationUrl })).json;

  it('asks for a proof, then brings keys that work, all signed', async () => {
    const app = await startApp();
    expect(await register(app.url)).toMatchObject({ registered: true });
    const [asked, confirmed] = app.seen;
    const rawQuery = asked?.url.split('?')[1] ?? '';
    expect(asked?.headers['shopware-app-signature']).toBe(hexHmac(app.appSecret, rawQuery));
    expect(confirmed?.headers['shopware-shop-signature']).toBe(
      hexHmac('1'.repeat(64), confirmed?.body ?? ''),
    );
    const { apiKey, secretKey } = JSON.parse(confirmed?.body ?? '{}');
    expect((await token({ client_id: apiKey, client_secret: secretKey })).status).toBe(200);
    await app.close();
  });

  it('signs a registration anew with both secrets', async () => {
    const app = await startApp();
    await register(app.url);
    await register(app.url);
    const [, , asked, confirmed] = app.seen;
    const first = '1'.repeat(64);
    expect(asked?.headers['shopware-shop-signature']).toBe(hexHmac(first, asked?.url.split('?')[1] ?? ''));
    expect(confirmed?.headers['shopware-shop-signature-previous']).toBe(
      hexHmac(first, confirmed?.body ?? ''),
    );
    await app.close();
  });

  it.each([
    ['a wrong proof', { proof: '0'.repeat(64) }, 'proof'],
    ['a short secret', { secret: 'short' }, 'secret'],
  ])('does not go on with %s', async (_, spoil, step) => {
    const app = await startApp(spoil);
    expect(await register(app.url)).toMatchObject({ registered: false, step });
    await app.close();
  });

  it('tells the app of its deletion', async () => {
    const app = await startApp();
    await register(app.url);
    await world.control(`/shops/${SHOP}/uninstall`, { callbackUrl: app.url.replace('register', 'deleted') });
    const told = app.seen.at(-1);
    expect(told?.headers['shopware-shop-signature']).toBe(hexHmac('1'.repeat(64), told?.body ?? ''));
    expect(JSON.parse(told?.body ?? '{}').data.event).toBe('app.deleted');
    await app.close();
  });
});

describe('search', () => {
  let access: string;
  beforeEach(async () => {
    access = (await token()).json.access_token;
  });

  it('gives every order once, with the associations asked for', async () => {
    const orders = await readAll('1', async (page) => {
      const criteria = {
        page: Number(page),
        limit: 20,
        associations: { lineItems: {} },
        sort: [{ field: 'createdAt', order: 'ASC' }],
        'total-count-mode': 1,
      };
      const { json } = await search(access, 'order', criteria);
      expect(json.total).toBe(47);
      return { items: json.data, next: json.data.length < 20 ? null : String(Number(page) + 1) };
    });
    expect(new Set(orders.map(({ id }) => id)).size).toBe(47);
    expect([orders[0].lineItems.length > 0, orders[0].currency]).toEqual([true, null]);
  });

  it('finds what never changed by its creation alone', async () => {
    await world.control(`/shops/${SHOP}/mutate`, { orders: 2 });
    const range = (field: string) => ({ type: 'range', field, parameters: { gte: '2020-01-01T00:00:00Z' } });
    const count = async (filter: object[]) =>
      (await search(access, 'order', { filter, limit: 500 })).json.data.length;
    expect(await count([range('updatedAt')])).toBe(2);
    expect(
      await count([{ type: 'multi', operator: 'or', queries: [range('updatedAt'), range('createdAt')] }]),
    ).toBe(47);
  });

  it('has children for variants, a cap of 500, privileges, and two ways to write', async () => {
    const { json } = await search(access, 'product', { limit: 500 });
    expect([
      json.data.length,
      json.data.filter((one: { parentId: string }) => one.parentId !== null).length,
    ]).toEqual([25, 12]);
    expect((await search(access, 'order', { limit: 501 })).status).toBe(400);
    const { json: api } = await search(access, 'customer', { limit: 1 }, '*/*');
    expect(api.data[0]).toMatchObject({ type: 'customer', attributes: { guest: false } });
    key = (await world.control(`/shops/${SHOP}/credential`, { scopes: ['product:read'] })).json;
    const narrow = (await token()).json.access_token;
    expect((await search(narrow, 'order', {})).json.errors[0].code).toBe(
      'FRAMEWORK__MISSING_PRIVILEGE_ERROR',
    );
  });
});
