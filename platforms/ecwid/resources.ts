// How each resource of Ecwid is listed.
import type { ResourceDefinition } from '../../domain/platform.ts';
import { textOf, valueAt } from '../json.ts';
import { resourcesBy } from '../resource.ts';
import { type Listing, listRequest, readListing } from './listing.ts';
import { mapCustomer, mapOrder, mapProduct, mapStock } from './mapper.ts';

const define = resourcesBy<Listing>({
  pageSize: { default: 100, max: 100 },
  isIncremental: (listing) => listing.isIncremental,
  overlapS: 120,
  one: ({ path, isIncremental }) =>
    isIncremental
      ? {
          id: '^[A-Za-z0-9]{1,40}$',
          request: (_pass, id) => ({ method: 'GET', path: `${path}/${id}`, endpoint: `GET ${path}/{id}` }),
          read: ({ body }) => [body],
        }
      : null,
  request: listRequest,
  read: (_listing, pass, cursor, { body }) => readListing(pass, cursor, body),
});

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
