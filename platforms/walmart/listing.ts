// How Walmart lists. Orders: one list for each way they are sent, the next page being a ready-made query. Items: one cursor that stays the same from page to page, so that the items seen are
// counted. Stock: a cursor. An empty list may come as 404. Pure.
import type { Json, PageCursor, PassContext, PlatformRequest, RawPage } from '../../domain/platform.ts';
import { answerInvalid, isObject, listAt, textOf, valueAt, valuesAt } from '../json.ts';

const DAY_MS = 86_400_000;

/** Orders of the last 180 days are there; without a beginning, those of seven days alone. */
const OLDEST_ORDER_MS = 179 * DAY_MS;

/** Without it, those that the seller sends himself alone. */
const SHIP_NODES = ['SellerFulfilled', 'WFSFulfilled', '3PLFulfilled'] as const;

export function ordersRequest(pass: PassContext, cursor: PageCursor | null): PlatformRequest {
  const shipNodeType = SHIP_NODES[numberIn(cursor, 'list') ?? 0] ?? SHIP_NODES[0];
  const next = textOf(valueAt(cursor ?? undefined, 'next'));
  const query =
    next === null
      ? {
          createdStartDate: instantText(pass.untilMs - OLDEST_ORDER_MS),
          ...(pass.sinceMs === null ? {} : { lastModifiedStartDate: instantText(pass.sinceMs) }),
          limit: String(pass.pageSize),
        }
      : Object.fromEntries(new URLSearchParams(next));
  return {
    method: 'GET',
    path: '/orders',
    endpoint: 'GET /orders',
    query: { ...query, shipNodeType },
  };
}

export function readOrders(cursor: PageCursor | null, body: Json): RawPage {
  const list = numberIn(cursor, 'list') ?? 0;
  const nextList = list + 1 < SHIP_NODES.length ? { list: list + 1, next: null } : null;
  if (isNothing(body)) return { items: [], next: nextList };
  const items = listAt(body, 'list.elements.order');
  const next = textOf(valueAt(body, 'list.meta.nextCursor'));
  if (next === null || next === '' || items.length === 0) return { items, next: nextList };
  return { items, next: { list, next } };
}

export function itemsRequest(pass: PassContext, cursor: PageCursor | null): PlatformRequest {
  return {
    method: 'GET',
    path: '/items',
    endpoint: 'GET /items',
    query: {
      nextCursor: textOf(valueAt(cursor ?? undefined, 'next')) ?? '*',
      limit: String(pass.pageSize),
    },
  };
}

export function readItems(cursor: PageCursor | null, body: Json): RawPage {
  if (isNothing(body)) return { items: [], next: null };
  const items = listAt(body, 'ItemResponse');
  const total = numberIn(body, 'totalItems');
  const seen = (numberIn(cursor, 'seen') ?? 0) + items.length;
  const next = textOf(valueAt(body, 'nextCursor'));
  const isLast = next === null || next === '' || items.length === 0 || (total !== null && seen >= total);
  return {
    items,
    next: isLast ? null : { next, seen },
    total: cursor === null ? total : null,
  };
}

export function stockRequest(pass: PassContext, cursor: PageCursor | null): PlatformRequest {
  const next = textOf(valueAt(cursor ?? undefined, 'next'));
  return {
    method: 'GET',
    path: '/inventories',
    endpoint: 'GET /inventories',
    query: { limit: String(pass.pageSize), ...(next === null ? {} : { nextCursor: next }) },
  };
}

export function readStock(cursor: PageCursor | null, body: Json): RawPage {
  if (isNothing(body)) return { items: [], next: null };
  const items = listAt(body, 'elements.inventories');
  const next = textOf(valueAt(body, 'meta.nextCursor'));
  const total = cursor === null ? numberIn(body, 'meta.totalCount') : null;
  return { items, next: next === null || next === '' ? null : { next }, total };
}

/** Throws platform_answer_invalid where an error means something else than that there is nothing. */
function isNothing(body: Json): boolean {
  if (!isObject(body) || (body['error'] === undefined && body['errors'] === undefined)) return false;
  const codes = [...valuesAt(body, 'error.*.code'), ...valuesAt(body, 'errors.*.code')];
  if (codes.some((code) => /CONTENT_NOT_FOUND/i.test(textOf(code) ?? ''))) return true;
  // An answer may hold an empty list of errors beside its own.
  if (codes.length === 0) return false;
  throw answerInvalid('/errors', 'refuses the page');
}

/** In seconds, with a Z. */
function instantText(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

function numberIn(value: Json | null | undefined, path: string): number | null {
  const found = valueAt(value ?? undefined, path);
  return typeof found === 'number' ? found : null;
}
