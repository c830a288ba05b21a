// How B2C Commerce lists. Orders are sorted by their last change and asked for from the last one seen, so that one that changes meanwhile only moves on. Products cannot be sorted by it:
// they are cut into windows of creation time. An offset reaches 10,000 and no further. Pure.
import type { Json, PageCursor, PassContext, PlatformRequest, RawPage } from '../../domain/platform.ts';
import { afterCreatedWindow, createdWindow } from '../created-windows.ts';
import { answerInvalid, listAt, textOf, valueAt } from '../json.ts';

/** The greatest sum of offset and limit. */
const REACH = 10_000;

/** Before B2C Commerce. */
const BEGINNING_MS = Date.UTC(2000, 0, 1);

export function organization(shop: Readonly<Record<string, string>>): string {
  return `f_ecom_${shop['tenant'] ?? '-'}`;
}

export function ordersRequest(pass: PassContext, cursor: PageCursor | null): PlatformRequest {
  const { after, offset } = orderPosition(pass, cursor);
  return {
    method: 'GET',
    path: `/checkout/orders/v1/organizations/${organization(pass.shop)}/orders`,
    endpoint: 'GET /checkout/orders/v1/organizations/{organizationId}/orders',
    query: {
      siteId: pass.shop['siteId'] ?? '-',
      sortBy: 'last_modified_date',
      sortOrder: 'asc',
      ...(after === null ? {} : { lastModifiedDateFrom: after }),
      limit: String(pass.pageSize),
      offset: String(offset),
    },
  };
}

/** Throws platform_answer_invalid, also where orders are not sorted: what was missed could not be told. */
export function readOrders(pass: PassContext, cursor: PageCursor | null, body: Json): RawPage {
  const items = listAt(body, 'data');
  if (items.length < pass.pageSize) return { items, next: null };
  const { after, offset } = orderPosition(pass, cursor);
  const times = items.map((item) => Date.parse(textOf(valueAt(item, 'lastModified')) ?? ''));
  const afterMs = after === null ? Number.NEGATIVE_INFINITY : Date.parse(after);
  const isSorted = times.every((ms, at) => ms >= (times[at - 1] ?? afterMs));
  const last = times.at(-1);
  if (last === undefined || !isSorted) throw answerInvalid('/data', 'is not sorted by "lastModified"');
  if (last > afterMs) return { items, next: { after: new Date(last).toISOString(), offset: 0 } };
  if (offset + 2 * pass.pageSize > REACH)
    throw answerInvalid('/data', `holds more than ${REACH} orders of one instant`);
  return { items, next: { after, offset: offset + pass.pageSize } };
}

function orderPosition(
  pass: PassContext,
  cursor: PageCursor | null,
): { after: string | null; offset: number } {
  const since = pass.sinceMs === null ? null : new Date(pass.sinceMs).toISOString();
  const offset = valueAt(cursor ?? undefined, 'offset');
  return {
    after: textOf(valueAt(cursor ?? undefined, 'after')) ?? since,
    offset: typeof offset === 'number' ? offset : 0,
  };
}

export function productsRequest(pass: PassContext, cursor: PageCursor | null): PlatformRequest {
  const { fromMs, toMs, offset } = createdWindow(cursor, BEGINNING_MS);
  const filters: Json[] = [
    range('creationDate', fromMs, toMs),
    ...(pass.sinceMs === null ? [] : [range('lastModified', pass.sinceMs, null)]),
  ];
  return {
    method: 'POST',
    path: `/product/products/v1/organizations/${organization(pass.shop)}/product-search`,
    endpoint: 'POST /product/products/v1/organizations/{organizationId}/product-search',
    query: { siteId: pass.shop['siteId'] ?? '-' },
    body: {
      query: {
        filteredQuery: { query: { matchAllQuery: {} }, filter: { boolFilter: { operator: 'and', filters } } },
      },
      sorts: [{ field: 'id', sortOrder: 'asc' }],
      limit: pass.pageSize,
      offset,
    },
  };
}

/** Both ends belong to it. */
function range(field: string, fromMs: number, toMs: number | null): Json {
  const to = toMs === null ? {} : { to: new Date(toMs).toISOString() };
  return { rangeFilter: { field, from: new Date(fromMs).toISOString(), ...to } };
}

/** Throws platform_answer_invalid. */
export function readProducts(pass: PassContext, cursor: PageCursor | null, body: Json): RawPage {
  const total = valueAt(body, 'total');
  if (typeof total !== 'number') throw answerInvalid('/total', 'is not a number');
  // An empty result leaves the list out.
  const items = total === 0 ? [] : listAt(body, 'hits');
  const { isTooMany, next } = afterCreatedWindow(createdWindow(cursor, BEGINNING_MS), {
    size: items.length,
    limit: pass.pageSize,
    total,
    reach: REACH,
    untilMs: pass.untilMs,
  });
  return { items: isTooMany ? [] : items, next, total: cursor === null ? total : null };
}
