// How each resource of Kaufland is listed: by offset, which goes back when the list becomes shorter. The list of orders tells no units, so that each order is read by itself. Kaufland has no
// customers to list.
import type {
  Json,
  PageCursor,
  PassContext,
  PlatformRequest,
  RawPage,
  ResourceDefinition,
} from '../../domain/platform.ts';
import { answerInvalid, listAt, objectAt, textOf, valueAt } from '../json.ts';
import { countedPage, offsetIn } from '../offset.ts';
import { mapOrder, mapUnit, mapUnitStock } from './mapper.ts';

function listRequest(
  path: string,
  pass: PassContext,
  cursor: PageCursor | null,
  more: Readonly<Record<string, string>> = {},
): PlatformRequest {
  return {
    method: 'GET',
    path,
    endpoint: `GET ${path}`,
    query: {
      storefront: pass.shop['storefront'] ?? '',
      limit: String(pass.pageSize),
      offset: String(offsetIn(cursor)),
      ...more,
    },
  };
}

/** Throws platform_answer_invalid. */
function readList(pass: PassContext, cursor: PageCursor | null, body: Json): RawPage {
  return countedPage(pass, cursor, listAt(body, 'data'), valueAt(body, 'pagination.total'));
}

function since(pass: PassContext): Record<string, string> {
  // YYYY-MM-ddTHH:mm:ssZ
  return pass.sinceMs === null
    ? {}
    : { ts_units_updated_from_iso: `${new Date(pass.sinceMs).toISOString().slice(0, 19)}Z` };
}

function orderRequest(item: Json | undefined): PlatformRequest {
  const id = textOf(valueAt(item, 'id_order'));
  if (id === null || !/^[A-Z0-9]{1,20}$/.test(id))
    throw answerInvalid('/data', 'holds an order without id_order');
  return { method: 'GET', path: `/orders/${id}`, endpoint: 'GET /orders/{id}' };
}

const orders: ResourceDefinition<'orders'> = {
  resource: 'orders',
  requires: 'orders:read',
  pageSize: { default: 100, max: 100 },
  filter: 'updated_at',
  overlapS: 300,
  windowS: null,
  request: (pass, cursor) => listRequest('/orders', pass, cursor, since(pass)),
  read: (pass, cursor, { body }) => readList(pass, cursor, body),
  details: {
    max: 1,
    request: (_pass, [item]) => orderRequest(item),
    read: ({ body }) => [objectAt(body, 'data')],
  },
  one: {
    id: '^[A-Z0-9]{1,20}$',
    request: (_pass, id) => orderRequest({ id_order: id }),
    read: ({ body }) => [objectAt(body, 'data')],
  },
  map: mapOrder,
  idOf: (item) => textOf(valueAt(item, 'id_order')),
  mapperVersion: 1,
};

const products: ResourceDefinition<'products'> = {
  resource: 'products',
  requires: 'products:read',
  pageSize: { default: 100, max: 100 },
  filter: 'full_scan',
  overlapS: 0,
  windowS: null,
  request: (pass, cursor) => listRequest('/units', pass, cursor),
  read: (pass, cursor, { body }) => readList(pass, cursor, body),
  map: mapUnit,
  idOf: (item) => textOf(valueAt(item, 'id_unit')),
  mapperVersion: 1,
};

const inventory: ResourceDefinition<'inventory'> = {
  ...products,
  resource: 'inventory',
  requires: 'inventory:read',
  map: mapUnitStock,
};

export const RESOURCES = { orders, products, inventory } as const;
