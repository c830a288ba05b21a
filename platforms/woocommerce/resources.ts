// How each resource of WooCommerce is listed.
import { resourcesBy } from '../resource.ts';
import { beginAt, type Listing, listRequest, readListing } from './listing.ts';
import { mapCustomer, mapOrder, mapProduct, mapStock } from './mapper.ts';

const define = resourcesBy<Listing>({
  // 100 is WordPress's own maximum.
  pageSize: { default: 100, max: 100 },
  isIncremental: (listing) => listing.isIncremental,
  overlapS: 60,
  one: ({ variations }) => (variations === 'apart' ? null : { id: '^[0-9]{1,20}$', begin: beginAt }),
  request: listRequest,
  read: readListing,
});

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
