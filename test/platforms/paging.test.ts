// Passes over long, moving lists, against small models of the platforms' paging with their caps.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Json, PlatformRequest } from '../../domain/platform.ts';
import { findPlatform } from '../../platforms/index.ts';
import { textOf, valueAt } from '../../platforms/json.ts';
import { MAX_QUERY_COST, queryCost } from '../../platforms/shopify/query-cost.ts';
import { definitionOf, PASS } from './fixtures.ts';
import { type Answer, readPass } from './pass-reader.ts';

const ids = (items: readonly Json[]) => new Set(items.map((item) => textOf(valueAt(item, 'id'))));

describe('Shopify', () => {
  const definition = definitionOf('shopify', 'orders');

  interface Model {
    readonly id: number;
    readonly updatedAt: string;
    readonly lines: number;
  }

  /** A connection that ends without a word after 25,000 objects of one query. */
  function shopOf(orders: readonly Model[]): (request: PlatformRequest) => Answer {
    const sorted = [...orders].sort((a, b) =>
      a.updatedAt < b.updatedAt ? -1 : a.updatedAt > b.updatedAt ? 1 : a.id - b.id,
    );
    const windows = new Map<string, readonly Model[]>();
    const windowFrom = (from: string): readonly Model[] => {
      const known = windows.get(from) ?? sorted.filter((one) => one.updatedAt >= from).slice(0, 25_000);
      windows.set(from, known);
      return known;
    };
    return (request) => {
      const query = textOf(valueAt(request.body, 'query')) ?? '';
      if (queryCost(query) > MAX_QUERY_COST) throw new Error(`the query costs ${queryCost(query)}`);
      const after = Number(textOf(valueAt(request.body, 'variables.after')) ?? 0);
      const single = textOf(valueAt(request.body, 'variables.id'));
      const nested = Number(/lineItems\(first: (\d+)/.exec(query)?.[1]);
      if (single !== null) {
        const order = orders.find((one) => gid(one.id) === single);
        return {
          body: { data: { order: order === undefined ? null : node(order, after, nested) } },
          headers: {},
        };
      }
      const filter = textOf(valueAt(request.body, 'variables.filter')) ?? '';
      const from = /updated_at:>='([^']+)'/.exec(filter)?.[1] ?? '';
      const first = Number(/orders\(first: (\d+)/.exec(query)?.[1]);
      const found = windowFrom(from);
      const nodes = found.slice(after, after + first).map((one) => node(one, 0, nested));
      const end = after + first;
      return {
        body: {
          data: { orders: { nodes, pageInfo: { hasNextPage: end < found.length, endCursor: String(end) } } },
        },
        headers: {},
      };
    };
  }

  const gid = (id: number) => `gid://shopify/Order/${id}`;
  const node = (order: Model, after: number, first: number): Json => ({
    id: gid(order.id),
    updatedAt: order.updatedAt,
    lineItems: {
      nodes: Array.from({ length: Math.min(first, order.lines - after) }, (_, at) => ({
        id: `line/${after + at}`,
      })),
      pageInfo: { hasNextPage: after + first < order.lines, endCursor: String(after + first) },
    },
  });
  const at = (second: number) =>
    new Date(Date.UTC(2026, 0, 1) + second * 1_000).toISOString().replace('.000', '');

  test('a backfill of 60,000 orders passes the cap of 25,000 by windows, and misses none', () => {
    const orders = Array.from({ length: 60_000 }, (_, id) => ({
      id: id + 1,
      updatedAt: at(Math.floor(id / 7)),
      lines: 1,
    }));
    const { items, requests } = readPass(
      definition,
      { ...PASS, pageSize: definition.pageSize.default },
      shopOf(orders),
    );
    expect(ids(items).size).toBe(60_000);
    expect(requests).toBeLessThan(1_300);
  });

  test('an order with 400 line items comes once, with all of them in order', () => {
    const orders = [3, 400, 5, 6, 151].map((lines, id) => ({ id: id + 1, updatedAt: at(id), lines }));
    const { items } = readPass(definition, { ...PASS, pageSize: 50 }, shopOf(orders));
    expect(items).toHaveLength(5);
    for (const item of items) {
      const order = orders.find((one) => gid(one.id) === valueAt(item, 'id'));
      const lines = valueAt(item, 'lineItems.nodes');
      const expected = Array.from({ length: order?.lines ?? 0 }, (_, line) => ({ id: `line/${line}` }));
      expect(lines).toEqual(expected);
    }
  });

  test.each([
    [0, 1],
    [3, 1],
    [10, 1],
    [11, 2],
    [400, 4],
  ])(
    'an order with %i line items that is read by itself takes %i requests, the first of them a cheap one',
    (lines, requests) => {
      const { one } = definition;
      if (one === undefined || !('begin' in one)) throw new Error('an order is read by a pass');
      const shop = shopOf([{ id: 1, updatedAt: at(1), lines }]);
      const costs: number[] = [];
      const read = readPass(
        definition,
        PASS,
        (request) => {
          costs.push(request.cost ?? 0);
          return shop(request);
        },
        one.begin(gid(1)),
      );
      expect(valueAt(read.items[0] ?? null, 'lineItems.nodes')).toHaveLength(lines);
      expect(read.requests).toBe(requests);
      expect(costs[0]).toBeLessThan(40);
    },
  );

  test('more than 25,000 objects of one second are refused, never cut off in silence', () => {
    const orders = Array.from({ length: 60_000 }, (_, id) => ({ id: id + 1, updatedAt: at(1), lines: 1 }));
    expect(() => readPass(definition, { ...PASS, pageSize: 50 }, shopOf(orders))).toThrow(/25000/);
  });

  test('no query costs more than the cap, whatever the page size', () => {
    const platform = findPlatform('shopify');
    for (const one of Object.values(platform?.resources ?? {})) {
      for (const pageSize of [1, 250, 10_000]) {
        for (const cursor of [null, { pending: ['gid://shopify/X/1'] }]) {
          const request = one.request({ ...PASS, pageSize }, cursor);
          expect(request.cost).toBeLessThanOrEqual(MAX_QUERY_COST);
          expect(request.cost).toBe(queryCost(textOf(valueAt(request.body, 'query')) ?? ''));
        }
      }
    }
  });

  test('a field behind a scope that was not granted is not asked for', () => {
    const queryWith = (scopes: string) =>
      textOf(valueAt(definition.request({ ...PASS, facts: { scopes } }, null).body, 'query')) ?? '';
    expect(queryWith('read_orders')).not.toMatch(/customer \{|variant \{/);
    expect(queryWith('read_orders,write_products,read_customers')).toMatch(
      /customer \{ id \}.*variant \{ id \}/,
    );
  });
});

describe('WooCommerce', () => {
  const products = definitionOf('woocommerce', 'products');

  test('whatever is deleted while a pass runs, what stays is read', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.array(fc.nat(59), { maxLength: 20 }),
        (count, deletions) => {
          const alive = new Set(Array.from({ length: count }, (_, id) => id + 1));
          const pending = [...deletions];
          const { items } = readPass(products, { ...PASS, pageSize: 5 }, (request) => {
            const gone = pending.shift();
            if (gone !== undefined) alive.delete(gone + 1);
            const all = [...alive];
            const page = Number(request.query?.['page']);
            const body = all
              .slice((page - 1) * 5, page * 5)
              .map((id) => ({ id, type: 'simple', variations: [] }));
            const pages = Math.max(1, Math.ceil(all.length / 5));
            return { body, headers: { 'x-wp-total': String(all.length), 'x-wp-totalpages': String(pages) } };
          });
          for (const id of alive) expect(ids(items)).toContain(String(id));
        },
      ),
    );
  });

  test('a variable product waits for all pages of its variations', () => {
    const { items } = readPass(products, { ...PASS, pageSize: 2 }, ({ path, query }) => {
      const headers = (pages: number, page: number): Record<string, string> =>
        page < pages
          ? { link: '<https://x/?page=2>; rel="next"' }
          : { link: '<https://x/?page=1>; rel="prev"' };
      if (path === '/products') {
        return {
          body: [
            { id: 1, type: 'variable', variations: [11, 12, 13] },
            { id: 2, type: 'simple', variations: [] },
          ],
          headers: headers(1, 1),
        };
      }
      if (path === '/products/1') return { body: { id: 1, type: 'variable', name: 'T' }, headers: {} };
      const page = Number(query?.['page']);
      return {
        body: [{ id: 9 + 2 * page }, { id: 10 + 2 * page }].slice(0, page === 2 ? 1 : 2),
        headers: headers(2, page),
      };
    });
    expect(items).toHaveLength(2);
    expect(items[1]).toEqual({
      id: 1,
      type: 'variable',
      name: 'T',
      variations: [{ id: 11 }, { id: 12 }, { id: 13 }],
    });
  });

  test('the filter takes the second before, because it leaves its own out', () => {
    const request = products.request({ ...PASS, sinceMs: Date.UTC(2026, 0, 1, 0, 0, 10) }, null);
    expect(request.query).toMatchObject({ modified_after: '2026-01-01T00:00:09', dates_are_gmt: 'true' });
  });
});

