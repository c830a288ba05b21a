/** VTEX's resources: order lists of at most thirty pages, the feed of changed orders, products and skus by ranges, stock a sku at a time. */
import type { Call } from '../calls.ts';
import { changeOf, exists, listed, updatedAtMs } from '../collection.ts';
import { type Answer, bodyFields, json, jsonText } from '../exchange.ts';
import { firstVariant, generateProduct, productOfVariant, variantCount } from '../generator.ts';
import { spoil } from '../hostile.ts';
import { instantMs, iso, positionsIn, rendered, spoiltJson, wholeIn } from '../listing.ts';
import { answerHook } from './hook.ts';
import {
  orderId,
  orderIndex,
  renderOrder,
  renderProduct,
  renderRow,
  renderSku,
  renderStock,
  stateOf,
} from './render.ts';
import { vtexError } from './vtex.ts';

const MAX_PAGES = 30;
const MAX_RANGE = 250;
const MAX_LOT = 10;

export function answerApi(call: Call): Answer | Promise<Answer> {
  const { exchange, shop } = call;
  const { path, method } = exchange;
  const hooked = answerHook(call);
  if (hooked !== null) return hooked;
  if (method === 'POST' && path === '/api/orders/feed') return commit(call);
  if (method !== 'GET') return vtexError(405, '405', 'Method not allowed');
  if (path === '/api/oms/pvt/orders') return orders(call);
  if (path === '/api/orders/feed') return feed(call);
  if (path === '/api/catalog_system/pvt/products/GetProductAndSkuIds') return productIds(call);
  if (path === '/api/catalog_system/pvt/sku/stockkeepingunitids') return skuIds(call);
  const one =
    /^\/api\/(oms\/pvt\/orders|catalog\/pvt\/product|catalog\/pvt\/stockkeepingunit|logistics\/pvt\/inventory\/skus)\/([\w-]+)$/.exec(
      path,
    );
  const ofProduct = /^\/api\/catalog_system\/pvt\/sku\/stockkeepingunitByProductId\/(\d+)$/.exec(path)?.[1];
  if (ofProduct !== undefined) return skusOf(call, Number(ofProduct) - 1);
  const [, kind, id = ''] = one ?? [];
  const variant = Number(id) - 1;
  const stocked = exists(shop, 'products', productOfVariant(variant));
  if (kind === 'oms/pvt/orders') return oneOrder(call, id);
  if (kind === 'catalog/pvt/product' && exists(shop, 'products', Number(id) - 1)) {
    const index = Number(id) - 1;
    return jsonText(
      200,
      spoiltJson(spoil(renderProduct(shop, index), changeOf(shop, 'products', index)?.hostile)),
    );
  }
  if (kind === 'catalog/pvt/stockkeepingunit' && stocked) return json(200, renderSku(shop, variant));
  if (kind === 'logistics/pvt/inventory/skus' && stocked) return json(200, renderStock(shop, variant));
  return vtexError(404, '404', 'Not found');
}

/** `creationDate:[from TO to]`; null: malformed. */
function rangeOf(query: URLSearchParams, name: string): { fromMs?: number; toMs?: number } | null {
  const text = query.get(`f_${name}`);
  if (text === null) return {};
  const found = new RegExp(`^${name}:\\[(\\S+) TO (\\S+)\\]$`).exec(text);
  const [fromMs, toMs] = [instantMs(found?.[1]), instantMs(found?.[2])];
  return fromMs === null || toMs === null ? null : { fromMs, toMs: toMs + 1 };
}

function orders({ exchange, shop }: Call): Answer {
  const { query } = exchange;
  const page = wholeIn(query, 'page', { otherwise: 1, min: 1, max: MAX_PAGES });
  const size = wholeIn(query, 'per_page', { otherwise: 15, min: 1, max: 100 });
  const range = rangeOf(query, 'creationDate');
  // Paid when it was made, invoiced when it was last changed.
  const [paid, invoiced] = [rangeOf(query, 'authorizedDate'), rangeOf(query, 'invoicedDate')];
  const status = query.get('f_status');
  if (page === null) return vtexError(400, 'OMS007', `Max page exceed ${MAX_PAGES}`);
  if (size === null || range === null || paid === null || invoiced === null)
    return vtexError(400, 'OMS007', 'A parameter is invalid');
  const descending = !(query.get('orderBy') ?? 'creationDate,desc').endsWith('asc');
  const kept = [
    positionsIn(shop, 'orders', { by: 'created', ...paid }),
    positionsIn(shop, 'orders', { by: 'updated', ...invoiced }),
  ].map((positions) => new Set(positions));
  const all = [...positionsIn(shop, 'orders', { by: 'created', ...range, descending })].filter(
    (index) => kept.every((one) => one.has(index)) && (status === null || status === stateOf(shop, index)),
  );
  const list = rendered(shop, 'orders', all.slice((page - 1) * size, page * size), renderRow);
  const paging = { total: all.length, pages: Math.ceil(all.length / size), currentPage: page, perPage: size };
  return jsonText(200, spoiltJson({ list, facets: [], paging, stats: {} }));
}

