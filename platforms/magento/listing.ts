// How Magento lists: searchCriteria with filters, sorted by the filtered key. A pass never counts pages: it begins again behind the last key it saw, so that what is
// added, deleted or changed meanwhile moves nothing. Without a page size Magento sends everything; a page past the end repeats the last one. Pure.
import type { Json, PageCursor, PassContext, PlatformRequest, RawPage } from '../../domain/platform.ts';
import { answerInvalid, listAt, textOf, valueAt } from '../json.ts';

export interface Listing {
  readonly path: string;
  /** Field that is filtered and sorted by, and where an item tells it. */
  readonly key: { readonly field: string; readonly at: string; readonly isUnique: boolean };
  readonly isIncremental: boolean;
}

/** `page` grows only while one key fills whole pages. */
interface Position {
  readonly after: string | null;
  readonly page: number;
}

interface Filter {
  readonly field: string;
  readonly condition: 'gt' | 'gteq';
  readonly value: string;
}

export function listRequest(listing: Listing, pass: PassContext, cursor: PageCursor | null): PlatformRequest {
  const { after, page } = readPosition(cursor);
  const { field, isUnique } = listing.key;
  const filters: Filter[] = [
    ...(listing.isIncremental && pass.sinceMs !== null
      ? [{ field: 'updated_at', condition: 'gteq', value: instantText(pass.sinceMs) } as const]
      : []),
    ...(after === null ? [] : [{ field, condition: isUnique ? 'gt' : 'gteq', value: after } as const]),
  ];
  return {
    method: 'GET',
    path: listing.path,
    endpoint: `GET ${listing.path}`,
    query: {
      ...Object.assign({}, ...filters.map(filterQuery)),
      'searchCriteria[sortOrders][0][field]': field,
      'searchCriteria[sortOrders][0][direction]': 'ASC',
      'searchCriteria[pageSize]': String(pass.pageSize),
      'searchCriteria[currentPage]': String(page),
    },
  };
}

/** Filters of different groups must all hold. */
function filterQuery({ field, condition, value }: Filter, group: number): Record<string, string> {
  const at = `searchCriteria[filter_groups][${group}][filters][0]`;
  return { [`${at}[field]`]: field, [`${at}[condition_type]`]: condition, [`${at}[value]`]: value };
}

/** UTC, in Magento's own form. */
function instantText(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace('T', ' ');
}

/** Throws platform_answer_invalid. */
export function readListing(
  listing: Listing,
  pass: PassContext,
  cursor: PageCursor | null,
  body: Json,
): RawPage {
  const items = listAt(body, 'items');
  const count = valueAt(body, 'total_count');
  const { after, page } = readPosition(cursor);
  const isLast =
    items.length === 0 ||
    (typeof count === 'number' ? page * pass.pageSize >= count : items.length < pass.pageSize);
  const total = cursor === null && typeof count === 'number' ? count : null;
  if (isLast) return { items, next: null, total };
  const last = textOf(valueAt(items.at(-1), listing.key.at));
  if (last === null) throw answerInvalid('/items', `ends without "${listing.key.at}"`);
  return { items, next: { after: last, page: last === after ? page + 1 : 1 }, total };
}

function readPosition(cursor: PageCursor | null): Position {
  const page = valueAt(cursor ?? undefined, 'page');
  return {
    after: textOf(valueAt(cursor ?? undefined, 'after')),
    page: typeof page === 'number' ? page : 1,
  };
}
