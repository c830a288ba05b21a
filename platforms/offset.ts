// Where a list goes on that is counted from its beginning. When it becomes shorter while a pass reads it, what came after
// has moved up: so much before the page is read again, and the page itself. Pure.

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
