// What is Lazada's alone: orders that move while they are read, products in windows of creation time, items that are told apart from their order.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Json, PageCursor, PlatformRequest, ResourceDefinition } from '../../domain/platform.ts';
import { lazada } from '../../platforms/lazada/platform.ts';
import { passFor } from './fixtures.ts';
import { readPass } from './pass-reader.ts';

const pass = { ...passFor(lazada), pageSize: 5 };
const { orders, products } = lazada.resources;

const readAll = (definition: ResourceDefinition, answer: (request: PlatformRequest) => Json) =>
  readPass(definition, pass, (request) => ({ body: answer(request), headers: {} }));

const START_MS = Date.UTC(2026, 0, 1);
const told = (ms: number) =>
  `${new Date(ms + 8 * 3_600_000).toISOString().slice(0, 19).replace('T', ' ')} +0800`;
const number = (query: PlatformRequest['query'], name: string) => Number(query?.[name] ?? Number.NaN);

function ordersAnswer(all: ReadonlyMap<number, number>, { query }: PlatformRequest): Json {
  expect(query).toMatchObject({ sort_by: 'updated_at', sort_direction: 'ASC' });
  const after = Date.parse(query?.['update_after'] ?? '');
  const found = [...all].filter(([, ms]) => ms >= after).sort(([, a], [, b]) => a - b);
  const offset = number(query, 'offset');
  expect(offset).toBeLessThanOrEqual(5_000);
  const page = found.slice(offset, offset + number(query, 'limit'));
  const items = page.map(([id, ms]) => ({ order_id: id, updated_at: told(ms) }));
  return { code: '0', data: { count: String(items.length), countTotal: found.length, orders: items } };
}

describe('a pass over orders', () => {
  test('misses none, though orders change and move to the end while it runs', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(20), { maxLength: 60 }),
        fc.array(fc.nat(59), { maxLength: 20 }),
        (seconds, changed) => {
          const all = new Map(seconds.map((second, id) => [id + 1, START_MS + second * 1_000]));
          const pending = [...changed];
          const { ids } = readAll(orders, (request) => {
            const answer = ordersAnswer(all, request);
            const id = (pending.shift() ?? -2) + 1;
            if (all.has(id)) all.set(id, START_MS + 3_600_000 + pending.length * 1_000);
            return answer;
          });
          expect(new Set(ids)).toEqual(new Set([...all.keys()].map(String)));
        },
      ),
    );
  });

  test('stops where orders do not come sorted: it could not know what it missed', () => {
    const item = (second: number) => ({ order_id: second, updated_at: told(START_MS + second * 1_000) });
    const body = { data: { orders: [1, 2, 5, 4, 6].map(item) } };
    expect(() => orders.read(pass, null, { body, headers: {} })).toThrow('is not sorted');
  });

  test('asks for the items of 50 orders at once, and gives each its own', () => {
    const listed = [{ order_id: 7, price: '1' }, { order_id: '8' }];
    expect(orders.details.request(pass, listed).query).toEqual({ order_ids: '[7,8]' });
    const body = {
      data: [
        { order_number: 8, order_id: 8, order_items: [{ order_item_id: 81 }] },
        { order_number: 7, order_id: 7, order_items: [{ order_item_id: 71 }] },
      ],
    };
    expect(orders.details.read({ body }, listed)).toEqual([
      { order_id: 7, price: '1', order_items: [{ order_item_id: 71 }] },
      { order_id: '8', order_items: [{ order_item_id: 81 }] },
    ]);
    expect(() => orders.details.read({ body: { data: [] } }, listed)).toThrow('lacks the items');
  });
});

/** Products in no order that is documented, by creation time, as far as an offset reaches. */
function productsAnswer(
  all: readonly { id: number; ms: number; status?: string }[],
  { query }: PlatformRequest,
) {
  const at = (name: string, otherwise: number) =>
    query?.[name] === undefined ? otherwise : Date.parse(query[name]);
  const [from, to] = [at('create_after', 0), at('create_before', Number.POSITIVE_INFINITY)];
  const found = all.filter(({ ms }) => ms >= from && ms <= to);
  const offset = number(query, 'offset');
  expect(offset).toBeLessThan(10_000);
  const page = found.slice(offset, offset + number(query, 'limit'));
  const items = page.map(({ id, status = 'Active' }) => ({ item_id: id, status }));
  return { code: '0', data: { total_products: found.length, products: items } };
}

describe('a pass over products', () => {
  test('goes beyond what an offset reaches, by halves of creation time', () => {
    const all = Array.from({ length: 10_300 }, (_, id) => ({
      id: id + 1,
      ms: START_MS + (id % 9_000) * 60_000,
    }));
    const wide = { ...pass, pageSize: 50 };
    const ids = new Set<string | null>();
    let cursor: PageCursor | null = null;
    for (let requests = 0; requests < 600; requests++) {
      const body: Json = productsAnswer(all, products.request(wide, cursor));
      const page = products.read(wide, cursor, { body, headers: {} });
      for (const item of page.items) ids.add(products.idOf(item));
      if (page.next === null) break;
      cursor = page.next;
    }
    expect(ids.size).toBe(10_300);
  });

  test('misses nothing that stays when others vanish from the list meanwhile', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 40 }), fc.array(fc.nat(39), { maxLength: 12 }), (count, gone) => {
        let all = Array.from({ length: count }, (_, id) => ({ id: id + 1, ms: START_MS }));
        const pending = [...gone];
        const { ids } = readAll(products, (request) => {
          const id = (pending.shift() ?? -1) + 1;
          all = all.filter((one) => one.id !== id);
          return productsAnswer(all, request);
        });
        for (const { id } of all) expect(ids).toContain(String(id));
      }),
    );
  });

  test('tells what the seller deleted', () => {
    const all = [
      { id: 1, ms: START_MS },
      { id: 2, ms: START_MS, status: 'Deleted' },
    ];
    expect(readAll(products, (request) => productsAnswer(all, request))).toMatchObject({
      ids: ['1'],
      deleted: ['2'],
    });
  });
});

test.each([
  ['everything is on its way', ['shipped'], 'open', 'fulfilled'],
  ['one waits', ['delivered', 'ready_to_ship'], 'open', 'partially_fulfilled'],
  ['all arrived but what was cancelled', ['delivered', 'canceled'], 'completed', 'fulfilled'],
  ['all came back', ['returned', 'shipped_back_success'], 'completed', 'returned'],
  ['a parcel was lost', ['lost_by_3pl'], 'completed', 'fulfilled'],
  ['it is not paid', ['unpaid'], 'open', 'unfulfilled'],
  ['Lazada has a new word', ['teleported'], 'unknown', 'unknown'],
])('an order of which %s', (_why, statuses, status, fulfillmentStatus) => {
  const [order] = orders.map({ order_id: 1, price: '1.00', statuses, order_items: [] }, pass);
  expect(order).toMatchObject({ status, fulfillmentStatus });
});
