/** OTTO's lists: orders behind a cursor that brings its question along, product variations and quantities by page and limit, links to what comes next. */
import type { Call } from '../calls.ts';
import { changeOf, exists } from '../collection.ts';
import { type Answer, jsonText } from '../exchange.ts';
import { spoil } from '../hostile.ts';
import { instantMs, positionsIn, rendered, renderedSkus, skusOf, spoiltJson, wholeIn } from '../listing.ts';
import type { Shop } from '../state.ts';
import { missingScope, ottoError } from './otto.ts';
import { fulfillmentOf, orderIndex, renderOrder, renderQuantity, renderVariation } from './render.ts';

const bad = (detail: string) => ottoError(400, 'Bad Request', detail);

export function answerApi(call: Call): Answer {
  const { exchange, shop, grant } = call;
  const { path, method } = exchange;
  if (method !== 'GET') return ottoError(405, 'Method Not Allowed', 'The method is not allowed');
  if (path === '/v5/products')
    return (
      missingScope(grant, 'products') ??
      variations(call, { max: 100, otherwise: 100 }, (rows, links) => ({
        productVariations: rows(renderVariation),
        links,
      }))
    );
  if (path === '/v1/availability/quantities')
    return (
      missingScope(grant, 'availability') ??
      variations(call, { max: 200, otherwise: 200 }, (rows, links) => ({
        resources: { variations: rows(renderQuantity) },
        links,
      }))
    );
  if (!path.startsWith('/v4/orders')) return ottoError(404, 'Not Found', 'No such resource');
  const denied = missingScope(grant, 'orders');
  if (denied !== null) return denied;
  if (path === '/v4/orders') return orders(call);
  const index = orderIndex(path.slice('/v4/orders/'.length));
  if (index === null || !exists(shop, 'orders', index)) return ottoError(404, 'Not Found', 'No such order');
  return jsonText(200, spoiltJson(spoil(renderOrder(shop, index), changeOf(shop, 'orders', index)?.hostile)));
}

const KNOWN = ['ORDER_LIFECYCLE_DATE', 'LAST_MODIFIED_DATE', 'ORDER_DATE'];
const STATES = [
  'ANNOUNCED',
  'PROCESSABLE',
  'SENT',
  'RETURNED',
  'CANCELLED_BY_PARTNER',
  'CANCELLED_BY_MARKETPLACE',
];

/** With `nextcursor`, of all parameters only `limit` counts. */
function orders(call: Call): Answer {
  const { query } = call.exchange;
  const limit = wholeIn(query, 'limit', { otherwise: 128, min: 1, max: 128 });
  if (limit === null) return bad('limit is from 1 to 128');
  const cursor = query.get('nextcursor');
  const [asked, from] = cursor === null ? [new URLSearchParams(query), 0] : placeOfCursor(cursor);
  if (asked === null) return bad('nextcursor is invalid');
  const all = matching(call.shop, asked);
  if (typeof all === 'string') return bad(all);
  asked.delete('limit');
  asked.delete('nextcursor');
  const next = from + limit;
  const following = Buffer.from(JSON.stringify([asked.toString(), next])).toString('base64url');
  const href = `/v4/orders?limit=${limit}&nextcursor=${following}`;
  const resources = rendered(call.shop, 'orders', all.slice(from, next), renderOrder);
  return jsonText(200, spoiltJson({ resources, links: next < all.length ? [{ rel: 'next', href }] : [] }));
}

function placeOfCursor(cursor: string): [URLSearchParams | null, number] {
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (!Array.isArray(value) || typeof value[0] !== 'string' || typeof value[1] !== 'number')
      return [null, 0];
    return [new URLSearchParams(value[0]), value[1]];
  } catch {
    return [null, 0];
  }
}

/** Positions of the orders that were asked for, or what is wrong with the question. */
function matching(shop: Shop, query: URLSearchParams): number[] | string {
  const [changed, created, createdTo] = ['fromDate', 'fromOrderDate', 'toOrderDate'].map((name) =>
    query.has(name) ? instantMs(query.get(name)) : undefined,
  );
  if ([changed, created, createdTo].includes(null)) return 'a date is not in ISO 8601 format';
  const column = query.get('orderColumnType') ?? 'ORDER_LIFECYCLE_DATE';
  const direction = query.get('orderDirection') ?? 'ASC';
  const states = query.getAll('fulfillmentStatus');
  if (!KNOWN.includes(column) || !['ASC', 'DESC'].includes(direction)) return 'the order is unknown';
  if (states.some((one) => !STATES.includes(one))) return 'fulfillmentStatus is unknown';
  const isByDate = column === 'ORDER_DATE';
  const later = new Set(positionsIn(shop, 'orders', { by: 'updated', fromMs: changed }));
  const made = new Set(positionsIn(shop, 'orders', { by: 'created', fromMs: created, toMs: createdTo }));
  const by = isByDate ? 'created' : 'updated';
  return [...positionsIn(shop, 'orders', { by, descending: direction === 'DESC' })].filter(
    (index) =>
      later.has(index) &&
      made.has(index) &&
      (states.length === 0 || states.includes(fulfillmentOf(shop, index))),
  );
}

type Rows = (render: (shop: Shop, variant: number) => object) => unknown[];

/** Variations by page and limit; a link to the next page where there is one. */
function variations(
  { exchange, shop }: Call,
  caps: { max: number; otherwise: number },
  answer: (rows: Rows, links: object[]) => object,
): Answer {
  const limit = wholeIn(exchange.query, 'limit', { otherwise: caps.otherwise, min: 1, max: caps.max });
  const page = wholeIn(exchange.query, 'page', { otherwise: 0, min: 0, max: 1_000_000 });
  if (limit === null || page === null) return bad(`limit is from 1 to ${caps.max}, page from 0`);
  const sku = exchange.query.get('sku');
  const all = skusOf(shop).filter((variant) => sku === null || renderQuantity(shop, variant).sku === sku);
  const shown = all.slice(page * limit, (page + 1) * limit);
  const link = (rel: string, at: number) => ({ rel, href: `${exchange.path}?page=${at}&limit=${limit}` });
  const links = [link('self', page)];
  if ((page + 1) * limit < all.length) links.push(link('next', page + 1));
  const rows: Rows = (render) => renderedSkus(shop, shown, render);
  return jsonText(200, spoiltJson(answer(rows, links)));
}
