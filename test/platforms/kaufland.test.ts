// What is Kaufland's alone: a storefront in every list, orders read by themselves, pieces of which each has a status.
import { expect, test } from 'vitest';
import { kaufland } from '../../platforms/kaufland/platform.ts';
import { passFor } from './fixtures.ts';

const pass = { ...passFor(kaufland), pageSize: 100 };
const { orders, products } = kaufland.resources;

test('changed orders are asked for in whole seconds of UTC, in the storefront of the connection', () => {
  const request = orders.request({ ...pass, sinceMs: Date.UTC(2026, 10, 1, 2, 3, 4, 567) }, null);
  expect(request.query).toEqual({
    storefront: 'de',
    limit: '100',
    offset: '0',
    ts_units_updated_from_iso: '2026-11-01T02:03:04Z',
  });
});

test('an order is read by its id, which leads nowhere else', () => {
  expect(orders.details?.request(pass, [{ id_order: 'M53KUW5' }]).path).toBe('/orders/M53KUW5');
  expect(() => orders.details?.request(pass, [{ id_order: 'A/../units' }])).toThrow('id_order');
  const body = { data: { id_order: 'M53KUW5', order_units: [] } };
  expect(orders.details?.read({ body }, [])).toEqual([body.data]);
});

test('a list that became shorter is read again from before', () => {
  const data = Array.from({ length: 100 }, (_, at) => ({ id_unit: at }));
  const first = products.read(pass, null, { body: { data, pagination: { total: 250 } }, headers: {} });
  expect(products.request(pass, first.next).query).toMatchObject({ offset: '100' });
  const second = products.read(pass, first.next, { body: { data, pagination: { total: 240 } }, headers: {} });
  expect(products.request(pass, second.next).query).toMatchObject({ offset: '90' });
});

test.each([
  ['one waits', ['sent', 'open'], 'open', 'partially_fulfilled'],
  ['all are on their way', ['sent', 'received'], 'open', 'fulfilled'],
  ['all arrived but what was cancelled', ['received', 'cancelled'], 'completed', 'fulfilled'],
  ['all came back', ['returned', 'returned_paid'], 'completed', 'returned'],
  ['all were cancelled', ['cancelled'], 'cancelled', 'unfulfilled'],
  ['one has a new word', ['sent', 'lost'], 'unknown', 'unknown'],
])('an order of whose pieces %s', (_why, words, status, fulfillmentStatus) => {
  const order_units = words.map((word, at) => ({
    id_order_unit: at + 1,
    status: word,
    price: 1,
    currency: 'EUR',
  }));
  expect(orders.map({ id_order: 'A', order_units }, pass)[0]).toMatchObject({ status, fulfillmentStatus });
});
