// How each resource of Allegro is listed. Orders by update time, from the last one seen; offers by offset, which go back when the list becomes shorter. Allegro has no customers to list.
import type {
  Json,
  PageCursor,
  PassContext,
  PlatformRequest,
  RawPage,
  ResourceDefinition,
} from '../../domain/platform.ts';
import { answerInvalid, listAt, textOf, valueAt } from '../json.ts';
import { countedPage, offsetIn } from '../offset.ts';
import { mapOffer, mapOrder, mapStock } from './mapper.ts';

const ORDERS = '/order/checkout-forms';
const OFFERS = '/sale/offers';

/** Offset and limit together must not be more. */
const REACH = 10_000;

function ordersRequest(pass: PassContext, cursor: PageCursor | null): PlatformRequest {
  const { after, offset } = orderPosition(pass, cursor);
  return {
    method: 'GET',
    path: ORDERS,
    endpoint: `GET ${ORDERS}`,
    query: {
      sort: 'updatedAt',
      limit: String(pass.pageSize),
      offset: String(offset),
      ...(after === null ? {} : { 'updatedAt.gte': after }),
    },
  };
}

/** Throws platform_answer_invalid. */
function readOrders(pass: PassContext, cursor: PageCursor | null, body: Json): RawPage {
  const items = listAt(body, 'checkoutForms');
  const count = valueAt(body, 'totalCount');
  const total = cursor === null && typeof count === 'number' ? count : null;
  if (items.length < pass.pageSize) return { items, next: null, total };
  const { after, offset } = orderPosition(pass, cursor);
  const times = items.map((item) => textOf(valueAt(item, 'updatedAt')) ?? '');
  const last = times.at(-1) ?? '';
  // A list in another order would end early, and nobody would know what it left out.
  const isSorted = times.every((at, index) => msOf(at) >= msOf(times[index - 1] ?? after ?? at));
  if (!isSorted) throw answerInvalid('/checkoutForms', 'is not sorted by "updatedAt"');
  if (last !== after) return { items, next: { after: last, offset: 0 }, total };
  if (offset + 2 * pass.pageSize > REACH)
    throw answerInvalid('/checkoutForms', `holds more than ${REACH} orders of one instant`);
  return { items, next: { after, offset: offset + pass.pageSize }, total };
}

/** NaN, which no comparison holds for, where it is no instant. */
function msOf(instant: string): number {
  return Date.parse(instant);
}

function orderPosition(pass: PassContext, cursor: PageCursor | null) {
  const since = pass.sinceMs === null ? null : new Date(pass.sinceMs).toISOString();
  return {
    after: textOf(valueAt(cursor ?? undefined, 'after')) ?? since,
    offset: Number(textOf(valueAt(cursor ?? undefined, 'offset')) ?? 0),
  };
}

function offersRequest(pass: PassContext, cursor: PageCursor | null): PlatformRequest {
  return {
    method: 'GET',
    path: OFFERS,
    endpoint: `GET ${OFFERS}`,
    query: { limit: String(pass.pageSize), offset: String(offsetIn(cursor)) },
  };
}

/** Throws platform_answer_invalid. */
function readOffers(pass: PassContext, cursor: PageCursor | null, body: Json): RawPage {
  return countedPage(pass, cursor, listAt(body, 'offers'), valueAt(body, 'totalCount'));
}

const orders: ResourceDefinition<'orders'> = {
  resource: 'orders',
  requires: 'orders:read',
  pageSize: { default: 100, max: 100 },
  filter: 'updated_at',
  overlapS: 300,
  windowS: null,
  request: ordersRequest,
  read: (pass, cursor, { body }) => readOrders(pass, cursor, body),
  map: mapOrder,
  idOf: (item) => textOf(valueAt(item, 'id')),
  mapperVersion: 1,
};

const products: ResourceDefinition<'products'> = {
  resource: 'products',
  requires: 'products:read',
  pageSize: { default: 200, max: 1_000 },
  // Nothing asks for offers by their update time; /sale/offer-events keeps a day.
  filter: 'full_scan',
  overlapS: 0,
  windowS: null,
  request: offersRequest,
  read: (pass, cursor, { body }) => readOffers(pass, cursor, body),
  map: mapOffer,
  idOf: (item) => textOf(valueAt(item, 'id')),
  mapperVersion: 1,
};

const inventory: ResourceDefinition<'inventory'> = {
  ...products,
  resource: 'inventory',
  requires: 'inventory:read',
  map: mapStock,
};

export const RESOURCES = { orders, products, inventory } as const;
