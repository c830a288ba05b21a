// How each resource of Tiendanube is listed.
import type { OneObject } from '../../domain/platform.ts';
import { resourcesBy } from '../resource.ts';
import { type Listing, listRequest, readListing } from './listing.ts';
import { mapCustomer, mapOrder, mapProduct, mapStock } from './mapper.ts';

const define = resourcesBy<Listing>({
  pageSize: { default: 100, max: 200 },
  isIncremental: (listing) => listing.isIncremental,
  overlapS: 300,
  request: listRequest,
  // A page past the end.
  accepts: ['not_found'],
  read: (_listing, pass, cursor, answer) => readListing(pass, cursor, answer),
  one: (listing) => (listing.isIncremental ? oneOf(listing) : null),
});

function oneOf({ path }: Listing): OneObject {
  return {
    id: '^[0-9]{1,20}$',
    request: (_pass, id) => ({ method: 'GET', path: `${path}/${id}`, endpoint: `GET ${path}/{id}` }),
    read: ({ body }) => [body],
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
