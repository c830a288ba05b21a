// How BigCommerce lists. V2 orders and V3 products: behind the last id seen, so that nothing slides past. V3 customers and stock: by page, with a total that tells when the
// list became shorter. V2 answers 204 and no body where there is nothing. Pure.
import type { Json, PageCursor, PassContext, PlatformRequest, RawPage } from '../../domain/platform.ts';
import { answerInvalid, isList, listAt, textOf, valueAt } from '../json.ts';
import { offsetAfter } from '../offset.ts';

type Answer = { readonly body: Json; readonly headers: Readonly<Record<string, string>> };

/** Archived orders are not listed. */
export function ordersRequest(pass: PassContext, cursor: PageCursor | null): PlatformRequest {
  return {
    method: 'GET',
    path: '/v2/orders',
    endpoint: 'GET /v2/orders',
    query: {
      sort: 'id:asc',
      limit: String(pass.pageSize),
      ...(cursor === null ? {} : { min_id: String(idAfter(cursor)) }),
      ...(pass.sinceMs === null ? {} : { min_date_modified: iso(pass.sinceMs) }),
    },
  };
}

export function readOrders(pass: PassContext, { body, headers }: Answer): RawPage {
  if (body === null && isEmpty(headers)) return { items: [], next: null };
  if (!isList(body)) throw answerInvalid('/', 'is not a list');
  return behindLast(body, pass);
}

/** A page of HTML has no JSON either, and is not nothing. */
function isEmpty(headers: Readonly<Record<string, string>>): boolean {
  return headers['content-type'] === undefined || /json/i.test(headers['content-type']);
}

/** Most lines that one call tells of an order. */
export const MAX_LINES = 250;

export function linesRequest(_pass: PassContext, [order]: readonly Json[]): PlatformRequest {
  const id = textOf(valueAt(order, 'id'));
  if (id === null || !/^\d+$/.test(id)) throw answerInvalid('/', 'holds an order without id');
  return {
    method: 'GET',
    path: `/v2/orders/${id}/products`,
    endpoint: 'GET /v2/orders/{id}/products',
    query: { limit: String(MAX_LINES) },
  };
}

/** The order with its lines where it had their address. */
export function readLines({ body }: { readonly body: Json }, [order]: readonly Json[]): readonly Json[] {
  if (body !== null && !isList(body)) throw answerInvalid('/', 'is not a list');
  if (order === undefined || order === null || typeof order !== 'object' || Array.isArray(order)) return [];
  return [{ ...order, products: body ?? [] }];
}

export function productsRequest(pass: PassContext, cursor: PageCursor | null): PlatformRequest {
  return {
    method: 'GET',
    path: '/v3/catalog/products',
    endpoint: 'GET /v3/catalog/products',
    query: {
      include: 'variants',
      sort: 'id',
      direction: 'asc',
      limit: String(pass.pageSize),
      ...(cursor === null ? {} : { 'id:min': String(idAfter(cursor)) }),
      ...(pass.sinceMs === null ? {} : { 'date_modified:min': iso(pass.sinceMs) }),
    },
  };
}

export function readProducts(pass: PassContext, cursor: PageCursor | null, { body }: Answer): RawPage {
  const total = valueAt(body, 'meta.pagination.total');
  const told = cursor === null && typeof total === 'number' ? total : null;
  return { ...behindLast(listAt(body, 'data'), pass), total: told };
}

function behindLast(items: readonly Json[], pass: PassContext): RawPage {
  if (items.length < pass.pageSize) return { items, next: null };
  const last = textOf(valueAt(items.at(-1), 'id'));
  if (last === null || !/^\d{1,15}$/.test(last)) throw answerInvalid('/', 'ends without an id');
  return { items, next: { lastId: Number(last) } };
}

function idAfter(cursor: PageCursor): number {
  const last = valueAt(cursor, 'lastId');
  return typeof last === 'number' ? last + 1 : 0;
}

/** `query`: what is asked for beside the page. */
export function pagedRequest(
  path: string,
  query: Readonly<Record<string, string>>,
  pass: PassContext,
  cursor: PageCursor | null,
): PlatformRequest {
  const page = valueAt(cursor ?? undefined, 'page');
  return {
    method: 'GET',
    path,
    endpoint: `GET ${path}`,
    query: {
      ...query,
      limit: String(pass.pageSize),
      page: String(typeof page === 'number' ? page : 1),
    },
  };
}

export function readPaged(pass: PassContext, cursor: PageCursor | null, { body }: Answer): RawPage {
  const items = listAt(body, 'data');
  const number = (of: Json | undefined): number | null => (typeof of === 'number' ? of : null);
  const page = number(valueAt(cursor ?? undefined, 'page')) ?? 1;
  const total = number(valueAt(body, 'meta.pagination.total'));
  const next = offsetAfter({
    offset: (page - 1) * pass.pageSize,
    size: items.length,
    limit: pass.pageSize,
    total,
    totalBefore: number(valueAt(cursor ?? undefined, 'total')),
  });
  const told = cursor === null ? total : null;
  if (next === null) return { items, next: null, total: told };
  return { items, next: { page: Math.floor(next / pass.pageSize) + 1, total }, total: told };
}

export function iso(ms: number): string {
  return new Date(ms).toISOString();
}
