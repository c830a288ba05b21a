// Coupang as the sandbox judges it: a header signed over date, method, path and query; order sheets by day and status.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { hexHmac, shopWith, startWorld, type World } from './calling.ts';
import { readAll } from './code-grant-suite.ts';

const HOST = 'api-gateway.coupang.com';
const SHEETS = '/v2/providers/openapi/apis/api/v4/vendors/A00012345/ordersheets';
const PRODUCTS = '/v2/providers/seller_api/apis/api/v1/marketplace/seller-products';
let world: World;
let key: { access_key: string; secret_key: string };
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  await world.control('/reset', {});
  key = (await shopWith(world, { platform: 'coupang', orders: 200, products: 13 })).credential;
});

const dateOf = (ms: number) => new Date(ms).toISOString().slice(2, 19).replace(/[-:]/g, '').concat('Z');

function get(
  path: string,
  query = '',
  over: { date?: string; signed?: string; headers?: Record<string, string> } = {},
) {
  const date = over.date ?? dateOf(Date.now());
  const signature = hexHmac(key.secret_key, `${date}GET${path}${over.signed ?? query}`);
  const authorization = `CEA algorithm=HmacSHA256, access-key=${key.access_key}, signed-date=${date}, signature=${signature}`;
  return world.call({
    host: HOST,
    path: query === '' ? path : `${path}?${query}`,
    headers: { authorization, ...over.headers },
  });
}

const day = (back: number) => new Date(Date.now() - back * 86_400_000).toISOString().slice(0, 10);
const days = (from: number, to: number, more = '') =>
  `createdAtFrom=${day(from)}&createdAtTo=${day(to)}&status=FINAL_DELIVERY${more}`;

describe('signatures', () => {
  it('agree with a digest computed elsewhere', () => {
    const message = `260101T000000ZGET${SHEETS}createdAtFrom=2026-01-01&createdAtTo=2026-01-02&status=ACCEPT`;
    expect(hexHmac('test_secret_key', message)).toBe(
      'f59b4103257fd4a768d773fe52eeac45d3501826c7f720dc85c3204b333d3ee2',
    );
  });

  it.each<[string, Parameters<typeof get>[2]]>([
    ['a query in another order', { signed: 'status=FINAL_DELIVERY' }],
    ['an old date', { date: dateOf(Date.now() - 6 * 60_000) }],
    ['a four-digit year', { date: `20${dateOf(Date.now())}` }],
    ['no header', { headers: { authorization: '' } }],
  ])('are refused: %s', async (_, over) => {
    expect((await get(SHEETS, days(5, 0), over)).status).toBe(401);
  });

  it('of another vendor, or of a revoked key, are refused', async () => {
    expect((await get(SHEETS.replace('A00012345', 'A00099999'), days(5, 0))).status).toBe(403);
    await world.control('/shops/A00012345/reject-grant', {});
    expect((await get(SHEETS, days(5, 0))).status).toBe(401);
  });
});

describe('the API', () => {
  it('gives the sheets of a status in days, page by page', async () => {
    const sheets = await readAll('', async (token) => {
      const { json } = await get(
        SHEETS,
        days(30, 0, `&maxPerPage=20${token === '' ? '' : `&nextToken=${token}`}`),
      );
      return { items: json.data, next: json.nextToken || null };
    });
    expect(sheets.length).toBeGreaterThan(20);
    expect(new Set(sheets.map(({ shipmentBoxId }) => shipmentBoxId)).size).toBe(sheets.length);
    expect(new Set(sheets.map(({ status }) => status))).toEqual(new Set(['FINAL_DELIVERY']));
  });

  it.each([
    ['no status', () => `createdAtFrom=${day(2)}&createdAtTo=${day(0)}`],
    ['51 a page', () => days(2, 0, '&maxPerPage=51')],
    ['more than a month', () => days(40, 0)],
    [
      'more than a day of minutes',
      () => `searchType=timeFrame&createdAtFrom=${day(2)}T00:00&createdAtTo=${day(0)}T00:00&status=ACCEPT`,
    ],
  ])('refuses sheets for %s', async (_, query) => {
    expect((await get(SHEETS, query())).status).toBe(400);
  });

  it('lists products, one with its items, and the stock of each', async () => {
    const products = await readAll('1', async (token) => {
      const { json } = await get(PRODUCTS, `vendorId=A00012345&maxPerPage=5&nextToken=${token}`);
      return { items: json.data, next: json.nextToken || null };
    });
    expect(products).toHaveLength(13);
    const { data } = (await get(`${PRODUCTS}/${products[0].sellerProductId}`)).json;
    const stock = await get(
      `${PRODUCTS.replace('seller-products', 'vendor-items')}/${data.items[0].vendorItemId}/inventories`,
    );
    expect(stock.json.data.amountInStock).toBe(data.items[0].maximumBuyCount);
  });

  it('answers 429 over the rate', async () => {
    await world.control('/apps/coupang', { callsPerS: 0.5 });
    const statuses = [];
    for (let n = 0; n < 2; n += 1) statuses.push((await get(SHEETS, days(1, 0))).status);
    expect(statuses).toEqual([200, 429]);
  });
});
