/** eBay's Sell APIs: orders by filter with an offset in records, inventory items with an offset in pages. There are no customers. */
import type { Call } from '../calls.ts';
import { changeOf, exists } from '../collection.ts';
import { type Answer, json, jsonText } from '../exchange.ts';
import { productOfVariant } from '../generator.ts';
import { spoil } from '../hostile.ts';
import { instantMs, positionsIn, rendered, spoiltJson, wholeIn } from '../listing.ts';
import { ebayError, missingScope } from './ebay.ts';
import { orderIndex, renderItem, renderOrder } from './render.ts';

const DAY_MS = 86_400_000;
const MAX_OFFSET = 100_000;

export function answerApi(call: Call): Answer {
  const { exchange, shop, grant } = call;
  if (grant.scopes.includes('application') || exchange.method !== 'GET')
    return ebayError(exchange.method === 'GET' ? 403 : 405, 1100, 'Access denied', { domain: 'ACCESS' });
  if (shop.unavailable !== null)
    return ebayError(403, 1100, 'Access denied', { longMessage: 'The account is suspended.' });
  const { path } = exchange;
  if (path === '/commerce/identity/v1/user/' || path === '/commerce/identity/v1/user') {
    return json(200, {
      userId: `U${shop.id}`,
      username: shop.key,
      accountType: 'BUSINESS',
      registrationMarketplaceId: 'EBAY_US',
    });
  }
  const fulfillment = /^\/sell\/fulfillment\/v1\/order(?:\/([\w-]+))?\/?$/.exec(path);
  if (fulfillment !== null) {
    return (
      missingScope(grant, 'sell.fulfillment') ??
      (fulfillment[1] === undefined ? orders(call) : oneOrder(call, fulfillment[1]))
    );
  }
  if (path === '/sell/inventory/v1/inventory_item')
    return missingScope(grant, 'sell.inventory') ?? items(call);
  return ebayError(404, 2002, 'Resource not found', { domain: 'ACCESS' });
}

function oneOrder({ shop }: Call, id: string): Answer {
  const index = orderIndex(id);
  if (index === null || !exists(shop, 'orders', index)) return ebayError(404, 32100, 'Invalid order ID');
  return jsonText(200, spoiltJson(spoil(renderOrder(shop, index), changeOf(shop, 'orders', index)?.hostile)));
}

interface Filters {
  by: 'created' | 'updated';
  fromMs: number;
  toMs: number;
  statuses: string[] | null;
}

/** `lastmodifieddate:[from..to],orderfulfillmentstatus:{A|B}`; null: malformed. A creation date hides a modification date. */
function readFilter(call: Call): Filters | Answer {
  const nowMs = call.sandbox.now();
  const text = call.exchange.query.get('filter') ?? '';
  const rangeOf = (name: string) =>
    new RegExp(`(?:^|,)${name}:\\[([^\\].]+(?:\\.\\d+)?Z?)\\.\\.([^\\]]*)\\]`).exec(text);
  const created = rangeOf('creationdate');
  const range = created ?? rangeOf('lastmodifieddate');
  const statuses = /orderfulfillmentstatus:\{([A-Z_|]+)\}/.exec(text)?.[1]?.split('|') ?? null;
  if (text !== '' && range === null && statuses === null) return ebayError(400, 30800, 'Invalid filter');
  const fromMs = range === null ? nowMs - 90 * DAY_MS : instantMs(range[1]);
  const toMs = range?.[2] ? instantMs(range[2]) : nowMs + 1_000;
  if (fromMs === null || toMs === null) return ebayError(400, 30810, 'Invalid date range');
  if (fromMs < nowMs - 2 * 366 * DAY_MS)
    return ebayError(400, 30820, 'The start date is more than two years ago');
  return { by: created === null && range !== null ? 'updated' : 'created', fromMs, toMs, statuses };
}

function orders(call: Call): Answer {
  const { exchange, shop } = call;
  const { query, rawQuery } = exchange;
  if (/[[\]{}|]/.test(rawQuery))
    return ebayError(400, 30800, 'Invalid filter', { longMessage: 'Brackets must be percent-encoded.' });
  const limit = wholeIn(query, 'limit', { otherwise: 50, min: 1, max: 200 });
  const offset = wholeIn(query, 'offset', { otherwise: 0, min: 0, max: MAX_OFFSET });
  if (limit === null || offset === null || offset % limit !== 0)
    return ebayError(400, 30700, 'Invalid limit or offset', {
      longMessage: 'offset is zero or a multiple of limit; limit at most 200.',
    });
  const filter = readFilter(call);
  if ('status' in filter) return filter;
  const range = { by: filter.by, fromMs: filter.fromMs, toMs: filter.toMs + 1, descending: true };
  const all = [...positionsIn(shop, 'orders', range)].filter(
    (index) =>
      filter.statuses === null || filter.statuses.includes(renderOrder(shop, index).orderFulfillmentStatus),
  );
  const page = all.slice(offset, offset + limit);
  const href = (at: number) => {
    const params = new URLSearchParams(query);
    params.set('limit', String(limit));
    params.set('offset', String(at));
    return `https://api.ebay.com/sell/fulfillment/v1/order?${params}`;
  };
  const next = offset + limit < all.length ? { next: href(offset + limit) } : {};
  const prev = offset > 0 ? { prev: href(Math.max(0, offset - limit)) } : {};
  const shown = rendered(shop, 'orders', page, renderOrder);
  return jsonText(
    200,
    spoiltJson({ href: href(offset), total: all.length, limit, offset, ...next, ...prev, orders: shown }),
  );
}

/** `offset` counts pages here. */
function items({ exchange, shop }: Call): Answer {
  const limit = wholeIn(exchange.query, 'limit', { otherwise: 25, min: 1, max: 200 });
  const page = wholeIn(exchange.query, 'offset', { otherwise: 0, min: 0, max: MAX_OFFSET });
  if (limit === null || page === null)
    return ebayError(400, 25709, 'Invalid value for limit or offset', { domain: 'API_INVENTORY' });
  const all = [...positionsIn(shop, 'inventory', { by: 'created' })].filter((one) =>
    exists(shop, 'products', productOfVariant(one)),
  );
  const shown = all.slice(page * limit, (page + 1) * limit);
  const href = (at: number) => `/sell/inventory/v1/inventory_item?limit=${limit}&offset=${at}`;
  const inventoryItems = shown.map((variant) =>
    spoil(renderItem(shop, variant), changeOf(shop, 'products', productOfVariant(variant))?.hostile),
  );
  return jsonText(
    200,
    spoiltJson({
      href: href(page),
      total: all.length,
      size: inventoryItems.length,
      limit,
      ...((page + 1) * limit < all.length ? { next: href(page + 1) } : {}),
      ...(page > 0 ? { prev: href(page - 1) } : {}),
      inventoryItems,
    }),
  );
}
