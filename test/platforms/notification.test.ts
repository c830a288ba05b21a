// What a notification without a topic is about: a duty is believed by what its signed body has, or is, and by nothing less.
import { describe, expect, test } from 'vitest';
import type { Json } from '../../domain/platform.ts';
import { readNotification, readSubject } from '../../platforms/notification.ts';
import { tiendanube } from '../../platforms/tiendanube/platform.ts';

const { notifications } = tiendanube;
const read = (body: Json, of = notifications) => {
  const { topic, means, shop } = readNotification(of, { headers: {}, body });
  return { topic, means, shop };
};
const CUSTOMER = { id: 1, email: 'a@b.example' };
const NONE = { topic: '', means: null };

describe('a body that names no event', () => {
  test.each([
    ['of a store alone', { store_id: 123 }, 'store/redact', 'erase_shop'],
    [
      'of a customer and orders',
      { store_id: 123, customer: CUSTOMER, orders_to_redact: [213] },
      'customers/redact',
      'erase_customer',
    ],
    [
      'of a request',
      { store_id: 123, customer: CUSTOMER, orders_requested: [213], data_request: { id: 456 } },
      'customers/data_request',
      'customer_data',
    ],
  ])('%s says which duty it is, and of which shop', (_, body, topic, means) => {
    expect(read(body)).toEqual({ topic, means, shop: '123' });
    expect(read(body, { ...notifications, signature: null })).toMatchObject(NONE);
  });

  test.each<[string, Json]>([
    ['of a store and more', { store_id: 123, id: 1 }],
    ['of a customer without orders', { store_id: 123, customer: CUSTOMER }],
    ['of nothing', {}],
    ['that is a list', [{ store_id: 123 }]],
    ['that is a number', 123],
  ])('%s is none', (_, body) => {
    expect(read(body)).toMatchObject(NONE);
  });

  test('names whom it concerns', () => {
    const body = { store_id: 123, customer: CUSTOMER, orders_to_redact: [213, 3415] };
    expect(readSubject(notifications, { headers: {}, body })).toEqual({
      customer: '1',
      orders: ['213', '3415'],
    });
  });
});

test('an event that is told is what it is, whatever else its body has', () => {
  expect(read({ store_id: 123, event: 'order/paid', id: 7 })).toMatchObject({ means: 'orders' });
  expect(
    read({ store_id: 123, event: 'unheard/of', customer: CUSTOMER, orders_to_redact: [] }),
  ).toMatchObject({
    means: null,
  });
});
