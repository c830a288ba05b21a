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
  /** The total at which a page turned out to be past the end, and the pass went back. */
  readonly returned: number | null;
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
  const last = lastPage(body);
  if (last !== null) return { items: [], next: beforeEnd(pass, positionOf(cursor), last) };
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
    next: offset === null ? null : cursorOf({ ...before, offset, total }),
    total: cursor === null ? total : null,
  };
}

/** "Last page is 3", of a page behind it or of a list of nothing. */
function lastPage(body: Json): number | null {
  const told = /^last page is (\d{1,9})$/i.exec(textOf(valueAt(body, 'description')) ?? '');
  return told === null ? null : Number(told[1]);
}

/** A page that was there by the last total is not: what moved up is on those before. Once for each total, which may be wrong. */
function beforeEnd(pass: PassContext, position: Position, last: number): PageCursor | null {
  const { total, returned } = position;
  if (last < 1 || total === null || total === returned) return null;
  return cursorOf({ offset: (last - 1) * pass.pageSize, total, returned: total });
}

function cursorOf({ offset, total, returned }: Position): PageCursor {
  return { offset, total, ...(returned === null ? {} : { returned }) };
}

/** Counted from 0: the page on which the offset stands. */
function pageOf(pass: PassContext, cursor: PageCursor | null): number {
  return Math.floor(positionOf(cursor).offset / pass.pageSize);
}

function positionOf(cursor: PageCursor | null): Position {
  const number = (name: string): number | null => {
    const value = valueAt(cursor ?? undefined, name);
    return typeof value === 'number' ? value : null;
  };
  return { offset: number('offset') ?? 0, total: number('total'), returned: number('returned') };
}
