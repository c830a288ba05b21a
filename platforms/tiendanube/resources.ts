// How each resource of Tiendanube is listed.
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
    pageSize: { default: 100, max: 200 },
    filter: listing.isIncremental ? 'updated_at' : 'full_scan',
    overlapS: 300,
    windowS: null,
    request: (pass, cursor) => listRequest(listing, pass, cursor),
    // A page past the end.
    accepts: ['not_found'],
    read: (pass, cursor, answer) => readListing(pass, cursor, answer),
    map,
    idOf: (item) => textOf(valueAt(item, 'id')),
    mapperVersion: 1,
  };
}

/** What is new comes last. Orders and customers cannot be sorted. */
const OLDEST_FIRST = { sort_by: 'created-at-ascending' } as const;

export const RESOURCES = {
  orders: define('orders', { path: '/orders', isIncremental: true, query: { status: 'any' } }, mapOrder),
  products: define('products', { path: '/products', isIncremental: true, query: OLDEST_FIRST }, mapProduct),
  customers: define('customers', { path: '/customers', isIncremental: true, query: {} }, mapCustomer),
  // Whether a sale moves a product's updated_at is not documented.
  inventory: define(
    'inventory',
    { path: '/products', isIncremental: false, query: { ...OLDEST_FIRST, fields: 'id,variants' } },
    mapStock,
  ),
} as const;
