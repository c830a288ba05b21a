// How Wix lists. Orders, products and stock: a query sorted by update time, and then a cursor that stands for the whole query. Contacts have offsets alone, and cannot be sorted by
// update time: a pass over them goes by the time they were created, which never changes, and counts within the same instant only. Pure.
import type { Json, PageCursor, PassContext, PlatformRequest, RawPage } from '../../domain/platform.ts';
import { answerInvalid, isObject, type JsonObject, listAt, textOf, valueAt } from '../json.ts';

export interface Listing {
  readonly path: string;
  /** The member of the body that holds filter, sorting and paging. */
  readonly in: 'query' | 'search';
  /** Member of the answer that holds the page, and the one that says where the next begins. */
  readonly field: string;
  readonly paging: string;
  /** Further members of the body. */
  readonly with?: JsonObject;
}

export function listRequest(listing: Listing, pass: PassContext, cursor: PageCursor | null): PlatformRequest {
  const next = cursor === null ? null : textOf(valueAt(cursor, 'cursor'));
  const paging = { limit: pass.pageSize, ...(next === null ? {} : { cursor: next }) };
  const first = { ...changedSince(pass), sort: [{ fieldName: 'updatedDate', order: 'ASC' }] };
  return {
    method: 'POST',
    path: listing.path,
    endpoint: `POST ${listing.path}`,
    body: {
      [listing.in]: { ...(next === null ? first : {}), cursorPaging: paging },
      ...listing.with,
    },
  };
}

function changedSince({ sinceMs }: PassContext): JsonObject {
  return sinceMs === null ? {} : { filter: { updatedDate: { $gte: new Date(sinceMs).toISOString() } } };
}

/** Throws platform_answer_invalid. */
export function readListing(listing: Listing, body: Json): RawPage {
  const items = listAt(body, listing.field);
  const next = textOf(valueAt(body, `${listing.paging}.cursors.next`));
  return { items, next: next === null || next === '' || items.length === 0 ? null : { cursor: next } };
}

const CONTACTS = '/contacts/v4/contacts/query';

/** `from` is the creation time last seen, `skip` how many of that instant are in. */
interface Position {
  readonly from: string | null;
  readonly skip: number;
}

export function contactsRequest(pass: PassContext, cursor: PageCursor | null): PlatformRequest {
  const { from, skip } = readPosition(cursor);
  const filter = {
    ...(pass.sinceMs === null ? {} : { updatedDate: { $gte: new Date(pass.sinceMs).toISOString() } }),
    ...(from === null ? {} : { createdDate: { $gte: from } }),
  };
  return {
    method: 'POST',
    path: CONTACTS,
    endpoint: `POST ${CONTACTS}`,
    body: {
      query: {
        filter,
        sort: [{ fieldName: 'createdDate', order: 'ASC' }],
        paging: { limit: pass.pageSize, offset: skip },
        fieldsets: ['FULL'],
      },
    },
  };
}

/** Throws platform_answer_invalid. */
export function readContacts(pass: PassContext, cursor: PageCursor | null, body: Json): RawPage {
  const items = listAt(body, 'contacts');
  const count = valueAt(body, 'pagingMetadata.total');
  const total = cursor === null && typeof count === 'number' ? count : null;
  if (items.length < pass.pageSize) return { items, next: null, total };
  const last = textOf(valueAt(items.at(-1), 'createdDate'));
  if (last === null) throw answerInvalid('/contacts', 'ends without "createdDate"');
  const { from, skip } = readPosition(cursor);
  const ofLast = items.filter((item) => valueAt(item, 'createdDate') === last).length;
  return { items, next: { from: last, skip: last === from ? skip + items.length : ofLast }, total };
}

function readPosition(cursor: PageCursor | null): Position {
  const skip = valueAt(cursor ?? undefined, 'skip');
  return {
    from: textOf(valueAt(cursor ?? undefined, 'from')),
    skip: typeof skip === 'number' ? skip : 0,
  };
}

/** A product alone tells its variants; one further field may be asked for in a query, and the list has told the others. */
export function productRequest(items: readonly Json[]): PlatformRequest {
  const id = textOf(valueAt(items[0], 'id')) ?? '';
  return {
    method: 'GET',
    path: `/stores/v3/products/${encodeURIComponent(id)}`,
    endpoint: 'GET /stores/v3/products/{id}',
    query: { fields: 'VARIANT_OPTION_CHOICE_NAMES' },
  };
}

/** One that went meanwhile is left out. What was asked for in the list alone, address and description, is kept. */
export function readProduct(body: Json, listed: readonly Json[]): readonly Json[] {
  const product = valueAt(body, 'product');
  if (!isObject(product)) return [];
  const [item] = listed;
  return [isObject(item) ? { ...item, ...product } : product];
}
