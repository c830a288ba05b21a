// What is OTTO's alone: a cursor out of a link, countries of three letters, pieces of which each has a status.
import { expect, test } from 'vitest';
import { alpha2Of } from '../../platforms/country-code.ts';
import { otto } from '../../platforms/otto/platform.ts';
import { passFor } from './fixtures.ts';

const pass = { ...passFor(otto), pageSize: 128 };
const { orders } = otto.resources;
const read = (links: readonly { rel: string; href: string }[]) =>
  orders.read(pass, null, { body: { resources: [], links: links.map((one) => ({ ...one })) }, headers: {} });

test('changed orders are asked for from an instant, and later pages by the cursor alone', () => {
  const first = orders.request({ ...pass, sinceMs: Date.UTC(2026, 10, 1) }, null);
  expect(first.query).toEqual({ limit: '128', orderDirection: 'ASC', fromDate: '2026-11-01T00:00:00.000Z' });
  expect(orders.request({ ...pass, sinceMs: 1 }, 'c2').query).toEqual({ limit: '128', nextcursor: 'c2' });
});

test('of the link to the next page only the cursor is taken', () => {
  expect(
    read([{ rel: 'next', href: 'https://elsewhere.example/v4/orders?limit=1&nextcursor=a%2Bb%3D' }]).next,
  ).toBe('a+b=');
  expect(read([{ rel: 'self', href: '/v4/orders?nextcursor=x' }]).next).toBeNull();
  expect(() => read([{ rel: 'next', href: '/v4/orders' }])).toThrow('without a cursor');
  expect(() => read([{ rel: 'next', href: '/v4/orders?nextcursor=%E0%A4%A' }])).toThrow('cannot be read');
});

test.each([
  ['AUT', 'AT'],
  ['usa', 'US'],
  ['DE', 'DE'],
  ['XYZ', null],
  [null, null],
])('the country %s is %s', (told, code) => {
  expect(alpha2Of(told)).toBe(code);
});

test.each([
  ['one is announced', ['ANNOUNCED'], 'open', 'unfulfilled', 'pending'],
  [
    'all were sent but what was cancelled',
    ['SENT', 'CANCELLED_BY_PARTNER'],
    'completed',
    'fulfilled',
    'unknown',
  ],
  ['all came back', ['RETURNED'], 'completed', 'returned', 'unknown'],
  ['all were cancelled', ['CANCELLED_BY_MARKETPLACE'], 'cancelled', 'unfulfilled', 'unknown'],
  ['one has a new word', ['LOST'], 'unknown', 'unknown', 'unknown'],
])('an order of whose pieces %s', (_why, words, status, fulfillmentStatus, paymentStatus) => {
  const positionItems = words.map((fulfillmentStatus, at) => ({
    ...{
      positionItemId: String(at),
      fulfillmentStatus,
      product: {},
      itemValueGrossPrice: { amount: 1, currency: 'EUR' },
    },
  }));
  expect(orders.map({ salesOrderId: '1', positionItems }, pass)[0]).toMatchObject({
    status,
    fulfillmentStatus,
    paymentStatus,
  });
});
