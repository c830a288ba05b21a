// Salesforce B2C Commerce as the sandbox judges it: assertions signed by jose, scopes that name the tenant, no refresh.
import { exportSPKI, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { basic, formBody, shopWith, startWorld, type World } from './calling.ts';
import { readAll } from './code-grant-suite.ts';

const URL_ = 'https://account.demandware.com/dwsso/oauth2/access_token';
const ORG = '/organizations/f_ecom_zzmo_001';
const keys = await generateKeyPair('RS256', { extractable: true });
const strangers = await generateKeyPair('RS256');
let world: World;
let client: { client_id: string; client_secret?: string; scope: string };
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  await world.control('/reset', {});
  const publicKey = await exportSPKI(keys.publicKey);
  client = (await shopWith(world, { platform: 'sfcc', orders: 47, products: 13 }, { publicKey })).credential;
});

const token = (fields: Record<string, string>, headers: Record<string, string> = {}) => {
  const form = formBody({ grant_type: 'client_credentials', scope: client.scope, ...fields });
  return world.call({
    host: 'account.demandware.com',
    path: '/dwsso/oauth2/access_token',
    ...form,
    headers: { ...form.headers, ...headers },
  });
};
const nowS = () => Math.floor(Date.now() / 1000);

async function assertion(over: JWTPayload = {}, key = keys.privateKey): Promise<Record<string, string>> {
  const claims = { iss: client.client_id, sub: client.client_id, aud: URL_, exp: nowS() + 60, ...over };
  const jwt = await new SignJWT(claims).setProtectedHeader({ alg: 'RS256', typ: 'JWT' }).sign(key);
  return {
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: jwt,
  };
}
const get = (access: string, path: string) =>
  world.call({
    host: 'sandbox1.api.commercecloud.salesforce.com',
    path,
    headers: { authorization: `Bearer ${access}` },
  });

