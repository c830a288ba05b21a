// How Tiendanube lists: numbered pages with the total in a header. What goes while a pass reads moves the rest up, so that as much is read again; a page past the end is a 404. Pure.
import type { Json, PageCursor, PassContext, PlatformRequest, RawPage } from '../../domain/platform.ts';
import { listAt, textOf, valueAt } from '../json.ts';
import { offsetAfter } from '../offset.ts';

export interface Listing {
  readonly path: '/orders' | '/products' | '/customers';
  readonly isIncremental: boolean;
  readonly query: Readonly<Record<string, string>>;
}

interface Position {
  readonly offset: number;
  readonly total: number | null;
}

export function listRequest(
  { path, isIncremental, query }: Listing,
  pass: PassContext,
  cursor: PageCursor | null,
): PlatformRequest {
  const since = isIncremental && pass.sinceMs !== null ? new Date(pass.sinceMs).toISOString() : null;
  return {
    method: 'GET',
    path,
    endpoint: `GET ${path}`,
    query: {
      ...query,
      ...(since === null ? {} : { updated_at_min: since }),
      page: String(pageOf(pass, cursor) + 1),
      per_page: String(pass.pageSize),
    },
  };
}

/** Throws platform_answer_invalid. */
export function readListing(
  pass: PassContext,
  cursor: PageCursor | null,
  { body, headers }: { readonly body: Json; readonly headers: Readonly<Record<string, string>> },
): RawPage {
  if (isPastEnd(body)) return { items: [], next: null };
  const items = listAt(body, '');
  const told = headers['x-total-count'] ?? '';
  const total = /^\d+$/.test(told) ? Number(told) : null;
  const before = positionOf(cursor);
  // Without a total a short page is the last.
  if (total === null && items.length < pass.pageSize) return { items, next: null };
  const offset = offsetAfter({
    offset: pageOf(pass, cursor) * pass.pageSize,
    size: items.length,
    total,
    totalBefore: before.total,
  });
  return {
    items,
    next: offset === null ? null : { offset, total },
    total: cursor === null ? total : null,
  };
}

/** "Last page is 3", of a page behind it or of a list of nothing. */
function isPastEnd(body: Json): boolean {
  return /^last page is \d+$/i.test(textOf(valueAt(body, 'description')) ?? '');
}

/** Counted from 0: the page on which the offset stands. */
function pageOf(pass: PassContext, cursor: PageCursor | null): number {
  return Math.floor(positionOf(cursor).offset / pass.pageSize);
}

function positionOf(cursor: PageCursor | null): Position {
  const [offset, total] = [valueAt(cursor ?? undefined, 'offset'), valueAt(cursor ?? undefined, 'total')];
  return {
    offset: typeof offset === 'number' ? offset : 0,
    total: typeof total === 'number' ? total : null,
  };
}
