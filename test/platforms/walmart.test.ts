// What is Walmart's alone: ready-made queries for next pages, one list for each way of sending, a cursor that stays the same, 404 for nothing.
import { describe, expect, test } from 'vitest';
import type { Json } from '../../domain/platform.ts';
import { authorizeUrl } from '../../platforms/authorize-url.ts';
import { walmart } from '../../platforms/walmart/platform.ts';
import { PASS, passFor } from './fixtures.ts';
import { idsIn } from './pass-reader.ts';

const pass = { ...passFor(walmart), pageSize: 200 };

const readAll = idsIn(pass);

const NOTHING: Json = { errors: [{ code: 'CONTENT_NOT_FOUND.GMP_ORDER_API', description: 'x' }] };

test('an approval is asked for with Walmart’s own names of parameters', () => {
  const [{ obtain }] = walmart.auth;
  if (!('callback' in obtain)) throw new Error('no approval');
  const url = new URL(
    authorizeUrl(obtain, {
      shop: {},
      clientId: 'c-1',
      state: 's',
      redirectUri: 'https://us.example/oauth/walmart/callback',
      scopes: [],
      nonce: 'n',
    }),
  );
  expect(Object.fromEntries(url.searchParams)).toEqual({
    responseType: 'code',
    clientId: 'c-1',
    redirectUri: 'https://us.example/oauth/walmart/callback',
    clientType: 'seller',
    nonce: 'n',
    state: 's',
  });
});

describe('orders', () => {
  const definition = walmart.resources.orders;

  test('of every way of sending are read, page by page', () => {
    const asked: Record<string, string>[] = [];
    const ids = readAll(definition, ({ query = {} }) => {
      asked.push({ ...query });
      const list = (id: string, nextCursor?: string): Json => ({
        list: {
          meta: { totalCount: 2, limit: 200, ...(nextCursor === undefined ? {} : { nextCursor }) },
          elements: { order: [{ purchaseOrderId: id }] },
        },
      });
      if (query['shipNodeType'] === 'WFSFulfilled') return NOTHING;
      if (query['shipNodeType'] === '3PLFulfilled') return list('3');
      if (query['soIndex'] === '31') return list('2');
      return list('1', '?limit=200&hasMoreElements=true&soIndex=31&poIndex=10&partnerId=100009');
    });
    expect(ids).toEqual(['1', '2', '3']);
    expect(asked[0]).toEqual({
      createdStartDate: '2026-05-26T00:00:00Z',
      limit: '200',
      shipNodeType: 'SellerFulfilled',
    });
    expect(asked[1]).toEqual({
      limit: '200',
      hasMoreElements: 'true',
      soIndex: '31',
      poIndex: '10',
      partnerId: '100009',
      shipNodeType: 'SellerFulfilled',
    });
  });

  test('that changed are asked for over all that there are, not over the last week alone', () => {
    const { query } = definition.request({ ...pass, sinceMs: Date.UTC(2026, 10, 20) }, null);
    expect(query).toMatchObject({
      createdStartDate: '2026-05-26T00:00:00Z',
      lastModifiedStartDate: '2026-11-20T00:00:00Z',
    });
  });

  test('another error than that there is nothing is no page', () => {
    const body = { errors: [{ code: 'SYSTEM_ERROR.GMP_ORDER_API' }] };
    expect(() => definition.read(pass, null, { body, headers: {} })).toThrow('refuses the page');
  });

  const line = (status: string, amount: number) => ({
    lineNumber: '1',
    orderLineQuantity: { amount: '1' },
    charges: { charge: [{ chargeType: 'PRODUCT', chargeAmount: { currency: 'USD', amount } }] },
    orderLineStatuses: { orderLineStatus: [{ status }] },
  });
  const order = (...orderLine: Json[]): Json => ({ purchaseOrderId: '1', orderLines: { orderLine } });

  test.each([
    [['Created'], 'open', 'unfulfilled'],
    [['Delivered', 'Delivered'], 'completed', 'fulfilled'],
    [['Shipped', 'Cancelled'], 'open', 'fulfilled'],
    [['Shipped', 'Acknowledged'], 'open', 'partially_fulfilled'],
    [['Cancelled', 'Cancelled'], 'cancelled', 'unfulfilled'],
  ])('whose lines are %j', (statuses, status, fulfillmentStatus) => {
    const mapped = definition.map(order(...statuses.map((one) => line(one, 1))), PASS);
    expect(mapped).toMatchObject([{ status, fulfillmentStatus }]);
  });

  test('come to the sum of their charges, exactly', () => {
    const [mapped] = definition.map(order(line('Created', 0.1), line('Created', 0.2)), PASS);
    expect(mapped?.total).toEqual({ amount: '0.3', currency: 'USD' });
  });

  test('without any charge are set aside', () => {
    expect(() => definition.map(order(), PASS)).toThrow('"/orderLines" tells no charge');
  });
});

test('items are counted, since their cursor stays the same', () => {
  let page = 0;
  const ids = readAll(walmart.resources.products, ({ query = {} }) => {
    expect(query['nextCursor']).toBe(page === 0 ? '*' : 'same');
    const from = page++ * 2;
    const ItemResponse = Array.from({ length: Math.min(2, 5 - from) }, (_, at) => ({
      sku: `S-${from + at}`,
    }));
    return { ItemResponse, totalItems: 5, nextCursor: 'same' };
  });
  expect(ids).toEqual(['S-0', 'S-1', 'S-2', 'S-3', 'S-4']);
});

test('what is left of a call’s bucket is told by its answer', () => {
  const [limit] = walmart.rateLimits;
  expect(limit?.observe?.({ body: null, headers: { 'x-current-token-count': '7' } })).toEqual({
    available: 7,
  });
  expect(limit?.observe?.({ body: null, headers: { 'x-current-token-count': 'many' } })).toBeNull();
});