describe('Shopee', () => {
  test('a window of orders is never wider than 15 days', () => {
    const { windowS, request } = definitionOf('shopee', 'orders');
    fc.assert(
      fc.property(fc.integer({ min: 1_600_000_000_000, max: 1_800_000_000_000 }), (sinceMs) => {
        const { query } = request({ ...PASS, sinceMs, untilMs: sinceMs + (windowS ?? 0) * 1_000 }, null);
        expect(Number(query?.['time_to']) - Number(query?.['time_from'])).toBeLessThanOrEqual(15 * 86_400);
      }),
    );
  });

  test('items: ids, base information, models; deleted ones are told', () => {
    const definition = definitionOf('shopee', 'products');
    const asked: string[] = [];
    const pass = { ...PASS, sinceMs: 1_700_000_000_000 };
    let deleted: readonly string[] = [];
    const { items } = readPass(
      {
        ...definition,
        read: (p, c, a) => {
          const page = definition.read(p, c, a);
          deleted = [...deleted, ...(page.deleted ?? [])];
          return page;
        },
      },
      pass,
      (request) => {
        asked.push(request.endpoint);
        if (request.endpoint.endsWith('get_item_list')) {
          const isFirst = request.query?.['offset'] === '0';
          const item = isFirst
            ? [
                { item_id: 1, item_status: 'NORMAL' },
                { item_id: 2, item_status: 'NORMAL' },
                { item_id: 3, item_status: 'SELLER_DELETE' },
              ]
            : [];
          return {
            body: {
              error: '',
              response: {
                item,
                total_count: 3,
                has_next_page: isFirst,
                ...(isFirst ? { next_offset: 3 } : {}),
              },
            },
            headers: {},
          };
        }
        if (request.endpoint.endsWith('get_item_base_info')) {
          return {
            body: {
              response: {
                item_list: [
                  { item_id: 1, has_model: false },
                  { item_id: 2, has_model: true, item_name: 'M' },
                ],
              },
            },
            headers: {},
          };
        }
        return { body: { response: { model: [{ model_id: 21 }] } }, headers: {} };
      },
    );
    expect(items).toEqual([
      { item_id: 1, has_model: false },
      { item_id: 2, item_name: 'M', model: [{ model_id: 21 }] },
    ]);
    expect(deleted).toEqual(['3']);
    expect(asked).toHaveLength(4);
  });
});
