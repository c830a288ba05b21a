// How each resource of TikTok Shop is listed: by tokens of its own. Orders in order of their update, so that one that changes meanwhile only moves on. Stock is told of 100
// products at a time. TikTok Shop has no customers to list.
import type {
  Json,
  PassContext,
  PlatformRequest,
  RawPage,
  ResourceDefinition,
} from '../../domain/platform.ts';
import { answerInvalid, listAt, objectAt, textOf, valueAt } from '../json.ts';
import { mapOrder, mapProduct, mapStock } from './mapper.ts';

function search(
  path: string,
  pass: PassContext,
  cursor: Json | null,
  more: { readonly query?: Readonly<Record<string, string>>; readonly body: Json },
): PlatformRequest {
  const token = cursor === null ? null : textOf(cursor);
  return {
    method: 'POST',
    path,
    endpoint: `POST ${path}`,
    query: {
      page_size: String(pass.pageSize),
      ...more.query,
      ...(token === null ? {} : { page_token: token }),
    },
    body: more.body,
  };
}

/** An empty list is left out of an answer; an answer without `data` is none. */
function readPage(body: Json, cursor: Json | null, member: string): RawPage {
  const data = valueAt(body, 'data');
  if (typeof data !== 'object' || data === null) throw answerInvalid('/data', 'is not an object');
  const items = valueAt(data, member) === undefined ? [] : listAt(body, `data.${member}`);
  const token = textOf(valueAt(data, 'next_page_token'));
  const count = valueAt(data, 'total_count');
  const total = cursor === null && typeof count === 'number' ? count : null;
  return { items, next: token === null || token === '' ? null : token, total };
}

function readProducts(body: Json, cursor: Json | null): RawPage {
  const page = readPage(body, cursor, 'products');
  const isDeleted = (item: Json) => textOf(valueAt(item, 'status')) === 'DELETED';
  return {
    ...page,
    items: page.items.filter((item) => !isDeleted(item)),
    deleted: page.items.filter(isDeleted).flatMap((item) => textOf(valueAt(item, 'id')) ?? []),
  };
}

function stockRequest(products: readonly Json[]): PlatformRequest {
  const path = '/product/202309/inventory/search';
  const ids = products.flatMap((one) => textOf(valueAt(one, 'id')) ?? []);
  if (ids.length < products.length) throw answerInvalid('/data/products', 'holds a product without id');
  return { method: 'POST', path, endpoint: `POST ${path}`, body: { product_ids: ids } };
}

const ID = '^[0-9]{1,30}$';

const orders: ResourceDefinition<'orders'> = {
  resource: 'orders',
  requires: 'orders:read',
  pageSize: { default: 100, max: 100 },
  filter: 'updated_at',
  overlapS: 300,
  windowS: null,
  request: (pass, cursor) =>
    search('/order/202309/orders/search', pass, cursor, {
      query: { sort_field: 'update_time', sort_order: 'ASC' },
      body: pass.sinceMs === null ? {} : { update_time_ge: Math.floor(pass.sinceMs / 1_000) },
    }),
  read: (_pass, cursor, { body }) => readPage(body, cursor, 'orders'),
  one: {
    id: ID,
    request: (_pass, id) => ({
      method: 'GET',
      path: '/order/202309/orders',
      query: { ids: id },
      endpoint: 'GET /order/202309/orders',
    }),
    read: ({ body }) => readPage(body, null, 'orders').items,
  },
  map: mapOrder,
  idOf: (item) => textOf(valueAt(item, 'id')),
  mapperVersion: 1,
};

/** How products are listed, whose stock is a resource of its own. */
const SEARCHED = {
  pageSize: { default: 100, max: 100 },
  // A filter by update time is not known of this call (unverified), so that every pass reads all.
  filter: 'full_scan',
  overlapS: 0,
  windowS: null,
  request: (pass: PassContext, cursor: Json | null) =>
    search('/product/202309/products/search', pass, cursor, { body: {} }),
  mapperVersion: 1,
} as const;

const products: ResourceDefinition<'products'> = {
  ...SEARCHED,
  resource: 'products',
  requires: 'products:read',
  read: (_pass, cursor, { body }) => readProducts(body, cursor),
  one: {
    id: ID,
    request: (_pass, id) => ({
      method: 'GET',
      path: `/product/202309/products/${id}`,
      endpoint: 'GET /product/202309/products/{id}',
    }),
    read: ({ body }) => {
      const product = objectAt(body, 'data');
      return textOf(product['status'] ?? null) === 'DELETED' ? [] : [product];
    },
  },
  map: mapProduct,
  idOf: (item) => textOf(valueAt(item, 'id')),
};

const inventory: ResourceDefinition<'inventory'> = {
  ...SEARCHED,
  resource: 'inventory',
  requires: 'inventory:read',
  // The ids of products are no ids of levels, and what is not there is found by a full pass.
  read: (_pass, cursor, { body }) => ({ ...readProducts(body, cursor), deleted: [] }),
  details: {
    max: 100,
    request: (_pass, items) => stockRequest(items),
    read: ({ body }) => (valueAt(body, 'data.inventory') === undefined ? [] : listAt(body, 'data.inventory')),
  },
  map: mapStock,
  idOf: (item) => textOf(valueAt(item, 'product_id')),
};

export const RESOURCES = { orders, products, inventory } as const;
