// How each resource of WooCommerce is listed.
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
    // 100 is WordPress's own maximum.
    pageSize: { default: 100, max: 100 },
    filter: listing.isIncremental ? 'updated_at' : 'full_scan',
    overlapS: 60,
    windowS: null,
    request: (pass, cursor) => listRequest(listing, pass, cursor),
    read: (pass, cursor, answer) => readListing(listing, pass, cursor, answer),
    map,
    idOf: (item) => textOf(valueAt(item, 'id')),
    mapperVersion: 1,
  };
}

export const RESOURCES = {
  orders: define('orders', { path: '/orders', isIncremental: true }, mapOrder),
  products: define('products', { path: '/products', isIncremental: true, variations: 'merge' }, mapProduct),
  // Customers have no filter by change; role=all, since whoever bought may have any role.
  customers: define(
    'customers',
    { path: '/customers', isIncremental: false, query: { role: 'all' } },
    mapCustomer,
  ),
  // A sale changes a stock quantity; whether it touches the modification time is not documented, so every pass reads all.
  inventory: define('inventory', { path: '/products', isIncremental: false, variations: 'apart' }, mapStock),
} as const;
