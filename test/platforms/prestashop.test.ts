// What is PrestaShop's alone: tables that are read before the first page, lists behind the last id, combinations that come apart from their products.
import { expect, test } from 'vitest';
import type { Json, PageCursor } from '../../domain/platform.ts';
import { prestashop } from '../../platforms/prestashop/platform.ts';
import { PASS } from './fixtures.ts';

const { orders, products, inventory } = prestashop.resources;
const pass = { ...PASS, pageSize: 2, sinceMs: Date.UTC(2026, 10, 20), shop: { shopId: '2' } };

function step(cursor: PageCursor | null, body: Json) {
  const { path, query } = orders.request(pass, cursor);
  const page = orders.read(pass, cursor, { body, headers: {} });
  return { path, query, items: page.items, next: JSON.parse(JSON.stringify(page.next)) as Json };
}

test('a pass over orders reads currencies and states, and then behind the last id; every order knows its own', () => {
  const first = step(null, { currencies: [{ id: 1, iso_code: 'EUR' }] });
  expect(first).toMatchObject({ path: '/currencies', items: [] });
  const second = step(first.next, {
    order_states: [{ id: '6', paid: '1', shipped: '1', template: 'shipped' }],
  });
  expect(second).toMatchObject({ path: '/order_states', items: [] });
  const row = (id: number, id_currency: string) => ({
    id,
    id_currency,
    current_state: '6',
    total_paid_tax_incl: '1',
  });
  const third = step(second.next, { orders: [row(8, '1'), row(12, '3')] });
  expect(third.query).toEqual({
    output_format: 'JSON',
    display: 'full',
    sort: '[id_ASC]',
    limit: '2',
    date: '1',
    'filter[date_upd]': '>[2026-11-20 00:00:00]',
    id_shop: '2',
  });
  const [known = null, unlisted = null] = third.items;
  expect(orders.map(known, PASS)).toMatchObject([{ currency: 'EUR', fulfillmentStatus: 'fulfilled' }]);
  expect(() => orders.map(unlisted, PASS)).toThrow('ISO 4217');
  const last = step(third.next, []);
  expect(last.query).toMatchObject({ 'filter[id]': '>[12]' });
  expect(last.next).toBeNull();
});

test('an empty shop ends at once', () => {
  expect(inventory.read(pass, null, { body: [], headers: {} })).toEqual({ items: [], next: null });
});

test('the combinations of a page of products come in one answer, each to its own product', () => {
  const listed = [{ id: 1 }, { id: 8 }];
  expect(products.details.request(pass, listed).query).toMatchObject({ 'filter[id_product]': '[1|8]' });
  const combination = { id: 9, id_product: '1' };
  expect(products.details.read({ body: { combinations: [combination] } }, listed)).toEqual([
    { id: 1, combinations: [combination] },
    { id: 8, combinations: [] },
  ]);
});
