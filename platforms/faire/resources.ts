// How each resource of Faire is listed. Retailers are told one by one, and not listed.
import type { ResourceDefinition } from '../../domain/platform.ts';
import { textOf, valueAt } from '../json.ts';
import { type FaireList, listRequest, readList } from './listing.ts';
import { mapOrder, mapProduct, mapStock } from './mapper.ts';

const listOf = (list: FaireList) =>
  ({
    pageSize: { default: 50, max: 50 },
    windowS: null,
    request: (pass, cursor) => listRequest(list, pass, cursor),
    read: (pass, cursor, { body }) => readList(list, pass, cursor, body),
    idOf: (item) => textOf(valueAt(item, 'id')),
    mapperVersion: 1,
  }) as const satisfies Partial<ResourceDefinition>;

const CHANGED = { filter: 'updated_at', overlapS: 300 } as const;

const orders: ResourceDefinition<'orders'> = {
  ...listOf('orders'),
  ...CHANGED,
  resource: 'orders',
  requires: 'orders:read',
  map: mapOrder,
};

const products: ResourceDefinition<'products'> = {
  ...listOf('products'),
  ...CHANGED,
  resource: 'products',
  requires: 'products:read',
  map: mapProduct,
};

/** As products tell it. Whether a sale changes a product's updated_at is not known: every pass reads all. */
const inventory: ResourceDefinition<'inventory'> = {
  ...listOf('products'),
  filter: 'full_scan',
  overlapS: 0,
  resource: 'inventory',
  requires: 'inventory:read',
  map: mapStock,
};

export const RESOURCES = { orders, products, inventory } as const;
