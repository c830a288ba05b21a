// How Trendyol lists. Order packages: by a stream, in windows of their last change, of which its cursor walks one. Products and stock: by pages as far as they reach, then by a token. Pure.
import type { Json, PageCursor, PassContext, PlatformRequest, RawPage } from '../../domain/platform.ts';
import { answerInvalid, listAt, textOf, valueAt } from '../json.ts';

const DAY_MS = 86_400_000;
/** "Up to three months", with a day to spare. */
const OLDEST_MS = 89 * DAY_MS;
/** 14 days at most, with a day to spare. */
const WIDEST_MS = 13 * DAY_MS;

interface Window {
  readonly fromMs: number;
  readonly toMs: number;
  readonly token: string | null;
}

export function packagesRequest(pass: PassContext, cursor: PageCursor | null): PlatformRequest {
  const { fromMs, toMs, token } = windowOf(pass, cursor);
  return {
    method: 'GET',
    path: `/order/sellers/${sellerOf(pass)}/orders/stream`,
    endpoint: 'GET /order/sellers/{sellerId}/orders/stream',
    // Beside a cursor they must stay what they were.
    query: {
      lastModifiedStartDate: String(fromMs),
      lastModifiedEndDate: String(toMs),
      size: String(pass.pageSize),
      ...(token === null ? {} : { nextCursor: token }),
    },
  };
}

/** Throws platform_answer_invalid. */
export function readPackages(pass: PassContext, cursor: PageCursor | null, body: Json): RawPage {
  const items = listAt(body, 'content');
  const window = windowOf(pass, cursor);
  if (valueAt(body, 'hasMore') === true) {
    const token = textOf(valueAt(body, 'nextCursor'));
    if (token === null || token === '')
      throw answerInvalid('/nextCursor', 'is not told, though there is more');
    return { items, next: { ...window, token } };
  }
  return { items, next: window.toMs < pass.untilMs ? { ...windowFrom(pass, window.toMs) } : null };
}

/** Both ends are in it: what stands on an edge is read twice. */
function windowFrom(pass: PassContext, fromMs: number): Window {
  return { fromMs, toMs: Math.min(fromMs + WIDEST_MS, pass.untilMs), token: null };
}

function windowOf(pass: PassContext, cursor: PageCursor | null): Window {
  const [fromMs, toMs] = [numberAt(cursor, 'fromMs'), numberAt(cursor, 'toMs')];
  if (fromMs !== null && toMs !== null) return { fromMs, toMs, token: textAt(cursor, 'token') };
  const oldestMs = pass.untilMs - OLDEST_MS;
  return windowFrom(pass, Math.max(pass.sinceMs ?? oldestMs, oldestMs));
}

/** page × size at most. */
const REACH = 10_000;

export type ContentList = 'products/approved' | 'products/approved/inventory-and-price';

/** From the oldest on, so that what is new comes last. */
export function contentsRequest(
  list: ContentList,
  pass: PassContext,
  cursor: PageCursor | null,
): PlatformRequest {
  const token = textAt(cursor, 'token');
  return {
    method: 'GET',
    path: `/product/sellers/${sellerOf(pass)}/${list}`,
    endpoint: `GET /product/sellers/{sellerId}/${list}`,
    query: {
      orderByDirection: 'ASC',
      size: String(pass.pageSize),
      ...(token === null ? { page: String(pageOf(cursor)) } : { nextPageToken: token }),
    },
  };
}

/** Throws platform_answer_invalid. */
export function readContents(pass: PassContext, cursor: PageCursor | null, body: Json): RawPage {
  const items = listAt(body, 'content');
  const pages = valueAt(body, 'totalPages');
  if (typeof pages !== 'number') throw answerInvalid('/totalPages', 'is not a number');
  const page = pageOf(cursor);
  if (page + 1 >= pages || items.length === 0) return { items, next: null };
  if ((page + 2) * pass.pageSize <= REACH) return { items, next: { page: page + 1, token: null } };
  const token = textOf(valueAt(body, 'nextPageToken'));
  if (token === null || token === '')
    throw answerInvalid('/nextPageToken', 'is not told, though pages reach no further');
  return { items, next: { page: page + 1, token } };
}

function pageOf(cursor: PageCursor | null): number {
  return numberAt(cursor, 'page') ?? 0;
}

function sellerOf(pass: PassContext): string {
  return pass.shop['sellerId'] ?? '-';
}

function textAt(cursor: PageCursor | null, name: string): string | null {
  return textOf(valueAt(cursor ?? undefined, name));
}

function numberAt(cursor: PageCursor | null, name: string): number | null {
  const value = valueAt(cursor ?? undefined, name);
  return typeof value === 'number' ? value : null;
}
