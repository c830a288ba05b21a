// How OTTO lists orders, the only resource we read: by a cursor of its own, out of the link to the next page; from a time of change, oldest change first.
import type {
  Json,
  PageCursor,
  PassContext,
  PlatformRequest,
  RawPage,
  ResourceDefinition,
} from '../../domain/platform.ts';
import { answerInvalid, listAt, textOf, valueAt } from '../json.ts';
import { mapOrder } from './mapper.ts';

const PATH = '/v4/orders';

/** With a cursor all but the limit is ignored. */
function request(pass: PassContext, cursor: PageCursor | null): PlatformRequest {
  const next = cursor === null ? null : textOf(cursor);
  const first: Record<string, string> = {
    // By the date of its lifecycle, which is the default column.
    orderDirection: 'ASC',
    ...(pass.sinceMs === null ? {} : { fromDate: new Date(pass.sinceMs).toISOString() }),
  };
  return {
    method: 'GET',
    path: PATH,
    endpoint: `GET ${PATH}`,
    query: { limit: String(pass.pageSize), ...(next === null ? first : { nextcursor: next }) },
  };
}

/** Throws platform_answer_invalid. */
function read(body: Json): RawPage {
  const items = listAt(body, 'resources');
  const links = valueAt(body, 'links') === undefined ? [] : listAt(body, 'links');
  const link = links.find((one) => textOf(valueAt(one, 'rel')) === 'next');
  if (link === undefined) return { items, next: null };
  // The link may be relative; only its cursor is taken, so that it leads nowhere else.
  const next = /[?&]nextcursor=([^&#]+)/i.exec(textOf(valueAt(link, 'href')) ?? '')?.[1];
  if (next === undefined) throw answerInvalid('/links', 'has a next page without a cursor');
  return { items, next: decoded(next) };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw answerInvalid('/links', 'has a cursor that cannot be read');
  }
}

const orders: ResourceDefinition<'orders'> = {
  resource: 'orders',
  requires: 'orders:read',
  pageSize: { default: 128, max: 128 },
  filter: 'updated_at',
  overlapS: 300,
  windowS: null,
  request,
  read: (_pass, _cursor, { body }) => read(body),
  map: mapOrder,
  idOf: (item) => textOf(valueAt(item, 'salesOrderId')),
  mapperVersion: 1,
};

export const RESOURCES = { orders } as const;
