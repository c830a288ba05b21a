// Pages through a GraphQL connection of Shopify that holds another connection in each node (line items, variants, levels).
// Within the caps: a query costs at most 1,000 points, and a connection ends silently after 25,000 objects, so that long passes
// continue in a new window. What does not fit the nested page is read node by node. Pure.
import type { Json, PageCursor, PassContext, PlatformRequest, RawPage } from '../../domain/platform.ts';
import { answerInvalid, isObject, type JsonObject, listAt, objectAt, textOf, valueAt } from '../json.ts';
import { queryCost } from './query-cost.ts';

export interface Listing {
  /** Root field that lists, and root field that reads one by id. */
  readonly root: string;
  readonly single: string;
  /** The node's own fields; may depend on what was granted. */
  readonly fields: (pass: PassContext) => string;
  readonly nested?: {
    readonly name: string;
    readonly fields: (pass: PassContext) => string;
    readonly first: number;
    readonly firstAlone: number;
  };
  /** UPDATED_AT: sorted by it and continued from the last seen; id: no such order there, continued by id. */
  readonly continueBy: 'updated_at' | 'id';
  readonly isIncremental: boolean;
  readonly pageSizeMax: number;
}

/** Where a pass stands. `window` is the lower end that replaced the pass's own after 25,000 objects. */
interface Position {
  readonly after: string | null;
  readonly window: string | null;
  readonly seen: number;
  /** Nodes whose nested connection did not fit. */
  readonly pending: readonly string[];
  /** Nested nodes of the first pending node read so far. */
  readonly parts: readonly Json[];
  readonly partsAfter: string | null;
  readonly isListed: boolean;
  /** Read for itself, not because its nested page was too small. */
  readonly isNamed: boolean;
}

/** shopify.dev: a connection pages through at most this many objects. */
export const MAX_OBJECTS = 25_000;
const START: Position = {
  after: null,
  window: null,
  seen: 0,
  pending: [],
  parts: [],
  partsAfter: null,
  isListed: false,
  isNamed: false,
};
/** The cursor of a pass over one object alone. */
export function beginAt(id: string): PageCursor {
  return { ...START, pending: [id], isListed: true, isNamed: true };
}

/** Nested nodes that one object is first asked for: few have more, and what is asked for is paid for whether or not it is there. */
const NAMED_FIRST = 10;

const API_PATH = '/api/2026-07/graphql.json';

export function graphqlRequest(endpoint: string, query: string, variables: JsonObject): PlatformRequest {
  return { method: 'POST', path: API_PATH, body: { query, variables }, endpoint, cost: queryCost(query) };
}

/** The next request of a pass. */
export function listRequest(listing: Listing, pass: PassContext, cursor: PageCursor | null): PlatformRequest {
  const position = readPosition(cursor);
  const [open] = position.pending;
  if (open !== undefined) return singleRequest(listing, pass, position, open);
  const first = Math.max(1, Math.min(pass.pageSize, listing.pageSizeMax));
  const sort = listing.continueBy === 'updated_at' ? ', sortKey: UPDATED_AT' : '';
  const nested = listing.nested === undefined ? '' : nestedText(listing, pass, listing.nested.first, '');
  const query =
    `query Mooring($after: String, $filter: String) { ${listing.root}(first: ${first}, after: $after, query: $filter${sort}) ` +
    `{ nodes { ${listing.fields(pass)} ${nested} } pageInfo { hasNextPage endCursor } } }`;
  const filter = filterOf(listing, pass, position);
  return graphqlRequest(`query ${listing.root}`, query, {
    after: position.after,
    filter: filter === '' ? null : filter,
  });
}

function singleRequest(listing: Listing, pass: PassContext, position: Position, id: string): PlatformRequest {
  const most = listing.nested?.firstAlone ?? 1;
  const first = position.isNamed && position.partsAfter === null ? Math.min(NAMED_FIRST, most) : most;
  const nested = nestedText(listing, pass, first, ', after: $after');
  const fields = `${listing.single}(id: $id) { ${listing.fields(pass)} ${nested} }`;
  // GraphQL refuses a variable that nothing uses.
  return listing.nested === undefined
    ? graphqlRequest(`query ${listing.single}`, `query Mooring($id: ID!) { ${fields} }`, { id })
    : graphqlRequest(`query ${listing.single}`, `query Mooring($id: ID!, $after: String) { ${fields} }`, {
        id,
        after: position.partsAfter,
      });
}

function nestedText(listing: Listing, pass: PassContext, first: number, after: string): string {
  if (listing.nested === undefined) return '';
  const { name, fields } = listing.nested;
  return `${name}(first: ${first}${after}) { nodes { ${fields(pass)} } pageInfo { hasNextPage endCursor } }`;
}

