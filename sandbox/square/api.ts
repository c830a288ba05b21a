/** Square's searches and lists: opaque cursors, amounts in minor units, updates found by `updated_at` where the sort is by it too. */
import { type Call, takeCall } from '../calls.ts';
import { changeOf, exists } from '../collection.ts';
import { type Answer, bodyFields, isRecord, json, jsonText, textField } from '../exchange.ts';
import { productOfVariant } from '../generator.ts';
import { cursorOf, instantMs, placeOf, positionsIn, type Range, rendered, spoiltJson } from '../listing.ts';
import type { ResourceName, Shop } from '../state.ts';
import { LOCATION, renderCount, renderCustomer, renderItem, renderOrder } from './render.ts';
import { answerSingle } from './single.ts';
import { missingScope, squareError } from './square.ts';

const bad = (detail: string, code = 'INVALID_VALUE') => squareError(400, code, detail);

const ROUTES: Record<string, { scope: string; answer: (call: Call) => Answer }> = {
  'GET /v2/merchants/me': { scope: 'MERCHANT_PROFILE_READ', answer: merchant },
  'GET /v2/locations': { scope: 'MERCHANT_PROFILE_READ', answer: locations },
  'POST /v2/orders/search': { scope: 'ORDERS_READ', answer: searchOrders },
  'GET /v2/catalog/list': { scope: 'ITEMS_READ', answer: listCatalog },
  'POST /v2/catalog/search': { scope: 'ITEMS_READ', answer: searchCatalog },
  'GET /v2/customers': { scope: 'CUSTOMERS_READ', answer: listCustomers },
  'POST /v2/customers/search': { scope: 'CUSTOMERS_READ', answer: searchCustomers },
  'POST /v2/inventory/counts/batch-retrieve': { scope: 'INVENTORY_READ', answer: counts },
};

export function answerApi(call: Call): Answer {
  const { exchange, sandbox, shop, grant } = call;
  const route = ROUTES[`${exchange.method} ${exchange.path}`];
  const single = route === undefined ? answerSingle(call) : null;
  if (single !== null) return single;
  if (route === undefined) return squareError(404, 'NOT_FOUND', 'Resource not found.');
  const denied = missingScope(grant, route.scope);
  if (denied !== null) return denied;
  if (shop.unavailable !== null) return squareError(403, 'FORBIDDEN', 'The account is not active.');
  if (!takeCall(sandbox, shop).allowed)
    return squareError(429, 'RATE_LIMITED', 'The request rate is too high.');
  return route.answer(call);
}

function merchant({ shop }: Call): Answer {
  const merchant = {
    id: shop.key,
    business_name: shop.name,
    country: 'US',
    language_code: 'en-US',
    currency: shop.currency,
    status: 'ACTIVE',
    main_location_id: LOCATION,
  };
  return json(200, { merchant });
}

function locations({ shop }: Call): Answer {
  const location = {
    id: LOCATION,
    name: shop.name,
    currency: shop.currency,
    merchant_id: shop.key,
    status: 'ACTIVE',
  };
  return json(200, { locations: [location] });
}

interface Paged {
  name: string;
  resource: ResourceName;
  limit: { value: unknown; otherwise: number; max: number };
  cursor: string;
  /** What the cursor belongs to. */
  asked: unknown;
  render: (shop: Shop, index: number) => object;
  keep?: (index: number) => boolean;
}

function pageOf(call: Call, range: Range, paged: Paged): Answer {
  const limit =
    paged.limit.value === undefined || paged.limit.value === ''
      ? paged.limit.otherwise
      : Number(paged.limit.value);
  if (!Number.isInteger(limit) || limit < 1 || limit > paged.limit.max)
    return bad(`limit is from 1 to ${paged.limit.max}`);
  const asked = JSON.stringify(paged.asked ?? null);
  const start = paged.cursor === '' ? 0 : placeOf(paged.cursor, asked);
  if (start === null) return bad('The cursor is invalid for this query.', 'INVALID_CURSOR');
  const all = [...positionsIn(call.shop, paged.resource, range)].filter(
    (index) => paged.keep?.(index) ?? true,
  );
  const page = all.slice(start, start + limit);
  const records = rendered(call.shop, paged.resource, page, paged.render);
  const cursor = start + limit < all.length ? { cursor: cursorOf(start + limit, asked) } : {};
  return jsonText(200, spoiltJson(records.length === 0 ? cursor : { [paged.name]: records, ...cursor }));
}

function at(value: unknown, ...path: string[]): unknown {
  return path.reduce<unknown>((one, name) => (isRecord(one) ? one[name] : undefined), value);
}

/** start_at inclusive, end_at exclusive. Null: a date is malformed. */
function rangeOf(value: unknown): { fromMs: number | null; toMs: number | null } | null {
  const [from, to] = [at(value, 'start_at'), at(value, 'end_at')];
  const fromMs = typeof from === 'string' ? instantMs(from) : null;
  const toMs = typeof to === 'string' ? instantMs(to) : null;
  return (from !== undefined && fromMs === null) || (to !== undefined && toMs === null)
    ? null
    : { fromMs, toMs };
}

