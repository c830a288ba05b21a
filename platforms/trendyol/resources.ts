// How each resource of Trendyol is listed. It lists no customers.
import type { ResourceDefinition } from '../../domain/platform.ts';
import { textOf, valueAt } from '../json.ts';
import { type ContentList, contentsRequest, packagesRequest, readContents, readPackages } from './listing.ts';
import { mapContent, mapPackage, mapStock } from './mapper.ts';

const orders: ResourceDefinition<'orders'> = {
  resource: 'orders',
  reach: 'recent',
  requires: 'orders:read',
  pageSize: { default: 200, max: 200 },
  filter: 'updated_at',
  overlapS: 900,
  windowS: null,
  request: packagesRequest,
  read: (pass, cursor, { body }) => readPackages(pass, cursor, body),
  map: mapPackage,
  idOf: (item) => textOf(valueAt(item, 'shipmentPackageId')) ?? textOf(valueAt(item, 'id')),
  mapperVersion: 1,
};

const contentsOf = (list: ContentList) =>
  ({
    pageSize: { default: 100, max: 100 },
    filter: 'full_scan',
    overlapS: 0,
    windowS: null,
    request: (pass, cursor) => contentsRequest(list, pass, cursor),
    read: (pass, cursor, { body }) => readContents(pass, cursor, body),
    idOf: (item) => textOf(valueAt(item, 'contentId')),
    mapperVersion: 1,
  }) as const satisfies Omit<ResourceDefinition, 'resource' | 'requires' | 'map'>;

const products: ResourceDefinition<'products'> = {
  ...contentsOf('products/approved'),
  resource: 'products',
  requires: 'products:read',
  map: mapContent,
};

const inventory: ResourceDefinition<'inventory'> = {
  ...contentsOf('products/approved/inventory-and-price'),
  resource: 'inventory',
  requires: 'inventory:read',
  map: mapStock,
};

export const RESOURCES = { orders, products, inventory } as const;
