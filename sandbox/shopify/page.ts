/** Relay paging over a shop's records: filter, sort, cursor, the cap of 25,000 objects. Cursors are opaque to callers. */
import { GraphQLError } from 'graphql';
import { createdAtMs, listed, lowerBound, updatedAtMs } from '../collection.ts';
import type { ResourceName, Shop } from '../state.ts';
import { compares, parseSearch } from './search.ts';

const MAX_OBJECTS = 25_000;

export interface PageArgs {
  first?: number | null;
  after?: string | null;
  reverse?: boolean | null;
  query?: string | null;
  sortKey?: string | null;
}

export interface PageOf {
  positions: number[];
  cursors: string[];
  hasNextPage: boolean;
  hasPreviousPage: boolean;
  ignored: string[];
}

export interface Filter {
  positions: Uint32Array;
  sortValue: (index: number) => number;
  ignored: string[];
}

/** One page. Throws a GraphQLError where the cursor is not one of ours or the cap is passed. */
export function pageOf(shop: Shop, resource: ResourceName, args: PageArgs, oldestMs: number): PageOf {
  const { positions, sortValue, ignored } = filtered(shop, resource, args, oldestMs);
  const ordered = args.reverse ? positions.slice().reverse() : positions;
  const first = args.first ?? 0;
  const start = args.after ? afterCursor(ordered, sortValue, args.after, args.reverse ?? false) : 0;
  if (start >= MAX_OBJECTS) {
    throw new GraphQLError(`Pagination is limited to ${MAX_OBJECTS} objects: narrow the query`, {
      extensions: { code: 'PAGINATION_LIMIT_EXCEEDED' },
    });
  }
  const page = [...ordered.subarray(start, Math.min(start + first, MAX_OBJECTS))];
  const end = start + page.length;
  return {
    positions: page,
    cursors: page.map((index) => cursorOf(index, sortValue(index))),
    hasNextPage: end < ordered.length,
    hasPreviousPage: start > 0,
    ignored,
  };
}

/** The positions a query means, in its order; unknown terms are told, not obeyed. */
export function filtered(shop: Shop, resource: ResourceName, args: PageArgs, oldestMs: number): Filter {
  const { terms, ignored } = parseSearch(args.query ?? '');
  const updated = (index: number) => updatedAtMs(shop, resource, index);
  const created = (index: number) => createdAtMs(shop, resource, index);
  const byUpdated = args.sortKey === 'UPDATED_AT';
  const tests: ((index: number) => boolean)[] = [];
  let positions = listed(shop, resource, byUpdated ? 'updated' : 'position');
  for (const { field, operator, value } of terms) {
    const bound = field === 'id' ? Number(value) : Date.parse(value);
    const read = {
      updated_at: updated,
      created_at: created,
      id: (index: number) => recordId(resource, index),
    }[field];
    if (read === undefined || Number.isNaN(bound)) ignored.push(`${field}:${value}`);
    else if (byUpdated && field === 'updated_at' && operator !== ':') {
      const edge = lowerBound(positions, operator === '>' || operator === '<=' ? bound + 1 : bound, updated);
      positions = operator.startsWith('>') ? positions.subarray(edge) : positions.subarray(0, edge);
    } else tests.push((index) => compares(operator, read(index), bound));
  }
  // The first position is the oldest order: most shops have none to hide.
  if (created(0) < oldestMs) tests.push((index) => created(index) >= oldestMs);
  if (tests.length > 0) positions = positions.filter((index) => tests.every((test) => test(index)));
  return {
    positions,
    ignored,
    sortValue: byUpdated ? updated : args.sortKey?.endsWith('_AT') ? created : (index) => index,
  };
}

function cursorOf(index: number, value: number): string {
  return Buffer.from(JSON.stringify({ last_id: index, last_value: value })).toString('base64');
}

/** The place after the cursor's record, be that record still there or moved. */
function afterCursor(
  ordered: Uint32Array,
  sortValue: (i: number) => number,
  cursor: string,
  reverse: boolean,
): number {
  let last: { last_id?: unknown; last_value?: unknown } = {};
  try {
    last = JSON.parse(Buffer.from(cursor, 'base64').toString('utf8'));
  } catch {
    // Told below.
  }
  const { last_id: id, last_value: value } = last ?? {};
  if (typeof id !== 'number' || typeof value !== 'number') {
    throw new GraphQLError(`Invalid cursor for current pagination sort: "${cursor}"`, {
      extensions: { code: 'INVALID_CURSOR' },
    });
  }
  const isAfter = (index: number) => {
    const difference = sortValue(index) - value || index - id;
    return reverse ? difference < 0 : difference > 0;
  };
  let [low, high] = [0, ordered.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isAfter(ordered[middle] ?? 0)) high = middle;
    else low = middle + 1;
  }
  return low;
}

const FIRST_ID: Record<ResourceName, number> = {
  orders: 6_100_000_000_000,
  products: 8_200_000_000_000,
  customers: 7_300_000_000_000,
  inventory: 4_400_000_000_000,
};

export function recordId(resource: ResourceName, index: number): number {
  return FIRST_ID[resource] + index;
}

export function positionOf(resource: ResourceName, id: number): number {
  return id - FIRST_ID[resource];
}
