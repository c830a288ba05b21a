// How Square lists: a search and an opaque cursor that goes with the very same search, so that its instants go along. Orders are searched for in ten locations at most; which there are is
// asked at the beginning of each pass. Pure.
import type { Json, PageCursor, PassContext, PlatformRequest, RawPage } from '../../domain/platform.ts';
import { answerInvalid, isList, isObject, type JsonObject, listAt, textOf, valueAt } from '../json.ts';

/** null: not asked for; an open end. */
export interface Range {
  readonly from: string | null;
  readonly to: string;
}

export interface Listing {
  readonly path: string;
  readonly field: string;
  readonly search: (range: Range) => JsonObject;
}

interface Position {
  readonly range: Range;
  readonly cursor: string | null;
}

export function listRequest(listing: Listing, pass: PassContext, cursor: PageCursor | null): PlatformRequest {
  const position = readPosition(pass, cursor);
  return post(listing.path, pass, position, listing.search(position.range));
}

function post(path: string, pass: PassContext, { cursor }: Position, search: JsonObject): PlatformRequest {
  return {
    method: 'POST',
    path,
    endpoint: `POST ${path}`,
    body: { ...search, limit: pass.pageSize, ...(cursor === null ? {} : { cursor }) },
  };
}

/** An empty list is left out of the answer. Throws platform_answer_invalid. */
export function readListing(
  { field }: Listing,
  pass: PassContext,
  cursor: PageCursor | null,
  body: Json,
): RawPage {
  const items = itemsAt(body, field);
  const next = textOf(valueAt(body, 'cursor'));
  const { range } = readPosition(pass, cursor);
  return { items, next: next === null || next === '' ? null : { range: { ...range }, cursor: next } };
}

function itemsAt(body: Json, field: string): readonly Json[] {
  if (!isObject(body)) throw answerInvalid('/', 'is not an object');
  if (body['errors'] !== undefined) throw answerInvalid('/errors', 'refuses the page');
  return body[field] === undefined ? [] : listAt(body, field);
}

/** What Square says is deleted, apart from what is there. */
export function withoutDeleted(page: RawPage): RawPage {
  const isGone = (item: Json) => valueAt(item, 'is_deleted') === true;
  return {
    ...page,
    items: page.items.filter((item) => !isGone(item)),
    deleted: page.items.filter(isGone).flatMap((item) => textOf(valueAt(item, 'id')) ?? []),
  };
}

const ORDERS: Listing = { path: '/v2/orders/search', field: 'orders', search: () => ({}) };

/** Most locations of one search. */
const MAX_LOCATIONS = 10;

export function ordersRequest(pass: PassContext, cursor: PageCursor | null): PlatformRequest {
  if (cursor === null) return { method: 'GET', path: '/v2/locations', endpoint: 'GET /v2/locations' };
  const position = readPosition(pass, cursor);
  const { from, to } = position.range;
  return post(ORDERS.path, pass, position, {
    location_ids: locationsOf(cursor).slice(0, MAX_LOCATIONS),
    query: {
      filter: {
        date_time_filter: { updated_at: { ...(from === null ? {} : { start_at: from }), end_at: to } },
      },
      sort: { sort_field: 'UPDATED_AT', sort_order: 'ASC' },
    },
  });
}

/** Throws platform_answer_invalid. */
export function readOrders(pass: PassContext, cursor: PageCursor | null, body: Json): RawPage {
  const { range } = readPosition(pass, cursor);
  // The first answer is of the locations; one of orders says so itself.
  if (cursor === null && !(isObject(body) && isList(body['orders']))) {
    const all = itemsAt(body, 'locations').flatMap((one) => textOf(valueAt(one, 'id')) ?? []);
    return { items: [], next: nextOf(range, all, null) };
  }
  const items = itemsAt(body, 'orders');
  const next = textOf(valueAt(body, 'cursor'));
  const locations = locationsOf(cursor);
  if (next !== null && next !== '') return { items, next: nextOf(range, locations, next) };
  return { items, next: nextOf(range, locations.slice(MAX_LOCATIONS), null) };
}

function nextOf(range: Range, locations: readonly string[], cursor: string | null): PageCursor | null {
  return locations.length === 0 ? null : { range: { ...range }, locations, cursor };
}

function locationsOf(cursor: PageCursor | null): readonly string[] {
  const all = valueAt(cursor ?? undefined, 'locations');
  return isList(all) ? all.flatMap((one) => textOf(one) ?? []) : [];
}

function readPosition({ sinceMs, untilMs }: PassContext, cursor: PageCursor | null): Position {
  if (cursor === null)
    return {
      range: {
        from: sinceMs === null ? null : new Date(sinceMs).toISOString(),
        to: new Date(untilMs).toISOString(),
      },
      cursor: null,
    };
  return {
    range: {
      from: textOf(valueAt(cursor, 'range.from')),
      to: textOf(valueAt(cursor, 'range.to')) ?? new Date(untilMs).toISOString(),
    },
    cursor: textOf(valueAt(cursor, 'cursor')),
  };
}
