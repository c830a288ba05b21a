// What is Etsy's alone: receipts continued from the last update, listings by state, and amounts with their divisor.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { authorizeUrl } from '../../platforms/authorize-url.ts';
import { etsy } from '../../platforms/etsy/platform.ts';
import { scopesFor } from '../../platforms/scopes.ts';
import { PASS, passFor } from './fixtures.ts';
import { idsIn } from './pass-reader.ts';

const pass = { ...passFor(etsy), pageSize: 5 };

const readAll = idsIn(pass);

test('an approval carries a challenge, and asks for the shop besides', () => {
  const [{ obtain }] = etsy.auth;
  const url = new URL(
    authorizeUrl(obtain, {
      shop: {},
      clientId: 'keystring1',
      state: 's',
      redirectUri: 'https://us.example/c',
      scopes: scopesFor(etsy, ['orders:read', 'inventory:write']),
      codeChallenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    }),
  );
  expect(Object.fromEntries(url.searchParams)).toEqual({
    response_type: 'code',
    client_id: 'keystring1',
    redirect_uri: 'https://us.example/c',
    scope: 'transactions_r listings_w listings_r shops_r',
    state: 's',
    code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    code_challenge_method: 'S256',
  });
});

test.each([
  ['a shop', { user_id: 1, shop_id: 12345678 }, [{ shopId: '12345678' }]],
  ['no shop', { user_id: 1, shop_id: null }, []],
])('the approval of a user with %s', (_why, body, shops) => {
  const [{ obtain }] = etsy.auth;
  expect(obtain.discover.read({ body }).map(({ shop }) => shop)).toEqual(shops);
});

describe('receipts', () => {
  test('that change while a pass reads them take none of the others with them', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 40 }),
        fc.array(fc.nat(39), { maxLength: 12 }),
        fc.integer({ min: 1, max: 12 }),
        (count, changed, aSecond) => {
          // Several of one second, so that a page ends within one.
          const updated = new Map(
            Array.from({ length: count }, (_, id) => [id + 1, 1_790_000_000 + Math.floor(id / aSecond)]),
          );
          let clock = 1_791_000_000;
          const pending = [...changed];
          const ids = readAll(etsy.resources.orders, ({ query = {} }) => {
            const id = (pending.shift() ?? -1) + 1;
            if (updated.has(id)) updated.set(id, clock++);
            expect(query).toMatchObject({ sort_on: 'updated', sort_order: 'asc' });
            const found = [...updated]
              .filter(([, at]) => at >= Number(query['min_last_modified'] ?? 0))
              .sort(([a, x], [b, y]) => x - y || a - b)
              .map(([receipt_id, updated_timestamp]) => ({ receipt_id, updated_timestamp }));
            const offset = Number(query['offset']);
            return { count: found.length, results: found.slice(offset, offset + 5) };
          });
          for (const id of updated.keys()) expect(ids).toContain(String(id));
        },
      ),
    );
  });

  test('are asked for from the year 2000 at the earliest', () => {
    const { query } = etsy.resources.orders.request({ ...pass, sinceMs: 1_000 }, null);
    expect(query?.['min_last_modified']).toBe('946684800');
  });

  const money = (amount: number, divisor: number) => ({ amount, divisor, currency_code: 'EUR' });
  const base = { receipt_id: 1, status: 'Paid', transactions: [] };

  test.each([
    [4509, 100, '45.09'],
    [5, 100, '0.05'],
    [1500, 1, '1500'],
    [-250, 1000, '-0.250'],
  ])('%i by %i is %s', (amount, divisor, expected) => {
    const [order] = etsy.resources.orders.map({ ...base, grandtotal: money(amount, divisor) }, PASS);
    expect(order?.total.amount).toBe(expected);
  });

  test('an amount that is to be divided by something else than a power of ten is set aside', () => {
    const receipt = { ...base, grandtotal: money(1, 7) };
    expect(() => etsy.resources.orders.map(receipt, PASS)).toThrow(
      '"/grandtotal/divisor" is no power of ten',
    );
  });
});

describe('listings', () => {
  test('of every state are read, and one that is renewed meanwhile is not lost', () => {
    const states = new Map<number, string>([
      [1, 'active'],
      [2, 'draft'],
      [3, 'expired'],
      [4, 'sold_out'],
      [5, 'inactive'],
    ]);
    const ids = readAll(etsy.resources.products, ({ query = {} }) => {
      // Renewed after the active ones were read, and before the expired ones are.
      if (query['state'] === 'draft') states.set(3, 'active');
      const found = [...states].filter(([, state]) => state === query['state']);
      return { count: found.length, results: found.map(([listing_id]) => ({ listing_id })) };
    });
    expect(new Set(ids)).toEqual(new Set(['1', '2', '3', '4', '5']));
  });

  test('without products have no variants and no stock', () => {
    const listing = { listing_id: 7, title: 'x', state: 'active' };
    expect(etsy.resources.products.map(listing, PASS)).toMatchObject([{ variants: [] }]);
    expect(etsy.resources.inventory.map(listing, PASS)).toEqual([]);
  });
});

test('what is left of a second is told by a header whose name may be cut short', () => {
  const [second, day] = etsy.rateLimits;
  for (const name of ['x-remaining-this-second', 'x-remaining-this-secon']) {
    const told = second.observe({ body: null, headers: { [name]: '149', 'x-limit-per-second': '150' } });
    expect(told).toEqual({ available: 149, burst: 150, perSecond: 150 });
  }
  const headers = { 'x-remaining-today': '86000', 'x-limit-per-day': '86400' };
  expect(day.observe({ body: null, headers })).toEqual({ available: 86_000, burst: 86_400, perSecond: 1 });
  expect(second.observe({ body: null, headers: {} })).toBeNull();
});
