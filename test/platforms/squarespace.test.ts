// What is Squarespace's alone: a cursor that is sent without a range, and orders of the test mode.
import { describe, expect, test } from 'vitest';
import type { Json } from '../../domain/platform.ts';
import { squarespace } from '../../platforms/squarespace/platform.ts';
import { PASS } from './fixtures.ts';

const { orders } = squarespace.resources;
const page = (next: string | null): Json => ({
  result: [],
  pagination: { hasNextPage: next !== null, nextPageCursor: next },
});

describe('a pass over orders', () => {
  const since = { ...PASS, sinceMs: Date.UTC(2026, 10, 20) };

  test('names both ends of its range, or neither', () => {
    expect(orders.request(PASS, null).query).toEqual({});
    expect(orders.request(since, null).query).toEqual({
      modifiedAfter: '2026-11-20T00:00:00.000Z',
      modifiedBefore: '2026-11-21T00:00:00.000Z',
    });
  });

  test('goes on by the cursor alone, and ends where no page follows', () => {
    const { next } = orders.read(since, null, { body: page('b342'), headers: {} });
    expect(orders.request(since, next).query).toEqual({ cursor: 'b342' });
    expect(orders.read(since, next, { body: page(null), headers: {} }).next).toBeNull();
  });

  test('refuses a page that says another follows and not where', () => {
    const body = { result: [], pagination: { hasNextPage: true } };
    expect(() => orders.read(since, null, { body, headers: {} })).toThrow('nextPageCursor');
  });
});

test('an order of the test mode is no record', () => {
  const order = { id: '1', testmode: true, grandTotal: { value: '1.00', currency: 'USD' } };
  expect(orders.map(order, PASS)).toEqual([]);
  expect(orders.map({ ...order, testmode: false }, PASS)).toHaveLength(1);
});
