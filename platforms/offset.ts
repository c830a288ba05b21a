// Where a list goes on that is counted from its beginning. When it becomes shorter while a pass reads it, what came after
// has moved up: so much before the page is read again, and the page itself. Pure.
import type { Json, PageCursor, PassContext, RawPage } from '../domain/platform.ts';
import { valueAt } from './json.ts';

export interface Counted {
  readonly offset: number;
  /** Items of this page. */
  readonly size: number;
  /** The most a page holds; without a total, a page that is not full is the last. */
  readonly limit?: number;
  /** Items of the whole list, as this answer tells, and as the one before did. */
  readonly total: number | null;
  readonly totalBefore: number | null;
}

/** null: the list is at its end. */
export function offsetAfter({ offset, size, limit = 1, total, totalBefore }: Counted): number | null {
  if (total === null) return size < limit ? null : offset + size;
  // What was behind this page's beginning may now stand before it, unread.
  const lost = Math.max(0, (totalBefore ?? total) - total);
  if (lost > 0 && offset > 0) return total === 0 ? null : Math.max(0, offset - lost);
  const end = offset + size;
  return end >= total || size === 0 ? null : end;
}

/** Where a page begins whose cursor `countedPage` made. */
export function offsetIn(cursor: PageCursor | null): number {
  return numberAt(cursor, 'offset') ?? 0;
}

/** A page of a list by offset and limit. `total`: as the answer tells it; what is no number is not told. */
export function countedPage(
  pass: PassContext,
  cursor: PageCursor | null,
  items: readonly Json[],
  total: Json | undefined,
): RawPage {
  const told = typeof total === 'number' ? total : null;
  const offset = offsetAfter({
    offset: offsetIn(cursor),
    size: items.length,
    limit: pass.pageSize,
    total: told,
    totalBefore: numberAt(cursor, 'total'),
  });
  return {
    items,
    next: offset === null ? null : { offset, total: told },
    total: cursor === null ? told : null,
  };
}

function numberAt(cursor: PageCursor | null, name: string): number | null {
  const value = valueAt(cursor ?? undefined, name);
  return typeof value === 'number' ? value : null;
}
