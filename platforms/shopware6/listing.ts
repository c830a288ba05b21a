// How Shopware lists: a search by criteria, sorted by the number that every order, product and customer gets when it is made, each page behind the last one seen; so that what is deleted or
// changed meanwhile moves nothing. Neither an update time (null until the first update) nor a count of pages is paged by. Pure.
import type { Json, PageCursor, PassContext, PlatformRequest, RawPage } from '../../domain/platform.ts';
import { answerInvalid, type JsonObject, listAt, valueAt } from '../json.ts';

export interface Listing {
  readonly entity: 'order' | 'product' | 'customer';
  /** Fields of which one at least is not before the instant asked for; null: all is read. */
  readonly changed: readonly string[] | null;
  readonly associations?: JsonObject;
  readonly includes?: JsonObject;
  readonly filter?: readonly JsonObject[];
}

export function listRequest(listing: Listing, pass: PassContext, cursor: PageCursor | null): PlatformRequest {
  const path = `/search/${listing.entity}`;
  const after = valueAt(cursor ?? undefined, 'after');
  return {
    method: 'POST',
    path,
    endpoint: `POST ${path}`,
    body: {
      limit: pass.pageSize,
      'total-count-mode': 0,
      sort: [{ field: 'autoIncrement', order: 'ASC' }],
      filter: [
        ...(listing.filter ?? []),
        ...changedSince(listing, pass),
        ...(typeof after === 'number' ? [range('autoIncrement', { gt: after })] : []),
      ],
      ...(listing.associations === undefined ? {} : { associations: listing.associations }),
      ...(listing.includes === undefined ? {} : { includes: listing.includes }),
    },
  };
}

function changedSince({ changed }: Listing, { sinceMs }: PassContext): readonly JsonObject[] {
  if (changed === null || sinceMs === null) return [];
  const from = new Date(sinceMs).toISOString();
  return [{ type: 'multi', operator: 'OR', queries: changed.map((field) => range(field, { gte: from })) }];
}

function range(field: string, parameters: JsonObject): JsonObject {
  return { type: 'range', field, parameters };
}

/** Throws platform_answer_invalid. */
export function readListing(pass: PassContext, body: Json): RawPage {
  const items = listAt(body, 'data');
  if (items.length < pass.pageSize) return { items, next: null };
  const last = valueAt(items.at(-1), 'autoIncrement');
  if (typeof last !== 'number') throw answerInvalid('/data', 'ends without "autoIncrement"');
  return { items, next: { after: last } };
}
