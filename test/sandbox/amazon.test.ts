// Amazon as the sandbox judges it: consent, tokens that stay, quotas by operation, opaque tokens for the next page.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { appOf, formBody, shopWith, startWorld, type World } from './calling.ts';
import { itGrantsByCode, readAll } from './code-grant-suite.ts';

const API = 'sellingpartnerapi-eu.amazon.com';
const MARKETPLACE = 'A1PA6795UKMFR9';
let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

const token = async (fields: Record<string, string>) => {
  const { clientId, secret } = await appOf(world, 'amazon');
  const body = formBody({ client_id: clientId, client_secret: secret, ...fields });
  return world.call({ host: 'api.amazon.com', path: '/auth/o2/token', ...body });
};
const get = (access: string, path: string) =>
  world.call({ host: API, path, headers: { 'x-amz-access-token': access } });

itGrantsByCode(() => world, {
  platform: 'amazon',
  wish: {},
  host: 'sellercentral.amazon.com',
  path: '/apps/authorize/consent',
  asked: async () => ({
    application_id: (await appOf(world, 'amazon')).names['applicationId'] ?? '',
    redirect_uri: 'http://127.0.0.1:3000/oauth/amazon/callback',
  }),
  spoilt: [
    [
      'the client id in place of the application id',
      { application_id: 'amzn1.application-oa2-client.sandbox0mooring' },
    ],
    ['no state', { state: '' }],
    ['an unregistered redirect', { redirect_uri: 'https://evil.example/' }],
  ],
  codeName: 'spapi_oauth_code',
  back: { selling_partner_id: 'A1SANDBOXSELLER' },
  denied: null,
  exchange: (code) => token({ grant_type: 'authorization_code', code }),
  refusal: /invalid_grant/,
  refresh: (refresh_token) => token({ grant_type: 'refresh_token', refresh_token }),
  rotates: false,
  call: (access) => get(access, '/sellers/v1/marketplaceParticipations'),
  codeTtlS: 300,
  accessTtlS: 3_600,
  refreshTtlS: 365 * 86_400,
  dead: 403,
});

const ORDERS = '/orders/2026-01-01/orders';
const since = 'lastUpdatedAfter=2020-01-01T00:00:00Z';

describe('the API', () => {
  let access: string;
  beforeEach(async () => {
    await world.control('/reset', {});
    const wish = { platform: 'amazon', orders: 47, products: 30 };
    access = (await shopWith(world, wish)).credential.access_token;
  });

  it('names what is wrong with a token', async () => {
    expect((await get('', ORDERS)).json.errors[0].details).toMatch(/missing/);
    await world.control('/shops/A1SANDBOXSELLER/expire-access', {});
    expect((await get(access, ORDERS)).json.errors[0]).toMatchObject({
      code: 'Unauthorized',
      details: expect.stringMatching(/expired/),
    });
  });

  it('gives every order once over its pages, with what was asked for', async () => {
    const orders = await readAll('', async (place) => {
      const paging = place === '' ? '' : `&paginationToken=${encodeURIComponent(place)}`;
      const { json } = await get(
        access,
        `${ORDERS}?${since}&maxResultsPerPage=20&includedData=PROCEEDS${paging}`,
      );
      return { items: json.orders, next: json.pagination?.nextToken ?? null };
    });
    const ids = orders.map((one: { orderId: string }) => one.orderId);
    expect([ids.length, new Set(ids).size]).toEqual([47, 47]);
    expect(orders[0]).toHaveProperty('proceeds');
    expect(orders[0]).not.toHaveProperty('buyer');
  });

  it.each([
    ['both beginnings', `${since}&createdAfter=2020-01-01T00:00:00Z`],
    ['no beginning', ''],
    ['101 a page', `${since}&maxResultsPerPage=101`],
    ['a token of another question', `${since}&paginationToken=eyJ4Ijox`],
    ['unknown data', `${since}&includedData=SECRETS`],
  ])('refuses orders for %s', async (_, query) => {
    expect((await get(access, `${ORDERS}?${query}`)).json.errors[0].code).toBe('InvalidInput');
  });

  it('answers twenty searches, then 429 until the quota refills, and tells the rate', async () => {
    const answers = [];
    for (let n = 0; n < 21; n += 1) answers.push(await get(access, `${ORDERS}?${since}`));
    expect(answers.map(({ status }) => status)).toEqual([...Array(20).fill(200), 429]);
    expect(answers[0]?.headers['x-amzn-ratelimit-limit']).toBe('0.0056');
    await world.control('/clock', { offsetMs: 180_000 });
    expect((await get(access, `${ORDERS}?${since}`)).status).toBe(200);
  });

  it('opens buyers to a restricted token alone, in the older orders', async () => {
    const path = '/orders/v0/orders';
    const query = `?MarketplaceIds=${MARKETPLACE}&LastUpdatedAfter=2020-01-01T00:00:00Z`;
    expect((await get(access, path + query)).json.payload.Orders[0].BuyerInfo).toEqual({});
    const { json } = await world.call({
      host: API,
      path: '/tokens/2021-03-01/restrictedDataToken',
      headers: { 'x-amz-access-token': access },
      body: { restrictedResources: [{ method: 'GET', path, dataElements: ['buyerInfo'] }] },
    });
    const opened = await get(json.restrictedDataToken, path + query);
    expect(opened.json.payload.Orders[0].BuyerInfo.BuyerEmail).toContain('@');
    await world.control('/clock', { offsetMs: 3_601_000 });
    expect((await get(json.restrictedDataToken, path + query)).status).toBe(403);
  });

  it('lists a sku a listing, twenty a page, of the seller alone', async () => {
    const list = (place: string, seller = 'A1SANDBOXSELLER') =>
      get(
        access,
        `/listings/2021-08-01/items/${seller}?marketplaceIds=${MARKETPLACE}&pageSize=20&includedData=summaries,fulfillmentAvailability${place === '' ? '' : `&pageToken=${place}`}`,
      );
    const items = await readAll('', async (place) => {
      const { json } = await list(place);
      return { items: json.items, next: json.pagination.nextToken ?? null };
    });
    expect(new Set(items.map((one: { sku: string }) => one.sku)).size).toBe(46);
    expect((await list('', 'OTHER')).status).toBe(403);
  });

  it('lets the next page of stock wait thirty seconds and no longer', async () => {
    await shopWith(world, { platform: 'amazon', products: 60 });
    access = (await world.control('/shops/A1SANDBOXSELLER/credential', {})).json.access_token;
    const path = `/fba/inventory/v1/summaries?granularityType=Marketplace&granularityId=${MARKETPLACE}&marketplaceIds=${MARKETPLACE}`;
    const first = await get(access, path);
    const next = `${path}&nextToken=${encodeURIComponent(first.json.pagination.nextToken)}`;
    expect((await get(access, next)).json.payload.inventorySummaries.length).toBe(40);
    await world.control('/clock', { offsetMs: 31_000 });
    expect((await get(access, next)).status).toBe(400);
  });
});
