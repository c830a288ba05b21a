/** BigCommerce's two APIs side by side: v2 by page and limit with 204 past the end, v3 with its pagination in `meta`. One quota a shop. */
import { type Call, takeCall } from '../calls.ts';
import { changeOf, exists } from '../collection.ts';
import { type Answer, json, jsonText } from '../exchange.ts';
import { productOfVariant } from '../generator.ts';
import { spoil } from '../hostile.ts';
import { instantMs, positionsIn, type Range, rendered, spoiltJson, wholeIn } from '../listing.ts';
import type { ResourceName, Shop } from '../state.ts';
import { apiError, missingScope } from './bigcommerce.ts';
import { answerHooks } from './hooks.ts';
import {
  orderIndex,
  productIndex,
  renderCustomer,
  renderItem,
  renderLines,
  renderOrder,
  renderProduct,
} from './render.ts';

const WINDOW_S = 30;

export function answerApi(call: Call): Answer {
  const { sandbox, shop, exchange } = call;
  const perS = sandbox.state.apps.bigcommerce.callsPerS;
  const quota = perS * WINDOW_S;
  const taken = takeCall(sandbox, shop, { size: quota, perS });
  const headers = {
    'x-rate-limit-requests-quota': String(quota),
    'x-rate-limit-requests-left': String(Math.floor(taken.left)),
    'x-rate-limit-time-window-ms': String(WINDOW_S * 1000),
    'x-rate-limit-time-reset-ms': taken.allowed ? '0' : String(Math.ceil(1000 / perS)),
  };
  if (!taken.allowed) return apiError(429, 'Too many requests', headers);
  if (shop.unavailable !== null) return apiError(403, 'The store is not active.', headers);
  const resource = exchange.path.slice(`/stores/${shop.key}`.length);
  const answer = answerHooks(call, resource) ?? route(call, resource);
  return { ...answer, headers: { ...headers, ...answer.headers } };
}

function route(call: Call, resource: string): Answer {
  const { shop, grant } = call;
  if (call.exchange.method !== 'GET') return apiError(405, 'Method not allowed');
  if (resource === '/v2/store')
    return missingScope(grant, 'store_v2_information_read_only') ?? json(200, storeInfo(shop));
  if (resource === '/v2/orders') return missingScope(grant, 'store_v2_orders_read_only') ?? orders(call);
  const order = /^\/v2\/orders\/(\d+)(\/products)?$/.exec(resource);
  if (order !== null)
    return (
      missingScope(grant, 'store_v2_orders_read_only') ??
      oneOrder(call, Number(order[1]), order[2] !== undefined)
    );
  if (resource === '/v3/catalog/products')
    return missingScope(grant, 'store_v2_products_read_only') ?? products(call);
  const product = /^\/v3\/catalog\/products\/(\d+)$/.exec(resource)?.[1];
  if (product !== undefined)
    return missingScope(grant, 'store_v2_products_read_only') ?? oneProduct(call, Number(product));
  if (resource === '/v3/customers')
    return missingScope(grant, 'store_v2_customers_read_only') ?? customers(call);
  if (resource === '/v3/inventory/items')
    return missingScope(grant, 'store_inventory_read_only') ?? inventory(call);
  return apiError(404, 'The route is not found, check the URL');
}

function storeInfo(shop: Shop) {
  return {
    id: shop.key,
    store_id: shop.id,
    account_uuid: `00000000-0000-4000-8000-${String(shop.id % 1e12).padStart(12, '0')}`,
    domain: `store-${shop.key}.mybigcommerce.com`,
    secure_url: `https://store-${shop.key}.mybigcommerce.com`,
    name: shop.name,
    status: 'live',
    currency: shop.currency,
    timezone: { name: 'UTC' },
  };
}

interface Page {
  page: number;
  limit: number;
}

function readPage({ exchange }: Call, maxLimit: number): Page | null {
  const page = wholeIn(exchange.query, 'page', { otherwise: 1, min: 1, max: 1_000_000 });
  const limit = wholeIn(exchange.query, 'limit', { otherwise: 50, min: 1, max: maxLimit });
  return page === null || limit === null ? null : { page, limit };
}

/** RFC 2822 or ISO 8601; undefined: not asked; null: malformed. */
function dateOf(query: URLSearchParams, name: string): number | null | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  const ms = instantMs(text) ?? (/^[A-Z][a-z]{2}, /.test(text) ? Date.parse(text) : Number.NaN);
  return Number.isNaN(ms) ? null : ms;
}

function rangeOf(call: Call, names: [from: string, to: string], by: Range['by']): Range | null {
  const [fromMs, toMs] = names.map((name) => dateOf(call.exchange.query, name));
  if (fromMs === null || toMs === null) return null;
  return { by, fromMs, toMs: toMs === undefined ? undefined : toMs + 1 };
}

