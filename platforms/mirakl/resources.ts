// How each resource of Mirakl is listed: by max and offset, which goes back when the list becomes shorter. Mirakl has no customers to list.
import type {
  Json,
  PageCursor,
  PassContext,
  PlatformRequest,
  RawPage,
  ResourceDefinition,
} from '../../domain/platform.ts';
import { listAt, textOf, valueAt } from '../json.ts';
import { countedPage, offsetIn } from '../offset.ts';
import { mapOffer, mapOrder, mapStock } from './mapper.ts';

function listRequest(
  path: string,
  pass: PassContext,
  cursor: PageCursor | null,
  more: Readonly<Record<string, string>> = {},
): PlatformRequest {
  const shopId = pass.shop['shopId'];
  return {
    method: 'GET',
    path,
    endpoint: `GET ${path}`,
    query: {
      max: String(pass.pageSize),
      offset: String(offsetIn(cursor)),
      ...(shopId === undefined ? {} : { shop_id: shopId }),
      ...more,
    },
  };
}

/** Throws platform_answer_invalid. */
function readList(member: string, pass: PassContext, cursor: PageCursor | null, body: Json): RawPage {
  return countedPage(pass, cursor, listAt(body, member), valueAt(body, 'total_count'));
}

const orders: ResourceDefinition<'orders'> = {
  resource: 'orders',
  requires: 'orders:read',
  pageSize: { default: 100, max: 100 },
  filter: 'updated_at',
  // Mirakl takes some time off by itself, too.
  overlapS: 300,
  windowS: null,
  request: (pass, cursor) =>
    listRequest(
      '/api/orders',
      pass,
      cursor,
      pass.sinceMs === null ? {} : { start_update_date: new Date(pass.sinceMs).toISOString() },
    ),
  read: (pass, cursor, { body }) => readList('orders', pass, cursor, body),
  map: mapOrder,
  idOf: (item) => textOf(valueAt(item, 'order_id')),
  mapperVersion: 1,
};

const products: ResourceDefinition<'products'> = {
  resource: 'products',
  requires: 'products:read',
  pageSize: { default: 100, max: 100 },
  // Nothing asks for offers by their update time.
  filter: 'full_scan',
  overlapS: 0,
  windowS: null,
  request: (pass, cursor) => listRequest('/api/offers', pass, cursor),
  read: (pass, cursor, { body }) => readList('offers', pass, cursor, body),
  map: mapOffer,
  idOf: (item) => textOf(valueAt(item, 'offer_id')),
  mapperVersion: 1,
};

const inventory: ResourceDefinition<'inventory'> = {
  ...products,
  resource: 'inventory',
  requires: 'inventory:read',
  map: mapStock,
};

export const RESOURCES = { orders, products, inventory } as const;
