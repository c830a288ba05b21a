// What is Faire's alone: a cursor that takes the place of what was asked for first, and page numbers where none is told.
import { describe, expect, test } from 'vitest';
import type { Json, PassContext, PlatformRequest } from '../../domain/platform.ts';
import { faire } from '../../platforms/faire/platform.ts';
import { passFor } from './fixtures.ts';
import { idsIn } from './pass-reader.ts';

const pass: PassContext = { ...passFor(faire), pageSize: 50, sinceMs: Date.UTC(2026, 10, 1) };

const { orders, inventory } = faire.resources;

const readAll = (answer: (request: PlatformRequest) => Json) => idsIn(pass)(orders, answer);

function slice(total: number, page: number): Json[] {
  const size = Math.max(0, Math.min(50, total - (page - 1) * 50));
  return Array.from({ length: size }, (_, n) => ({ id: `bo_${(page - 1) * 50 + n}` }));
}

describe.each([0, 1, 50, 51, 120, 150])('%s orders', (total) => {
  test.each([true, false])(
    'are all read by the cursor (which the last page tells, too: %s)',
    (isToldAlways) => {
      const ids = readAll(({ query = {} }) => {
        const { cursor, limit, page: number, ...filters } = query;
        expect(limit).toBe('50');
        const isFirst = cursor === undefined;
        expect(filters).toEqual(isFirst ? { updated_at_min: '2026-11-01T00:00:00.000Z' } : {});
        // A full page that tells none may be one of numbered pages.
        if (number !== undefined) expect([total, number, cursor]).toEqual([50, '2', undefined]);
        const page = Number(cursor ?? number ?? 1);
        const isMore = total > page * 50 || isToldAlways;
        return { orders: slice(total, page), cursor: isMore ? String(page + 1) : null };
      });
      expect(new Set(ids).size).toBe(total);
    },
  );

  test('are all read by pages, of the same filter', () => {
    const ids = readAll(({ query = {} }) => {
      expect(query['updated_at_min']).toBe('2026-11-01T00:00:00.000Z');
      return { page: Number(query['page'] ?? 1), orders: slice(total, Number(query['page'] ?? 1)) };
    });
    expect(new Set(ids).size).toBe(total);
  });
});

test('stock of what was deleted, or is not counted, is none', () => {
  const variants = [
    { id: 'po_1', available_quantity: 3 },
    { id: 'po_2', available_quantity: null },
  ];
  const levels = (lifecycle_state: string) => inventory.map({ id: 'p_1', lifecycle_state, variants }, pass);
  expect(levels('PUBLISHED')).toMatchObject([{ platformId: 'po_1', available: 3 }]);
  expect(levels('DELETED')).toEqual([]);
});

test('stock is never asked for by what changed', () => {
  expect(inventory.filter).toBe('full_scan');
  expect(inventory.request({ ...pass, sinceMs: null }, null).query).toEqual({ limit: '50' });
});

describe('an order', () => {
  const told = {
    id: 'bo_1',
    items: [{ id: 'oi_1', quantity: 3, price: { amount_minor: 1999, currency: 'GBP' } }],
  };

  test('without costs comes to its items', () => {
    expect(orders.map(told, pass)).toMatchObject([{ total: { amount: '59.97', currency: 'GBP' } }]);
  });

  test('without a price is refused, never taken for nothing', () => {
    expect(() => orders.map({ ...told, items: [{ id: 'oi_1', quantity: 3, price_cents: 1 }] }, pass)).toThrow(
      'tells no price',
    );
  });

  test('with an instant that there is not is refused', () => {
    expect(() => orders.map({ ...told, created_at: '20261341T101112.000Z' }, pass)).toThrow('created_at');
  });

  test.each([
    ['PRE_TRANSIT', 'open', 'fulfilled'],
    ['DELIVERED', 'completed', 'fulfilled'],
    ['BACKORDERED', 'open', 'unfulfilled'],
    ['constructor', 'unknown', 'unknown'],
  ])('that is %s is %s and %s', (state, status, fulfillmentStatus) => {
    expect(orders.map({ ...told, state }, pass)).toMatchObject([{ status, fulfillmentStatus }]);
  });
});
