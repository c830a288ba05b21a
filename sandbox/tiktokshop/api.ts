/** TikTok Shop's resources: searches by POST with the page in the query, shops named by a cipher that some paths must not carry. */
import type { Call } from '../calls.ts';
import { exists, sizeOf } from '../collection.ts';
import { type Answer, bodyFields } from '../exchange.ts';
import { cursorOf, placeOf, positionsIn, type Range, rendered, wholeIn } from '../listing.ts';
import type { ResourceName, Shop } from '../state.ts';
import {
  orderIndex,
  productIndex,
  renderInventory,
  renderOrder,
  renderProduct,
  skuVariant,
} from './render.ts';
import { answered, missingScope, refuse } from './tiktokshop.ts';
import { deleteWebhook, listWebhooks, putWebhook } from './webhooks.ts';

const bad = (message: string) => refuse(400, 36009004, message);
const MAX_IDS = 50;

/** What names the shop in a call's query. */
export function cipherOf(shop: Shop): string {
  return `ROW_${Buffer.from(`sandbox-${shop.key}`).toString('base64url')}`;
}

interface Route {
  scope: string;
  /** Whether the cipher must be there, or must not. */
  cipher: boolean;
  answer(call: Call): Answer;
}

const ROUTES: Record<string, Route> = {
  'GET /authorization/202309/shops': { scope: 'seller.authorization.info', cipher: false, answer: shops },
  'POST /order/202309/orders/search': { scope: 'seller.order.info', cipher: true, answer: searchOrders },
  'GET /order/202309/orders': { scope: 'seller.order.info', cipher: true, answer: orderDetails },
  'POST /product/202309/products/search': {
    scope: 'seller.product.basic',
    cipher: true,
    answer: searchProducts,
  },
  'POST /product/202502/products/search': {
    scope: 'seller.product.basic',
    cipher: true,
    answer: searchProducts,
  },
  'POST /product/202309/inventory/search': {
    scope: 'seller.product.basic',
    cipher: true,
    answer: searchInventory,
  },
  // Which scope these need is unverified.
  'GET /event/202309/webhooks': { scope: 'seller.authorization.info', cipher: true, answer: listWebhooks },
  'PUT /event/202309/webhooks': { scope: 'seller.authorization.info', cipher: true, answer: putWebhook },
  'DELETE /event/202309/webhooks': {
    scope: 'seller.authorization.info',
    cipher: true,
    answer: deleteWebhook,
  },
};
const ONE_PRODUCT = /^\/product\/202309\/products\/(\d+)$/;

function routeOf({ method, path }: Call['exchange']): Route | undefined {
  const id = ONE_PRODUCT.exec(path)?.[1];
  if (id === undefined || method !== 'GET') return ROUTES[`${method} ${path}`];
  return { scope: 'seller.product.basic', cipher: true, answer: (call) => oneProduct(call, id) };
}

export function answerApi(call: Call): Answer {
  const { exchange, shop, grant } = call;
  const route = routeOf(exchange);
  if (route === undefined) return refuse(404, 36009009, 'Invalid path');
  const denied = missingScope(grant, route.scope);
  if (denied !== null) return denied;
  const cipher = exchange.query.get('shop_cipher');
  if (!route.cipher && cipher !== null) return bad('shop_cipher must not be sent to this path');
  if (route.cipher && cipher !== cipherOf(shop)) return refuse(400, 106013, 'shop_cipher is invalid');
  if (shop.unavailable !== null) return refuse(403, 36009004, 'The shop is not active.');
  return route.answer(call);
}

function shops({ shop }: Call): Answer {
  const one = {
    id: shop.key,
    name: shop.name,
    region: 'GB',
    seller_type: 'LOCAL',
    cipher: cipherOf(shop),
    code: `GB${shop.id % 1e6}`,
  };
  return answered({ shops: [one] });
}

/** Seconds of the body; undefined: not asked for; null: no whole number. */
function timeOf(fields: Record<string, unknown>, name: string): number | null | undefined {
  const value = fields[name];
  if (value === undefined) return undefined;
  return typeof value === 'number' && Number.isInteger(value) ? value * 1000 : null;
}

interface Search {
  name: string;
  resource: ResourceName;
  ranges: Range[];
  by: Range['by'];
  descending: boolean;
  render: (shop: Shop, index: number) => object;
  keep?: (index: number) => boolean;
}

