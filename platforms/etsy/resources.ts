// How each resource of Etsy is listed. Etsy lists no customers.
import type { ResourceDefinition } from '../../domain/platform.ts';
import { textOf, valueAt } from '../json.ts';
import { listingsRequest, readListings, readReceipts, receiptsRequest } from './listing.ts';
import { mapListing, mapReceipt, mapStock } from './mapper.ts';

const orders: ResourceDefinition<'orders'> = {
  resource: 'orders',
  requires: 'orders:read',
  pageSize: { default: 100, max: 100 },
  filter: 'updated_at',
  overlapS: 120,
  windowS: null,
  request: receiptsRequest,
  read: (pass, cursor, { body }) => readReceipts(pass, cursor, body),
  map: mapReceipt,
  idOf: (item) => textOf(valueAt(item, 'receipt_id')),
  mapperVersion: 1,
};

const products: ResourceDefinition<'products'> = {
  resource: 'products',
  requires: 'products:read',
  pageSize: { default: 100, max: 100 },
  // Nothing filters listings by change.
  filter: 'full_scan',
  overlapS: 0,
  windowS: null,
  request: listingsRequest,
  read: (pass, cursor, { body }) => readListings(pass, cursor, body),
  map: mapListing,
  idOf: (item) => textOf(valueAt(item, 'listing_id')),
  mapperVersion: 1,
};

const inventory: ResourceDefinition<'inventory'> = {
  ...products,
  resource: 'inventory',
  requires: 'inventory:read',
  map: mapStock,
};

export const RESOURCES = { orders, products, inventory } as const;
