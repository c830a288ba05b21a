// What is bol's alone: lists of a day's changes, which orders leave while they are read.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bolcom } from '../../platforms/bolcom/platform.ts';
import { passFor } from './fixtures.ts';
import { idsIn } from './pass-reader.ts';

const untilMs = Date.UTC(2026, 10, 21, 12);
const pass = { ...passFor(bolcom), untilMs, sinceMs: Date.UTC(2026, 10, 19, 23) };
const { orders, inventory } = bolcom.resources;

const readAll = idsIn(pass);

test('a pass over orders misses none that changed, though they leave their day while it runs, and reads each once a day', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 230 }),
      fc.array(fc.nat(229), { maxLength: 4 }),
      (count, changed) => {
        const all = new Map(Array.from({ length: count }, (_, at) => [`o${at}`, '2026-11-20']));
        const pending = [...changed];
        const asked = new Set<string>();
        const ids = readAll(orders, ({ query = {} }) => {
          expect(query).toMatchObject({ status: 'ALL', 'fulfilment-method': 'ALL' });
          const day = query['latest-change-date'] ?? '';
          asked.add(day);
          const found = [...all].flatMap(([orderId, on]) => (on === day ? [{ orderId }] : []));
          const from = (Number(query['page']) - 1) * 50;
          const id = `o${pending.shift() ?? -1}`;
          if (all.has(id)) all.set(id, '2026-11-22');
          const page = found.slice(from, from + 50);
          return page.length === 0 ? {} : { orders: page };
        });
        expect([...asked]).toEqual(['2026-11-19', '2026-11-20', '2026-11-21']);
        for (const [id, on] of all) if (on === '2026-11-20') expect(ids).toContain(id);
        expect(new Set(ids).size).toBe(ids.length);
      },
    ),
  );
});

test('a first pass asks for three months of days', () => {
  const { query } = orders.request({ ...pass, sinceMs: null }, null);
  expect(query?.['latest-change-date']).toBe('2026-08-24');
});

test('an order is read by its id, which leads nowhere else', () => {
  expect(orders.details?.request(pass, [{ orderId: '1043946570' }]).path).toBe('/orders/1043946570');
  expect(() => orders.details?.request(pass, [{ orderId: '../offers' }])).toThrow('orderId');
});

test('stock is read page by page until nothing new is told', () => {
  const all = Array.from({ length: 120 }, (_, at) => ({ bsku: `b${at}` }));
  const ids = readAll(inventory, ({ query = {} }) => {
    const from = (Number(query['page']) - 1) * 50;
    return { inventory: all.slice(from, from + 50) };
  });
  expect(ids).toEqual(all.map(({ bsku }) => bsku));
});

test.each([
  ['nothing was sent', [[2, 0, 0]], 'open', 'unfulfilled'],
  ['one of two was sent', [[2, 1, 0]], 'open', 'partially_fulfilled'],
  ['the other was cancelled', [[2, 1, 1]], 'completed', 'fulfilled'],
  [
    'all was cancelled',
    [
      [1, 0, 1],
      [2, 0, 2],
    ],
    'cancelled',
    'unfulfilled',
  ],
])('an order of which %s', (_why, rows, status, fulfillmentStatus) => {
  const orderItems = rows.map(([quantity = 0, quantityShipped = 0, quantityCancelled = 0], at) => ({
    ...{ orderItemId: String(at), quantity, quantityShipped, quantityCancelled, unitPrice: 1 },
  }));
  expect(orders.map({ orderId: '1', orderItems }, pass)[0]).toMatchObject({ status, fulfillmentStatus });
});
