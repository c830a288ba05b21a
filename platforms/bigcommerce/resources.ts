// How each resource of BigCommerce is listed.
import type { ResourceDefinition } from '../../domain/platform.ts';
import { listAt, textOf, valueAt } from '../json.ts';
import {
  iso,
  linesRequest,
  ordersRequest,
  pagedRequest,
  productsRequest,
  readLines,
  readOrders,
  readPaged,
  readProducts,
} from './listing.ts';
import { mapCustomer, mapOrder, mapProduct, mapStock, stockId } from './mapper.ts';

const orders: ResourceDefinition<'orders'> = {
  resource: 'orders',
  requires: 'orders:read',
  pageSize: { default: 100, max: 250 },
  filter: 'updated_at',
  overlapS: 120,
  windowS: null,
  request: ordersRequest,
  read: (pass, _cursor, answer) => readOrders(pass, answer),
  one: {
    id: '^[0-9]{1,20}$',
    request: (_pass, id) => ({ method: 'GET', path: `/v2/orders/${id}`, endpoint: 'GET /v2/orders/{id}' }),
    read: ({ body }) => [body],
    hasDetails: true,
  },
  // What was bought is a list of its own, one call an order.
  details: { max: 1, request: linesRequest, read: readLines },
  map: mapOrder,
  idOf: (item) => textOf(valueAt(item, 'id')),
  mapperVersion: 1,
};

const products: ResourceDefinition<'products'> = {
  resource: 'products',
  requires: 'products:read',
  // With their variants, up to 600 each.
  pageSize: { default: 50, max: 250 },
  filter: 'updated_at',
  overlapS: 120,
  windowS: null,
  request: productsRequest,
  read: readProducts,
  one: {
    id: '^[0-9]{1,20}$',
    request: (_pass, id) => ({
      method: 'GET',
      path: '/v3/catalog/products',
      endpoint: 'GET /v3/catalog/products',
      query: { include: 'variants', id },
    }),
    read: ({ body }) => listAt(body, 'data'),
  },
  map: mapProduct,
  idOf: (item) => textOf(valueAt(item, 'id')),
  mapperVersion: 1,
};

const customers: ResourceDefinition<'customers'> = {
  resource: 'customers',
  requires: 'customers:read',
  pageSize: { default: 250, max: 250 },
  filter: 'updated_at',
  overlapS: 120,
  windowS: null,
  request: (pass, cursor) =>
    pagedRequest(
      '/v3/customers',
      {
        include: 'addresses',
        sort: 'date_created:asc',
        ...(pass.sinceMs === null ? {} : { 'date_modified:min': iso(pass.sinceMs) }),
      },
      pass,
      cursor,
    ),
  read: readPaged,
  one: {
    id: '^[0-9]{1,20}$',
    request: (_pass, id) => ({
      method: 'GET',
      path: '/v3/customers',
      endpoint: 'GET /v3/customers',
      query: { include: 'addresses', 'id:in': id },
    }),
    read: ({ body }) => listAt(body, 'data'),
  },
  map: mapCustomer,
  idOf: (item) => textOf(valueAt(item, 'id')),
  mapperVersion: 1,
};

const inventory: ResourceDefinition<'inventory'> = {
  resource: 'inventory',
  requires: 'inventory:read',
  pageSize: { default: 250, max: 250 },
  // A level has no update time.
  filter: 'full_scan',
  overlapS: 0,
  windowS: null,
  request: (pass, cursor) => pagedRequest('/v3/inventory/items', {}, pass, cursor),
  read: readPaged,
  map: mapStock,
  idOf: stockId,
  mapperVersion: 1,
};

export const RESOURCES = { orders, products, customers, inventory } as const;
