// How each resource of Squarespace is listed. Who its customers are is a list that we do not read yet.
import type { ResourceDefinition } from '../../domain/platform.ts';
import type { Resource } from '../../domain/resource.ts';
import { textOf, valueAt } from '../json.ts';
import { type Listing, listRequest, readListing } from './listing.ts';
import { mapOrder, mapProduct, mapStock } from './mapper.ts';

function define<R extends Resource>(
  resource: R,
  listing: Listing & { readonly id: string },
  map: ResourceDefinition<R>['map'],
): ResourceDefinition<R> {
  return {
    resource,
    requires: `${resource}:read`,
    // Squarespace sets the size of a page.
    pageSize: { default: 50, max: 50 },
    filter: listing.isIncremental ? 'updated_at' : 'full_scan',
    overlapS: 120,
    windowS: null,
    request: (pass, cursor) => listRequest(listing, pass, cursor),
    read: (_pass, _cursor, { body }) => readListing(listing, body),
    map,
    idOf: (item) => textOf(valueAt(item, listing.id)),
    mapperVersion: 1,
  };
}

export const RESOURCES = {
  orders: define(
    'orders',
    { path: '/1.0/commerce/orders', field: 'result', id: 'id', isIncremental: true },
    mapOrder,
  ),
  products: define(
    'products',
    { path: '/v2/commerce/products', field: 'products', id: 'id', isIncremental: true },
    mapProduct,
  ),
  // No instant tells when a quantity changed.
  inventory: define(
    'inventory',
    { path: '/1.0/commerce/inventory', field: 'inventory', id: 'variantId', isIncremental: false },
    mapStock,
  ),
} as const;
