// Pages through WooCommerce's lists by page number, sorted by id, and through the variations of variable products. A page number
// shifts when something before it is deleted, which the total tells: then the page before is read again. Pure.
import type { Json, PageCursor, PassContext, PlatformRequest, RawPage } from '../../domain/platform.ts';
import { answerInvalid, isList, isObject, type JsonObject, textOf, valueAt } from '../json.ts';

export interface Listing {
  readonly path: string;
  readonly isIncremental: boolean;
  readonly query?: Readonly<Record<string, string>>;
  /** merge: a variable product waits for its variations. apart: they are items of their own, beside their product. */
  readonly variations?: 'merge' | 'apart';
}

interface Position {
  readonly page: number;
  /** The total the page before told. */
  readonly total: number | null;
  readonly isListed: boolean;
  /** Variable products whose variations are still to be read; the first may be open. */
  readonly pending: readonly string[];
  readonly parent: JsonObject | null;
  readonly variations: readonly Json[];
  readonly variationPage: number;
  /** One object alone is read: nobody said yet whether it has variations. */
  readonly isAlone: boolean;
}

const START: Position = {
  page: 1,
  total: null,
  isListed: false,
  pending: [],
  parent: null,
  variations: [],
  variationPage: 1,
  isAlone: false,
};

/** The cursor of a pass over one object alone. */
export function beginAt(id: string): PageCursor {
  return { ...START, pending: [id], isListed: true, isAlone: true };
}

type Answer = { readonly body: Json; readonly headers: Readonly<Record<string, string>> };

export function listRequest(listing: Listing, pass: PassContext, cursor: PageCursor | null): PlatformRequest {
  const position = readPosition(cursor);
  const [open] = position.pending;
  if (open === undefined) return pageRequest(listing, pass, position.page);
  const path = `${listing.path}/${open}`;
  if (listing.variations !== 'apart' && position.parent === null) {
    return { method: 'GET', path, endpoint: `GET ${listing.path}/{id}` };
  }
  return {
    method: 'GET',
    path: `${path}/variations`,
    query: {
      per_page: String(pass.pageSize),
      page: String(position.variationPage),
      orderby: 'id',
      order: 'asc',
    },
    endpoint: `GET ${listing.path}/{id}/variations`,
  };
}

function pageRequest(listing: Listing, pass: PassContext, page: number): PlatformRequest {
  const since =
    listing.isIncremental && pass.sinceMs !== null
      ? // The filter excludes its own second, hence one less; without zone it is read as GMT.
        { modified_after: new Date(pass.sinceMs - 1_000).toISOString().slice(0, 19), dates_are_gmt: 'true' }
      : {};
  return {
    method: 'GET',
    path: listing.path,
    query: {
      per_page: String(pass.pageSize),
      page: String(page),
      orderby: 'id',
      order: 'asc',
      ...listing.query,
      ...since,
    },
    endpoint: `GET ${listing.path}`,
  };
}

/** Throws platform_answer_invalid. */
export function readListing(
  listing: Listing,
  pass: PassContext,
  cursor: PageCursor | null,
  answer: Answer,
): RawPage {
  const position = readPosition(cursor);
  const [open] = position.pending;
  if (open === undefined) return readPage(listing, pass, position, answer);
  if (listing.variations !== 'apart' && position.parent === null) {
    if (!isObject(answer.body)) throw answerInvalid('/', 'is not an object');
    if (listing.variations === 'merge' && (!position.isAlone || isVariable(answer.body)))
      return { items: [], next: { ...position, parent: answer.body } };
    return { items: [answer.body], next: nextOf({ ...position, pending: position.pending.slice(1) }) };
  }
  return readVariations(listing, pass, position, answer);
}

function readPage(listing: Listing, pass: PassContext, position: Position, answer: Answer): RawPage {
  const all = listOf(answer.body);
  const total = headerNumber(answer, 'x-wp-total');
  const lost = position.total === null || total === null ? 0 : position.total - total;
  const isLast = !hasNext(answer, position.page, all.length === pass.pageSize);
  const back =
    lost > 0 && position.page > 1 ? Math.min(position.page - 1, Math.ceil(lost / pass.pageSize)) : 0;
  const after: Position = {
    ...START,
    page: back > 0 ? position.page - back : position.page + 1,
    total,
    isListed: back === 0 && isLast,
    pending: listing.variations === undefined ? [] : all.filter(isVariable).map(idText),
  };
  const items = listing.variations === 'merge' ? all.filter((item) => !isVariable(item)) : all;
  return { items, next: nextOf(after), total };
}

function readVariations(listing: Listing, pass: PassContext, position: Position, answer: Answer): RawPage {
  const some = listOf(answer.body);
  const isLast = !hasNext(answer, position.variationPage, some.length === pass.pageSize);
  const [open, ...rest] = position.pending;
  const following: Position = { ...position, pending: rest, parent: null, variations: [], variationPage: 1 };
  if (listing.variations === 'apart') {
    const items = some.map((one) => (isObject(one) ? { ...one, parent_id: open ?? null } : one));
    return {
      items,
      next: isLast ? nextOf(following) : nextOf({ ...position, variationPage: position.variationPage + 1 }),
    };
  }
  const variations = [...position.variations, ...some];
  if (!isLast)
    return {
      items: [],
      next: nextOf({ ...position, variations, variationPage: position.variationPage + 1 }),
    };
  return { items: [{ ...position.parent, variations }], next: nextOf(following) };
}

function nextOf(position: Position): PageCursor | null {
  return position.pending.length === 0 && position.isListed ? null : { ...position };
}

/** By the Link header (RFC 8288), else by the count of pages, else by whether the page was full. */
function hasNext(answer: Answer, page: number, isFull: boolean): boolean {
  const link = answer.headers['link'];
  if (link !== undefined) return /;\s*rel="?next"?/i.test(link);
  const pages = headerNumber(answer, 'x-wp-totalpages');
  return pages === null ? isFull : page < pages;
}

function headerNumber(answer: Answer, name: string): number | null {
  const text = answer.headers[name];
  return text !== undefined && /^\d{1,12}$/.test(text) ? Number(text) : null;
}

function listOf(body: Json): readonly Json[] {
  if (!isList(body)) throw answerInvalid('/', 'is not a list');
  return body;
}

function isVariable(item: Json): boolean {
  const type = textOf(valueAt(item, 'type'));
  const variations = valueAt(item, 'variations');
  return type?.includes('variable') === true && isList(variations) && variations.length > 0;
}

function idText(item: Json): string {
  const id = textOf(valueAt(item, 'id'));
  if (id === null || !/^\d+$/.test(id)) throw answerInvalid('/', 'holds a product without id');
  return id;
}

function readPosition(cursor: PageCursor | null): Position {
  if (cursor === null || !isObject(cursor)) return START;
  const number = (name: string): number | null => {
    const value = cursor[name];
    return typeof value === 'number' ? value : null;
  };
  const list = (name: string): readonly Json[] => {
    const value = cursor[name];
    return isList(value) ? value : [];
  };
  const parent = cursor['parent'];
  return {
    page: number('page') ?? 1,
    total: number('total'),
    isListed: cursor['isListed'] === true,
    pending: list('pending').flatMap((one) => textOf(one) ?? []),
    parent: isObject(parent) ? parent : null,
    variations: list('variations'),
    variationPage: number('variationPage') ?? 1,
    isAlone: cursor['isAlone'] === true,
  };
}