/** Shopify's search syntax; instants in whole seconds, the lower end included. */
function filterOf(listing: Listing, pass: PassContext, position: Position): string {
  const parts: string[] = [];
  if (listing.continueBy === 'id') {
    if (position.window !== null) parts.push(`id:>${position.window}`);
    return parts.join(' ');
  }
  const since =
    position.window ?? (pass.sinceMs === null || !listing.isIncremental ? null : instantText(pass.sinceMs));
  if (since !== null) parts.push(`updated_at:>='${since}'`);
  parts.push(`updated_at:<='${instantText(pass.untilMs + 999)}'`);
  return parts.join(' ');
}

function instantText(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

/** Reads an answer to `listRequest`. Throws platform_answer_invalid. */
export function readListing(
  listing: Listing,
  cursor: PageCursor | null,
  answer: { readonly body: Json },
): RawPage {
  const position = readPosition(cursor);
  return position.pending.length > 0
    ? readSingle(listing, position, answer.body)
    : readList(listing, position, answer.body);
}

function readList(listing: Listing, position: Position, body: Json): RawPage {
  const path = `data.${listing.root}`;
  const nodes = listAt(body, `${path}.nodes`);
  const page = readPageInfo(body, path);
  const nested = listing.nested?.name;
  const incomplete = nodes.filter(
    (node) => nested !== undefined && valueAt(node, `${nested}.pageInfo.hasNextPage`) === true,
  );
  const pending = incomplete.map((node) => idText(node, `/${path.replaceAll('.', '/')}/nodes`));
  const seen = position.seen + nodes.length;
  const listed: Position = { ...START, window: position.window, pending };
  const items = nodes.filter((node) => !incomplete.includes(node));
  if (page === null) return { items, next: pending.length === 0 ? null : { ...listed, isListed: true } };
  // Room for one more page at the largest size, since the connection would end without a word.
  if (seen + 250 <= MAX_OBJECTS) return { items, next: { ...listed, after: page, seen } };
  return { items, next: { ...listed, window: nextWindow(listing, position, nodes.at(-1)) } };
}

/** Begins again at the last object seen; those at the boundary come twice, which writes nothing new. */
function nextWindow(listing: Listing, position: Position, last: Json | undefined): string {
  const window =
    listing.continueBy === 'id'
      ? (/\/(\d+)(?:\?|$)/.exec(textOf(valueAt(last, 'id')) ?? '')?.[1] ?? null)
      : textOf(valueAt(last, 'updatedAt'));
  if (window === null) throw answerInvalid(`/data/${listing.root}/nodes`, 'has no place to continue from');
  if (window === position.window) {
    throw answerInvalid(
      `/data/${listing.root}/nodes`,
      `holds more than ${MAX_OBJECTS} objects of one instant`,
    );
  }
  return window;
}

function readSingle(listing: Listing, position: Position, body: Json): RawPage {
  const path = `data.${listing.single}`;
  const rest: Position = { ...position, pending: position.pending.slice(1), parts: [], partsAfter: null };
  const next = rest.pending.length === 0 && rest.isListed ? null : rest;
  const node = valueAt(body, path);
  // Deleted since it was listed.
  if (node === null) return { items: [], next: asCursor(next) };
  const found = objectAt(body, path);
  if (listing.nested === undefined) return { items: [found], next: asCursor(next) };
  const nested = listing.nested.name;
  const parts = [...position.parts, ...listAt(found, `${nested}.nodes`)];
  const after = readPageInfo(found, nested);
  if (after !== null) return { items: [], next: asCursor({ ...position, parts, partsAfter: after }) };
  return { items: [{ ...found, [nested]: { nodes: parts } }], next: asCursor(next) };
}

/** endCursor where there is a next page, else null. */
function readPageInfo(body: Json, path: string): string | null {
  const info = objectAt(body, `${path}.pageInfo`);
  if (info['hasNextPage'] === false) return null;
  const end = info['endCursor'];
  if (info['hasNextPage'] !== true || typeof end !== 'string') {
    throw answerInvalid(`/${path.replaceAll('.', '/')}/pageInfo`, 'does not say where the next page begins');
  }
  return end;
}

function idText(node: Json, path: string): string {
  const id = textOf(valueAt(node, 'id'));
  if (id === null) throw answerInvalid(path, 'holds a node without id');
  return id;
}

function asCursor(position: Position | null): PageCursor | null {
  return position === null ? null : { ...position };
}

function readPosition(cursor: PageCursor | null): Position {
  if (!isObject(cursor ?? undefined) || cursor === null) return START;
  const text = (name: string) => textOf(valueAt(cursor, name));
  const list = (name: string) => {
    const value = valueAt(cursor, name);
    return Array.isArray(value) ? value : [];
  };
  return {
    after: text('after'),
    window: text('window'),
    seen: Number(text('seen') ?? 0),
    pending: list('pending').flatMap((one) => textOf(one) ?? []),
    parts: list('parts'),
    partsAfter: text('partsAfter'),
    isListed: valueAt(cursor, 'isListed') === true,
    isNamed: valueAt(cursor, 'isNamed') === true,
  };
}
