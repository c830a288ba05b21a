// How each resource of Walmart is listed. Walmart lists no customers.
import type { ResourceDefinition } from '../../domain/platform.ts';
import { listAt, objectAt, textOf, valueAt } from '../json.ts';
import { itemsRequest, ordersRequest, readItems, readOrders, readStock, stockRequest } from './listing.ts';
import { mapItem, mapOrder, mapStock } from './mapper.ts';

const orders: ResourceDefinition<'orders'> = {
  resource: 'orders',
  requires: 'orders:read',
  pageSize: { default: 200, max: 200 },
  filter: 'updated_at',
  overlapS: 300,
  windowS: null,
  request: ordersRequest,
  // No order may come as 404.
  accepts: ['not_found'],
  read: (_pass, cursor, { body }) => readOrders(cursor, body),
  one: {
    id: '^[0-9]{1,30}$',
    request: (_pass, id) => ({
      method: 'GET',
      path: `/orders/${id}`,
      endpoint: 'GET /orders/{purchaseOrderId}',
    }),
    read: ({ body }) => [objectAt(body, 'order')],
  },
  map: mapOrder,
  idOf: (item) => textOf(valueAt(item, 'purchaseOrderId')),
  mapperVersion: 1,
};

const products: ResourceDefinition<'products'> = {
  resource: 'products',
  requires: 'products:read',
  pageSize: { default: 50, max: 50 },
  // Nothing filters items by change.
  filter: 'full_scan',
  overlapS: 0,
  windowS: null,
  request: itemsRequest,
  accepts: ['not_found'],
  read: (_pass, cursor, { body }) => readItems(cursor, body),
  one: {
    id: '^[\\x21-\\x7e]{1,50}$',
    request: (_pass, id) => ({
      method: 'GET',
      path: `/items/${encodeURIComponent(id)}`,
      endpoint: 'GET /items/{id}',
    }),
    read: ({ body }) => listAt(body, 'ItemResponse'),
  },
  map: mapItem,
  idOf: (item) => textOf(valueAt(item, 'sku')),
  mapperVersion: 1,
};

const inventory: ResourceDefinition<'inventory'> = {
  resource: 'inventory',
  requires: 'inventory:read',
  pageSize: { default: 50, max: 50 },
  filter: 'full_scan',
  overlapS: 0,
  windowS: null,
  request: stockRequest,
  accepts: ['not_found'],
  read: (_pass, cursor, { body }) => readStock(cursor, body),
  map: mapStock,
  idOf: (item) => textOf(valueAt(item, 'sku')),
  mapperVersion: 1,
};

export const RESOURCES = { orders, products, inventory } as const;