function searchOrders(call: Call): Answer {
  const fields = bodyFields(call.exchange);
  const ids = fields['location_ids'];
  if (!Array.isArray(ids) || ids.length === 0 || ids.length > 10)
    return bad('location_ids has from 1 to 10 entries', 'MISSING_REQUIRED_PARAMETER');
  const dates = at(fields, 'query', 'filter', 'date_time_filter');
  const sortField = String(at(fields, 'query', 'sort', 'sort_field') ?? 'CREATED_AT');
  const which = isRecord(dates) ? Object.keys(dates) : [];
  if (which.length > 1) return bad('date_time_filter has one field');
  const [field] = which;
  if (field !== undefined && field.toUpperCase() !== sortField)
    return bad(`sort_field must be ${field.toUpperCase()}`);
  const range = rangeOf(at(dates, field ?? ''));
  if (range === null) return bad('The date is not RFC 3339.');
  const ours = ids.includes(LOCATION);
  return pageOf(
    call,
    {
      by: sortField === 'UPDATED_AT' ? 'updated' : 'created',
      ...range,
      descending: at(fields, 'query', 'sort', 'sort_order') !== 'ASC',
    },
    {
      name: 'orders',
      resource: 'orders',
      limit: { value: fields['limit'], otherwise: 500, max: 1_000 },
      cursor: textField(fields, 'cursor'),
      asked: [fields['query'], ids],
      render: renderOrder,
      keep: () => ours,
    },
  );
}

function listCatalog(call: Call): Answer {
  const { query } = call.exchange;
  const types = (query.get('types') ?? 'ITEM').toUpperCase().split(',');
  return pageOf(
    call,
    { by: 'created' },
    {
      name: 'objects',
      resource: 'products',
      limit: { value: undefined, otherwise: 100, max: 100 },
      cursor: query.get('cursor') ?? '',
      asked: types,
      render: renderItem,
      keep: () => types.includes('ITEM'),
    },
  );
}

/** `begin_time` is exclusive. */
function searchCatalog(call: Call): Answer {
  const fields = bodyFields(call.exchange);
  const begin = fields['begin_time'];
  const beginMs = typeof begin === 'string' ? instantMs(begin) : null;
  if (begin !== undefined && beginMs === null) return bad('begin_time is not RFC 3339.');
  const types = Array.isArray(fields['object_types']) ? fields['object_types'] : ['ITEM'];
  return pageOf(
    call,
    { by: 'updated', fromMs: beginMs === null ? null : beginMs + 1 },
    {
      name: 'objects',
      resource: 'products',
      limit: { value: fields['limit'], otherwise: 100, max: 1_000 },
      cursor: textField(fields, 'cursor'),
      asked: [begin, types],
      render: renderItem,
      keep: () => types.includes('ITEM'),
    },
  );
}

function listCustomers(call: Call): Answer {
  const { query } = call.exchange;
  const descending = query.get('sort_order') === 'DESC';
  return pageOf(
    call,
    { by: 'created', descending },
    {
      name: 'customers',
      resource: 'customers',
      limit: { value: query.get('limit') ?? undefined, otherwise: 100, max: 100 },
      cursor: query.get('cursor') ?? '',
      asked: descending,
      render: renderCustomer,
    },
  );
}

function searchCustomers(call: Call): Answer {
  const fields = bodyFields(call.exchange);
  const range = rangeOf(at(fields, 'query', 'filter', 'updated_at'));
  if (range === null) return bad('The date is not RFC 3339.');
  const limit = fields['limit'];
  return pageOf(
    call,
    { by: 'updated', ...range },
    {
      name: 'customers',
      resource: 'customers',
      limit: { value: limit, otherwise: 100, max: 100 },
      cursor: textField(fields, 'cursor'),
      asked: fields['query'],
      render: renderCustomer,
    },
  );
}

function counts(call: Call): Answer {
  const { shop } = call;
  const fields = bodyFields(call.exchange);
  const after = fields['updated_after'];
  const afterMs = typeof after === 'string' ? instantMs(after) : null;
  if (after !== undefined && afterMs === null) return bad('updated_after is not RFC 3339.');
  return pageOf(
    call,
    { by: 'updated', fromMs: afterMs === null ? null : afterMs + 1 },
    {
      name: 'counts',
      resource: 'inventory',
      limit: { value: fields['limit'], otherwise: 100, max: 1_000 },
      cursor: textField(fields, 'cursor'),
      asked: [after, fields['location_ids']],
      render: renderCount,
      keep: (variant) =>
        exists(shop, 'products', productOfVariant(variant)) &&
        changeOf(shop, 'inventory', variant)?.gone !== true,
    },
  );
}
