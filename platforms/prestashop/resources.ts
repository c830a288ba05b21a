// How each resource of PrestaShop is listed.
import type { ResourceDefinition } from '../../domain/platform.ts';
import { resourcesBy } from '../resource.ts';
import { combinationsRequest, type Listing, listRequest, readListing, withCombinations } from './listing.ts';
import { mapCustomer, mapOrder, mapProduct, mapStock } from './mapper.ts';

const define = resourcesBy<Listing>({
  // No cap of its own: a whole record of a product is long.
  pageSize: { default: 100, max: 500 },
  isIncremental: (listing) => listing.isIncremental,
  // The shop compares with its own time, which may be up to 12 hours before UTC; what is read again and is the same is not written.
  overlapS: 12 * 3_600 + 300,
  request: listRequest,
  read: (listing, pass, cursor, { body }) => readListing(listing, pass, cursor, body),
});

export const RESOURCES = {
  orders: define(
    'orders',
    {
      name: 'orders',
      isIncremental: true,
      tables: [
        { key: 'id_currency', name: 'currencies', as: 'currency', fields: ['iso_code'] },
        { key: 'current_state', name: 'order_states', as: 'state', fields: ['paid', 'shipped', 'template'] },
      ],
    },
    mapOrder,
  ),
  products: {
    ...define('products', { name: 'products', isIncremental: true }, mapProduct),
    details: {
      max: 50,
      request: combinationsRequest,
      read: ({ body }, items) => withCombinations(body, items),
    },
  } satisfies ResourceDefinition<'products'>,
  customers: define('customers', { name: 'customers', isIncremental: true }, mapCustomer),
  // Nothing tells when a quantity changed.
  inventory: define('inventory', { name: 'stock_availables', isIncremental: false }, mapStock),
} as const;