function orders(call: Call): Answer {
  const { exchange, shop } = call;
  const page = readPage(call, 250);
  const [field = 'id', direction = 'asc'] = (exchange.query.get('sort') ?? 'id:asc').split(':');
  const by = field === 'date_modified' ? 'updated' : 'created';
  if (!['id', 'date_created', 'date_modified'].includes(field))
    return apiError(400, 'The field "sort" is invalid.');
  const changed = rangeOf(call, ['min_date_modified', 'max_date_modified'], 'updated');
  const made = rangeOf(call, ['min_date_created', 'max_date_created'], 'created');
  const least = wholeIn(exchange.query, 'min_id', { otherwise: 0, min: 0, max: Number.MAX_SAFE_INTEGER });
  if (page === null || changed === null || made === null || least === null)
    return apiError(400, 'A parameter is invalid.');
  const kept = [changed, made].map((range) => new Set(positionsIn(shop, 'orders', range)));
  const all = [...positionsIn(shop, 'orders', { by, descending: direction === 'desc' })].filter(
    (index) => index >= orderIndex(least) && kept.every((one) => one.has(index)),
  );
  if (field === 'id') all.sort((one, other) => (direction === 'desc' ? other - one : one - other));
  const shown = all.slice((page.page - 1) * page.limit, page.page * page.limit);
  // A page past the end is no content, not an empty list.
  if (shown.length === 0) return { status: 204, headers: {}, body: '' };
  return jsonText(200, spoiltJson(rendered(shop, 'orders', shown, renderOrder)));
}

function oneOrder({ shop, exchange }: Call, id: number, lines: boolean): Answer {
  const index = orderIndex(id);
  if (!exists(shop, 'orders', index)) return apiError(404, 'The requested resource was not found.');
  if (!lines)
    return jsonText(
      200,
      spoiltJson(spoil(renderOrder(shop, index), changeOf(shop, 'orders', index)?.hostile)),
    );
  const limit = Number(exchange.query.get('limit') ?? 50);
  const page = Number(exchange.query.get('page') ?? 1);
  const all = renderLines(shop, index).slice((page - 1) * limit, page * limit);
  return all.length === 0 ? { status: 204, headers: {}, body: '' } : json(200, all);
}

function oneProduct({ shop, exchange }: Call, id: number): Answer {
  const index = productIndex(id);
  if (!exists(shop, 'products', index)) return apiError(404, 'The requested resource was not found.');
  const withVariants = (exchange.query.get('include') ?? '').split(',').includes('variants');
  const data = spoil(renderProduct(shop, index, withVariants), changeOf(shop, 'products', index)?.hostile);
  return jsonText(200, spoiltJson({ data, meta: {} }));
}

interface V3List {
  resource: ResourceName;
  maxLimit: number;
  range: Range | null;
  render: (shop: Shop, index: number) => object;
  keep?: (index: number) => boolean;
  sortsById?: boolean;
}

function v3(call: Call, { resource, maxLimit, range, render, keep, sortsById }: V3List): Answer {
  const page = readPage(call, maxLimit);
  if (page === null || range === null) return apiError(422, 'The filter or page is not valid.');
  const all = [...positionsIn(call.shop, resource, range)].filter((index) => keep?.(index) ?? true);
  if (sortsById === true) all.sort((one, other) => one - other);
  const data = rendered(
    call.shop,
    resource,
    all.slice((page.page - 1) * page.limit, page.page * page.limit),
    render,
  );
  const pages = Math.max(1, Math.ceil(all.length / page.limit));
  const link = (to: number) => {
    const query = new URLSearchParams(call.exchange.query);
    query.set('page', String(to));
    query.set('limit', String(page.limit));
    return `?${query}`;
  };
  const links = {
    ...(page.page > 1 ? { previous: link(page.page - 1) } : {}),
    ...(page.page < pages ? { next: link(page.page + 1) } : {}),
    current: link(page.page),
  };
  const pagination = {
    total: all.length,
    count: data.length,
    per_page: page.limit,
    current_page: page.page,
    total_pages: pages,
    links,
  };
  return jsonText(200, spoiltJson({ data, meta: { pagination } }));
}

function products(call: Call): Answer {
  const { query } = call.exchange;
  const withVariants = (query.get('include') ?? '').split(',').includes('variants');
  const least = wholeIn(query, 'id:min', { otherwise: 0, min: 0, max: Number.MAX_SAFE_INTEGER });
  if (least === null) return apiError(422, 'The filter or page is not valid.');
  return v3(call, {
    resource: 'products',
    maxLimit: 250,
    range: rangeOf(call, ['date_modified:min', 'date_modified:max'], 'updated'),
    render: (shop, index) => renderProduct(shop, index, withVariants),
    keep: (index) => index >= productIndex(least),
    sortsById: query.get('sort') === 'id',
  });
}

function customers(call: Call): Answer {
  return v3(call, {
    resource: 'customers',
    maxLimit: 250,
    range: rangeOf(call, ['date_modified:min', 'date_modified:max'], 'updated'),
    render: renderCustomer,
  });
}

function inventory(call: Call): Answer {
  return v3(call, {
    resource: 'inventory',
    maxLimit: 1_000,
    range: { by: 'created' },
    render: renderItem,
    keep: (variant) => exists(call.shop, 'products', productOfVariant(variant)),
  });
}
