// What is Coupang's alone: order sheets by Korean days and one status at a time, and stock item by item.
import { describe, expect, test } from 'vitest';
import type { Json, PassContext } from '../../domain/platform.ts';
import { coupang } from '../../platforms/coupang/platform.ts';
import { passFor } from './fixtures.ts';
import { idsIn } from './pass-reader.ts';

const pass: PassContext = { ...passFor(coupang), sinceMs: Date.UTC(2026, 9, 22), pageSize: 50 };

const readAll = idsIn(pass);

describe('order sheets', () => {
  const { orders } = coupang.resources;

  test('that move on while a pass reads are met again in their next status', () => {
    const status = new Map([
      ['1', 'ACCEPT'],
      ['2', 'ACCEPT'],
      ['3', 'FINAL_DELIVERY'],
    ]);
    const ids = readAll(orders, ({ query = {} }) => {
      if (query['status'] === 'INSTRUCT') status.set('2', 'DELIVERING');
      const found = [...status].flatMap(([id, one]) => (one === query['status'] ? [id] : []));
      const rest = found.filter((id) => Number(id) > Number(query['nextToken'] ?? 0));
      const data = rest.slice(0, 1).map((shipmentBoxId) => ({ shipmentBoxId }));
      return { code: 200, data, nextToken: rest.length > 1 ? (rest[0] ?? '') : '' };
    });
    expect(ids).toEqual(['1', '2', '2', '3']);
  });

  test('are asked for by days of Korea, never more than 31 of them', () => {
    const { windowS, request } = orders;
    const untilMs = (pass.sinceMs ?? 0) + (windowS ?? 0) * 1_000;
    for (const hour of [0, 14, 15, 23]) {
      const shift = hour * 3_600_000;
      const { query = {} } = request(
        { ...pass, sinceMs: (pass.sinceMs ?? 0) + shift, untilMs: untilMs + shift },
        null,
      );
      const [from = '', to = ''] = [query['createdAtFrom'], query['createdAtTo']];
      expect(from).toBe(hour < 15 ? '2026-10-22' : '2026-10-23');
      expect((Date.parse(to) - Date.parse(from)) / 86_400_000 + 1).toBe(31);
    }
  });
});

test('stock: products by pages, each product, each of its items that is approved', () => {
  const asked: string[] = [];
  const ids = readAll(coupang.resources.inventory, ({ path, query = {} }) => {
    asked.push(`${path.split('/marketplace/')[1]}?${query['nextToken'] ?? ''}`);
    const data = (of: Json, nextToken = ''): Json => ({ code: 'SUCCESS', data: of, nextToken });
    if (path.endsWith('/seller-products'))
      return query['nextToken'] === '2'
        ? data([{ sellerProductId: 3 }])
        : data([{ sellerProductId: 1 }, { sellerProductId: 2 }], '2');
    if (path.endsWith('/inventories')) return data({ amountInStock: 1 });
    const id = Number(path.split('/').at(-1));
    return data({ items: [{ vendorItemId: id * 10 }, { vendorItemId: null }, { vendorItemId: 0 }] });
  });
  expect(ids).toEqual(['10', '20', '30']);
  expect(asked).toEqual([
    'seller-products?',
    'seller-products/1?',
    'vendor-items/10/inventories?',
    'seller-products/2?',
    'vendor-items/20/inventories?',
    'seller-products?2',
    'seller-products/3?',
    'vendor-items/30/inventories?',
  ]);
});
