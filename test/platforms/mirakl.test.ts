// What is Mirakl's alone: the shop of several, hosts that belong to Mirakl, states of an order.
import { describe, expect, test } from 'vitest';
import { mirakl } from '../../platforms/mirakl/platform.ts';
import { parseShop } from '../../platforms/shop.ts';
import { passFor } from './fixtures.ts';

const pass = { ...passFor(mirakl), pageSize: 100 };
const { orders, products } = mirakl.resources;

describe('a marketplace address', () => {
  test.each([
    'evil.example',
    'a.mirakl.net.evil.example',
    'a.b.mirakl.net',
    '-a.mirakl.net',
    'mirakl.net',
    'a.mirakl.net/x',
  ])('"%s" is refused', (instance) => {
    expect(() => parseShop(mirakl, { instance })).toThrow(/instance/);
  });

  test('is taken in any case', () => {
    expect(parseShop(mirakl, { instance: 'Operator-Prod.mirakl.net' })).toEqual({
      instance: 'operator-prod.mirakl.net',
    });
  });
});

test('every call names the shop that is meant, and none where the user has but one', () => {
  expect(orders.request({ ...pass, sinceMs: Date.UTC(2026, 10, 1) }, null).query).toEqual({
    max: '100',
    offset: '0',
    shop_id: '2003',
    start_update_date: '2026-11-01T00:00:00.000Z',
  });
  expect(products.request({ ...pass, shop: { instance: 'a.mirakl.net' } }, null).query).toEqual({
    max: '100',
    offset: '0',
  });
  expect(mirakl.proof.request({ instance: 'a.mirakl.net', shopId: '7' })).toMatchObject({
    query: { shop_id: '7' },
  });
});

test('a list that became shorter is read again from before', () => {
  const offers = Array.from({ length: 100 }, (_, at) => ({ offer_id: at }));
  const first = products.read(pass, null, { body: { offers, total_count: 250 }, headers: {} });
  const second = products.read(pass, first.next, { body: { offers, total_count: 245 }, headers: {} });
  expect(products.request(pass, second.next).query).toMatchObject({ offset: '95' });
});

test.each([
  ['waits to be accepted', { order_state: 'WAITING_ACCEPTANCE' }, 'open', 'pending', 'unfulfilled'],
  [
    'is paid and to be sent',
    { order_state: 'SHIPPING', customer_debited_date: '2026-10-03T09:00:00Z' },
    'open',
    'paid',
    'unfulfilled',
  ],
  [
    'arrived',
    { order_state: 'RECEIVED', customer_debited_date: '2026-10-03T09:00:00Z' },
    'completed',
    'paid',
    'fulfilled',
  ],
  [
    'was given back whole',
    { order_state: 'CLOSED', fully_refunded: true },
    'completed',
    'refunded',
    'unknown',
  ],
  ['was refused', { order_state: 'REFUSED' }, 'cancelled', 'unknown', 'unfulfilled'],
  ['has a new word', { order_state: 'INCIDENT' }, 'unknown', 'unknown', 'unknown'],
])('an order that %s', (_why, more, status, paymentStatus, fulfillmentStatus) => {
  const item = { order_id: '1', currency_iso_code: 'EUR', total_price: 1, ...more };
  expect(orders.map(item, pass)[0]).toMatchObject({ status, paymentStatus, fulfillmentStatus });
});
