// How Amazon's three lists page: each has a token of its own kind. A search of listings shows 1,000 items and no more, so that a long pass begins a new window before; a token of
// stock is dead after 30 s, so that a pass that was held up begins again. Pure.
import type { Json, PageCursor, PassContext, PlatformRequest, RawPage } from '../../domain/platform.ts';
import { answerInvalid, isObject, listAt, textOf, valueAt } from '../json.ts';

/** Orders older than two years are not served. */
const OLDEST_ORDER_MS = 729 * 86_400_000;

/** Who bought and where it goes needs roles of its own (BUYER, RECIPIENT), and is not asked for. */
const ORDER_DATA = 'PROCEEDS,FULFILLMENT';

export function ordersRequest(pass: PassContext, cursor: PageCursor | null): PlatformRequest {
  const path = '/orders/2026-01-01/orders';
  const after = textAt(cursor, 'after') ?? iso(pass.sinceMs ?? pass.untilMs - OLDEST_ORDER_MS);
  return {
    method: 'GET',
    path,
    endpoint: `GET ${path}`,
    query: {
      marketplaceIds: marketplacesOf(pass),
      lastUpdatedAfter: after,
      includedData: ORDER_DATA,
      maxResultsPerPage: String(pass.pageSize),
      ...token('paginationToken', cursor),
    },
  };
}

/** One by itself, told of as much as in the list. */
export function orderRequest(id: string): PlatformRequest {
  const path = '/orders/2026-01-01/orders';
  return {
    method: 'GET',
    path: `${path}/${id}`,
    endpoint: `GET ${path}/{orderId}`,
    query: { includedData: ORDER_DATA },
  };
}

/** All other parameters must stay what they were, so the instant goes along. */
export function readOrders(pass: PassContext, cursor: PageCursor | null, body: Json): RawPage {
  const items = listAt(body, 'orders');
  const next = textOf(valueAt(body, 'pagination.nextToken'));
  const after = ordersRequest(pass, cursor).query?.['lastUpdatedAfter'] ?? '';
  return { items, next: next === null ? null : { token: next, after } };
}

/** Most items that one search can be paged through. */
const MAX_LISTINGS = 1_000;

export function listingsRequest(pass: PassContext, cursor: PageCursor | null): PlatformRequest {
  const after = textAt(cursor, 'after') ?? (pass.sinceMs === null ? null : iso(pass.sinceMs));
  return {
    method: 'GET',
    path: `/listings/2021-08-01/items/${encodeURIComponent(pass.shop['sellerId'] ?? '-')}`,
    endpoint: 'GET /listings/2021-08-01/items/{sellerId}',
    query: {
      marketplaceIds: marketplaceOf(pass),
      includedData: 'summaries,offers,relationships',
      sortBy: 'lastUpdatedDate',
      sortOrder: 'ASC',
      pageSize: String(pass.pageSize),
      ...(after === null ? {} : { lastUpdatedAfter: after }),
      ...token('pageToken', cursor),
    },
  };
}

/** Throws platform_answer_invalid where more than 1,000 items changed in one and the same instant. */
export function readListings(pass: PassContext, cursor: PageCursor | null, body: Json): RawPage {
  const items = listAt(body, 'items');
  const next = textOf(valueAt(body, 'pagination.nextToken'));
  const count = valueAt(body, 'numberOfResults');
  const total = cursor === null && typeof count === 'number' ? count : null;
  if (next === null) return { items, next: null, total };
  const after = textAt(cursor, 'after');
  const seen = Number(textAt(cursor, 'seen') ?? 0) + items.length;
  if (seen + pass.pageSize < MAX_LISTINGS) return { items, next: { token: next, after, seen }, total };
  const last = textOf(valueAt(items.at(-1), 'summaries.0.lastUpdatedDate'));
  if (last === null) throw answerInvalid('/items', 'ends without an update time to continue from');
  if (last === after) throw answerInvalid('/items', `holds more than ${MAX_LISTINGS} items of one instant`);
  return { items, next: { token: null, after: last, seen: 0 }, total };
}

/** Stock of before is not told: 18 months at most. */
const OLDEST_STOCK_MS = 540 * 86_400_000;

export function stockRequest(pass: PassContext, cursor: PageCursor | null): PlatformRequest {
  const path = '/fba/inventory/v1/summaries';
  const marketplace = marketplaceOf(pass);
  const since = pass.sinceMs === null ? null : Math.max(pass.sinceMs, pass.untilMs - OLDEST_STOCK_MS);
  return {
    method: 'GET',
    path,
    endpoint: `GET ${path}`,
    query: {
      granularityType: 'Marketplace',
      granularityId: marketplace,
      marketplaceIds: marketplace,
      details: 'true',
      ...(since === null ? {} : { startDateTime: iso(since) }),
      ...token('nextToken', cursor),
    },
  };
}

/** Times a pass over stock begins again because its token was over. */
const MAX_RESTARTS = 3;

export function readStock(cursor: PageCursor | null, body: Json): RawPage {
  const restarts = Number(textAt(cursor, 'restarts') ?? 0);
  if (isObject(body) && body['errors'] !== undefined) {
    const isOver = textAt(cursor, 'token') !== null && restarts < MAX_RESTARTS;
    if (!isOver) throw answerInvalid('/errors', 'refuses the page');
    return { items: [], next: { token: null, restarts: restarts + 1 } };
  }
  const items = listAt(body, 'payload.inventorySummaries');
  const next = textOf(valueAt(body, 'pagination.nextToken'));
  return { items, next: next === null || next === '' ? null : { token: next, restarts } };
}

/** Where the seller sells, as the proof told; before that, the one that was named. */
function marketplacesOf(pass: PassContext): string {
  return pass.facts['marketplaces'] ?? pass.shop['marketplace'] ?? '';
}

/** Listings and stock are of one marketplace: a SKU may be listed in several. */
function marketplaceOf(pass: PassContext): string {
  return pass.facts['marketplace'] ?? pass.shop['marketplace'] ?? '';
}

function token(name: string, cursor: PageCursor | null): Record<string, string> {
  const value = textAt(cursor, 'token');
  return value === null ? {} : { [name]: value };
}

function textAt(cursor: PageCursor | null, name: string): string | null {
  return cursor === null ? null : textOf(valueAt(cursor, name));
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
