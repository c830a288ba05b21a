/** Squarespace's lists: fifty a page, a cursor that may not stand beside the window it belongs to, both ends of the window or none. */
import type { Call } from '../calls.ts';
import { changeOf, exists } from '../collection.ts';
import { type Answer, json, jsonText } from '../exchange.ts';
import { productOfVariant } from '../generator.ts';
import { spoil } from '../hostile.ts';
import { instantMs, positionsIn, rendered, spoiltJson } from '../listing.ts';
import type { ResourceName, Shop } from '../state.ts';
import { orderIndex, renderOrder, renderProduct, renderProfile, renderStock } from './render.ts';
import { missingScope, sqError } from './squarespace.ts';
import { answerWebhooks, WEBHOOKS } from './webhooks.ts';

const PAGE = 50;

interface List {
  resource: ResourceName;
  scope: string;
  name: string;
  /** Whether modifiedAfter and modifiedBefore are known there. */
  windowed: boolean;
  render: (shop: Shop, index: number) => object;
}

const PRODUCTS: List = {
  resource: 'products',
  scope: 'website.products.read',
  name: 'products',
  windowed: true,
  render: renderProduct,
};
const LISTS: Record<string, List> = {
  '/1.0/commerce/orders': {
    resource: 'orders',
    scope: 'website.orders.read',
    name: 'result',
    windowed: true,
    render: renderOrder,
  },
  // Both spellings are seen.
  '/v2/commerce/products': PRODUCTS,
  '/2/commerce/products': PRODUCTS,
  '/1.0/commerce/inventory': {
    resource: 'inventory',
    scope: 'website.inventory.read',
    name: 'inventory',
    windowed: false,
    render: renderStock,
  },
  '/1.0/profiles': {
    resource: 'customers',
    scope: 'website.contacts.read',
    name: 'profiles',
    windowed: false,
    render: renderProfile,
  },
};

const bad = (message: string) => sqError(400, 'INVALID_REQUEST_ERROR', message);

export function answerApi(call: Call): Answer {
  const { exchange, shop, grant } = call;
  if (WEBHOOKS.test(exchange.path)) return answerWebhooks(call);
  if (exchange.method !== 'GET') return sqError(405, 'METHOD_NOT_ALLOWED', 'The method is not allowed.');
  if (exchange.path === '/1.0/authorization/website') {
    const siteId = shop.key;
    return json(200, {
      id: siteId,
      siteId,
      title: shop.name,
      url: `https://${siteId}.squarespace.com`,
      currency: shop.currency,
    });
  }
  const order = /^\/1\.0\/commerce\/orders\/([0-9a-z-]+)$/.exec(exchange.path)?.[1];
  if (order !== undefined) return missingScope(grant, 'website.orders.read') ?? oneOrder(shop, order);
  const list = Object.hasOwn(LISTS, exchange.path) ? LISTS[exchange.path] : undefined;
  if (list === undefined) return sqError(404, 'NOT_FOUND', 'The resource is not found.');
  return missingScope(grant, list.scope) ?? answerList(call, list);
}

function oneOrder(shop: Shop, id: string): Answer {
  const index = orderIndex(id);
  if (index === null || !exists(shop, 'orders', index))
    return sqError(404, 'INVALID_REQUEST_ERROR', 'The order was not found.', 'INVALID_ARGUMENT');
  return jsonText(200, spoiltJson(spoil(renderOrder(shop, index), changeOf(shop, 'orders', index)?.hostile)));
}

interface Place {
  start: number;
  fromMs: number | null;
  toMs: number | null;
}

/** The window travels inside the cursor. */
function placeIn(query: URLSearchParams, windowed: boolean): Place | string {
  const [after, before, cursor] = ['modifiedAfter', 'modifiedBefore', 'cursor'].map((name) =>
    query.get(name),
  );
  if (cursor !== null && cursor !== undefined) {
    if (after !== null || before !== null)
      return 'cursor may not be used with modifiedAfter or modifiedBefore';
    try {
      const [start, fromMs, toMs]: unknown[] = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
      if (typeof start !== 'number') return 'cursor is invalid';
      return {
        start,
        fromMs: typeof fromMs === 'number' ? fromMs : null,
        toMs: typeof toMs === 'number' ? toMs : null,
      };
    } catch {
      return 'cursor is invalid';
    }
  }
  if (!windowed || (after === null && before === null)) return { start: 0, fromMs: null, toMs: null };
  const [fromMs, toMs] = [instantMs(after), instantMs(before)];
  if (fromMs === null || toMs === null)
    return 'modifiedAfter and modifiedBefore must be sent together, in ISO 8601';
  return { start: 0, fromMs, toMs };
}

function answerList({ exchange, shop }: Call, list: List): Answer {
  const place = placeIn(exchange.query, list.windowed);
  if (typeof place === 'string') return bad(place);
  const { start, fromMs, toMs } = place;
  const all = [...positionsIn(shop, list.resource, { by: 'updated', fromMs, toMs, descending: true })].filter(
    (index) => list.resource !== 'inventory' || exists(shop, 'products', productOfVariant(index)),
  );
  const records = rendered(shop, list.resource, all.slice(start, start + PAGE), list.render);
  const hasNextPage = start + PAGE < all.length;
  const cursor = Buffer.from(JSON.stringify([start + PAGE, fromMs, toMs])).toString('base64url');
  const next = {
    nextPageCursor: cursor,
    nextPageUrl: `https://api.squarespace.com${exchange.path}?cursor=${cursor}`,
  };
  const pagination = { hasNextPage, ...(hasNextPage ? next : { nextPageCursor: null, nextPageUrl: null }) };
  return jsonText(200, spoiltJson({ [list.name]: records, pagination }));
}
