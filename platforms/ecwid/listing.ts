// How Ecwid lists: an offset and a total, over what changed within two instants. What changes while a pass runs leaves its window, and what is deleted leaves the list: the total
// tells, and the page before is read again. Pure.
import type { Json, PageCursor, PassContext, PlatformRequest, RawPage } from '../../domain/platform.ts';
import { listAt, valueAt } from '../json.ts';
import { offsetAfter } from '../offset.ts';

export interface Listing {
  readonly path: string;
  readonly isIncremental: boolean;
  /** Oldest first, where the list can be sorted so. */
  readonly sortBy?: string;
}

interface Position {
  readonly offset: number;
  readonly total: number | null;
}

export function listRequest(listing: Listing, pass: PassContext, cursor: PageCursor | null): PlatformRequest {
  return {
    method: 'GET',
    path: listing.path,
    endpoint: `GET ${listing.path}`,
    query: {
      limit: String(pass.pageSize),
      offset: String(readPosition(cursor).offset),
      ...(listing.sortBy === undefined ? {} : { sortBy: listing.sortBy }),
      ...(listing.isIncremental ? changedWithin(pass) : {}),
    },
  };
}

/** Unix seconds. */
function changedWithin({ sinceMs, untilMs }: PassContext): Record<string, string> {
  if (sinceMs === null) return {};
  return { updatedFrom: String(Math.floor(sinceMs / 1000)), updatedTo: String(Math.ceil(untilMs / 1000)) };
}

/** Throws platform_answer_invalid. */
export function readListing(pass: PassContext, cursor: PageCursor | null, body: Json): RawPage {
  const items = listAt(body, 'items');
  const { offset, total: totalBefore } = readPosition(cursor);
  const total = numberAt(body, 'total');
  const next = offsetAfter({ offset, size: items.length, limit: pass.pageSize, total, totalBefore });
  const told = cursor === null ? total : null;
  return { items, next: next === null ? null : { offset: next, total }, total: told };
}

function readPosition(cursor: PageCursor | null): Position {
  return { offset: numberAt(cursor, 'offset') ?? 0, total: numberAt(cursor, 'total') };
}

function numberAt(value: Json, name: string): number | null {
  const found = valueAt(value, name);
  return typeof found === 'number' && Number.isSafeInteger(found) && found >= 0 ? found : null;
}