describe('the client', () => {
  it('proves itself by a JWT it signed', async () => {
    const { json } = await token(await assertion());
    expect(json).toMatchObject({ token_type: 'Bearer', expires_in: 1_799, scope: client.scope });
    expect(json.refresh_token).toBeUndefined();
    expect((await get(json.access_token, `/checkout/orders/v1${ORG}/orders?siteId=main`)).json.total).toBe(
      47,
    );
    await world.control('/clock', { offsetMs: 1_801_000 });
    expect((await get(json.access_token, `/checkout/orders/v1${ORG}/orders?siteId=main`)).status).toBe(401);
  });

  it.each<[string, () => Promise<Record<string, string>>]>([
    ['another key', () => assertion({}, strangers.privateKey)],
    ['another audience', () => assertion({ aud: 'https://elsewhere.example/token' })],
    ['another subject', () => assertion({ sub: 'someone' })],
    ['an expired one', () => assertion({ exp: nowS() - 1 })],
    ['one for an hour', () => assertion({ exp: nowS() + 3_600 })],
    ['one not yet valid', () => assertion({ nbf: nowS() + 60 })],
    ['another type', async () => ({ ...(await assertion()), client_assertion_type: 'jwt' })],
    ['none', async () => ({})],
  ])('is refused with %s', async (_, fields) => {
    expect((await token(await fields())).json.error).toBe('invalid_client');
  });

  it('shows an assertion with an id once', async () => {
    const fields = await assertion({ jti: 'once' });
    expect([(await token(fields)).status, (await token(fields)).json.error]).toEqual([200, 'invalid_client']);
  });

  it('is not taken unsigned, nor by the secret of another client', async () => {
    const [, claims] = (await assertion())['client_assertion']?.split('.') ?? [];
    const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${claims}.`;
    expect((await token({ ...(await assertion()), client_assertion: unsigned })).status).toBe(401);
    expect((await token({}, { authorization: basic(client.client_id, 'secret') })).status).toBe(401);
  });

  it('without a key has a secret, by Basic', async () => {
    const { json } = await world.control('/shops/zzmo_001/credential', {});
    const answer = await token({}, { authorization: basic(json.client_id, json.client_secret) });
    expect(answer.status).toBe(200);
  });
});

describe('scopes', () => {
  it('must name the tenant, an API, and nothing else', async () => {
    for (const scope of [
      'sfcc.orders',
      'SALESFORCE_COMMERCE_API:zzmo_001',
      `${client.scope} sfcc.gift-certificates`,
    ])
      expect((await token({ ...(await assertion()), scope })).json.error).toBe('invalid_scope');
  });

  it('open what was asked for, in the own organization', async () => {
    const { json } = await token({
      ...(await assertion()),
      scope: 'SALESFORCE_COMMERCE_API:zzmo_001 sfcc.products',
    });
    expect((await get(json.access_token, `/checkout/orders/v1${ORG}/orders?siteId=main`)).status).toBe(403);
    expect(
      (await get(json.access_token, '/checkout/orders/v1/organizations/f_ecom_other_001/orders')).status,
    ).toBe(403);
  });
});

describe('lists', () => {
  it('give every changed order once, by limit and offset', async () => {
    const { access_token } = (await token(await assertion())).json;
    const orders = await readAll('0', async (offset) => {
      const query = `siteId=main&lastModifiedDateFrom=2020-01-01T00:00:00Z&limit=20&offset=${offset}`;
      const { json } = await get(access_token, `/checkout/orders/v1${ORG}/orders?${query}`);
      const next = Number(offset) + json.data.length;
      return { items: json.data, next: next < json.total ? String(next) : null };
    });
    expect(new Set(orders.map(({ orderNo }) => orderNo)).size).toBe(47);
    expect((await get(access_token, `/checkout/orders/v1${ORG}/orders`)).status).toBe(400);
  });

  it('are the newest first unless asked, and end at ten thousand', async () => {
    const { access_token } = (await token(await assertion())).json;
    const path = `/checkout/orders/v1${ORG}/orders?siteId=main`;
    const times = async (query: string) =>
      (await get(access_token, `${path}${query}`)).json.data.map(
        (one: { lastModified: string }) => one.lastModified,
      );
    const rising = await times('&sortBy=last_modified_date&sortOrder=asc');
    expect(rising).toEqual([...rising].sort());
    expect(await times('&sortBy=last_modified_date')).toEqual([...rising].reverse());
    expect((await get(access_token, `${path}&sortBy=total`)).status).toBe(400);
    expect((await get(access_token, `${path}&offset=9901`)).status).toBe(400);
  });

  it('find masters and their variants, by windows of time', async () => {
    const { access_token } = (await token(await assertion())).json;
    const search = (body: object) =>
      world.call({
        host: 'sandbox1.api.commercecloud.salesforce.com',
        path: `/product/products/v1${ORG}/product-search?siteId=main`,
        headers: { authorization: `Bearer ${access_token}` },
        body,
      });
    const within = (from: string, to: string) => ({
      query: {
        filteredQuery: {
          query: { matchAllQuery: {} },
          filter: { rangeFilter: { field: 'creationDate', from, to } },
        },
      },
      limit: 200,
    });
    const all = (await search({ query: { matchAllQuery: {} }, limit: 200 })).json;
    const half = all.hits.map((hit: { creationDate: string }) => hit.creationDate).sort()[all.total / 2];
    const [before, after] = await Promise.all([
      search(within('2000-01-01T00:00:00Z', half)),
      search(within(half, '2100-01-01T00:00:00Z')),
    ]);
    const ids = [...before.json.hits, ...after.json.hits].map(({ id }) => id);
    expect(new Set(ids).size).toBe(all.total);
    expect((await search(within('2100-01-01T00:00:00Z', '2101-01-01T00:00:00Z'))).json).toMatchObject({
      total: 0,
    });
    expect((await search({ query: { matchAllQuery: {} }, sorts: [{ field: 'lastModified' }] })).status).toBe(
      400,
    );
  });

  it('shed load as the platform does', async () => {
    const { access_token } = (await token(await assertion())).json;
    await world.control('/shops/zzmo_001/freeze', {});
    const answer = await get(access_token, `/checkout/orders/v1${ORG}/orders?siteId=main`);
    expect([answer.status, answer.headers['sfdc_load_status']]).toEqual([503, 'SHED']);
  });
});
