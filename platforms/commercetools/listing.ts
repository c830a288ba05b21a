// How commercetools lists: an offset reaches 10,000 and no further, so that a pass begins every page behind the last key it saw: the id, or the instant of the last change
// and the id within it. What changes meanwhile only moves on. Pure.
import type { Json, PageCursor, PassContext, PlatformRequest, RawPage } from '../../domain/platform.ts';
import { answerInvalid, listAt, textOf, valueAt } from '../json.ts';

export interface Listing {
  readonly name: 'orders' | 'products' | 'customers' | 'inventory';
  /** Whether a change always moves lastModifiedAt; else everything is read, by id. */
  readonly isIncremental: boolean;
}

export function listRequest(
  { name, isIncremental }: Listing,
  pass: PassContext,
  cursor: PageCursor | null,
): PlatformRequest {
  const sorts = isIncremental ? ['lastModifiedAt asc', 'id asc'] : ['id asc'];
  const where = isIncremental ? changedWhere(pass, cursor) : idWhere(cursor);
  return {
    method: 'GET',
    // The sort is a repeated parameter.
    path: `/${pass.shop['projectKey'] ?? '-'}/${name}?${sorts.map((one) => `sort=${encodeURIComponent(one)}`).join('&')}`,
    query: { limit: String(pass.pageSize), withTotal: 'false', ...(where === null ? {} : { where }) },
    endpoint: `GET /{projectKey}/${name}`,
  };
}

function changedWhere(pass: PassContext, cursor: PageCursor | null): string | null {
  const [at, id] = [textAt(cursor, 'at'), textAt(cursor, 'id')];
  if (at !== null && id !== null)
    return `lastModifiedAt > "${at}" or (lastModifiedAt = "${at}" and id > "${id}")`;
  return pass.sinceMs === null ? null : `lastModifiedAt >= "${new Date(pass.sinceMs).toISOString()}"`;
}

function idWhere(cursor: PageCursor | null): string | null {
  const id = textAt(cursor, 'id');
  return id === null ? null : `id > "${id}"`;
}

/** They stand in a predicate, between quotes. */
const ID = /^[A-Za-z0-9-]{1,64}$/;
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/;

/** Throws platform_answer_invalid. */
export function readListing({ isIncremental }: Listing, pass: PassContext, body: Json): RawPage {
  const items = listAt(body, 'results');
  if (items.length < pass.pageSize) return { items, next: null };
  const last = items.at(-1);
  const [id, at] = [textOf(valueAt(last, 'id')), textOf(valueAt(last, 'lastModifiedAt'))];
  if (id === null || !ID.test(id)) throw answerInvalid('/results', 'ends without an id to continue behind');
  if (!isIncremental) return { items, next: { id } };
  if (at === null || !INSTANT.test(at))
    throw answerInvalid('/results', 'ends without an instant to continue behind');
  return { items, next: { id, at } };
}

function textAt(cursor: PageCursor | null, name: string): string | null {
  return textOf(valueAt(cursor ?? undefined, name));
}
