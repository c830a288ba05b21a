/** B2C Commerce's lists by limit and offset. The names of the filters, and the forms of products and availability, are unverified. */
import type { Call } from '../calls.ts';
import { changeOf, exists } from '../collection.ts';
import { type Answer, bodyFields, jsonText } from '../exchange.ts';
import { productOfVariant } from '../generator.ts';
import { spoil } from '../hostile.ts';
import { instantMs, positionsIn, rendered, spoiltJson, wholeIn } from '../listing.ts';
import { orderIndex, renderOrder, renderProduct, renderRecord } from './render.ts';
import { missingScope, sfError } from './sfcc.ts';

const bad = (detail: string) => sfError(400, 'Bad Request', detail);

export function answerApi(call: Call): Answer {
  const { exchange, shop, grant } = call;
  const organization = `/organizations/f_ecom_${shop.key}`;
  const [orders, products, stock] = [
    `/checkout/orders/v1${organization}/orders`,
    `/product/products/v1${organization}/product-search`,
    `/inventory/availability/v1${organization}/availability-records/search`,
  ];
  const { path, method } = exchange;
  if (method === 'GET' && path === orders) return missingScope(grant, 'sfcc.orders') ?? listOrders(call);
  if (method === 'GET' && path.startsWith(`${orders}/`)) {
    const index = orderIndex(path.slice(orders?.length ?? 0).replace('/', ''));
    if (index === null || !exists(shop, 'orders', index))
      return sfError(404, 'Not Found', 'The order is not found.');
    const order = spoil(renderOrder(shop, index), changeOf(shop, 'orders', index)?.hostile);
    return missingScope(grant, 'sfcc.orders') ?? jsonText(200, spoiltJson(order));
  }
  if (method === 'POST' && path === products)
    return missingScope(grant, 'sfcc.products') ?? searchProducts(call);
  if (method === 'POST' && path === stock)
    return missingScope(grant, 'sfcc.inventory.availability') ?? searchStock(call);
  return sfError(404, 'Not Found', `There is no ${method} ${path}.`);
}

function listOrders({ exchange, shop }: Call): Answer {
  const { query } = exchange;
  if (!query.get('siteId')) return bad('siteId is needed.');
  const limit = wholeIn(query, 'limit', { otherwise: 25, min: 1, max: 200 });
  const offset = wholeIn(query, 'offset', { otherwise: 0, min: 0, max: 10_000 });
  if (limit === null || offset === null) return bad('limit is from 1 to 200, offset from 0 to 10000.');
  const [changed, changedTo, created, createdTo] = [
    'lastModifiedDateFrom',
    'lastModifiedDateTo',
    'creationDateFrom',
    'creationDateTo',
  ].map((name) => (query.has(name) ? instantMs(query.get(name)) : undefined));
  if ([changed, changedTo, created, createdTo].includes(null)) return bad('A date is malformed.');
  const made = new Set(positionsIn(shop, 'orders', { by: 'created', fromMs: created, toMs: createdTo }));
  const all = [...positionsIn(shop, 'orders', { by: 'updated', fromMs: changed, toMs: changedTo })].filter(
    (index) => made.has(index),
  );
  const data = rendered(shop, 'orders', all.slice(offset, offset + limit), renderOrder);
  return jsonText(200, spoiltJson({ data, limit, offset, total: all.length }));
}

/** limit and offset of a search's body; null: out of bounds. */
function pageOf(fields: Record<string, unknown>): { limit: number; offset: number } | null {
  const [limit, offset] = [Number(fields['limit'] ?? 25), Number(fields['offset'] ?? 0)];
  const fits =
    Number.isInteger(limit) &&
    limit >= 1 &&
    limit <= 200 &&
    Number.isInteger(offset) &&
    offset >= 0 &&
    offset <= 10_000;
  return fits ? { limit, offset } : null;
}

function searchProducts({ exchange, shop }: Call): Answer {
  const page = pageOf(bodyFields(exchange));
  if (page === null) return bad('limit is from 1 to 200, offset from 0 to 10000.');
  const all = positionsIn(shop, 'products', { by: 'created' });
  const hits = rendered(shop, 'products', all.subarray(page.offset, page.offset + page.limit), renderProduct);
  return jsonText(200, spoiltJson({ hits, ...page, total: all.length }));
}

function searchStock({ exchange, shop }: Call): Answer {
  const page = pageOf(bodyFields(exchange));
  if (page === null) return bad('limit is from 1 to 200, offset from 0 to 10000.');
  const all = [...positionsIn(shop, 'inventory', { by: 'created' })].filter((one) =>
    exists(shop, 'products', productOfVariant(one)),
  );
  const records = rendered(shop, 'inventory', all.slice(page.offset, page.offset + page.limit), renderRecord);
  return jsonText(200, spoiltJson({ records, ...page, total: all.length }));
}
