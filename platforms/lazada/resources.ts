// How each resource of Lazada is listed. Lazada has no customers to list.
import type { ResourceDefinition } from '../../domain/platform.ts';
import { textOf, valueAt } from '../json.ts';
import {
  itemsRequest,
  ordersRequest,
  productsRequest,
  readOrders,
  readProducts,
  withItems,
} from './listing.ts';
import { mapOrder, mapProduct, mapStock } from './mapper.ts';

const orders = {
  resource: 'orders',
  requires: 'orders:read',
  pageSize: { default: 100, max: 100 },
  filter: 'updated_at',
  overlapS: 300,
  windowS: null,
  request: ordersRequest,
  read: (pass, cursor, { body }) => readOrders(pass, cursor, body),
  details: {
    max: 50,
    request: (_pass, items) => itemsRequest(items),
    read: ({ body }, items) => withItems(body, items),
  },
  map: mapOrder,
  idOf: (item) => textOf(valueAt(item, 'order_id')),
  mapperVersion: 1,
} as const satisfies ResourceDefinition<'orders'>;

const products: ResourceDefinition<'products'> = {
  resource: 'products',
  requires: 'products:read',
  pageSize: { default: 50, max: 50 },
  filter: 'updated_at',
  overlapS: 300,
  windowS: null,
  request: (pass, cursor) => productsRequest(pass, cursor, { isIncremental: true }),
  read: (pass, cursor, { body }) => readProducts(pass, cursor, body),
  map: mapProduct,
  idOf: (item) => textOf(valueAt(item, 'item_id')),
  mapperVersion: 1,
};

const inventory: ResourceDefinition<'inventory'> = {
  ...products,
  resource: 'inventory',
  requires: 'inventory:read',
  // Whether a change of stock moves a product's update time is not documented, so that every pass reads all.
  filter: 'full_scan',
  request: (pass, cursor) => productsRequest(pass, cursor, { isIncremental: false }),
  map: mapStock,
};

export const RESOURCES = { orders, products, inventory } as const;
