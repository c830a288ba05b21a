// How bol lists: pages of 50 by number, without a total. Orders by the day of their last change, so that one that changes leaves the page it was on; stock of which some sells out. A
// list of several pages is therefore read again until it tells nothing new. The list of orders tells ids, and each is read by itself. Pure.
import type {
  Json,
  PageCursor,
  PassContext,
  PlatformRequest,
  RawPage,
  ResourceDefinition,
} from '../../domain/platform.ts';
import { answerInvalid, isList, listAt, textOf, valueAt } from '../json.ts';
import { mapOrder, mapStock } from './mapper.ts';

const DAY_MS = 86_400_000;
/** Up to three months are told. */
const OLDEST_MS = 89 * DAY_MS;
const PAGE = 50;

interface Position {
  /** Which of the lists, from 0. */
  readonly list: number;
  readonly page: number;
  /** ids that this list told already */
  readonly seen: readonly string[];
  /** Whether this round told anything new. */
  readonly isNew: boolean;
  readonly round: number;
}

const START: Position = { list: 0, page: 1, seen: [], isNew: false, round: 1 };
/** More rounds than this find nothing that the next pass would not. */
const MAX_ROUNDS = 4;

function readPosition(cursor: PageCursor | null): Position {
  const number = (name: 'list' | 'page' | 'round'): number => {
    const value = valueAt(cursor ?? undefined, name);
    return typeof value === 'number' ? value : START[name];
  };
  const seen = valueAt(cursor ?? undefined, 'seen');
  return {
    list: number('list'),
    page: number('page'),
    seen: isList(seen) ? seen.flatMap((one) => textOf(one) ?? []) : [],
    isNew: valueAt(cursor ?? undefined, 'isNew') === true,
    round: number('round'),
  };
}

/** What of a page is new, and where the pass goes on. */
function readPage(position: Position, found: readonly Json[], idField: string, lists: number): RawPage {
  const { list, page, round } = position;
  const seen = new Set(position.seen);
  const items = found.filter((item) => !seen.has(idIn(item, idField)));
  for (const item of items) seen.add(idIn(item, idField));
  const isNew = position.isNew || items.length > 0;
  if (found.length >= PAGE) return { items, next: { list, page: page + 1, seen: [...seen], isNew, round } };
  // A list of one page was seen at one moment. Of more pages the last round must tell nothing new.
  const isAgain = isNew && round < MAX_ROUNDS && (page > 1 || round > 1);
  if (isAgain) return { items, next: { list, page: 1, seen: [...seen], isNew: false, round: round + 1 } };
  return { items, next: list + 1 < lists ? { ...START, list: list + 1 } : null };
}

function idIn(item: Json, field: string): string {
  const id = textOf(valueAt(item, field));
  if (id === null || !/^[A-Za-z0-9_-]{1,60}$/.test(id))
    throw answerInvalid('/', `holds an item without "${field}"`);
  return id;
}

/** The days of a pass, in UTC. */
function daysOf(pass: PassContext): { readonly firstMs: number; readonly count: number } {
  const lastMs = Math.floor(pass.untilMs / DAY_MS) * DAY_MS;
  const oldestMs = Math.floor((pass.untilMs - OLDEST_MS) / DAY_MS) * DAY_MS;
  const sinceMs = pass.sinceMs === null ? oldestMs : Math.floor(pass.sinceMs / DAY_MS) * DAY_MS;
  const firstMs = Math.min(lastMs, Math.max(oldestMs, sinceMs));
  return { firstMs, count: (lastMs - firstMs) / DAY_MS + 1 };
}

function ordersRequest(pass: PassContext, cursor: PageCursor | null): PlatformRequest {
  const { list, page } = readPosition(cursor);
  return {
    method: 'GET',
    path: '/orders',
    endpoint: 'GET /orders',
    query: {
      page: String(page),
      'fulfilment-method': 'ALL',
      status: 'ALL',
      'latest-change-date': new Date(daysOf(pass).firstMs + list * DAY_MS).toISOString().slice(0, 10),
    },
  };
}

/** An empty list is left out of the answer. */
function listIn(body: Json, member: string): readonly Json[] {
  if (typeof body !== 'object' || body === null || isList(body)) throw answerInvalid('/', 'is not an object');
  return valueAt(body, member) === undefined ? [] : listAt(body, member);
}

const orders: ResourceDefinition<'orders'> = {
  resource: 'orders',
  reach: 'recent',
  requires: 'orders:read',
  pageSize: { default: PAGE, max: PAGE },
  filter: 'updated_at',
  // Days are asked for whole, and whose days they are is not documented.
  overlapS: 86_400,
  windowS: null,
  request: ordersRequest,
  read: (pass, cursor, { body }) =>
    readPage(readPosition(cursor), listIn(body, 'orders'), 'orderId', daysOf(pass).count),
  details: {
    max: 1,
    request: (_pass, [item]) => ({
      method: 'GET',
      path: `/orders/${idIn(item ?? null, 'orderId')}`,
      endpoint: 'GET /orders/{id}',
    }),
    read: ({ body }) => [body],
  },
  one: {
    id: '^[A-Za-z0-9_-]{1,60}$',
    request: (_pass, id) => ({ method: 'GET', path: `/orders/${id}`, endpoint: 'GET /orders/{id}' }),
    read: ({ body }) => [body],
  },
  map: mapOrder,
  idOf: (item) => textOf(valueAt(item, 'orderId')),
  mapperVersion: 1,
};

const inventory: ResourceDefinition<'inventory'> = {
  resource: 'inventory',
  requires: 'inventory:read',
  pageSize: { default: PAGE, max: PAGE },
  filter: 'full_scan',
  overlapS: 0,
  windowS: null,
  request: (_pass, cursor) => ({
    method: 'GET',
    path: '/inventory',
    endpoint: 'GET /inventory',
    query: { page: String(readPosition(cursor).page) },
  }),
  read: (_pass, cursor, { body }) => readPage(readPosition(cursor), listIn(body, 'inventory'), 'bsku', 1),
  map: mapStock,
  idOf: (item) => textOf(valueAt(item, 'bsku')),
  mapperVersion: 1,
};

export const RESOURCES = { orders, inventory } as const;