function oneOrder({ shop }: Call, id: string): Answer {
  const index = orderIndex(id);
  if (index === null || !exists(shop, 'orders', index)) return vtexError(404, 'OMS003', 'Order not found');
  return jsonText(200, spoiltJson(spoil(renderOrder(shop, index), changeOf(shop, 'orders', index)?.hostile)));
}

/** A change of an order is an event until it is committed; the handle names both. */
const handleOf = (index: number, atMs: number) =>
  Buffer.from(JSON.stringify([index, atMs])).toString('base64url');
const committedName = (shopKey: string, handle: string) => `vtex feed ${shopKey} ${handle}`;

function feed({ exchange, shop, sandbox }: Call): Answer {
  const lot = wholeIn(exchange.query, 'maxlot', { otherwise: 1, min: 1, max: MAX_LOT });
  if (lot === null) return vtexError(400, '400', `maxlot is from 1 to ${MAX_LOT}`);
  const events = [];
  for (const index of listed(shop, 'orders', 'updated')) {
    const atMs = updatedAtMs(shop, 'orders', index);
    const handle = handleOf(index, atMs);
    if (sandbox.seen.has(committedName(shop.key, handle))) continue;
    const [domain, state] = ['Fulfillment', stateOf(shop, index)];
    events.push({
      eventId: handle,
      handle,
      domain,
      state,
      lastState: '',
      orderId: orderId(index),
      lastChange: iso(atMs),
      currentChange: iso(atMs),
      availableDate: iso(atMs),
    });
    if (events.length === lot) break;
  }
  return json(200, events);
}

function commit({ exchange, shop, sandbox }: Call): Answer {
  const handles = bodyFields(exchange)['handles'];
  if (!Array.isArray(handles) || handles.length === 0 || handles.length > MAX_LOT)
    return vtexError(400, '400', `handles has from 1 to ${MAX_LOT} entries`);
  for (const handle of handles)
    sandbox.seen.set(committedName(shop.key, String(handle)), Number.MAX_SAFE_INTEGER);
  return json(200, {});
}

/** `_from` and `_to` inclusive, 250 at most; whether they count from 1 is unverified. */
function productIds({ exchange, shop }: Call): Answer {
  const [from, to] = ['_from', '_to'].map((name) => Number(exchange.query.get(name) ?? Number.NaN));
  if (from === undefined || to === undefined || !(from >= 1) || !(to >= from) || to - from >= MAX_RANGE)
    return vtexError(400, '400', `_from and _to span at most ${MAX_RANGE}`);
  const all = [...listed(shop, 'products', 'position')];
  const data = all.slice(from - 1, to).map((index) => {
    const skus = Array.from({ length: variantCount(index) }, (_, at) => firstVariant(index) + at + 1);
    return [String(index + 1), skus];
  });
  return json(200, { data: Object.fromEntries(data), range: { total: all.length, from, to } });
}

/** Inactive ones too. */
function skusOf({ shop }: Call, index: number): Answer {
  if (!exists(shop, 'products', index)) return vtexError(404, '404', 'Not found');
  const skus = Array.from({ length: variantCount(index) }, (_, at) =>
    renderSku(shop, firstVariant(index) + at),
  );
  return json(200, skus);
}

function skuIds({ exchange, shop }: Call): Answer {
  const page = wholeIn(exchange.query, 'page', { otherwise: 1, min: 1, max: 100_000 });
  const size = wholeIn(exchange.query, 'pagesize', { otherwise: 20, min: 1, max: 1_000 });
  if (page === null || size === null) return vtexError(400, '400', 'page or pagesize is wrong');
  const all = [...listed(shop, 'products', 'position')].flatMap((index) =>
    generateProduct(shop, index).variants.map((variant) => variant.index + 1),
  );
  return json(200, all.slice((page - 1) * size, page * size));
}
