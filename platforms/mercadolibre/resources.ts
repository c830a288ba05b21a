// How each resource of Mercado Libre is listed. Mercado Libre has no customers to list.
import type { ResourceDefinition } from '../../domain/platform.ts';
import { textOf, valueAt } from '../json.ts';
import { itemsRequest, ordersRequest, readItemIds, readItems, readOrders, scanRequest } from './listing.ts';
import { mapItem, mapOrder, mapStock } from './mapper.ts';

const orders: ResourceDefinition<'orders'> = {
  resource: 'orders',
  requires: 'orders:read',
  pageSize: { default: 50, max: 50 },
  filter: 'updated_at',
  overlapS: 300,
  windowS: null,
  request: ordersRequest,
  read: (pass, cursor, { body }) => readOrders(pass, cursor, body),
  one: {
    id: '^[0-9]{1,20}$',
    request: (_pass, id) => ({ method: 'GET', path: `/orders/${id}`, endpoint: 'GET /orders/{id}' }),
    read: ({ body }) => [body],
  },
  map: mapOrder,
  idOf: (item) => textOf(valueAt(item, 'id')),
  mapperVersion: 1,
};

const products: ResourceDefinition<'products'> = {
  resource: 'products',
  requires: 'products:read',
  pageSize: { default: 100, max: 100 },
  // Nothing asks for items by their update time.
  filter: 'full_scan',
  overlapS: 0,
  windowS: null,
  request: scanRequest,
  // A scroll that is over.
  accepts: ['rejected', 'not_found'],
  read: (_pass, cursor, { body }) => readItemIds(cursor, body),
  one: {
    id: '^ML[A-Z][0-9]{1,20}$',
    request: (_pass, id) => itemsRequest([id]),
    read: ({ body }) => readItems(body),
  },
  details: { max: 20, request: (_pass, items) => itemsRequest(items), read: ({ body }) => readItems(body) },
  map: mapItem,
  idOf: (item) => textOf(valueAt(item, 'id')),
  mapperVersion: 1,
};

const { one: _item, ...listed } = products;

const inventory: ResourceDefinition<'inventory'> = {
  ...listed,
  resource: 'inventory',
  requires: 'inventory:read',
  map: mapStock,
};

export const RESOURCES = { orders, products, inventory } as const;
