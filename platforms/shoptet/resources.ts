// How each resource of Shoptet is listed, and read one by one.
import type { ResourceDefinition } from '../../domain/platform.ts';
import type { Resource } from '../../domain/resource.ts';
import { textOf, valueAt } from '../json.ts';
import {
  detailRequest,
  type Listing,
  listRequest,
  readDetail,
  readListing,
  readSupplies,
  suppliesRequest,
} from './listing.ts';
import { mapCustomer, mapOrder, mapProduct, mapSupply, supplyId } from './mapper.ts';

function define<R extends Resource>(
  resource: R,
  listing: Listing & { readonly whole: string; readonly ids: string },
  map: ResourceDefinition<R>['map'],
): ResourceDefinition<R> {
  return {
    resource,
    requires: `${resource}:read`,
    pageSize: { default: listing.pageSize, max: listing.pageSize },
    filter: 'updated_at',
    overlapS: 120,
    windowS: null,
    request: (pass, cursor) => listRequest(listing, pass, cursor),
    read: (pass, cursor, { body }) => readListing(listing, pass, cursor, body),
    // One that went between the list and itself.
    accepts: ['not_found'],
    one: {
      id: listing.ids,
      request: (_pass, id) => detailRequest(listing, [{ [listing.id]: id }]),
      read: ({ body }) => readDetail(listing.whole, body),
    },
    details: {
      max: 1,
      request: (_pass, items) => detailRequest(listing, items),
      read: ({ body }) => readDetail(listing.whole, body),
    },
    map,
    idOf: (item) => textOf(valueAt(item, listing.id)),
    mapperVersion: 1,
  };
}

const inventory: ResourceDefinition<'inventory'> = {
  resource: 'inventory',
  requires: 'inventory:read',
  pageSize: { default: 1_000, max: 1_000 },
  filter: 'updated_at',
  overlapS: 120,
  windowS: null,
  request: suppliesRequest,
  read: (_pass, cursor, { body }) => readSupplies(cursor, body),
  map: mapSupply,
  idOf: supplyId,
  mapperVersion: 1,
};

const GUID = '^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$';

export const RESOURCES = {
  orders: define(
    'orders',
    {
      path: '/api/orders',
      field: 'orders',
      id: 'code',
      ids: '^[A-Za-z0-9_-]{1,40}$',
      pageSize: 50,
      whole: 'data.order',
    },
    mapOrder,
  ),
  products: define(
    'products',
    { path: '/api/products', field: 'products', id: 'guid', ids: GUID, pageSize: 1_000, whole: 'data' },
    mapProduct,
  ),
  customers: define(
    'customers',
    {
      path: '/api/customers',
      field: 'customers',
      id: 'guid',
      ids: GUID,
      pageSize: 1_000,
      whole: 'data.customer',
    },
    mapCustomer,
  ),
  inventory,
} as const;
