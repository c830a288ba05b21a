// What is Wix's alone: a cursor that stands for the whole query, contacts that are paged by their creation, products that are read one by one.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Json, PageCursor } from '../../domain/platform.ts';
import { valueAt } from '../../platforms/json.ts';
import { wix } from '../../platforms/wix/platform.ts';
import { PASS } from './fixtures.ts';

const { orders, customers, products } = wix.resources;
const SINCE = { ...PASS, sinceMs: Date.UTC(2026, 10, 20) };

describe('a pass over orders', () => {
  test('asks for what changed, by update time', () => {
    expect(orders.request(SINCE, null).body).toEqual({
      search: {
        filter: { updatedDate: { $gte: '2026-11-20T00:00:00.000Z' } },
        sort: [{ fieldName: 'updatedDate', order: 'ASC' }],
        cursorPaging: { limit: 50 },
      },
    });
  });

  test('goes on by the cursor, and neither filters nor sorts again', () => {
    const body = { orders: [{ id: '1' }], metadata: { cursors: { next: 'abc' } } };
    const { next } = orders.read(SINCE, null, { body, headers: {} });
    expect(orders.request(SINCE, next).body).toEqual({
      search: { cursorPaging: { limit: 50, cursor: 'abc' } },
    });
  });
});

type Contact = { readonly id: string; readonly createdDate: string };

/** Filters, sorts and pages as Wix does. */
function query(contacts: readonly Contact[], body: Json | undefined): Json {
  const from = String(valueAt(body, 'query.filter.createdDate.$gte') ?? '');
  const offset = Number(valueAt(body, 'query.paging.offset'));
  const found = contacts
    .filter((one) => one.createdDate >= from)
    .sort((a, b) => (a.createdDate < b.createdDate ? -1 : a.createdDate > b.createdDate ? 1 : 0));
  const page = found.slice(offset, offset + Number(valueAt(body, 'query.paging.limit')));
  return { contacts: page, pagingMetadata: { count: page.length, offset, total: found.length } };
}

test('a pass over contacts misses none that stays, also where many came in one import', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(2), { minLength: 12, maxLength: 40, size: 'max' }), (times) => {
      const contacts = times.map((time, at) => ({
        id: `c${at}`,
        createdDate: `2026-01-0${time + 1}T00:00:00Z`,
      }));
      const seen = new Set<string | null>();
      let cursor: PageCursor | null = null;
      for (let requests = 0; requests < 100; requests++) {
        const pass = { ...PASS, pageSize: 3 };
        const body: Json = query(contacts, customers.request(pass, cursor).body);
        const page = customers.read(pass, cursor, { body, headers: {} });
        for (const item of page.items) seen.add(customers.idOf(item));
        cursor = page.next === null ? null : (JSON.parse(JSON.stringify(page.next)) as Json);
        if (cursor === null) break;
      }
      expect(cursor).toBeNull();
      expect(seen.size).toBe(contacts.length);
    }),
  );
});

describe('a product', () => {
  const listed = { id: 'p/1', name: 'Tea tin', plainDescription: 'Keeps tea.' };

  test('is read by its own id, and keeps what the list alone told', () => {
    expect(products.details?.request(PASS, [listed])).toMatchObject({
      path: '/stores/v3/products/p%2F1',
      query: { fields: 'VARIANT_OPTION_CHOICE_NAMES' },
    });
    const body = { product: { id: 'p/1', name: 'Tea tin', currency: 'EUR' } };
    expect(products.details?.read({ body }, [listed])).toEqual([{ ...listed, currency: 'EUR' }]);
  });

  test('that went meanwhile is left out', () => {
    expect(products.details?.read({ body: { message: 'x' } }, [listed])).toEqual([]);
  });
});
