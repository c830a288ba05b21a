// How each resource of Coupang is listed. It lists no customers.
import type { ResourceDefinition } from '../../domain/platform.ts';
import { textOf, valueAt } from '../json.ts';
import {
  productId,
  productRequest,
  productsRequest,
  readProduct,
  readProducts,
  readSheets,
  readStock,
  sheetsRequest,
  stockRequest,
} from './listing.ts';
import { mapProduct, mapSheet, mapStock } from './mapper.ts';

const DAY_S = 86_400;

const orders: ResourceDefinition<'orders'> = {
  resource: 'orders',
  requires: 'orders:read',
  pageSize: { default: 50, max: 50 },
  // Only the day it was made on can be asked for, so that every pass looks through the last 30 again.
  filter: 'updated_at',
  overlapS: 30 * DAY_S,
  // 31 days at most, both ends included.
  windowS: 30 * DAY_S,
  request: sheetsRequest,
  read: (_pass, cursor, { body }) => readSheets(cursor, body),
  map: mapSheet,
  idOf: (item) => textOf(valueAt(item, 'shipmentBoxId')),
  mapperVersion: 1,
};

const FULL = { filter: 'full_scan', overlapS: 0, windowS: null, mapperVersion: 1 } as const;

const products: ResourceDefinition<'products'> = {
  ...FULL,
  resource: 'products',
  requires: 'products:read',
  pageSize: { default: 100, max: 100 },
  request: productsRequest,
  read: (_pass, _cursor, { body }) => readProducts(body),
  details: {
    max: 1,
    request: (_pass, items) => productRequest(productId(items[0])),
    read: ({ body }) => [readProduct(body)],
  },
  map: mapProduct,
  idOf: (item) => textOf(valueAt(item, 'sellerProductId')),
};

const inventory: ResourceDefinition<'inventory'> = {
  ...FULL,
  resource: 'inventory',
  requires: 'inventory:read',
  pageSize: { default: 100, max: 100 },
  request: stockRequest,
  read: (_pass, cursor, { body }) => readStock(cursor, body),
  map: mapStock,
  idOf: (item) => textOf(valueAt(item, 'vendorItemId')),
};

export const RESOURCES = { orders, products, inventory } as const;
