// How each resource of Square is searched for.
import type { ResourceDefinition } from '../../domain/platform.ts';
import type { Resource } from '../../domain/resource.ts';
import { textOf, valueAt } from '../json.ts';
import {
  type Listing,
  listRequest,
  ordersRequest,
  type Range,
  readListing,
  readOrders,
  withoutDeleted,
} from './listing.ts';
import { countId, mapCount, mapCustomer, mapItem, mapOrder } from './mapper.ts';

function define<R extends Resource>(
  resource: R,
  pageSize: ResourceDefinition['pageSize'],
  listing: Listing,
  map: ResourceDefinition<R>['map'],
): ResourceDefinition<R> {
  return {
    resource,
    requires: `${resource}:read`,
    pageSize,
    filter: 'updated_at',
    overlapS: 120,
    windowS: null,
    request: (pass, cursor) => listRequest(listing, pass, cursor),
    read: (pass, cursor, { body }) => readListing(listing, pass, cursor, body),
    map,
    idOf: (item) => textOf(valueAt(item, 'id')),
    mapperVersion: 1,
  };
}

const orders: ResourceDefinition<'orders'> = {
  resource: 'orders',
  requires: 'orders:read',
  pageSize: { default: 500, max: 1_000 },
  filter: 'updated_at',
  overlapS: 120,
  windowS: null,
  request: ordersRequest,
  read: (pass, cursor, { body }) => readOrders(pass, cursor, body),
  one: {
    id: '^[A-Za-z0-9_-]{1,192}$',
    request: (_pass, id) => ({ method: 'GET', path: `/v2/orders/${id}`, endpoint: 'GET /v2/orders/{id}' }),
    read: ({ body }) => [valueAt(body, 'order') ?? null],
  },
  map: mapOrder,
  idOf: (item) => textOf(valueAt(item, 'id')),
  mapperVersion: 1,
};

const CATALOG: Listing = {
  path: '/v2/catalog/search',
  field: 'objects',
  search: ({ from }: Range) => ({
    object_types: ['ITEM'],
    // What is of the instant itself is not found, so that one millisecond less is asked for.
    ...(from === null
      ? {}
      : {
          begin_time: new Date(Date.parse(from) - 1).toISOString(),
          include_deleted_objects: true,
        }),
  }),
};

const products = define('products', { default: 500, max: 1_000 }, CATALOG, mapItem);

const customers = define(
  'customers',
  { default: 100, max: 100 },
  {
    path: '/v2/customers/search',
    field: 'customers',
    search: ({ from, to }) => ({
      query: {
        filter: { updated_at: { ...(from === null ? {} : { start_at: from }), end_at: to } },
        sort: { field: 'CREATED_AT', order: 'ASC' },
      },
    }),
  },
  mapCustomer,
);

const inventory = define(
  'inventory',
  { default: 500, max: 1_000 },
  {
    path: '/v2/inventory/counts/batch-retrieve',
    field: 'counts',
    search: ({ from }) => ({ states: ['IN_STOCK'], ...(from === null ? {} : { updated_after: from }) }),
  },
  mapCount,
);

export const RESOURCES = {
  orders,
  products: {
    ...products,
    read: (pass, cursor, answer) => withoutDeleted(products.read(pass, cursor, answer)),
  },
  customers: {
    ...customers,
    one: {
      id: '^[A-Za-z0-9_-]{1,191}$',
      request: (_pass, id) => ({
        method: 'GET',
        path: `/v2/customers/${id}`,
        endpoint: 'GET /v2/customers/{id}',
      }),
      read: ({ body }) => [valueAt(body, 'customer') ?? null],
    },
  },
  inventory: { ...inventory, idOf: countId },
} as const satisfies { readonly [R in Resource]?: ResourceDefinition<R> };
