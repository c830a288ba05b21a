// How each resource of VTEX is listed.
import type { ResourceDefinition } from '../../domain/platform.ts';
import { textOf, valueAt } from '../json.ts';
import {
  productsRequest,
  readProducts,
  readShoppers,
  readSkuIds,
  readStock,
  shoppersRequest,
  skuIdsRequest,
  skusRequest,
  stockRequest,
  withSkus,
} from './catalog.ts';
import { mapOrder, mapProduct, mapShopper, mapStock } from './mapper.ts';
import { orderRequest, ordersRequest, readOrder, readOrders } from './orders.ts';

const orders: ResourceDefinition<'orders'> = {
  resource: 'orders',
  reach: 'recent',
  requires: 'orders:read',
  pageSize: { default: 100, max: 100 },
  filter: 'updated_at',
  // The search knows an order four minutes later.
  overlapS: 900,
  windowS: null,
  request: ordersRequest,
  read: (pass, cursor, { body }) => readOrders(pass, cursor, body),
  details: {
    max: 1,
    request: (_pass, items) => orderRequest(items),
    read: ({ body }) => readOrder(body),
  },
  one: {
    id: '^[A-Za-z0-9_-]{1,60}$',
    request: (_pass, id) => orderRequest([{ orderId: id }]),
    read: ({ body }) => readOrder(body),
  },
  map: mapOrder,
  idOf: (item) => textOf(valueAt(item, 'orderId')),
  mapperVersion: 1,
};

const FULL = { filter: 'full_scan', overlapS: 0, windowS: null, mapperVersion: 1 } as const;

const products: ResourceDefinition<'products'> = {
  ...FULL,
  resource: 'products',
  requires: 'products:read',
  pageSize: { default: 250, max: 250 },
  request: productsRequest,
  read: (pass, cursor, { body }) => readProducts(pass, cursor, body),
  details: {
    max: 1,
    request: (_pass, items) => skusRequest(items),
    read: ({ body }, items) => withSkus(body, items),
  },
  map: mapProduct,
  idOf: (item) => textOf(valueAt(item, 'Id')),
};

const customers: ResourceDefinition<'customers'> = {
  ...FULL,
  resource: 'customers',
  requires: 'customers:read',
  pageSize: { default: 500, max: 1_000 },
  request: shoppersRequest,
  read: (_pass, cursor, { body, headers }) => readShoppers(cursor, body, headers),
  map: mapShopper,
  idOf: (item) => textOf(valueAt(item, 'id')),
};

const inventory: ResourceDefinition<'inventory'> = {
  ...FULL,
  resource: 'inventory',
  requires: 'inventory:read',
  pageSize: { default: 100, max: 1_000 },
  request: skuIdsRequest,
  read: (pass, cursor, { body }) => readSkuIds(pass, cursor, body),
  details: {
    max: 1,
    request: (_pass, items) => stockRequest(items),
    read: ({ body }) => readStock(body),
  },
  map: mapStock,
  idOf: (item) => textOf(valueAt(item, 'skuId')),
};

export const RESOURCES = { orders, products, customers, inventory } as const;
