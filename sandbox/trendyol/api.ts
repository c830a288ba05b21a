/** Trendyol's lists: packages by pages of the last month or as a stream of two weeks, the newest change first; approved products by pages and then by token. */
import type { Call } from '../calls.ts';
import { type Answer, jsonText } from '../exchange.ts';
import { askedBy, cursorOf, placeOf, positionsIn, rendered, spoiltJson, wholeIn } from '../listing.ts';
import type { Shop } from '../state.ts';
import { packageStatus, renderContent, renderPackage, renderStock } from './render.ts';
import { trendyolError } from './trendyol.ts';
import { answerWebhooks } from './webhooks.ts';

const DAY_MS = 86_400_000;
const TWO_WEEKS_MS = 14 * DAY_MS;
/** How far back packages can be asked for: as a stream, by pages. */
const STREAM_MS = 92 * DAY_MS;
const PAGES_MS = 31 * DAY_MS;
const MOST_ROWS = 10_000;
const bad = (key: string) => trendyolError(400, 'TrendyolBusinessException', key);

export function answerApi(call: Call): Answer {
  const { exchange } = call;
  const hooked = answerWebhooks(call);
  if (hooked !== null) return hooked;
  if (exchange.method !== 'GET') return trendyolError(405, 'MethodNotAllowed', 'method.not.allowed');
  const path = exchange.path.replace(/^\/integration\//, '').replace(/sellers\/\d+\//, '');
  if (path === 'order/orders/stream') return stream(call);
  if (path === 'order/orders') return packages(call);
  if (path === 'product/products/approved') return approved(call, renderContent);
  if (path === 'product/products/approved/inventory-and-price') return approved(call, renderStock);
  return trendyolError(404, 'NotFound', 'not.found');
}

const BIG = Number.MAX_SAFE_INTEGER;
/** An instant in milliseconds; null: something else. */
const msOf = (query: URLSearchParams, name: string) =>
  wholeIn(query, name, { otherwise: -1, min: 0, max: BIG });

interface Window {
  fromMs: number;
  toMs: number;
}

/** The window that was asked for, two weeks at most; a key where it cannot be. */
function windowOf({ exchange: { query }, sandbox }: Call, [start, end]: [string, string]): Window | string {
  const [from, to] = [msOf(query, start), msOf(query, end)];
  if (from === null || to === null) return 'date.invalid';
  const toMs = to === -1 ? (from === -1 ? sandbox.now() : from + TWO_WEEKS_MS) : to;
  const fromMs = from === -1 ? toMs - TWO_WEEKS_MS : from;
  if (fromMs > toMs || toMs - fromMs > TWO_WEEKS_MS) return 'date.range.exceeded';
  return { fromMs, toMs };
}

/** Positions of the packages changed in the window and no longer ago than is kept, the newest change first. */
function changedIn({ shop, sandbox, exchange }: Call, window: Window, keptMs: number): number[] {
  const fromMs = Math.max(window.fromMs, sandbox.now() - keptMs);
  const statuses = (exchange.query.get('packageItemStatuses') ?? exchange.query.get('status') ?? '')
    .split(',')
    .filter((one) => one !== '');
  const found = positionsIn(shop, 'orders', { by: 'updated', fromMs, toMs: window.toMs, descending: true });
  return [...found].filter((index) => statuses.length === 0 || statuses.includes(packageStatus(shop, index)));
}

const isFormer = ({ sandbox }: Call) => sandbox.state.apps.trendyol.switches['formerNames'] === true;

function rows(call: Call, positions: number[]): unknown[] {
  return rendered(call.shop, 'orders', positions, (shop, index) =>
    renderPackage(shop, index, isFormer(call)),
  );
}

/** A cursor belongs to its question. What changes meanwhile comes to stand before what was read. */
function stream(call: Call): Answer {
  const { query } = call.exchange;
  const size = wholeIn(query, 'size', { otherwise: 50, min: 1, max: 200 });
  if (size === null) return bad('size.invalid');
  const window = windowOf(call, ['lastModifiedStartDate', 'lastModifiedEndDate']);
  if (typeof window === 'string') return bad(window);
  const asked = askedBy(query, ['nextCursor', 'size']);
  const cursor = query.get('nextCursor');
  const from = cursor === null ? 0 : placeOf(cursor, asked);
  if (from === null) return bad('next.cursor.invalid');
  const all = changedIn(call, window, STREAM_MS);
  const content = rows(call, all.slice(from, from + size));
  const hasMore = from + size < all.length;
  return jsonText(
    200,
    spoiltJson({
      content,
      size: content.length,
      hasMore,
      nextCursor: hasMore ? cursorOf(from + size, asked) : '',
    }),
  );
}

function packages(call: Call): Answer {
  const { query } = call.exchange;
  const size = wholeIn(query, 'size', { otherwise: 50, min: 1, max: 200 });
  const page = wholeIn(query, 'page', { otherwise: 0, min: 0, max: BIG });
  if (size === null || page === null) return bad('size.invalid');
  if ((page + 1) * size > MOST_ROWS) return bad('max.query.window.exceeded');
  const window = windowOf(call, ['startDate', 'endDate']);
  if (typeof window === 'string') return bad(window);
  const all = changedIn(call, window, PAGES_MS);
  const content = rows(call, all.slice(page * size, (page + 1) * size));
  const totalPages = Math.ceil(all.length / size);
  return jsonText(200, spoiltJson({ page, size, totalPages, totalElements: all.length, content }));
}

const DATES = ['VARIANT_CREATED_DATE', 'VARIANT_MODIFIED_DATE', 'CONTENT_MODIFIED_DATE'];

/** `nextPageToken` leads on from where a page ended, past the ten thousand too. */
function approved({ exchange, shop }: Call, render: (shop: Shop, index: number) => object): Answer {
  const { query } = exchange;
  const size = wholeIn(query, 'size', { otherwise: 20, min: 1, max: 100 });
  const page = wholeIn(query, 'page', { otherwise: 0, min: 0, max: BIG });
  const [from, to] = [msOf(query, 'startDate'), msOf(query, 'endDate')];
  if (size === null || page === null || from === null || to === null) return bad('parameter.invalid');
  const dates = query.get('dateQueryType') ?? 'CONTENT_MODIFIED_DATE';
  if (!DATES.includes(dates)) return bad('date.query.type.invalid');
  const asked = askedBy(query, ['nextPageToken', 'size', 'page']);
  const token = query.get('nextPageToken');
  const first = token === null ? page * size : placeOf(token, asked);
  if (first === null) return bad('next.page.token.invalid');
  if (token === null && (page + 1) * size > MOST_ROWS) return bad('page.size.exceeded');
  const all = positionsIn(shop, 'products', {
    by: dates === 'VARIANT_CREATED_DATE' ? 'created' : 'updated',
    fromMs: from === -1 ? null : from,
    toMs: to === -1 ? null : to + 1,
  });
  const shown = all.subarray(first, first + size);
  return jsonText(
    200,
    spoiltJson({
      totalElements: all.length,
      totalPages: Math.ceil(all.length / size),
      page: Math.floor(first / size),
      size,
      nextPageToken: first + size < all.length ? cursorOf(first + size, asked) : null,
      content: rendered(shop, 'products', shown, render),
    }),
  );
}
