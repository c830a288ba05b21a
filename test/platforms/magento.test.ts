// What is Magento's alone: lists that begin again behind the last key, and never count pages.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Json, PlatformRequest } from '../../domain/platform.ts';
import { magento } from '../../platforms/magento/platform.ts';
import { PASS } from './fixtures.ts';
import { idsIn } from './pass-reader.ts';

type Item = { readonly [field: string]: string | number };

/** Filters, sorts and pages as Magento does: a page past the end repeats the last one. */
function search(items: readonly Item[], { query = {} }: PlatformRequest): Json {
  const at = (name: string) => query[`searchCriteria${name}`];
  const groups = [0, 1].flatMap((group) => {
    const of = (member: string) => at(`[filter_groups][${group}][filters][0][${member}]`);
    const [field, condition, value] = [of('field'), of('condition_type'), of('value')];
    return field === undefined || value === undefined ? [] : [{ field, condition, value }];
  });
  const sort = at('[sortOrders][0][field]') ?? '';
  expect(at('[sortOrders][0][direction]')).toBe('ASC');
  const compare = (a: string | number, b: string) =>
    typeof a === 'number' ? a - Number(b) : a < b ? -1 : a > b ? 1 : 0;
  const found = items
    .filter((item) =>
      groups.every(({ field, condition, value }) => {
        const order = compare(item[field] ?? '', value);
        return condition === 'gt' ? order > 0 : order >= 0;
      }),
    )
    .sort((a, b) => compare(a[sort] ?? '', String(b[sort])));
  const size = Number(at('[pageSize]'));
  const last = Math.max(1, Math.ceil(found.length / size));
  const page = Math.min(Number(at('[currentPage]')), last);
  return { items: found.slice((page - 1) * size, page * size), total_count: found.length };
}

const readAll = idsIn({ ...PASS, pageSize: 5 });

describe('a pass', () => {
  test('over orders misses nothing that stays, whatever is deleted while it runs, and reads none twice', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 40 }), fc.array(fc.nat(39), { maxLength: 12 }), (count, gone) => {
        const alive = new Map(Array.from({ length: count }, (_, at) => [at + 1, { entity_id: at + 1 }]));
        const pending = [...gone];
        const ids = readAll(magento.resources.orders, (request) => {
          alive.delete((pending.shift() ?? -1) + 1);
          return search([...alive.values()], request);
        });
        expect(new Set(ids).size).toBe(ids.length);
        for (const id of alive.keys()) expect(ids).toContain(String(id));
      }),
    );
  });

  test('over stock passes a SKU with more sources than a page holds', () => {
    const levels = ['A', 'B', 'C'].flatMap((sku) =>
      Array.from({ length: sku === 'B' ? 23 : 2 }, (_, at) => ({ sku, source_code: `s${at}`, quantity: at })),
    );
    const ids = readAll(magento.resources.inventory, (request) => search(levels, request));
    expect(new Set(ids)).toEqual(new Set(levels.map(({ sku, source_code }) => `${source_code}/${sku}`)));
  });

  test('of what changed asks from an instant, in UTC and without a zone', () => {
    const { query } = magento.resources.orders.request({ ...PASS, sinceMs: Date.UTC(2026, 10, 1) }, null);
    expect(query).toMatchObject({
      'searchCriteria[filter_groups][0][filters][0][field]': 'updated_at',
      'searchCriteria[filter_groups][0][filters][0][condition_type]': 'gteq',
      'searchCriteria[filter_groups][0][filters][0][value]': '2026-11-01 00:00:00',
    });
  });
});

describe('an order', () => {
  const base = { entity_id: 1, order_currency_code: 'EUR', grand_total: 10, items: [] };
  const mapped = (more: Json) => magento.resources.orders.map({ ...base, ...Object(more) }, PASS)[0];

  test.each([
    ['paid', { state: 'processing', total_paid: 10, total_due: 0 }, 'paid'],
    ['not paid', { state: 'new', total_due: 10 }, 'pending'],
    ['paid in part', { state: 'processing', total_paid: 4, total_due: 6 }, 'unknown'],
    ['given back in part', { state: 'complete', total_paid: 10, total_refunded: 1.5 }, 'partially_refunded'],
    ['given back', { state: 'closed', total_paid: 10, total_refunded: 10 }, 'refunded'],
    ['cancelled before it was paid', { state: 'canceled', total_due: 10 }, 'voided'],
  ])('that is %s says so', (_why, more, payment) => {
    expect(mapped(more)?.paymentStatus).toBe(payment);
  });

  test.each([
    ['nothing was sent', [[2, 0, 0]], 'processing', 'unfulfilled'],
    ['one of two was sent', [[2, 0, 1]], 'processing', 'partially_fulfilled'],
    ['the other was cancelled', [[2, 1, 1]], 'processing', 'fulfilled'],
    ['it is complete without anything to send', [[1, 0, 0]], 'complete', 'fulfilled'],
  ])('of which %s', (_why, rows, state, fulfillment) => {
    const items = rows.map(([qty_ordered = 0, qty_canceled = 0, qty_shipped = 0], at) => ({
      ...{ item_id: at + 1, qty_ordered, qty_canceled, qty_shipped },
    }));
    expect(mapped({ state, items })?.fulfillmentStatus).toBe(fulfillment);
  });

  test('in a state that Magento does not have is unknown', () => {
    expect(mapped({ state: 'own', status: 'packed' })?.status).toBe('unknown');
  });
});
