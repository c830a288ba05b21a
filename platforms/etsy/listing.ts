// How Etsy lists. Receipts: sorted by update time and asked for from the last one seen, so that what changes meanwhile moves to the end and nothing is skipped. Listings: one list a
// state, offset and count; the active ones are read once more at the end, for those that became active while the others were read. Pure.
import type { Json, PageCursor, PassContext, PlatformRequest, RawPage } from '../../domain/platform.ts';
import { answerInvalid, listAt, textOf, valueAt } from '../json.ts';
import { offsetAfter } from '../offset.ts';

/** The earliest instant Etsy takes: 2000-01-01. */
const EARLIEST_S = 946_684_800;

/**
 * `from`: the update time last seen, seconds; `skip`: how many of that second are in, the last of them `anchor`. One of them that changes leaves the second, and those behind it move
 * up: the anchor, read again, tells. Then the second is read anew, `restarts` times at most, since nothing says that ties keep their order.
 */
interface ReceiptsPosition {
  readonly from: number | null;
  readonly skip: number;
  readonly anchor: string | null;
  readonly restarts: number;
}

const MAX_RESTARTS = 5;

export function receiptsRequest(pass: PassContext, cursor: PageCursor | null): PlatformRequest {
  const { from, skip } = receiptsPosition(pass, cursor);
  return {
    method: 'GET',
    path: `/shops/${shopOf(pass)}/receipts`,
    endpoint: 'GET /shops/{shop_id}/receipts',
    query: {
      sort_on: 'updated',
      sort_order: 'asc',
      limit: String(pass.pageSize),
      offset: String(Math.max(0, skip - 1)),
      ...(from === null ? {} : { min_last_modified: String(Math.max(from, EARLIEST_S)) }),
    },
  };
}

/** Throws platform_answer_invalid. */
export function readReceipts(pass: PassContext, cursor: PageCursor | null, body: Json): RawPage {
  const all = listAt(body, 'results');
  const count = numberIn(body, 'count');
  const position = receiptsPosition(pass, cursor);
  const { from, skip, anchor, restarts } = position;
  const total = cursor === null ? count : null;
  const isAnchored = skip > 0 && idOf(all[0]) === anchor;
  if (skip > 0 && !isAnchored && restarts < MAX_RESTARTS)
    return { items: [], next: { from, skip: 0, anchor: null, restarts: restarts + 1 } };
  const items = isAnchored ? all.slice(1) : all;
  const end = Math.max(0, skip - 1) + all.length;
  const isLast = items.length === 0 || (count === null ? all.length < pass.pageSize : end >= count);
  if (isLast) return { items, next: null, total };
  return { items, next: { ...receiptsAfter(position, items, end) }, total };
}

function receiptsAfter(
  { from, restarts }: ReceiptsPosition,
  items: readonly Json[],
  end: number,
): ReceiptsPosition {
  const last = updatedOf(items.at(-1));
  const anchor = idOf(items.at(-1));
  if (last === null || anchor === null) throw answerInvalid('/results', 'ends without id or update time');
  if (last === from) return { from, skip: end, anchor, restarts };
  return { from: last, skip: items.filter((item) => updatedOf(item) === last).length, anchor, restarts: 0 };
}

function receiptsPosition(pass: PassContext, cursor: PageCursor | null): ReceiptsPosition {
  const since = pass.sinceMs === null ? null : Math.floor(pass.sinceMs / 1_000);
  if (cursor === null) return { from: since, skip: 0, anchor: null, restarts: 0 };
  return {
    from: numberIn(cursor, 'from'),
    skip: numberIn(cursor, 'skip') ?? 0,
    anchor: textOf(valueAt(cursor, 'anchor')),
    restarts: numberIn(cursor, 'restarts') ?? 0,
  };
}

function updatedOf(item: Json | undefined): number | null {
  return numberIn(item, 'updated_timestamp') ?? numberIn(item, 'update_timestamp');
}

function idOf(item: Json | undefined): string | null {
  return textOf(valueAt(item, 'receipt_id'));
}

const STATES = ['active', 'draft', 'inactive', 'sold_out', 'expired', 'active'] as const;

interface ListingsPosition {
  /** Index of STATES. */
  readonly list: number;
  readonly offset: number;
  readonly total: number | null;
}

export function listingsRequest(pass: PassContext, cursor: PageCursor | null): PlatformRequest {
  const { list, offset } = listingsPosition(cursor);
  return {
    method: 'GET',
    path: `/shops/${shopOf(pass)}/listings`,
    endpoint: 'GET /shops/{shop_id}/listings',
    query: {
      state: STATES[list] ?? 'active',
      includes: 'Inventory',
      sort_on: 'created',
      sort_order: 'asc',
      limit: String(pass.pageSize),
      offset: String(offset),
    },
  };
}

/** Throws platform_answer_invalid. */
export function readListings(pass: PassContext, cursor: PageCursor | null, body: Json): RawPage {
  const items = listAt(body, 'results');
  const { list, offset, total: totalBefore } = listingsPosition(cursor);
  const total = numberIn(body, 'count');
  const counted = { offset, size: items.length, limit: pass.pageSize, total, totalBefore };
  const next = offsetAfter(counted);
  if (next !== null) return { items, next: { list, offset: next, total } };
  const isDone = list + 1 >= STATES.length;
  return { items, next: isDone ? null : { list: list + 1, offset: 0, total: null } };
}

function listingsPosition(cursor: PageCursor | null): ListingsPosition {
  return {
    list: numberIn(cursor, 'list') ?? 0,
    offset: numberIn(cursor, 'offset') ?? 0,
    total: numberIn(cursor, 'total'),
  };
}

/** The approval told it. */
function shopOf(pass: PassContext): string {
  return encodeURIComponent(pass.shop['shopId'] ?? '-');
}

function numberIn(value: Json | undefined, name: string): number | null {
  const text = textOf(valueAt(value, name));
  return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : null;
}
