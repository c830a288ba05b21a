/** Walmart's lists: orders whose next page is a ready-made query string, items and stock by cursors that begin with `*`. */
import type { Call } from '../calls.ts';
import { changeOf, exists, listed } from '../collection.ts';
import { type Answer, jsonText } from '../exchange.ts';
import { productOfVariant } from '../generator.ts';
import { spoil } from '../hostile.ts';
import { cursorOf, instantMs, placeOf, positionsIn, rendered, spoiltJson, wholeIn } from '../listing.ts';
import { orderIndex, renderInventory, renderItem, renderOrder, statusOf } from './render.ts';
import { walmartError } from './walmart.ts';
import { answerWebhooks } from './webhooks.ts';

const DAY_MS = 86_400_000;
const bad = (text: string) => walmartError(400, 'INVALID_REQUEST_PARAM.GMP_ORDER_API', text);

export function answerApi(call: Call): Answer {
  const { exchange, grant } = call;
  const hooked = answerWebhooks(call);
  if (hooked !== null) return hooked;
  const routes: Record<string, { scope: string; answer: (call: Call) => Answer }> = {
    '/v3/orders': { scope: 'orders', answer: orders },
    '/v3/items': { scope: 'items', answer: items },
    '/v3/inventories': { scope: 'inventory', answer: inventories },
  };
  const [, kind = '', id] = /^\/v3\/(orders|items)\/([^/]+)$/.exec(exchange.path) ?? [];
  const one = ONE[kind];
  const route =
    one !== undefined && id !== undefined
      ? { scope: kind, answer: (of: Call) => one(of, decodeURIComponent(id)) }
      : routes[exchange.path];
  if (route === undefined || exchange.method !== 'GET')
    return walmartError(404, 'NOT_FOUND.GMP_GATEWAY_API', `There is no ${exchange.method} ${exchange.path}.`);
  if (!grant.scopes.includes(route.scope))
    return walmartError(403, 'FORBIDDEN.GMP_GATEWAY_API', `The app has no access to ${route.scope}.`);
  return route.answer(call);
}

/** One by its own id. */
const ONE: Record<string, (call: Call, id: string) => Answer> = { orders: oneOrder, items: oneItem };

function oneOrder({ shop }: Call, id: string): Answer {
  const index = orderIndex(id);
  if (index === null || !exists(shop, 'orders', index))
    return walmartError(404, 'CONTENT_NOT_FOUND.GMP_ORDER_API', 'There is no such purchase order.');
  const order = spoil(renderOrder(shop, index), changeOf(shop, 'orders', index)?.hostile);
  return jsonText(200, spoiltJson({ order }));
}

function oneItem({ shop }: Call, sku: string): Answer {
  const variant = [...listed(shop, 'inventory', 'position')].find(
    (one) => exists(shop, 'products', productOfVariant(one)) && renderItem(shop, one).sku === sku,
  );
  if (variant === undefined)
    return walmartError(404, 'CONTENT_NOT_FOUND.GMP_ITEM_QUERY_API', 'There is no such item.');
  return jsonText(200, spoiltJson({ ItemResponse: [renderItem(shop, variant)], totalItems: 1 }));
}

/** Undefined: not asked for; null: no date. */
function dateOf(query: URLSearchParams, name: string): number | null | undefined {
  const text = query.get(name);
  return text === null ? undefined : instantMs(text);
}

/** The last seven days unless asked, of the last 180 alone; `soIndex` with the question it belongs to is the next page. */
function orders({ exchange, shop, sandbox }: Call): Answer {
  const { query } = exchange;
  const limit = wholeIn(query, 'limit', { otherwise: 100, min: 1, max: 200 });
  const start = wholeIn(query, 'soIndex', { otherwise: 0, min: 0, max: Number.MAX_SAFE_INTEGER });
  if (limit === null || start === null) return bad('limit is from 1 to 200');
  const [created, createdTo, changed, changedTo] = [
    'createdStartDate',
    'createdEndDate',
    'lastModifiedStartDate',
    'lastModifiedEndDate',
  ].map((name) => dateOf(query, name));
  if ([created, createdTo, changed, changedTo].includes(null)) return bad('A date is not in ISO 8601 format');
  const oldestMs = sandbox.now() - 180 * DAY_MS;
  const usual = changed === undefined ? sandbox.now() - 7 * DAY_MS : oldestMs;
  const fromMs = Math.max(created ?? usual, oldestMs);
  const made = new Set(positionsIn(shop, 'orders', { by: 'created', fromMs, toMs: createdTo }));
  const status = query.get('status');
  const fulfilled = query.get('shipNodeType') ?? 'SellerFulfilled';
  const all = [...positionsIn(shop, 'orders', { by: 'updated', fromMs: changed, toMs: changedTo })].filter(
    (index) =>
      made.has(index) &&
      fulfilled === 'SellerFulfilled' &&
      (status === null || statusOf(shop, index) === status),
  );
  const page = rendered(shop, 'orders', all.slice(start, start + limit), renderOrder);
  const next = new URLSearchParams(
    [...query].filter(([name]) => name !== 'soIndex' && name !== 'hasMoreElements'),
  );
  next.set('limit', String(limit));
  next.set('hasMoreElements', 'true');
  next.set('soIndex', String(start + limit));
  const nextCursor = start + limit < all.length ? { nextCursor: `?${next}` } : {};
  const meta = { totalCount: all.length, limit, ...nextCursor };
  return jsonText(200, spoiltJson({ list: { meta, elements: { order: page } } }));
}

interface CursorPage {
  all: number[];
  shown: number[];
  next: string | null;
}

function cursorPage({ exchange, shop }: Call, otherwise: number): CursorPage | null {
  const { query } = exchange;
  const limit = wholeIn(query, 'limit', { otherwise, min: 1, max: 50 });
  const cursor = query.get('nextCursor') ?? '';
  const start = cursor === '' || cursor === '*' ? 0 : placeOf(cursor, exchange.path);
  if (limit === null || start === null) return null;
  const all = [...listed(shop, 'inventory', 'position')].filter((one) =>
    exists(shop, 'products', productOfVariant(one)),
  );
  const next = start + limit < all.length ? cursorOf(start + limit, exchange.path) : null;
  return { all, shown: all.slice(start, start + limit), next };
}

/** An item is a sku. Without a cursor there is a first page and no way on. */
function items(call: Call): Answer {
  const page = cursorPage(call, 20);
  if (page === null) return bad('limit is from 1 to 50, nextCursor as given');
  const { shop } = call;
  const ItemResponse = page.shown.map((variant) =>
    spoil(renderItem(shop, variant), changeOf(shop, 'products', productOfVariant(variant))?.hostile),
  );
  const cursor = page.next !== null && call.exchange.query.has('nextCursor') ? { nextCursor: page.next } : {};
  return jsonText(200, spoiltJson({ ItemResponse, totalItems: page.all.length, ...cursor }));
}

function inventories(call: Call): Answer {
  const page = cursorPage(call, 10);
  if (page === null) return bad('limit is from 1 to 50, nextCursor as given');
  const inventories = rendered(call.shop, 'inventory', page.shown, renderInventory);
  const meta = { totalCount: page.all.length, ...(page.next === null ? {} : { nextCursor: page.next }) };
  return jsonText(200, spoiltJson({ meta, elements: { inventories } }));
}
