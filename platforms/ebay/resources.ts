// How eBay lists. Orders: in windows of their modification time, offset in records; one that is modified leaves its window, which the total tells. Inventory items: offset in
// pages, no time at all, so that every pass reads all. eBay lists no customers.
import type {
  Json,
  PageCursor,
  PassContext,
  PlatformRequest,
  RawPage,
  ResourceDefinition,
} from '../../domain/platform.ts';
import { listAt, textOf, valueAt } from '../json.ts';
import { offsetAfter } from '../offset.ts';
import { mapItem, mapOrder, mapStock } from './mapper.ts';
import { windowAt } from './windows.ts';

interface Position {
  readonly startMs: number | null;
  readonly offset: number;
  readonly total: number | null;
}

function readPosition(cursor: PageCursor | null): Position {
  const number = (name: string): number | null => {
    const value = valueAt(cursor ?? undefined, name);
    return typeof value === 'number' ? value : null;
  };
  return { startMs: number('startMs'), offset: number('offset') ?? 0, total: number('total') };
}

function totalIn(body: Json): number | null {
  const total = valueAt(body, 'total');
  return typeof total === 'number' ? total : null;
}

function ordersRequest(pass: PassContext, cursor: PageCursor | null): PlatformRequest {
  const { startMs, offset } = readPosition(cursor);
  const { fromMs, toMs } = windowAt(pass, startMs);
  const path = '/sell/fulfillment/v1/order';
  return {
    method: 'GET',
    path,
    endpoint: `GET ${path}`,
    query: {
      filter: `lastmodifieddate:[${new Date(fromMs).toISOString()}..${toMs === null ? '' : new Date(toMs).toISOString()}]`,
      limit: String(pass.pageSize),
      offset: String(offset),
    },
  };
}

function readOrders(pass: PassContext, cursor: PageCursor | null, body: Json): RawPage {
  const items = listAt(body, 'orders');
  const { startMs, offset, total: totalBefore } = readPosition(cursor);
  const { fromMs, toMs } = windowAt(pass, startMs);
  const total = totalIn(body);
  const next = offsetAfter({
    offset,
    size: items.length,
    limit: pass.pageSize,
    total,
    totalBefore,
  });
  if (next !== null) return { items, next: { startMs: fromMs, offset: next, total } };
  return { items, next: toMs === null ? null : { startMs: toMs, offset: 0, total: null } };
}

/** The offset counts pages, the first is 0. */
function itemsRequest(pass: PassContext, cursor: PageCursor | null): PlatformRequest {
  const path = '/sell/inventory/v1/inventory_item';
  return {
    method: 'GET',
    path,
    endpoint: `GET ${path}`,
    query: { limit: String(pass.pageSize), offset: String(readPosition(cursor).offset) },
  };
}

function readItems(pass: PassContext, cursor: PageCursor | null, body: Json): RawPage {
  // An account without any has no list.
  const items = totalIn(body) === 0 ? [] : listAt(body, 'inventoryItems');
  const { offset: page, total: totalBefore } = readPosition(cursor);
  const total = totalIn(body);
  const limit = pass.pageSize;
  const counted = { offset: page * limit, size: items.length, limit, total, totalBefore };
  const next = offsetAfter(counted);
  const told = cursor === null ? total : null;
  if (next === null) return { items, next: null, total: told };
  return { items, next: { offset: Math.floor(next / limit), total }, total: told };
}

const orders: ResourceDefinition<'orders'> = {
  resource: 'orders',
  reach: 'recent',
  requires: 'orders:read',
  pageSize: { default: 200, max: 200 },
  filter: 'updated_at',
  overlapS: 120,
  windowS: null,
  request: ordersRequest,
  read: (pass, cursor, { body }) => readOrders(pass, cursor, body),
  one: {
    id: '^[A-Za-z0-9-]{5,60}$',
    request: (_pass, id) => ({
      method: 'GET',
      path: `/sell/fulfillment/v1/order/${id}`,
      endpoint: 'GET /sell/fulfillment/v1/order/{orderId}',
    }),
    read: ({ body }) => [body],
  },
  map: mapOrder,
  idOf: (item) => textOf(valueAt(item, 'orderId')),
  mapperVersion: 1,
};

const products: ResourceDefinition<'products'> = {
  resource: 'products',
  requires: 'products:read',
  pageSize: { default: 200, max: 200 },
  filter: 'full_scan',
  overlapS: 0,
  windowS: null,
  request: itemsRequest,
  read: (pass, cursor, { body }) => readItems(pass, cursor, body),
  map: mapItem,
  idOf: (item) => textOf(valueAt(item, 'sku')),
  mapperVersion: 1,
};

const inventory: ResourceDefinition<'inventory'> = {
  ...products,
  resource: 'inventory',
  requires: 'inventory:read',
  map: mapStock,
};

export const RESOURCES = { orders, products, inventory } as const;
