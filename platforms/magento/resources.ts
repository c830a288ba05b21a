// How each resource of Magento is listed.
import { resourcesBy } from '../resource.ts';
import { type Listing, listRequest, readListing } from './listing.ts';
import { mapCustomer, mapOrder, mapProduct, mapSourceItem, sourceItemId } from './mapper.ts';

const ENTITY_ID = { field: 'entity_id', isUnique: true } as const;

const define = resourcesBy<Listing>({
  // 300 is the most where a shop has switched on its input limits; without them there is none.
  pageSize: { default: 100, max: 300 },
  isIncremental: (listing) => listing.isIncremental,
  overlapS: 60,
  request: listRequest,
  read: (listing, pass, cursor, { body }) => readListing(listing, pass, cursor, body),
  id: (listing) => listing.key.at,
});

export const RESOURCES = {
  orders: define(
    'orders',
    { path: '/orders', key: { ...ENTITY_ID, at: 'entity_id' }, isIncremental: true },
    mapOrder,
  ),
  products: define(
    'products',
    { path: '/products', key: { ...ENTITY_ID, at: 'id' }, isIncremental: true },
    mapProduct,
  ),
  customers: define(
    'customers',
    { path: '/customers/search', key: { ...ENTITY_ID, at: 'id' }, isIncremental: true },
    mapCustomer,
  ),
  // A source item has no id and no update time; a SKU has one a source.
  inventory: {
    ...define(
      'inventory',
      {
        path: '/inventory/source-items',
        key: { field: 'sku', at: 'sku', isUnique: false },
        isIncremental: false,
      },
      mapSourceItem,
    ),
    idOf: sourceItemId,
  },
} as const;
