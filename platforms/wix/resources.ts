// How each resource of Wix is listed. Products and stock are those of Catalog V3.
import type { OneObject, ResourceDefinition } from '../../domain/platform.ts';
import type { Resource } from '../../domain/resource.ts';
import { textOf, valueAt } from '../json.ts';
import {
  contactsRequest,
  type Listing,
  listRequest,
  productRequest,
  readContacts,
  readListing,
  readProduct,
} from './listing.ts';
import { mapContact, mapOrder, mapProduct, mapStock } from './mapper.ts';

function define<R extends Resource>(
  resource: R,
  pageSize: number,
  listing: Listing,
  map: ResourceDefinition<R>['map'],
): ResourceDefinition<R> {
  return {
    resource,
    requires: `${resource}:read`,
    pageSize: { default: pageSize, max: pageSize },
    filter: 'updated_at',
    overlapS: 300,
    windowS: null,
    request: (pass, cursor) => listRequest(listing, pass, cursor),
    read: (_pass, _cursor, { body }) => readListing(listing, body),
    map,
    idOf: (item) => textOf(valueAt(item, 'id')),
    mapperVersion: 1,
  };
}

const orders = define(
  'orders',
  100,
  { path: '/ecom/v1/orders/search', in: 'search', field: 'orders', paging: 'metadata' },
  mapOrder,
);

const oneOrder: OneObject = {
  id: '^[0-9a-f-]{36}$',
  request: (_pass, id) => ({
    method: 'GET',
    path: `/ecom/v1/orders/${id}`,
    endpoint: 'GET /ecom/v1/orders/{id}',
  }),
  read: ({ body }) => [valueAt(body, 'order') ?? null],
};

const products: ResourceDefinition<'products'> = {
  ...define(
    'products',
    100,
    {
      path: '/stores/v3/products/query',
      in: 'query',
      field: 'products',
      paging: 'pagingMetadata',
      with: { fields: ['CURRENCY', 'URL', 'PLAIN_DESCRIPTION'] },
    },
    mapProduct,
  ),
  // A product that went between the list and itself.
  accepts: ['not_found'],
  details: {
    max: 1,
    request: (_pass, items) => productRequest(items),
    read: ({ body }, items) => readProduct(body, items),
  },
};

const customers: ResourceDefinition<'customers'> = {
  resource: 'customers',
  requires: 'customers:read',
  pageSize: { default: 500, max: 1_000 },
  filter: 'updated_at',
  overlapS: 300,
  windowS: null,
  request: contactsRequest,
  read: (pass, cursor, { body }) => readContacts(pass, cursor, body),
  map: mapContact,
  idOf: (item) => textOf(valueAt(item, 'id')),
  mapperVersion: 1,
};

const inventory = define(
  'inventory',
  1_000,
  {
    path: '/stores/v3/inventory-items/query',
    in: 'query',
    field: 'inventoryItems',
    paging: 'pagingMetadata',
  },
  mapStock,
);

export const RESOURCES = { orders: { ...orders, one: oneOrder }, products, customers, inventory } as const;
