// How Shoptet lists. A first pass reads the whole list; later ones read a log that names what was changed or deleted, which goes back 30 days. Neither holds whole records: each is read by
// itself. Pages are counted; when a list becomes shorter meanwhile, the page before is read again. Pure.
import type { Json, PageCursor, PassContext, PlatformRequest, RawPage } from '../../domain/platform.ts';
import { answerInvalid, isObject, listAt, objectAt, textOf, valueAt } from '../json.ts';
import { offsetAfter } from '../offset.ts';

export interface Listing {
  readonly path: string;
  /** Member of `data` that holds the page. */
  readonly field: string;
  /** What an item is known by. */
  readonly id: string;
  readonly pageSize: number;
}

interface Position {
  readonly page: number;
  readonly total: number | null;
}

/** A day less than the log is kept. */
const LOG_MS = 29 * 86_400_000;

/** The instant a log is asked from; null: it does not go back so far, or nothing was read yet. */
function logFrom({ sinceMs, untilMs }: PassContext): string | null {
  return sinceMs === null || untilMs - sinceMs > LOG_MS ? null : instantText(sinceMs);
}

/** "2017-12-12T22:08:01+0000" */
function instantText(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}+0000`;
}

export function listRequest(listing: Listing, pass: PassContext, cursor: PageCursor | null): PlatformRequest {
  const from = logFrom(pass);
  const path = from === null ? listing.path : `${listing.path}/changes`;
  return get(path, path, {
    page: String(readPosition(cursor).page),
    itemsPerPage: String(listing.pageSize),
    ...(from === null ? {} : { from }),
  });
}

function get(path: string, name: string, query: Readonly<Record<string, string>>): PlatformRequest {
  return { method: 'GET', path, endpoint: `GET ${name}`, query };
}

/** Throws platform_answer_invalid. */
export function readListing(
  listing: Listing,
  pass: PassContext,
  cursor: PageCursor | null,
  body: Json,
): RawPage {
  const isLog = logFrom(pass) !== null;
  const all = listAt(body, `data.${isLog ? 'changes' : listing.field}`);
  const isGone = (item: Json) => isLog && valueAt(item, 'changeType') === 'delete';
  const next = nextPage(listing.pageSize, cursor, all.length, body);
  return {
    items: all.filter((item) => !isGone(item)),
    deleted: all.filter(isGone).flatMap((item) => textOf(valueAt(item, listing.id)) ?? []),
    next: next === null ? null : { ...next },
    total: cursor === null ? totalOf(body) : null,
  };
}

function nextPage(limit: number, cursor: PageCursor | null, size: number, body: Json): Position | null {
  const { page, total: totalBefore } = readPosition(cursor);
  const total = totalOf(body);
  const offset = offsetAfter({ offset: (page - 1) * limit, size, limit, total, totalBefore });
  return offset === null ? null : { page: Math.floor(offset / limit) + 1, total };
}

function totalOf(body: Json): number | null {
  const total = valueAt(body, 'data.paginator.totalCount');
  return typeof total === 'number' && Number.isSafeInteger(total) && total >= 0 ? total : null;
}

function readPosition(cursor: PageCursor | null): Position {
  const number = (name: string) => {
    const value = valueAt(cursor ?? undefined, name);
    return typeof value === 'number' ? value : null;
  };
  return { page: number('page') ?? 1, total: number('total') };
}

export function detailRequest(listing: Listing, items: readonly Json[]): PlatformRequest {
  const id = textOf(valueAt(items[0], listing.id)) ?? '';
  return get(`${listing.path}/${encodeURIComponent(id)}`, `${listing.path}/{${listing.id}}`, {});
}

/** One that went meanwhile is left out. */
export function readDetail(path: string, body: Json): readonly Json[] {
  const whole = valueAt(body, path);
  return isObject(whole) ? [whole] : [];
}

const STOCKS = '/api/stocks';
const SUPPLIES_PER_PAGE = 1_000;

/** Stocks first, and then the supplies of each. */
export function suppliesRequest(pass: PassContext, cursor: PageCursor | null): PlatformRequest {
  const [stock] = stocksOf(cursor);
  if (stock === undefined) return get(STOCKS, STOCKS, {});
  const from = logFrom(pass);
  return get(`${STOCKS}/${encodeURIComponent(stock)}/supplies`, `${STOCKS}/{stockId}/supplies`, {
    page: String(readPosition(cursor).page),
    itemsPerPage: String(SUPPLIES_PER_PAGE),
    ...(from === null ? {} : { changedFrom: from }),
  });
}

/** A supply does not name its stock: it is told beside. Throws platform_answer_invalid. */
export function readSupplies(cursor: PageCursor | null, body: Json): RawPage {
  const [stock, ...others] = stocksOf(cursor);
  if (stock === undefined) {
    const all = listAt(body, 'data.stocks').map((one) => textOf(valueAt(one, 'id')));
    const ids = all.map((id) => id ?? invalidStock());
    return { items: [], next: atStocks(ids) };
  }
  const supplies = listAt(body, 'data.supplies');
  const items = supplies.map((one) => (isObject(one) ? { ...one, stockId: stock } : one));
  const next = nextPage(SUPPLIES_PER_PAGE, cursor, supplies.length, body);
  return { items, next: next === null ? atStocks(others) : { ...next, stocks: [stock, ...others] } };
}

function atStocks(stocks: readonly string[]): PageCursor | null {
  return stocks.length === 0 ? null : { page: 1, total: null, stocks };
}

function stocksOf(cursor: PageCursor | null): readonly string[] {
  const stocks = valueAt(cursor ?? undefined, 'stocks');
  return Array.isArray(stocks) ? stocks.flatMap((one: Json) => textOf(one) ?? []) : [];
}

function invalidStock(): never {
  throw answerInvalid('/data/stocks', 'holds a stock without id');
}

/** Throws platform_answer_invalid. */
export function dataOf(body: Json) {
  return objectAt(body, 'data');
}
