// What is Shoptet's alone: a log of changes for 30 days, records read one by one, supplies by stock, and a bucket that each answer tells of.
import { expect, test } from 'vitest';
import type { Json, PageCursor } from '../../domain/platform.ts';
import { shoptet } from '../../platforms/shoptet/platform.ts';
import { PASS } from './fixtures.ts';

const { orders, inventory } = shoptet.resources;
const DAY_MS = 86_400_000;
const since = (days: number) => ({ ...PASS, sinceMs: PASS.untilMs - days * DAY_MS });

test('what changed is read from the log, as far as it goes back; before that, all is', () => {
  expect(orders.request(since(1), null)).toMatchObject({
    path: '/api/orders/changes',
    query: { from: '2026-11-20T00:00:00+0000', page: '1' },
  });
  expect(orders.request(since(29.5), null)).toMatchObject({ path: '/api/orders' });
  expect(orders.request(PASS, null).query).toEqual({ page: '1', itemsPerPage: '50' });
});

test('the log names what is gone, and each that is not is read by itself', () => {
  const changes = [
    { code: 'A/1', changeTime: '2026-11-20T10:00:00+0100', changeType: 'edit' },
    { code: 'B2', changeTime: '2026-11-20T10:01:00+0100', changeType: 'delete' },
  ];
  const body = { data: { changes, paginator: { totalCount: 2 } } };
  const page = orders.read(since(1), null, { body, headers: {} });
  expect(page).toMatchObject({ items: [{ code: 'A/1' }], deleted: ['B2'], next: null });
  expect(orders.details?.request(PASS, page.items)).toMatchObject({ path: '/api/orders/A%2F1' });
  expect(orders.details?.read({ body: { data: { order: { code: 'A/1' } } } }, [])).toEqual([{ code: 'A/1' }]);
  expect(orders.details?.read({ body: { data: null, errors: [] } }, [])).toEqual([]);
});

test('a list that became shorter is read again from the page before', () => {
  const page = (total: number): Json => ({
    data: { orders: Array.from({ length: 50 }, (_, at) => ({ code: at })), paginator: { totalCount: total } },
  });
  const read = (cursor: PageCursor | null, total: number) =>
    orders.read(PASS, cursor, { body: page(total), headers: {} }).next;
  expect(read(null, 200)).toEqual({ page: 2, total: 200 });
  expect(read({ page: 2, total: 200 }, 200)).toEqual({ page: 3, total: 200 });
  expect(read({ page: 3, total: 200 }, 199)).toEqual({ page: 2, total: 199 });
});

test('supplies are read stock by stock, and told which one they are of', () => {
  expect(inventory.request(PASS, null).path).toBe('/api/stocks');
  const stocks = { data: { stocks: [{ id: 1 }, { id: 2 }], defaultStockId: 1 } };
  const first = inventory.read(PASS, null, { body: stocks, headers: {} }).next;
  expect(inventory.request(since(2), first)).toMatchObject({
    path: '/api/stocks/1/supplies',
    query: { changedFrom: '2026-11-19T00:00:00+0000' },
  });
  const supplies = { data: { supplies: [{ code: 'TIN-L' }], paginator: { totalCount: 1 } } };
  const page = inventory.read(PASS, first, { body: supplies, headers: {} });
  expect(page.items.map(inventory.idOf)).toEqual(['1/TIN-L']);
  expect(inventory.request(PASS, page.next).path).toBe('/api/stocks/2/supplies');
  expect(inventory.read(PASS, page.next, { body: supplies, headers: {} }).next).toBeNull();
});

test('an answer tells how full the bucket is', () => {
  const [limit] = shoptet.rateLimits;
  const told = (filling: string) =>
    limit.observe({ body: null, headers: { 'x-ratelimit-bucket-filling': filling } });
  expect(told('150/200')).toEqual({ available: 50, burst: 200 });
  expect(told('200/200')).toEqual({ available: 0, burst: 200 });
  expect(told('full')).toBeNull();
});
