// How each resource of Squarespace is listed. Who its customers are is a list that we do not read yet.
import type { OneObject } from '../../domain/platform.ts';
import { resourcesBy } from '../resource.ts';
import { type Listing, listRequest, readListing } from './listing.ts';
import { mapOrder, mapProduct, mapStock } from './mapper.ts';

const define = resourcesBy<Listing & { readonly id: string; readonly one?: OneObject }>({
  // Squarespace sets the size of a page.
  pageSize: { default: 50, max: 50 },
  isIncremental: (listing) => listing.isIncremental,
  overlapS: 120,
  request: listRequest,
  read: (listing, _pass, _cursor, { body }) => readListing(listing, body),
  id: (listing) => listing.id,
  one: ({ one }) => one ?? null,
});

const ORDERS = '/1.0/commerce/orders';
const oneOrder: OneObject = {
  id: '^[A-Za-z0-9-]{1,64}$',
  request: (_pass, id) => ({ method: 'GET', path: `${ORDERS}/${id}`, endpoint: `GET ${ORDERS}/{id}` }),
  read: ({ body }) => [body],
};

export const RESOURCES = {
  orders: define(
    'orders',
    { path: ORDERS, field: 'result', id: 'id', isIncremental: true, one: oneOrder },
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
