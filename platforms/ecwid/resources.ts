// How each resource of Ecwid is listed.
import type { ResourceDefinition } from '../../domain/platform.ts';
import type { Resource } from '../../domain/resource.ts';
import { textOf, valueAt } from '../json.ts';
import { type Listing, listRequest, readListing } from './listing.ts';
import { mapCustomer, mapOrder, mapProduct, mapStock } from './mapper.ts';

function define<R extends Resource>(
  resource: R,
  listing: Listing,
  map: ResourceDefinition<R>['map'],
): ResourceDefinition<R> {
  return {
    resource,
    requires: `${resource}:read`,
    pageSize: { default: 100, max: 100 },
    filter: listing.isIncremental ? 'updated_at' : 'full_scan',
    overlapS: 120,
    windowS: null,
    request: (pass, cursor) => listRequest(listing, pass, cursor),
    read: (pass, cursor, { body }) => readListing(pass, cursor, body),
    map,
    idOf: (item) => textOf(valueAt(item, 'id')),
    mapperVersion: 1,
  };
}

export const RESOURCES = {
  orders: {
    // Newest first, and no other way: one that comes while a pass runs moves the others down, into what is still to be read.
    ...define('orders', { path: '/orders', isIncremental: true }, mapOrder),
    idOf: (item) => textOf(valueAt(item, 'id')) ?? textOf(valueAt(item, 'orderNumber')),
  } satisfies ResourceDefinition<'orders'>,
  products: define(
    'products',
    { path: '/products', isIncremental: true, sortBy: 'ADDED_TIME_ASC' },
    mapProduct,
  ),
  customers: define(
    'customers',
    { path: '/customers', isIncremental: true, sortBy: 'REGISTERED_DATE_ASC' },
    mapCustomer,
  ),
  // Whether a sale moves a product's update time is not told.
  inventory: define(
    'inventory',
    { path: '/products', isIncremental: false, sortBy: 'ADDED_TIME_ASC' },
    mapStock,
  ),
} as const;
