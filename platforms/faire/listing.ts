// How Faire lists: by a cursor that keeps what was asked for first, and refuses it beside itself; by page numbers where none is told. Pure.
import type { Json, PageCursor, PassContext, PlatformRequest, RawPage } from '../../domain/platform.ts';
import { listAt, textOf, valueAt } from '../json.ts';

export type FaireList = 'orders' | 'products';

export function listRequest(list: FaireList, pass: PassContext, cursor: PageCursor | null): PlatformRequest {
  const token = textOf(valueAt(cursor ?? undefined, 'token'));
  const page = pageOf(cursor);
  const first = {
    ...(page > 1 ? { page: String(page) } : {}),
    ...(pass.sinceMs === null ? {} : { updated_at_min: new Date(pass.sinceMs).toISOString() }),
  };
  return {
    method: 'GET',
    path: `/${list}`,
    endpoint: `GET /${list}`,
    query: { limit: String(pass.pageSize), ...(token === null ? first : { cursor: token }) },
  };
}

/** The last page may tell a cursor, too: then an empty one is the end. Throws platform_answer_invalid. */
export function readList(list: FaireList, pass: PassContext, cursor: PageCursor | null, body: Json): RawPage {
  const items = listAt(body, list);
  if (items.length === 0) return { items, next: null };
  const page = pageOf(cursor) + 1;
  const token = textOf(valueAt(body, 'cursor'));
  if (token !== null && token !== '') return { items, next: { page, token } };
  const wasByCursor = textOf(valueAt(cursor ?? undefined, 'token')) !== null;
  return { items, next: wasByCursor || items.length < pass.pageSize ? null : { page, token: null } };
}

function pageOf(cursor: PageCursor | null): number {
  const page = valueAt(cursor ?? undefined, 'page');
  return typeof page === 'number' ? page : 1;
}
