// How each resource of Amazon is listed. Amazon has no customers to list.
import type { ResourceDefinition } from '../../domain/platform.ts';
import { objectAt, textOf, valueAt } from '../json.ts';
import {
  listingsRequest,
  orderRequest,
  ordersRequest,
  readListings,
  readOrders,
  readStock,
  stockRequest,
} from './listing.ts';
import { mapListing, mapOrder, mapStock } from './mapper.ts';

const orders: ResourceDefinition<'orders'> = {
  resource: 'orders',
  reach: 'recent',
  requires: 'orders:read',
  pageSize: { default: 100, max: 100 },
  filter: 'updated_at',
  // An upper end may be two minutes ago at the latest; none is sent, and what came meanwhile is read again.
  overlapS: 300,
  windowS: null,
  request: ordersRequest,
  read: (pass, cursor, { body }) => readOrders(pass, cursor, body),
  one: {
    id: '^[0-9A-Z-]{5,60}$',
    request: (_pass, id) => orderRequest(id),
    read: ({ body }) => [objectAt(body, 'order')],
  },
  map: mapOrder,
  idOf: (item) => textOf(valueAt(item, 'orderId')),
  mapperVersion: 1,
};

const products: ResourceDefinition<'products'> = {
  resource: 'products',
  requires: 'products:read',
  pageSize: { default: 20, max: 20 },
  filter: 'updated_at',
  overlapS: 300,
  windowS: null,
  request: listingsRequest,
  read: (pass, cursor, { body }) => readListings(pass, cursor, body),
  map: mapListing,
  idOf: (item) => textOf(valueAt(item, 'sku')),
  mapperVersion: 1,
};

const inventory: ResourceDefinition<'inventory'> = {
  resource: 'inventory',
  requires: 'inventory:read',
  // Amazon sets the size of a page.
  pageSize: { default: 50, max: 50 },
  filter: 'updated_at',
  overlapS: 300,
  windowS: null,
  request: stockRequest,
  // A token that is over.
  accepts: ['rejected'],
  read: (_pass, cursor, { body }) => readStock(cursor, body),
  map: mapStock,
  idOf: (item) => textOf(valueAt(item, 'sellerSku')),
  mapperVersion: 1,
};

export const RESOURCES = { orders, products, inventory } as const;