function pageOf(call: Call, search: Search): Answer {
  const { exchange, shop } = call;
  const { query, bodyText } = exchange;
  const size = wholeIn(query, 'page_size', { otherwise: 20, min: 1, max: 100 });
  if (size === null) return bad('page_size is from 1 to 100');
  const asked = `${query.get('sort_field')} ${query.get('sort_order')} ${bodyText}`;
  const token = query.get('page_token') ?? '';
  const start = token === '' ? 0 : placeOf(token, asked);
  if (start === null) return bad('page_token is invalid');
  const kept = search.ranges.map((range) => new Set(positionsIn(shop, search.resource, range)));
  const order = { by: search.by, descending: search.descending };
  const all = [...positionsIn(shop, search.resource, order)].filter(
    (index) => kept.every((one) => one.has(index)) && (search.keep?.(index) ?? true),
  );
  const next_page_token = start + size < all.length ? cursorOf(start + size, asked) : '';
  const page = rendered(shop, search.resource, all.slice(start, start + size), search.render);
  return answered({ [search.name]: page, next_page_token, total_count: all.length });
}

/** `ge` inclusive, `lt` exclusive, `le` inclusive; null: a time is no whole number. */
function rangesOf(fields: Record<string, unknown>): Range[] | null {
  const ranges: Range[] = [];
  for (const [by, name] of [
    ['created', 'create_time'],
    ['updated', 'update_time'],
  ] as const) {
    const [fromMs, toMs, lastMs] = ['ge', 'lt', 'le'].map((end) => timeOf(fields, `${name}_${end}`));
    if (fromMs === null || toMs === null || lastMs === null) return null;
    ranges.push({ by, fromMs, toMs: toMs ?? (lastMs === undefined ? undefined : lastMs + 1_000) });
  }
  return ranges;
}

function searchOrders(call: Call): Answer {
  const fields = bodyFields(call.exchange);
  const ranges = rangesOf(fields);
  if (ranges === null) return bad('times are Unix seconds');
  const sortField = call.exchange.query.get('sort_field') ?? 'create_time';
  if (!['create_time', 'update_time'].includes(sortField)) return bad('sort_field is invalid');
  const status = fields['order_status'];
  return pageOf(call, {
    name: 'orders',
    resource: 'orders',
    ranges,
    by: sortField === 'update_time' ? 'updated' : 'created',
    descending: (call.exchange.query.get('sort_order') ?? 'DESC') === 'DESC',
    render: renderOrder,
    keep: (index) => status === undefined || renderOrder(call.shop, index).status === status,
  });
}

function orderDetails({ exchange, shop }: Call): Answer {
  const ids = (exchange.query.get('ids') ?? '').split(',').filter((id) => id !== '');
  if (ids.length === 0 || ids.length > MAX_IDS) return bad(`ids has from 1 to ${MAX_IDS} entries`);
  const found = ids.map(orderIndex).filter((index) => exists(shop, 'orders', index));
  return answered({ orders: rendered(shop, 'orders', found, renderOrder) });
}

function searchProducts(call: Call): Answer {
  const fields = bodyFields(call.exchange);
  const ranges = rangesOf(fields);
  if (ranges === null) return bad('times are Unix seconds');
  if (!call.exchange.query.has('page_size')) return bad('page_size is needed');
  const status = fields['status'];
  return pageOf(call, {
    name: 'products',
    resource: 'products',
    ranges,
    by: 'created',
    descending: true,
    render: renderProduct,
    keep: (index) =>
      status === undefined || status === 'ALL' || renderProduct(call.shop, index).status === status,
  });
}

/** One that was deleted is there, and says so [unverified]. */
function oneProduct({ shop }: Call, id: string): Answer {
  const index = productIndex(id);
  if (index < 0 || index >= sizeOf(shop.collections.products))
    return refuse(400, 12052048, 'The product is not found');
  const product = renderProduct(shop, index);
  return answered(exists(shop, 'products', index) ? product : { ...product, status: 'DELETED' });
}

function searchInventory({ exchange, shop }: Call): Answer {
  const fields = bodyFields(exchange);
  const [products, skus] = [fields['product_ids'], fields['sku_ids']].map((list) =>
    Array.isArray(list) ? list.map(String) : [],
  );
  const asked = (products?.length ?? 0) + (skus?.length ?? 0);
  if (asked === 0 || asked > 100) return bad('product_ids or sku_ids has from 1 to 100 entries');
  const found = new Set((products ?? []).map(productIndex));
  const wanted = new Set((skus ?? []).map(skuVariant));
  const inventory = [...positionsIn(shop, 'products', { by: 'created' })]
    .map((index) => renderInventory(shop, index, found.has(index) ? null : wanted))
    .filter((one) => one.skus.length > 0);
  return answered({ inventory });
}
