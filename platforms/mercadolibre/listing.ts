// How Mercado Libre lists. Orders by the time they were made, which never changes, as far as an offset reaches. Items by a scroll that dies after 5 minutes, so that a pass that was held
// up begins again; it tells ids, and 20 of them are read at once. Pure.
import type { Json, PageCursor, PassContext, PlatformRequest, RawPage } from '../../domain/platform.ts';
import { afterCreatedWindow, createdWindow } from '../created-windows.ts';
import { answerInvalid, isObject, listAt, textOf, valueAt } from '../json.ts';

const BEGINNING_MS = Date.UTC(2010, 0, 1);

/** Not documented; others stop here. */
const MAX_ORDERS = 9_900;

export function ordersRequest(pass: PassContext, cursor: PageCursor | null): PlatformRequest {
  const { fromMs, toMs, offset } = createdWindow(cursor, BEGINNING_MS);
  return {
    method: 'GET',
    path: '/orders/search',
    endpoint: 'GET /orders/search',
    query: {
      seller: userOf(pass),
      // Oldest first.
      sort: 'date_asc',
      limit: String(pass.pageSize),
      offset: String(offset),
      'order.date_created.from': iso(fromMs),
      ...(toMs === null ? {} : { 'order.date_created.to': iso(toMs) }),
      // The shorter order.last_updated.from is ignored in silence.
      ...(pass.sinceMs === null ? {} : { 'order.date_last_updated.from': iso(pass.sinceMs) }),
    },
  };
}

/** Throws platform_answer_invalid. */
export function readOrders(pass: PassContext, cursor: PageCursor | null, body: Json): RawPage {
  const items = listAt(body, 'results');
  const count = valueAt(body, 'paging.total');
  const total = typeof count === 'number' ? count : null;
  const { isTooMany, next } = afterCreatedWindow(createdWindow(cursor, BEGINNING_MS), {
    size: items.length,
    limit: pass.pageSize,
    total,
    reach: MAX_ORDERS,
    untilMs: pass.untilMs,
  });
  return isTooMany ? { items: [], next } : { items, next, total: cursor === null ? total : null };
}

export function scanRequest(pass: PassContext, cursor: PageCursor | null): PlatformRequest {
  const scroll = cursor === null ? null : textOf(valueAt(cursor, 'scroll'));
  return {
    method: 'GET',
    path: `/users/${encodeURIComponent(userOf(pass))}/items/search`,
    endpoint: 'GET /users/{id}/items/search',
    query: {
      search_type: 'scan',
      limit: String(pass.pageSize),
      ...(scroll === null ? {} : { scroll_id: scroll }),
    },
  };
}

/** Times a pass begins again because its scroll was over. */
const MAX_RESTARTS = 3;

/** An empty page ends the scroll. Throws platform_answer_invalid. */
export function readItemIds(cursor: PageCursor | null, body: Json): RawPage {
  const restarts = Number(textOf(valueAt(cursor ?? undefined, 'restarts')) ?? 0);
  if (isObject(body) && body['results'] === undefined && body['error'] !== undefined) {
    const isOver = textOf(valueAt(cursor ?? undefined, 'scroll')) !== null && restarts < MAX_RESTARTS;
    if (!isOver) throw answerInvalid('/error', 'refuses the page');
    return { items: [], next: { scroll: null, restarts: restarts + 1 } };
  }
  const items = valueAt(body, 'results') === null ? [] : listAt(body, 'results');
  const scroll = textOf(valueAt(body, 'scroll_id'));
  const page = Number(textOf(valueAt(cursor ?? undefined, 'page')) ?? 0) + 1;
  const isLast = items.length === 0 || scroll === null || scroll === '';
  // The same scroll_id may come again: the count of pages tells two of them apart.
  return { items, next: isLast ? null : { scroll, restarts, page } };
}

export function itemsRequest(ids: readonly Json[]): PlatformRequest {
  const named = ids.flatMap((id) => textOf(id) ?? []);
  if (named.some((id) => !/^[A-Z0-9]{1,30}$/.test(id)) || named.length < ids.length)
    throw answerInvalid('/results', 'holds something else than ids of items');
  return { method: 'GET', path: '/items', endpoint: 'GET /items', query: { ids: named.join(',') } };
}

/** Each has a status of its own: one that went since its id was told is left out. */
export function readItems(body: Json): readonly Json[] {
  return listAt(body, '').flatMap((one) => {
    const item = valueAt(one, 'body');
    return valueAt(one, 'code') === 200 && item !== undefined ? [item] : [];
  });
}

function userOf({ shop }: PassContext): string {
  return shop['userId'] ?? '-';
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
