/** B2C Commerce's lists by limit and offset, whose sum ends at 10,000: orders the newest first unless asked, products by a search. Availability is unverified. */
import type { Call } from '../calls.ts';
import { changeOf, exists } from '../collection.ts';
import { type Answer, bodyFields, isRecord, jsonText, textField } from '../exchange.ts';
import { productOfVariant } from '../generator.ts';
import { spoil } from '../hostile.ts';
import { instantMs, positionsIn, rendered, spoiltJson, wholeIn } from '../listing.ts';
import { type Hit, hitsOf, orderIndex, renderOrder, renderRecord } from './render.ts';
import { missingScope, sfError } from './sfcc.ts';

/** The greatest sum of offset and limit. */
const REACH = 10_000;

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
  const limit = wholeIn(query, 'limit', { otherwise: 100, min: 1, max: 200 });
  const offset = wholeIn(query, 'offset', { otherwise: 0, min: 0, max: 10_000 });
  if (limit === null || offset === null || limit + offset > REACH)
    return bad(`limit is from 1 to 200, and with the offset no more than ${REACH}.`);
  const [sortBy, sortOrder] = [query.get('sortBy') ?? 'creation_date', query.get('sortOrder') ?? 'desc'];
  if (!['creation_date', 'last_modified_date'].includes(sortBy) || !['asc', 'desc'].includes(sortOrder))
    return bad('sortBy or sortOrder is unknown.');
  const [changed, changedTo, created, createdTo] = [
    'lastModifiedDateFrom',
    'lastModifiedDateTo',
    'creationDateFrom',
    'creationDateTo',
  ].map((name) => (query.has(name) ? instantMs(query.get(name)) : undefined));
  if ([changed, changedTo, created, createdTo].includes(null)) return bad('A date is malformed.');
  const made = new Set(positionsIn(shop, 'orders', { by: 'created', fromMs: created, toMs: createdTo }));
  const later = new Set(positionsIn(shop, 'orders', { by: 'updated', fromMs: changed, toMs: changedTo }));
  const by = sortBy === 'creation_date' ? 'created' : 'updated';
  const sorted = positionsIn(shop, 'orders', { by, descending: sortOrder === 'desc' });
  const all = [...sorted].filter((index) => made.has(index) && later.has(index));
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
    limit + offset <= REACH;
  return fits ? { limit, offset } : null;
}

const SORTS = ['id', 'name', 'creationDate'];
const RANGES = ['creationDate', 'lastModified'];

/** Masters and their variants are found each by itself. Of queries the sandbox knows all products, and ranges of the two times. */
function searchProducts({ exchange, shop }: Call): Answer {
  const fields = bodyFields(exchange);
  const page = pageOf(fields);
  if (page === null) return bad(`limit is from 1 to 200, and with the offset no more than ${REACH}.`);
  const ranges = rangesOf(fields['query']);
  if (typeof ranges === 'string') return bad(ranges);
  const [sort] = Array.isArray(fields['sorts']) ? fields['sorts'].filter(isRecord) : [];
  const by = textField(sort ?? {}, 'field') || 'id';
  if (!SORTS.includes(by)) return bad(`products are sorted by ${SORTS.join(', ')}.`);
  const found = [...positionsIn(shop, 'products', { by: 'created' })]
    .flatMap((index) => hitsOf(shop, index).map((hit) => ({ index, hit })))
    .filter(({ hit }) => ranges.every((range) => isWithin(hit, range)));
  const sortKeyOf = (hit: Hit) =>
    by === 'name' ? hit.name.default : by === 'id' ? hit.id : hit.creationDate;
  found.sort((a, b) => (sortKeyOf(a.hit) < sortKeyOf(b.hit) ? -1 : 1));
  if (textField(sort ?? {}, 'sortOrder') === 'desc') found.reverse();
  const hits = found
    .slice(page.offset, page.offset + page.limit)
    .map(({ index, hit }) => spoil(hit, changeOf(shop, 'products', index)?.hostile));
  // An empty result leaves the list out.
  return jsonText(200, spoiltJson({ ...(hits.length === 0 ? {} : { hits }), ...page, total: found.length }));
}

interface Between {
  field: 'creationDate' | 'lastModified';
  fromMs: number;
  toMs: number;
}

function isWithin(hit: Hit, { field, fromMs, toMs }: Between): boolean {
  const ms = Date.parse(hit[field]);
  return ms >= fromMs && ms <= toMs;
}

/** `matchAllQuery`, or a `filteredQuery` over it with range filters, one or several joined by `and`; what is wrong otherwise. */
function rangesOf(query: unknown): Between[] | string {
  if (!isRecord(query)) return 'query is needed.';
  if (isRecord(query['matchAllQuery'])) return [];
  const filtered = query['filteredQuery'];
  const filter = isRecord(filtered) ? filtered['filter'] : null;
  if (!isRecord(filter)) return 'the query is not one the sandbox knows.';
  const all = isRecord(filter['boolFilter']) ? filter['boolFilter'] : { operator: 'and', filters: [filter] };
  const filters = Array.isArray(all['filters']) ? all['filters'] : [];
  if (all['operator'] !== 'and' || filters.length === 0) return 'the filter is not one the sandbox knows.';
  const ranges = filters.map((one) => (isRecord(one) ? one['rangeFilter'] : null));
  const found = ranges.map((one) => (isRecord(one) ? betweenOf(one) : null));
  const known = found.filter((one) => one !== null);
  return known.length === found.length ? known : `ranges are of ${RANGES.join(' and ')}.`;
}

function betweenOf(range: Record<string, unknown>): Between | null {
  const field = (['creationDate', 'lastModified'] as const).find((one) => one === range['field']);
  const [fromMs, toMs] = ['from', 'to'].map((end) =>
    range[end] === undefined ? undefined : instantMs(textField(range, end)),
  );
  if (field === undefined || fromMs === null || toMs === null) return null;
  return { field, fromMs: fromMs ?? 0, toMs: toMs ?? Number.MAX_SAFE_INTEGER };
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
