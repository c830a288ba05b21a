// How VTEX's orders are found: a search shows 3,000 and no more, by creation, payment or invoice, and never by their last change. A pass reads what was created; one over
// what changed reads what was paid, invoiced and lately cancelled besides, in windows that are halved where they hold too many. Pure.
import type { Json, PageCursor, PassContext, PlatformRequest, RawPage } from '../../domain/platform.ts';
import { answerInvalid, listAt, objectAt, textOf, valueAt } from '../json.ts';
import { offsetAfter } from '../offset.ts';

const DAY_MS = 86_400_000;

/** Orders that are older are not served. */
const OLDEST_MS = 729 * DAY_MS;
const WIDEST_MS = 30 * DAY_MS;
/** No search tells when an order was cancelled: those created this long before are looked through. */
const CANCELLED_MS = 14 * DAY_MS;
const MAX_ORDERS = 3_000;

const SEARCHES = [
  { field: 'creationDate', beforeMs: 0, status: null },
  { field: 'authorizedDate', beforeMs: 0, status: null },
  { field: 'invoicedDate', beforeMs: 0, status: null },
  { field: 'creationDate', beforeMs: CANCELLED_MS, status: 'canceled' },
] as const;

interface Position {
  /** Which of the searches. */
  readonly search: number;
  readonly fromMs: number;
  readonly toMs: number;
  readonly offset: number;
  readonly total: number | null;
}

export function ordersRequest(pass: PassContext, cursor: PageCursor | null): PlatformRequest {
  const { search, fromMs, toMs, offset } = positionOf(pass, cursor);
  const { field, status } = searchAt(search);
  return {
    method: 'GET',
    path: '/api/oms/pvt/orders',
    endpoint: 'GET /api/oms/pvt/orders',
    query: {
      [`f_${field}`]: `${field}:[${iso(fromMs)} TO ${iso(toMs)}]`,
      ...(status === null ? {} : { f_status: status }),
      orderBy: 'creationDate,asc',
      page: String(Math.floor(offset / pass.pageSize) + 1),
      per_page: String(pass.pageSize),
    },
  };
}

/** Throws platform_answer_invalid, also where one instant holds more than a search shows. */
export function readOrders(pass: PassContext, cursor: PageCursor | null, body: Json): RawPage {
  const position = positionOf(pass, cursor);
  const items = listAt(body, 'list');
  const total = valueAt(body, 'paging.total');
  if (typeof total !== 'number') throw answerInvalid('/paging/total', 'is not a number');
  if (total > MAX_ORDERS) return { items: [], next: { ...halved(position) } };
  const page = Math.floor(position.offset / pass.pageSize) * pass.pageSize;
  const offset = offsetAfter({
    offset: page,
    size: items.length,
    total,
    totalBefore: position.total,
  });
  if (offset !== null) return { items, next: { ...position, offset, total } };
  const following = nextWindow(pass, position);
  return { items, next: following === null ? null : { ...following } };
}

function halved(position: Position): Position {
  const half = Math.floor((position.toMs - position.fromMs) / 2);
  if (half < 1) throw answerInvalid('/paging/total', `is more than ${MAX_ORDERS} within one instant`);
  return { ...position, toMs: position.fromMs + half, offset: 0, total: null };
}

function nextWindow(pass: PassContext, { search, toMs }: Position): Position | null {
  if (toMs < pass.untilMs) return windowFrom(pass, search, toMs);
  const isLast = pass.sinceMs === null || search + 1 >= SEARCHES.length;
  return isLast ? null : windowFrom(pass, search + 1, null);
}

/** Both ends are in it: what stands on an edge is read twice. */
function windowFrom(pass: PassContext, search: number, startMs: number | null): Position {
  const oldestMs = pass.untilMs - OLDEST_MS;
  const firstMs = pass.sinceMs === null ? oldestMs : pass.sinceMs - searchAt(search).beforeMs;
  const fromMs = startMs ?? Math.max(firstMs, oldestMs);
  return { search, fromMs, toMs: Math.min(fromMs + WIDEST_MS, pass.untilMs), offset: 0, total: null };
}

function positionOf(pass: PassContext, cursor: PageCursor | null): Position {
  const number = (name: string): number | null => {
    const value = valueAt(cursor ?? undefined, name);
    return typeof value === 'number' ? value : null;
  };
  const [fromMs, toMs] = [number('fromMs'), number('toMs')];
  if (fromMs === null || toMs === null) return windowFrom(pass, 0, null);
  return {
    search: number('search') ?? 0,
    fromMs,
    toMs,
    offset: number('offset') ?? 0,
    total: number('total'),
  };
}

function searchAt(at: number): (typeof SEARCHES)[number] {
  return SEARCHES[at] ?? SEARCHES[0];
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}

/** The search tells no items: each order is read by itself. */
export function orderRequest(items: readonly Json[]): PlatformRequest {
  const id = textOf(valueAt(items[0], 'orderId'));
  if (id === null || id === '') throw answerInvalid('/list', 'holds an order without orderId');
  return {
    method: 'GET',
    path: `/api/oms/pvt/orders/${encodeURIComponent(id)}`,
    endpoint: 'GET /api/oms/pvt/orders/{orderId}',
  };
}

export function readOrder(body: Json): readonly Json[] {
  return [objectAt(body, '')];
}
