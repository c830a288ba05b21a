// What is Trendyol's alone: a stream of packages in windows of fourteen days, and pages that reach no further than 10,000.
import { describe, expect, test } from 'vitest';
import type { Json, PlatformRequest } from '../../domain/platform.ts';
import { trendyol } from '../../platforms/trendyol/platform.ts';
import { passFor } from './fixtures.ts';
import { idsIn } from './pass-reader.ts';

const DAY_MS = 86_400_000;
const pass = { ...passFor(trendyol), pageSize: 100 };

const readAll = idsIn(pass);

/** The newest change first; a cursor is good for the filters it was given for, and no others. */
function stream(changes: readonly number[]) {
  const asked: { readonly fromMs: number; readonly toMs: number }[] = [];
  const answer = ({ query = {} }: PlatformRequest): Json => {
    const [fromMs, toMs] = [Number(query['lastModifiedStartDate']), Number(query['lastModifiedEndDate'])];
    const [filters, after = 'Infinity'] = query['nextCursor']?.split('/') ?? [`${fromMs}-${toMs}`];
    if (filters !== `${fromMs}-${toMs}`) throw new Error('a cursor with other filters');
    if (toMs - fromMs > 14 * DAY_MS || toMs > pass.untilMs) throw new Error('a window that is not served');
    if (fromMs < pass.untilMs - 90 * DAY_MS) throw new Error('older than is served');
    if (query['nextCursor'] === undefined) asked.push({ fromMs, toMs });
    const found = changes
      .filter((at) => at >= fromMs && at <= toMs && at < Number(after))
      .sort((a, b) => b - a);
    const shown = found.slice(0, pass.pageSize);
    const hasMore = found.length > shown.length;
    return {
      content: shown.map((at) => ({ shipmentPackageId: at })),
      hasMore,
      nextCursor: hasMore ? `${filters}/${shown.at(-1)}` : null,
    };
  };
  return { answer, asked };
}

describe('packages', () => {
  const { orders } = trendyol.resources;

  test('of three months are read in windows that meet, and to their ends', () => {
    const changes = Array.from({ length: 2_000 }, (_, n) => pass.untilMs - n * 3_600_000);
    const { answer, asked } = stream(changes);
    const ids = readAll(orders, answer);
    expect(new Set(ids)).toEqual(new Set(changes.map(String)));
    expect(asked).toHaveLength(7);
    for (const [n, { fromMs }] of asked.slice(1).entries()) expect(fromMs).toBe(asked[n]?.toMs);
    expect(asked.at(-1)?.toMs).toBe(pass.untilMs);
  });

  test('changed since are read in one window, also of the day before yesterday’s watermark', () => {
    const { answer, asked } = stream([pass.untilMs - DAY_MS, pass.untilMs - 3 * DAY_MS]);
    expect(readAll(orders, answer, pass.untilMs - 2 * DAY_MS)).toEqual([String(pass.untilMs - DAY_MS)]);
    expect(asked).toEqual([{ fromMs: pass.untilMs - 2 * DAY_MS, toMs: pass.untilMs }]);
  });

  test('of before what is served are not asked for', () => {
    const { answer, asked } = stream([]);
    readAll(orders, answer, pass.untilMs - 300 * DAY_MS);
    expect(asked[0]?.fromMs).toBe(pass.untilMs - 89 * DAY_MS);
  });

  test('are refused when there is more and no cursor to it', () => {
    const body = { content: [], hasMore: true, nextCursor: null };
    expect(() => orders.read(pass, null, { body, headers: {} })).toThrow('nextCursor');
  });

  test.each([
    ['Created', 'open', 'paid', 'unfulfilled'],
    ['Shipped', 'open', 'paid', 'fulfilled'],
    ['Returned', 'completed', 'unknown', 'returned'],
    ['UnSupplied', 'cancelled', 'unknown', 'unfulfilled'],
    ['UnPacked', 'unknown', 'unknown', 'unknown'],
    ['toString', 'unknown', 'unknown', 'unknown'],
  ])('%s is %s, %s and %s', (word, status, paymentStatus, fulfillmentStatus) => {
    const told = { shipmentPackageId: 1, currencyCode: 'TRY', packageTotalPrice: 1, status: word };
    expect(orders.map(told, pass)).toMatchObject([{ status, paymentStatus, fulfillmentStatus }]);
  });
});

describe.each(['products', 'inventory'] as const)('%s', (resource) => {
  const definition = trendyol.resources[resource];

  /** No page ends behind the 10,000th thing. */
  function pages(total: number, tellsToken = true) {
    return ({ query = {} }: PlatformRequest): Json => {
      const token = query['nextPageToken'];
      const page = Number(token ?? query['page']);
      if (token === undefined && (page + 1) * 100 > 10_000) throw new Error('a page that is not shown');
      if (token !== undefined && query['page'] !== undefined) throw new Error('a page beside a token');
      const size = Math.max(0, Math.min(100, total - page * 100));
      return {
        totalElements: total,
        totalPages: Math.ceil(total / 100),
        nextPageToken: tellsToken ? String(page + 1) : null,
        content: Array.from({ length: size }, (_, n) => ({ contentId: page * 100 + n })),
      };
    };
  }

  test.each([0, 1, 100, 101, 10_000, 10_001, 25_050])('all %s are read', (total) => {
    expect(new Set(readAll(definition, pages(total))).size).toBe(total);
  });

  test('beyond 10,000 without a token are refused, never cut off in silence', () => {
    expect(() => readAll(definition, pages(10_001, false))).toThrow('nextPageToken');
  });
});
