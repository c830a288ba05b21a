// What is Allegro's alone: orders that move while they are read, offers that vanish from a list.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { allegro } from '../../platforms/allegro/platform.ts';
import { passFor } from './fixtures.ts';
import { idsIn } from './pass-reader.ts';

const pass = { ...passFor(allegro), pageSize: 5 };
const { orders, products } = allegro.resources;

const readAll = idsIn(pass);

const iso = (second: number) => new Date(Date.UTC(2026, 0, 1) + second * 1_000).toISOString();

test('a pass over orders misses none, though they change and move to the end while it runs', () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(20), { maxLength: 60 }),
      fc.array(fc.nat(59), { maxLength: 20 }),
      (seconds, changed) => {
        const all = new Map(seconds.map((second, at) => [String(at), iso(second)]));
        const pending = [...changed];
        const ids = readAll(orders, ({ query = {} }) => {
          expect(query['sort']).toBe('updatedAt');
          const found = [...all].filter(([, at]) => at >= (query['updatedAt.gte'] ?? ''));
          found.sort(([, a], [, b]) => (a < b ? -1 : a > b ? 1 : 0));
          const offset = Number(query['offset']);
          const page = found.slice(offset, offset + Number(query['limit']));
          const id = String(pending.shift() ?? '-');
          if (all.has(id)) all.set(id, iso(3_600 + pending.length));
          const forms = page.map(([form, updatedAt]) => ({ id: form, updatedAt }));
          return { checkoutForms: forms, totalCount: found.length };
        });
        expect(new Set(ids)).toEqual(new Set(all.keys()));
      },
    ),
  );
});

test('a pass over orders stops where they do not come sorted: it could not know what it missed', () => {
  const form = (second: number) => ({ id: String(second), updatedAt: iso(second) });
  const body = { checkoutForms: [1, 2, 5, 4, 6].map(form), totalCount: 9 };
  expect(() => orders.read(pass, null, { body, headers: {} })).toThrow('is not sorted');
});

test('a pass over offers misses nothing that stays when others vanish from the list meanwhile', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 40 }), fc.array(fc.nat(39), { maxLength: 12 }), (count, gone) => {
      let all = Array.from({ length: count }, (_, at) => ({ id: String(at) }));
      const pending = [...gone];
      const ids = readAll(products, ({ query = {} }) => {
        const id = String(pending.shift() ?? -1);
        all = all.filter((one) => one.id !== id);
        const offset = Number(query['offset']);
        return { offers: all.slice(offset, offset + Number(query['limit'])), totalCount: all.length };
      });
      for (const { id } of all) expect(ids).toContain(id);
    }),
  );
});

test.each([
  [
    'waits for its payment',
    { status: 'FILLED_IN', fulfillment: { status: 'NEW' } },
    'open',
    'pending',
    'unfulfilled',
  ],
  [
    'was sent',
    { status: 'READY_FOR_PROCESSING', fulfillment: { status: 'SENT' }, payment: { finishedAt: iso(1) } },
    'open',
    'paid',
    'fulfilled',
  ],
  [
    'was fetched',
    { status: 'READY_FOR_PROCESSING', fulfillment: { status: 'PICKED_UP' } },
    'completed',
    'unknown',
    'fulfilled',
  ],
  [
    'the buyer cancelled',
    { status: 'CANCELLED', fulfillment: { status: 'CANCELLED' } },
    'cancelled',
    'unknown',
    'unfulfilled',
  ],
  [
    'is in words we do not know',
    { status: 'X', fulfillment: { status: 'Y' } },
    'unknown',
    'unknown',
    'unknown',
  ],
])('an order that %s', (_why, more, status, paymentStatus, fulfillmentStatus) => {
  const item = { id: '1', summary: { totalToPay: { amount: '1.00', currency: 'PLN' } }, ...more };
  expect(orders.map(item, pass)[0]).toMatchObject({ status, paymentStatus, fulfillmentStatus });
});
