// How each resource of commercetools is listed.
import { resourcesBy } from '../resource.ts';
import { type Listing, listRequest, readListing } from './listing.ts';
import { mapCustomer, mapEntry, mapOrder, mapProduct } from './mapper.ts';

const define = resourcesBy<Listing>({
  // 500 is the most; products and orders are large.
  pageSize: { default: 200, max: 500 },
  isIncremental: (listing) => listing.isIncremental,
  overlapS: 300,
  one: ({ name }) => ({
    id: '^[0-9a-f-]{36}$',
    request: ({ shop }, id) => ({
      method: 'GET',
      path: `/${shop['projectKey'] ?? '-'}/${name}/${id}`,
      endpoint: `GET /${name}/{id}`,
    }),
    read: ({ body }) => [body],
  }),
  request: listRequest,
  read: (listing, pass, _cursor, { body }) => readListing(listing, pass, body),
});

export const RESOURCES = {
  orders: define('orders', { name: 'orders', isIncremental: true }, mapOrder),
  products: define('products', { name: 'products', isIncremental: true }, mapProduct),
  customers: define('customers', { name: 'customers', isIncremental: true }, mapCustomer),
  // Whether an order that takes stock moves lastModifiedAt is not documented.
  inventory: define('inventory', { name: 'inventory', isIncremental: false }, mapEntry),
} as const;
