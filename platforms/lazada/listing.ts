// How Lazada lists. Orders are sorted by update time and asked for from the last one seen, so that one that changes meanwhile only moves on. Products have no order that
// is documented: they are cut into windows of creation time, which never changes, none with more than an offset reaches. Pure.
import type { Json, PageCursor, PassContext, PlatformRequest, RawPage } from '../../domain/platform.ts';
import { afterCreatedWindow, createdWindow } from '../created-windows.ts';
import { answerInvalid, isObject, listAt, textOf, valueAt } from '../json.ts';
import { instantMs } from './instant.ts';

/** Lazada opened in 2012. One of the two instants is mandatory. */
const BEGINNING_MS = Date.UTC(2012, 0, 1);

/** The greatest offset of each list. */
const MAX_ORDERS = 5_000;
const MAX_PRODUCTS = 10_000;

export function ordersRequest(pass: PassContext, cursor: PageCursor | null): PlatformRequest {
  const { afterMs, offset } = orderPosition(pass, cursor);
  return {
    method: 'GET',
    path: '/orders/get',
    endpoint: 'GET /orders/get',
    query: {
      update_after: instantText(afterMs),
      sort_by: 'updated_at',
      sort_direction: 'ASC',
      limit: String(pass.pageSize),
      offset: String(offset),
    },
  };
}

/** Throws platform_answer_invalid, also where orders are not sorted: what was missed could not be told. */
export function readOrders(pass: PassContext, cursor: PageCursor | null, body: Json): RawPage {
  const items = listAt(body, 'data.orders');
  const count = numberAt(body, 'data.countTotal');
  const total = cursor === null ? count : null;
  if (items.length < pass.pageSize) return { items, next: null, total };
  const { afterMs, offset } = orderPosition(pass, cursor);
  const times = items.map((item) => instantMs(textOf(valueAt(item, 'updated_at')) ?? ''));
  const last = times.at(-1) ?? null;
  const isSorted = times.every((ms, at) => ms !== null && ms >= (times[at - 1] ?? afterMs));
  if (last === null || !isSorted) throw answerInvalid('/data/orders', 'is not sorted by "updated_at"');
  if (last > afterMs) return { items, next: { afterMs: last, offset: 0 }, total };
  if (offset + pass.pageSize > MAX_ORDERS)
    throw answerInvalid('/data/orders', `holds more than ${MAX_ORDERS} orders of one second`);
  return { items, next: { afterMs, offset: offset + pass.pageSize }, total };
}

function orderPosition(pass: PassContext, cursor: PageCursor | null): { afterMs: number; offset: number } {
  return {
    afterMs: numberAt(cursor, 'afterMs') ?? pass.sinceMs ?? BEGINNING_MS,
    offset: numberAt(cursor, 'offset') ?? 0,
  };
}

export function itemsRequest(orders: readonly Json[]): PlatformRequest {
  const ids = orders.map((order) => {
    const id = textOf(valueAt(order, 'order_id'));
    if (id === null || !/^\d+$/.test(id))
      throw answerInvalid('/data/orders', 'holds an order without order_id');
    return id;
  });
  const path = '/orders/items/get';
  return { method: 'GET', path, endpoint: `GET ${path}`, query: { order_ids: `[${ids.join(',')}]` } };
}

/** Each order with its items beside. Throws platform_answer_invalid where those of one are missing. */
export function withItems(body: Json, orders: readonly Json[]): readonly Json[] {
  const found = new Map(
    listAt(body, 'data').map((one) => [textOf(valueAt(one, 'order_id')), valueAt(one, 'order_items')]),
  );
  return orders.map((order) => {
    const items = found.get(textOf(valueAt(order, 'order_id')));
    if (!isObject(order) || items === undefined) throw answerInvalid('/data', 'lacks the items of an order');
    return { ...order, order_items: items };
  });
}

export function productsRequest(
  pass: PassContext,
  cursor: PageCursor | null,
  { isIncremental }: { readonly isIncremental: boolean },
): PlatformRequest {
  const { fromMs, toMs, offset } = createdWindow(cursor, BEGINNING_MS);
  const since = isIncremental ? pass.sinceMs : null;
  return {
    method: 'GET',
    path: '/products/get',
    endpoint: 'GET /products/get',
    query: {
      filter: 'all',
      limit: String(pass.pageSize),
      offset: String(offset),
      create_after: instantText(fromMs),
      ...(toMs === null ? {} : { create_before: instantText(toMs) }),
      ...(since === null ? {} : { update_after: instantText(since) }),
    },
  };
}

/** A deleted product is among the others, with that status. Throws platform_answer_invalid. */
export function readProducts(pass: PassContext, cursor: PageCursor | null, body: Json): RawPage {
  const total = numberAt(body, 'data.total_products');
  // An empty page may leave the list out.
  const found = total === 0 ? [] : listAt(body, 'data.products');
  const { isTooMany, next } = afterCreatedWindow(createdWindow(cursor, BEGINNING_MS), {
    size: found.length,
    limit: pass.pageSize,
    total,
    reach: MAX_PRODUCTS,
    untilMs: pass.untilMs,
  });
  if (isTooMany) return { items: [], next };
  return {
    items: found.filter((one) => !isDeleted(one)),
    deleted: found.filter(isDeleted).flatMap((one) => textOf(valueAt(one, 'item_id')) ?? []),
    next,
    total: cursor === null ? total : null,
  };
}

function isDeleted(product: Json): boolean {
  return textOf(valueAt(product, 'status'))?.toLowerCase() === 'deleted';
}

/** Counts come as numbers or as text. */
function numberAt(value: Json, path: string): number | null {
  const text = textOf(valueAt(value, path));
  return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : null;
}

/** The form that is asked for: with a numeric zone, and whole seconds. */
function instantText(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}+00:00`;
}
