// How each resource of commercetools is listed.
import type { ResourceDefinition } from '../../domain/platform.ts';
import type { Resource } from '../../domain/resource.ts';
import { textOf, valueAt } from '../json.ts';
import { type Listing, listRequest, readListing } from './listing.ts';
import { mapCustomer, mapEntry, mapOrder, mapProduct } from './mapper.ts';

function define<R extends Resource>(
  resource: R,
  listing: Listing,
  map: ResourceDefinition<R>['map'],
): ResourceDefinition<R> {
  return {
    resource,
    requires: `${resource}:read`,
    // 500 is the most; products and orders are large.
    pageSize: { default: 200, max: 500 },
    filter: listing.isIncremental ? 'updated_at' : 'full_scan',
    overlapS: 300,
    windowS: null,
    request: (pass, cursor) => listRequest(listing, pass, cursor),
    read: (pass, _cursor, { body }) => readListing(listing, pass, body),
    map,
    idOf: (item) => textOf(valueAt(item, 'id')),
    mapperVersion: 1,
  };
}

export const RESOURCES = {
  orders: define('orders', { name: 'orders', isIncremental: true }, mapOrder),
  products: define('products', { name: 'products', isIncremental: true }, mapProduct),
  customers: define('customers', { name: 'customers', isIncremental: true }, mapCustomer),
  // Whether an order that takes stock moves lastModifiedAt is not documented.
  inventory: define('inventory', { name: 'inventory', isIncremental: false }, mapEntry),
} as const;
