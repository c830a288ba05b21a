// How PrestaShop lists: sorted by id, each page behind the last id seen, so that what is deleted or changed meanwhile moves nothing. An empty list is [], whatever was asked for. What an
// order names by id alone, its currency and its state, is read first and goes along. Pure.
import type { Json, PageCursor, PassContext, PlatformRequest, RawPage } from '../../domain/platform.ts';
import { answerInvalid, isList, isObject, type JsonObject, listAt, textOf, valueAt } from '../json.ts';

export interface Listing {
  /** The resource, in the address and in the answer. */
  readonly name: string;
  readonly isIncremental: boolean;
  /** Tables to read before the first page: member of an item that names a row → the resource, and the member that the row becomes. */
  readonly tables?: readonly {
    readonly key: string;
    readonly name: string;
    readonly as: string;
    readonly fields: readonly string[];
  }[];
}

interface Position {
  readonly after: string | null;
  /** Rows of the tables that are read, by their id. */
  readonly tables: readonly JsonObject[];
}

export function listRequest(listing: Listing, pass: PassContext, cursor: PageCursor | null): PlatformRequest {
  const { after, tables } = readPosition(cursor);
  const table = listing.tables?.[tables.length];
  if (table !== undefined) return get(pass, table.name, { display: `[id,${table.fields.join(',')}]` });
  const since =
    listing.isIncremental && pass.sinceMs !== null
      ? { date: '1', 'filter[date_upd]': `>[${instantText(pass.sinceMs)}]` }
      : {};
  return get(pass, listing.name, {
    display: 'full',
    sort: '[id_ASC]',
    limit: String(pass.pageSize),
    ...since,
    ...(after === null ? {} : { 'filter[id]': `>[${after}]` }),
  });
}

export function get(
  pass: PassContext,
  name: string,
  query: Readonly<Record<string, string>>,
): PlatformRequest {
  const shopId = pass.shop['shopId'];
  return {
    method: 'GET',
    path: `/${name}`,
    endpoint: `GET /${name}`,
    query: { output_format: 'JSON', ...query, ...(shopId === undefined ? {} : { id_shop: shopId }) },
  };
}

/** Texts of the shop have no zone: see `overlapS`. */
function instantText(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace('T', ' ');
}

/** Throws platform_answer_invalid. */
export function readListing(
  listing: Listing,
  pass: PassContext,
  cursor: PageCursor | null,
  body: Json,
): RawPage {
  const { tables } = readPosition(cursor);
  const open = listing.tables?.[tables.length];
  // A page where a table was asked for is one that nobody asked for, but says what it is.
  if (open !== undefined && !(cursor === null && hasPage(body, listing.name))) {
    return { items: [], next: { after: null, tables: [...tables, rowsById(rowsOf(body, open.name))] } };
  }
  const items = rowsOf(body, listing.name);
  const joined = items.map((item) => withRows(listing, tables, item));
  if (items.length < pass.pageSize) return { items: joined, next: null };
  const last = textOf(valueAt(items.at(-1), 'id'));
  if (last === null || !/^\d+$/.test(last)) throw answerInvalid(`/${listing.name}`, 'ends without an id');
  return { items: joined, next: { after: last, tables } };
}

/** Throws platform_answer_invalid. */
export function rowsOf(body: Json, name: string): readonly Json[] {
  return isList(body) && body.length === 0 ? [] : listAt(body, name);
}

function hasPage(body: Json, name: string): boolean {
  return isObject(body) && isList(body[name]);
}

function rowsById(rows: readonly Json[]): JsonObject {
  return Object.fromEntries(
    rows.flatMap((row) => {
      const id = textOf(valueAt(row, 'id'));
      return id === null ? [] : [[id, row] as const];
    }),
  );
}

function withRows(listing: Listing, tables: readonly JsonObject[], item: Json): Json {
  if (!isObject(item)) return item;
  const rows = tables.flatMap((table, at) => {
    const { key, as } = listing.tables?.[at] ?? { key: '', as: '' };
    const id = textOf(item[key]);
    const row = id !== null && Object.hasOwn(table, id) ? table[id] : undefined;
    return row === undefined ? [] : [[as, row] as const];
  });
  return { ...item, ...Object.fromEntries(rows) };
}

function readPosition(cursor: PageCursor | null): Position {
  const tables = valueAt(cursor ?? undefined, 'tables');
  return {
    after: textOf(valueAt(cursor ?? undefined, 'after')),
    tables: isList(tables) ? tables.filter(isObject) : [],
  };
}

/** The combinations of these products, in one answer. */
export function combinationsRequest(pass: PassContext, products: readonly Json[]): PlatformRequest {
  const ids = products.flatMap((item) => textOf(valueAt(item, 'id')) ?? []);
  return get(pass, 'combinations', { display: 'full', 'filter[id_product]': `[${ids.join('|')}]` });
}

/** Each product with its own. */
export function withCombinations(body: Json, products: readonly Json[]): readonly Json[] {
  const all = rowsOf(body, 'combinations');
  return products.map((item) => {
    const id = textOf(valueAt(item, 'id'));
    const own = all.filter((one) => textOf(valueAt(one, 'id_product')) === id);
    return isObject(item) ? { ...item, combinations: own } : item;
  });
}
