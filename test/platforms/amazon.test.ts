// What is Amazon's alone: where a seller approves, a search that ends after 1,000 items, a token of stock that is dead after 30 s, orders without a price.
import { describe, expect, test } from 'vitest';
import type { Json, PlatformRequest } from '../../domain/platform.ts';
import { amazon } from '../../platforms/amazon/platform.ts';
import { authorizeUrl } from '../../platforms/authorize-url.ts';
import { expandShop } from '../../platforms/shop.ts';
import { PASS, passFor } from './fixtures.ts';
import { idsIn } from './pass-reader.ts';

const pass = { ...passFor(amazon), pageSize: 20 };

const readAll = idsIn(pass);

test('a seller approves at the Seller Central of the marketplace', () => {
  const [{ obtain }] = amazon.auth;
  const values = {
    shop: expandShop(amazon, { marketplace: 'A1PA6795UKMFR9' }),
    registration: { applicationId: 'amzn1.sp.solution.0-1-2-3-4' },
    clientId: 'amzn1.application-oa2-client.1',
    state: 's',
    redirectUri: 'https://us.example/oauth/amazon/callback',
    scopes: [],
  };
  if (obtain.kind !== 'authorization_code') throw new Error('no code grant');
  const url = new URL(authorizeUrl(obtain, values));
  expect(url.origin + url.pathname).toBe('https://sellercentral-europe.amazon.com/apps/authorize/consent');
  expect(Object.fromEntries(url.searchParams)).toEqual({
    application_id: 'amzn1.sp.solution.0-1-2-3-4',
    redirect_uri: 'https://us.example/oauth/amazon/callback',
    state: 's',
  });
});

test.each([
  ['sellercentral.amazon.com', true],
  ['sellercentral-europe.amazon.com', true],
  ['sellercentral.amazon.com.attacker.example', false],
  ['sellercentralXamazon.com', false],
  ['evil.sellercentral.amazon.com', false],
])('an install from the Appstore goes on at Seller Central alone: %s', (host, isAllowed) => {
  const [{ obtain }] = amazon.auth;
  const step = 'callback' in obtain ? obtain.callback.find((one) => one.step === 'login') : undefined;
  const to = step?.continueAt;
  if (to === undefined || to === 'authorize' || !('host' in to)) throw new Error('it does not go on');
  expect(new RegExp(to.host).test(host)).toBe(isAllowed);
});

describe('orders', () => {
  const { request, read, map } = amazon.resources.orders;

  test('without a beginning are asked for as far back as Amazon serves them', () => {
    expect(request(pass, null).query).toMatchObject({ lastUpdatedAfter: '2024-11-22T00:00:00.000Z' });
  });

  test('of a next page are asked for with the same instant as of the first', () => {
    const since = { ...pass, sinceMs: Date.UTC(2026, 10, 1) };
    const body = { orders: [], pagination: { nextToken: 't-2' } };
    const { next } = read(since, null, { body, headers: {} });
    expect(request({ ...since, sinceMs: Date.UTC(2026, 10, 2) }, next).query).toMatchObject({
      lastUpdatedAfter: '2026-11-01T00:00:00.000Z',
      paginationToken: 't-2',
    });
  });

  test('of all marketplaces that the proof told are read together', () => {
    const facts = { marketplaces: 'ATVPDKIKX0DER,A2EUQ1WTGCTBG2' };
    expect(request({ ...pass, facts }, null).query?.['marketplaceIds']).toBe(facts.marketplaces);
    expect(request(pass, null).query?.['marketplaceIds']).toBe('ATVPDKIKX0DER');
  });

  const base = {
    orderId: '1',
    createdTime: '2026-10-02T10:00:00Z',
    lastUpdatedTime: '2026-10-02T11:00:00Z',
    salesChannel: { channelName: 'AMAZON', marketplaceId: 'A2EUQ1WTGCTBG2' },
    orderItems: [],
  };
  const of = (fulfillmentStatus: string): Json => ({ ...base, fulfillment: { fulfillmentStatus } });

  test('that are pending have no price, and are no records yet', () => {
    expect(map(of('PENDING'), PASS)).toEqual([]);
  });

  test('that were cancelled bring nothing, in the currency of their marketplace', () => {
    const facts = { currency: 'USD', 'currency:A2EUQ1WTGCTBG2': 'CAD' };
    expect(map(of('CANCELLED'), { ...PASS, facts })).toMatchObject([
      { status: 'cancelled', total: { amount: '0', currency: 'CAD' } },
    ]);
  });

  test('that were sent and have no price are set aside', () => {
    expect(() => map(of('SHIPPED'), PASS)).toThrow('"/proceeds/grandTotal" is not told');
  });
});

