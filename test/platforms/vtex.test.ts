// What is VTEX's alone: a search that shows 3,000 orders, that never tells of a change, and ids that are read one by one.
import { describe, expect, test } from 'vitest';
import type { Json, PlatformRequest } from '../../domain/platform.ts';
import { vtex } from '../../platforms/vtex/platform.ts';
import { passFor } from './fixtures.ts';
import { idsIn } from './pass-reader.ts';

const pass = { ...passFor(vtex), pageSize: 100 };
const HOUR_MS = 3_600_000;

interface Model {
  readonly orderId: string;
  readonly creationDate: number;
  readonly authorizedDate?: number;
  readonly invoicedDate?: number;
  readonly status?: string;
}

/** Pages beyond the thirtieth are not shown. */
function search(orders: readonly Model[], { query = {} }: PlatformRequest): Json {
  const [name, value] = Object.entries(query).find(([one]) => one.endsWith('Date')) ?? ['', ''];
  const field = name.slice(2) as 'creationDate' | 'authorizedDate' | 'invoicedDate'; // one of the three that are sent
  const [, from = '', to = ''] = new RegExp(`^${field}:\\[(.+) TO (.+)\\]$`).exec(value) ?? [];
  const found = orders
    .filter((one) => {
      const at = one[field] ?? 0;
      const isStatus = query['f_status'] === undefined || one.status === query['f_status'];
      return isStatus && at >= Date.parse(from) && at <= Date.parse(to);
    })
    .sort((a, b) => a.creationDate - b.creationDate);
  const [page, size] = [Number(query['page']), Number(query['per_page'])];
  if (page > 30) throw new Error('a page that is not shown');
  const list = found.slice((page - 1) * size, page * size).map(({ orderId }) => ({ orderId }));
  return { list, paging: { total: found.length, currentPage: page, perPage: size } };
}

const readAll = idsIn(pass);

describe('orders', () => {
  const { orders } = vtex.resources;

  test('of a busy month are read in windows that show them all', () => {
    const all = Array.from({ length: 9_000 }, (_, n) => ({
      orderId: String(n),
      creationDate: pass.untilMs - 20 * 24 * HOUR_MS + n * 60_000,
    }));
    const ids = readAll(orders, (request) => search(all, request));
    expect(new Set(ids).size).toBe(9_000);
  });

  test('of which more than 3,000 came in one instant are refused, never cut off in silence', () => {
    const all = Array.from({ length: 3_001 }, (_, n) => ({
      orderId: String(n),
      creationDate: pass.untilMs - HOUR_MS,
    }));
    expect(() => readAll(orders, (request) => search(all, request))).toThrow('more than 3000');
  });

  test.each([
    ['created', { creationDate: -1 }],
    ['paid', { creationDate: -900, authorizedDate: -1 }],
    ['invoiced', { creationDate: -900, invoicedDate: -1 }],
    ['lately cancelled', { creationDate: -200, status: 'canceled' }],
  ])('that were %s since the last pass are read', (_what, hours) => {
    const instant = (of: number | undefined) => (of === undefined ? {} : pass.untilMs + of * HOUR_MS);
    const { creationDate, status, ...dates } = { status: 'invoiced', ...hours };
    const order = {
      ...{ orderId: 'a', creationDate: pass.untilMs + creationDate * HOUR_MS, status },
      ...Object.fromEntries(Object.entries(dates).map(([name, of]) => [name, instant(of)])),
    };
    const others = { orderId: 'b', creationDate: pass.untilMs - 900 * HOUR_MS, status: 'canceled' };
    const ids = readAll(orders, (request) => search([order, others], request), pass.untilMs - 24 * HOUR_MS);
    expect(new Set(ids)).toEqual(new Set(['a']));
  });

  test('are read one by one, and an id cannot leave its path', () => {
    const request = orders.details?.request(pass, [{ orderId: 'v1/../x' }]);
    expect(request?.path).toBe('/api/oms/pvt/orders/v1%2F..%2Fx');
  });
});

test('products: ids by 250 records, then each, then its SKUs', () => {
  const all = Array.from({ length: 300 }, (_, n) => String(n + 1));
  const asked: string[] = [];
  const ids = readAll(vtex.resources.products, ({ path, query = {} }) => {
    asked.push(path);
    const one = /product\/(\d+)$/.exec(path)?.[1];
    if (one !== undefined) return { Id: Number(one) };
    const found = all.slice(Number(query['_from']) - 1, Number(query['_to']));
    return { data: Object.fromEntries(found.map((id) => [id, []])), range: { total: 300 } };
  });
  expect(ids).toHaveLength(300);
  expect(asked).toHaveLength(300 + 4);
  const { details } = vtex.resources.products;
  expect(details?.read({ body: [{ Id: 9 }] }, [{ Id: 1 }])).toEqual([{ Id: 1, skus: [{ Id: 9 }] }]);
});

test('shoppers are scrolled by the token of the header until a page is empty, also where it stays the same', () => {
  const { request, read } = vtex.resources.customers;
  const headers = { 'x-vtex-md-token': 't' };
  const first = read(pass, null, { body: [{ id: '1' }], headers });
  expect(request(pass, first.next).query).toEqual({ _token: 't' });
  const second = read(pass, first.next, { body: [{ id: '2' }], headers: {} });
  expect(second.next).not.toEqual(first.next);
  expect(read(pass, second.next, { body: [], headers }).next).toBeNull();
  expect(() => read(pass, null, { body: [{ id: '1' }], headers: {} })).toThrow('X-VTEX-MD-TOKEN');
});
