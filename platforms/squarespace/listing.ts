// How Squarespace lists: 50 records a page, a cursor that is sent alone, or two instants that are sent together, and never both. Pure.
import type { Json, PageCursor, PassContext, PlatformRequest, RawPage } from '../../domain/platform.ts';
import { answerInvalid, listAt, textOf, valueAt } from '../json.ts';

export interface Listing {
  readonly path: string;
  /** Field of the answer that holds the page. */
  readonly field: string;
  readonly isIncremental: boolean;
}

export function listRequest(
  { path, isIncremental }: Listing,
  pass: PassContext,
  cursor: PageCursor | null,
): PlatformRequest {
  const next = cursor === null ? null : textOf(valueAt(cursor, 'cursor'));
  return {
    method: 'GET',
    path,
    endpoint: `GET ${path}`,
    query: next === null ? rangeOf(isIncremental, pass) : { cursor: next },
  };
}

function rangeOf(isIncremental: boolean, { sinceMs, untilMs }: PassContext): Record<string, string> {
  if (!isIncremental || sinceMs === null) return {};
  return { modifiedAfter: new Date(sinceMs).toISOString(), modifiedBefore: new Date(untilMs).toISOString() };
}

/** Throws platform_answer_invalid. */
export function readListing({ field }: Listing, body: Json): RawPage {
  const items = listAt(body, field);
  if (valueAt(body, 'pagination.hasNextPage') !== true) return { items, next: null };
  const cursor = textOf(valueAt(body, 'pagination.nextPageCursor'));
  if (cursor === null || cursor === '') throw answerInvalid('/pagination/nextPageCursor', 'is not told');
  return { items, next: { cursor } };
}
