// How Saleor lists: GraphQL connections whose cursors hold the values they are sorted by, so that what changes meanwhile only moves on. Every query asks who we are, too: a
// token that is dead is taken for a stranger, who is shown published products without a word. Pure.
import type { Json, PageCursor, PassContext, PlatformRequest, RawPage } from '../../domain/platform.ts';
import { answerInvalid, type JsonObject, listAt, objectAt, textOf, valueAt } from '../json.ts';

export interface Listing {
  readonly root: 'orders' | 'products' | 'customers' | 'stocks';
  /** Type of the filter, where it can be filtered by update time. */
  readonly filter: string | null;
  /** Argument that sorts by update time. */
  readonly sort: string | null;
  readonly fields: string;
}

/** One object by its id: a field of the query, and the list of items within it where it holds several. */
export interface Single {
  readonly root: 'order' | 'product' | 'user' | 'productVariant';
  readonly fields: string;
  readonly at?: string;
}

export function singleRequest({ root, fields }: Single, id: string): PlatformRequest {
  const query = `query Mooring($id: ID!) { app { id } ${root}(id: $id) { ${fields} } }`;
  return graphqlRequest(`query ${root}`, query, { id });
}

/** None: it is gone. Throws platform_answer_invalid. */
export function readSingle({ root, at }: Single, body: Json): readonly Json[] {
  objectAt(body, 'data.app');
  const found = valueAt(body, `data.${root}`);
  if (found === undefined || found === null) return [];
  return at === undefined ? [found] : listAt(found, at);
}

export function graphqlRequest(endpoint: string, query: string, variables: JsonObject): PlatformRequest {
  return { method: 'POST', path: '/graphql/', endpoint, body: { query, variables } };
}

export function listRequest(listing: Listing, pass: PassContext, cursor: PageCursor | null): PlatformRequest {
  const { root, filter, sort, fields } = listing;
  const isFiltered = filter !== null && pass.sinceMs !== null;
  const declared = ['$first: Int!', '$after: String', ...(isFiltered ? [`$filter: ${filter}`] : [])];
  const given = [
    'first: $first',
    'after: $after',
    ...(isFiltered ? ['filter: $filter'] : []),
    ...(sort === null ? [] : [`sortBy: ${sort}`]),
  ];
  const query =
    `query Mooring(${declared.join(', ')}) { app { id } ${root}(${given.join(', ')}) ` +
    `{ edges { node { ${fields} } } pageInfo { hasNextPage endCursor } } }`;
  const since = pass.sinceMs === null ? null : new Date(pass.sinceMs).toISOString();
  return graphqlRequest(`query ${root}`, query, {
    first: pass.pageSize,
    after: textOf(valueAt(cursor ?? undefined, 'after')),
    ...(isFiltered ? { filter: { updatedAt: { gte: since } } } : {}),
  });
}

/** Throws platform_answer_invalid. */
export function readListing({ root }: Listing, body: Json): RawPage {
  objectAt(body, 'data.app');
  const items = listAt(body, `data.${root}.edges`).map((edge) => objectAt(edge, 'node'));
  const page = objectAt(body, `data.${root}.pageInfo`);
  if (page['hasNextPage'] !== true) return { items, next: null };
  const after = textOf(page['endCursor']);
  if (after === null || after === '')
    throw answerInvalid(`/data/${root}/pageInfo/endCursor`, 'is not told though there is more');
  return { items, next: { after } };
}