describe('listings', () => {
  const at = (second: number) => new Date(Date.UTC(2026, 0, 1) + second * 1_000).toISOString();

  /** A search that shows 1,000 items of each query and no more. */
  function search(all: readonly { sku: string; at: string }[], { query = {} }: PlatformRequest): Json {
    expect(query).toMatchObject({ sortBy: 'lastUpdatedDate', sortOrder: 'ASC' });
    const found = all.filter((one) => one.at >= (query['lastUpdatedAfter'] ?? '')).slice(0, 1_000);
    const from = Number(query['pageToken'] ?? 0);
    const items = found.slice(from, from + 20).map((one) => ({
      sku: one.sku,
      summaries: [{ marketplaceId: 'ATVPDKIKX0DER', status: [], lastUpdatedDate: one.at }],
    }));
    const isMore = from + 20 < found.length;
    return {
      numberOfResults: found.length,
      items,
      pagination: isMore ? { nextToken: String(from + 20) } : {},
    };
  }

  test('beyond the 1,000 that a search shows are read in new windows', () => {
    const all = Array.from({ length: 3_500 }, (_, n) => ({ sku: `S-${n}`, at: at(Math.floor(n / 3)) }));
    const ids = readAll(amazon.resources.products, (request) => search(all, request));
    expect(new Set(ids).size).toBe(3_500);
  });

  test('of which more than 1,000 changed in one instant are refused, never cut off in silence', () => {
    const all = Array.from({ length: 2_500 }, (_, n) => ({ sku: `S-${n}`, at: at(1) }));
    expect(() => readAll(amazon.resources.products, (request) => search(all, request))).toThrow(/1000/);
  });
});

describe('stock', () => {
  const summary = (sellerSku: string): Json => ({ sellerSku });

  test('is read from the beginning again when the token of a page was over', () => {
    let isHeldUp = true;
    const ids = readAll(amazon.resources.inventory, ({ query = {} }) => {
      if (query['nextToken'] === undefined) {
        const payload = { inventorySummaries: [summary('A')] };
        return { payload, pagination: { nextToken: 'n' } };
      }
      if (isHeldUp) {
        isHeldUp = false;
        return { errors: [{ code: 'InvalidInput', message: 'Next token is expired.' }] };
      }
      return { payload: { inventorySummaries: [summary('B')] } };
    });
    expect(ids).toEqual(['A', 'A', 'B']);
  });

  test('that is refused for another reason, or again and again, is no page', () => {
    const { read } = amazon.resources.inventory;
    const body = { errors: [{ code: 'InvalidInput', message: 'x' }] };
    for (const cursor of [null, { token: 'n', restarts: 3 }]) {
      expect(() => read(pass, cursor, { body, headers: {} })).toThrow('refuses the page');
    }
  });
});

test('each call has a budget of its own, corrected by what Amazon grants', () => {
  const limit = amazon.rateLimits.find((one) => one.endpoints?.includes('GET /orders/2026-01-01/orders'));
  expect(limit).toMatchObject({ burst: 20, perSecond: 0.0056 });
  const told = limit?.observe?.({ body: null, headers: { 'x-amzn-ratelimit-limit': '0.5' } });
  expect(told).toEqual({ available: 20, perSecond: 0.5 });
  expect(limit?.observe?.({ body: null, headers: {} })).toBeNull();
  const asked = Object.values(amazon.resources).map((one) => one.request(pass, null).endpoint);
  expect(amazon.rateLimits.flatMap((one) => one.endpoints ?? [])).toEqual(expect.arrayContaining(asked));
});
