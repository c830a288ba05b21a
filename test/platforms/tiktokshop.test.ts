// What is TikTok Shop's alone: which shop an approval is for, tokens of pages, stock told by product, what is sent in a body.
import { describe, expect, test } from 'vitest';
import { authorizeUrl } from '../../platforms/authorize-url.ts';
import { tiktokshop } from '../../platforms/tiktokshop/platform.ts';
import { passFor } from './fixtures.ts';

const pass = { ...passFor(tiktokshop), pageSize: 100 };
const { orders, products, inventory } = tiktokshop.resources;
const [{ obtain }] = tiktokshop.auth;

test('a seller approves at the host of our app, by its service id', () => {
  const url = authorizeUrl(obtain, {
    shop: {},
    registration: { serviceId: '7231234567890123456', serviceHost: 'services.tiktokshops.us' },
    clientId: '29a39d',
    state: 's',
    redirectUri: 'https://us.example/oauth',
    scopes: [],
  });
  expect(url).toBe('https://services.tiktokshops.us/open/authorize?service_id=7231234567890123456&state=s');
});

describe('a discovery', () => {
  const shop = (id: string) => ({ id, name: `Shop ${id}`, region: 'VN', cipher: `cipher-${id}` });

  test('gives each shop its cipher', () => {
    const body = { code: 0, data: { shops: [shop('70001'), shop('70002')] } };
    expect(obtain.discover.read({ body })).toEqual([
      { name: 'Shop 70001', shop: { shopId: '70001' }, parts: { shopCipher: 'cipher-70001' } },
      { name: 'Shop 70002', shop: { shopId: '70002' }, parts: { shopCipher: 'cipher-70002' } },
    ]);
  });

  test('refuses a shop without a cipher: nothing could be called', () => {
    const body = { data: { shops: [{ id: '70001', name: 'x' }] } };
    expect(() => obtain.discover.read({ body })).toThrow('no cipher');
  });

  test('is asked of a path that takes no cipher', () => {
    const [sign] = tiktokshop.auth[0].sign;
    const isLeftOut = (path: string) => new RegExp(sign.exceptPath?.['shop_cipher'] ?? '(?!)').test(path);
    expect(isLeftOut(obtain.discover.request().path)).toBe(true);
    for (const path of [
      '/seller/202309/shops',
      '/product/202309/images/upload',
      '/product/202309/global_products',
    ])
      expect(isLeftOut(path)).toBe(true);
    for (const path of ['/order/202309/orders/search', '/product/202309/products/1'])
      expect(isLeftOut(path)).toBe(false);
  });
});

test('changed orders are asked for from an instant, in whole seconds, sorted by their update', () => {
  expect(orders.request({ ...pass, sinceMs: 1_790_928_942_900 }, null)).toMatchObject({
    query: { page_size: '100', sort_field: 'update_time', sort_order: 'ASC' },
    body: { update_time_ge: 1_790_928_942 },
  });
  expect(orders.request(pass, 'token-2')).toMatchObject({ query: { page_token: 'token-2' }, body: {} });
});

test('a page goes on by its token, and an empty one ends the pass', () => {
  const page = (data: object) =>
    orders.read(pass, null, { body: { code: 0, data: { ...data } }, headers: {} });
  expect(page({ orders: [{ id: '1' }], next_page_token: 'abc', total_count: 101 })).toEqual({
    items: [{ id: '1' }],
    next: 'abc',
    total: 101,
  });
  expect(page({ orders: [{ id: '2' }], next_page_token: '' }).next).toBeNull();
  expect(page({})).toEqual({ items: [], next: null, total: null });
});

test('what the seller deleted is told, and its stock is not asked for', () => {
  const body = {
    data: {
      products: [
        { id: '1', status: 'ACTIVATE' },
        { id: '2', status: 'DELETED' },
      ],
    },
  };
  const answer = { body, headers: {} };
  expect(products.read(pass, null, answer)).toMatchObject({ items: [{ id: '1' }], deleted: ['2'] });
  const { items, deleted } = inventory.read(pass, null, answer);
  expect(deleted).toEqual([]);
  expect(inventory.details?.request(pass, items)).toMatchObject({
    path: '/product/202309/inventory/search',
    body: { product_ids: ['1'] },
  });
});

test.each([
  ['is not paid', { status: 'UNPAID' }, 'pending'],
  ['is paid', { status: 'AWAITING_SHIPMENT', paid_time: 1_790_928_942 }, 'paid'],
  ['is paid on delivery', { status: 'IN_TRANSIT', is_cod: true }, 'unknown'],
  ['was cancelled before', { status: 'CANCELLED' }, 'voided'],
  ['was cancelled after', { status: 'CANCELLED', paid_time: 1_790_928_942 }, 'unknown'],
])('an order that %s says so', (_why, more, paymentStatus) => {
  const item = { id: '1', payment: { currency: 'USD', total_amount: '1' }, ...more };
  expect(orders.map(item, pass)[0]).toMatchObject({ paymentStatus });
});
