// What is BigCommerce's alone: an install that begins there, lines that are a list of their own, and an answer without a body.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PlatformRequest, ResourceDefinition } from '../../domain/platform.ts';
import { bigcommerce } from '../../platforms/bigcommerce/platform.ts';
import { shopAfterCallback } from '../../platforms/shop.ts';
import { PASS, passFor } from './fixtures.ts';
import { type Answer, readPass } from './pass-reader.ts';

const pass = { ...passFor(bigcommerce), pageSize: 5 };

const readAll = (definition: ResourceDefinition, answer: (request: PlatformRequest) => Answer) =>
  readPass(definition, pass, answer).ids;

describe('an install', () => {
  const [{ obtain }] = bigcommerce.auth;
  const step = 'callback' in obtain ? obtain.callback[0] : undefined;
  if (step === undefined) throw new Error('no step');

  test('begins at the platform, and tells the store by its context', () => {
    expect(step.startsAt).toBe('platform');
    expect(shopAfterCallback(bigcommerce, step, {}, { context: 'stores/abc123' })).toEqual({
      storeHash: 'abc123',
    });
  });

  test.each([['abc123'], ['stores/abc123/../x'], ['stores/'], ['stores/ABC?'], ['channels/abc123']])(
    'with the context %j is none of BigCommerce',
    (context) => {
      expect(() => shopAfterCallback(bigcommerce, step, {}, { context })).toThrow('context');
    },
  );
});

describe('orders', () => {
  const definition = bigcommerce.resources.orders;

  test('are read behind the last id, none twice, whatever goes meanwhile', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 40 }), fc.array(fc.nat(39), { maxLength: 12 }), (count, gone) => {
        const there = new Set(Array.from({ length: count }, (_, id) => id + 1));
        const pending = [...gone];
        const ids = readAll(definition, ({ query = {} }) => {
          there.delete((pending.shift() ?? -1) + 1);
          expect(query['sort']).toBe('id:asc');
          const found = [...there].filter((id) => id >= Number(query['min_id'] ?? 0)).slice(0, 5);
          return found.length === 0
            ? { body: null, headers: {} }
            : { body: found.map((id) => ({ id })), headers: { 'content-type': 'application/json' } };
        });
        expect(new Set(ids).size).toBe(ids.length);
        for (const id of there) expect(ids).toContain(String(id));
      }),
    );
  });

  test('a page of HTML is no empty list', () => {
    const answer = { body: null, headers: { 'content-type': 'text/html' } };
    expect(() => definition.read(pass, null, answer)).toThrow('is not a list');
  });

  test('an order comes with its lines, one call each', () => {
    const order = { id: 101, products: { resource: '/orders/101/products' } };
    const { details } = definition;
    if (details === undefined) throw new Error('no lines');
    expect(details.max).toBe(1);
    expect(details.request(pass, [order])).toMatchObject({
      path: '/v2/orders/101/products',
      query: { limit: '250' },
    });
    const lines = [{ id: 1 }];
    expect(details.read({ body: lines }, [order])).toEqual([{ id: 101, products: lines }]);
    expect(details.read({ body: null }, [order])).toEqual([{ id: 101, products: [] }]);
  });

  const base = { id: 1, status_id: 11, default_currency_code: 'EUR', total_inc_tax: '1.0000' };

  test('an order that may have more lines than were told is set aside', () => {
    const products = Array.from({ length: 250 }, (_, id) => ({ id: id + 1, quantity: 1 }));
    expect(() => definition.map({ ...base, products }, PASS)).toThrow('"/products" may hold more lines');
  });

  test.each([
    [10, 'captured', 'completed', 'paid'],
    [7, '', 'open', 'pending'],
    [14, '', 'open', 'partially_refunded'],
    [4, 'refunded', 'completed', 'refunded'],
    [6, 'declined', 'cancelled', 'voided'],
    [5, '', 'cancelled', 'unknown'],
    [99, 'of tomorrow', 'unknown', 'unknown'],
  ])('status %i, paid %j', (status_id, payment_status, status, paymentStatus) => {
    const order = { ...base, status_id, payment_status, products: [] };
    expect(definition.map(order, PASS)).toMatchObject([{ status, paymentStatus }]);
  });
});

test.each([
  [11, {}, 'unfulfilled'],
  [2, {}, 'fulfilled'],
  [3, { items_total: 2, items_shipped: 0 }, 'partially_fulfilled'],
  [14, { items_total: 2, items_shipped: 2 }, 'fulfilled'],
  [14, {}, 'unknown'],
])('an order of status %i with %j is %s', (status_id, counts, fulfillmentStatus) => {
  const order = {
    id: 1,
    status_id,
    default_currency_code: 'EUR',
    total_inc_tax: '1',
    products: [],
    ...counts,
  };
  expect(bigcommerce.resources.orders.map(order, PASS)).toMatchObject([{ fulfillmentStatus }]);
});

describe('customers', () => {
  test('by page: none is missed when some go meanwhile', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 40 }), fc.array(fc.nat(39), { maxLength: 12 }), (count, gone) => {
        const there = new Set(Array.from({ length: count }, (_, id) => id + 1));
        const pending = [...gone];
        const ids = readAll(bigcommerce.resources.customers, ({ query = {} }) => {
          there.delete((pending.shift() ?? -1) + 1);
          const all = [...there].map((id) => ({ id }));
          const page = Number(query['page']);
          const data = all.slice((page - 1) * 5, page * 5);
          return { body: { data, meta: { pagination: { total: all.length } } }, headers: {} };
        });
        for (const id of there) expect(ids).toContain(String(id));
      }),
    );
  });
});

test('stock without a word of its paging is read until a page is not full', () => {
  const all = Array.from({ length: 12 }, (_, id) => ({ identity: { variant_id: id + 1 }, locations: [] }));
  const ids = readAll(bigcommerce.resources.inventory, ({ query = {} }) => {
    const page = Number(query['page']);
    return { body: { data: all.slice((page - 1) * 5, page * 5), meta: {} }, headers: {} };
  });
  expect(ids).toHaveLength(12);
});

test('every answer tells what is left of the store’s quota', () => {
  const [limit] = bigcommerce.rateLimits;
  const headers = {
    'x-rate-limit-requests-left': '140',
    'x-rate-limit-requests-quota': '450',
    'x-rate-limit-time-window-ms': '30000',
  };
  expect(limit.observe({ body: null, headers })).toEqual({ available: 140, burst: 450, perSecond: 15 });
  expect(limit.observe({ body: null, headers: {} })).toBeNull();
});
