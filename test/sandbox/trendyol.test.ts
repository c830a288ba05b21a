// Trendyol as the sandbox judges it: Basic, a User-Agent that names the seller, a stream of two weeks at a time.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { basic, shopWith, startWorld, type World } from './calling.ts';
import { readAll } from './code-grant-suite.ts';

const HOST = 'apigw.trendyol.com';
const STREAM = '/integration/order/sellers/2738/orders/stream';
const DAY_MS = 86_400_000;
let world: World;
let key: { api_key: string; api_secret: string };
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  await world.control('/reset', {});
  const wish = { platform: 'trendyol', orders: 130, products: 13, historyDays: 10 };
  key = (await shopWith(world, wish)).credential;
});

const get = (path: string, over: Record<string, string> = {}) =>
  world.call({
    host: HOST,
    path,
    headers: {
      authorization: basic(key.api_key, key.api_secret),
      'user-agent': '2738 - Mooring',
      ...over,
    },
  });

describe('the caller', () => {
  it('names the seller and itself, else is refused before its key is looked at', async () => {
    expect((await get(STREAM)).status).toBe(200);
    expect((await get(STREAM, { 'user-agent': '2738 - SelfIntegration' })).status).toBe(200);
    for (const agent of ['Mooring', '1 - Mooring', '2738 - Mooring/1.0', ''])
      expect((await get(STREAM, { 'user-agent': agent })).status).toBe(403);
  });

  it('is refused with a wrong secret, another seller’s key, and a dead one', async () => {
    const wrong = await get(STREAM, { authorization: basic(key.api_key, 'x') });
    expect([wrong.status, wrong.json.exception]).toEqual([401, 'ClientApiAuthenticationException']);
    const other = await get(STREAM.replace('2738', '9'), { 'user-agent': '9 - Mooring' });
    expect(other.status).toBe(401);
    await world.control('/shops/2738/reject-grant', {});
    expect((await get(STREAM)).status).toBe(401);
  });
});

describe('packages', () => {
  const read = (query: string) =>
    readAll('', async (cursor) => {
      const { json } = await get(`${STREAM}?size=50&${query}${cursor === '' ? '' : `&nextCursor=${cursor}`}`);
      return { items: json.content, next: json.hasMore ? json.nextCursor : null };
    });

  it('come once each as a stream, the newest change first', async () => {
    const all = await read(`lastModifiedStartDate=${Date.now() - 14 * DAY_MS}`);
    expect(new Set(all.map((one) => one.shipmentPackageId)).size).toBe(130);
    const times = all.map((one) => one.lastModifiedDate);
    expect(times).toEqual([...times].sort((a, b) => b - a));
  });

  it('come two weeks at a time, by a cursor that belongs to its question', async () => {
    const startMs = Date.now() - 15 * DAY_MS;
    const long = `lastModifiedStartDate=${startMs}&lastModifiedEndDate=${Date.now()}`;
    expect((await get(`${STREAM}?${long}`)).status).toBe(400);
    expect((await get(`${STREAM}?size=201`)).status).toBe(400);
    const { nextCursor } = (await get(STREAM)).json;
    expect((await get(`${STREAM}?nextCursor=${nextCursor}&packageItemStatuses=Created`)).status).toBe(400);
  });

  it('come by pages up to ten thousand', async () => {
    const path = '/integration/order/sellers/2738/orders';
    const { json } = await get(`${path}?size=100&page=1`);
    expect([json.totalElements, json.content.length]).toEqual([130, 30]);
    expect((await get(`${path}?size=200&page=50`)).status).toBe(400);
  });

  it('carry their former names where the switch says so', async () => {
    await world.control('/apps/trendyol', { switches: { formerNames: true } });
    const [one] = (await get(STREAM)).json.content;
    expect([one.packageTotalPrice, typeof one.totalPrice, typeof one.lines[0].id]).toEqual([
      undefined,
      'number',
      'number',
    ]);
  });
});

describe('approved products', () => {
  const path = '/integration/product/sellers/2738/products/approved';

  it('go on by a token', async () => {
    const all = await readAll('', async (token) => {
      const { json } = await get(`${path}?size=5${token === '' ? '' : `&nextPageToken=${token}`}`);
      return { items: json.content, next: json.nextPageToken };
    });
    expect(new Set(all.map((one) => one.contentId)).size).toBe(13);
    const stock = (await get(`${path}/inventory-and-price?size=1`)).json.content[0];
    expect([stock.contentId, typeof stock.variants[0].quantity]).toEqual([all[0].contentId, 'number']);
    expect((await get(`${path}?size=101`)).status).toBe(400);
    expect((await get(`${path}?size=100&page=100`)).status).toBe(400);
  });

  it('are fifty calls in ten seconds', async () => {
    const answers = await Promise.all(Array.from({ length: 55 }, () => get(`${path}?size=1`)));
    expect(answers.map(({ status }) => status)).toContain(429);
    expect((await get(STREAM)).status).toBe(200);
  });
});
