/**
 * Wix's queries: a filter of operators, a sort, cursor paging. A site has the older catalog or the newer one (switch `catalogV3`); the paths of
 * the other are refused. What the facts do not tell of the newer one is from memory [unverified].
 */
import type { Call } from '../calls.ts';
import { changeOf, exists } from '../collection.ts';
import { type Answer, bodyFields, isRecord, json, jsonText } from '../exchange.ts';
import { productOfVariant } from '../generator.ts';
import { spoil } from '../hostile.ts';
import { cursorOf, placeOf, positionsIn, rendered, rowsOnce, spoiltJson } from '../listing.ts';
import type { ResourceName, Shop } from '../state.ts';
import { idOf, productIndex, renderContact, renderOrder, renderProduct, renderStock } from './render.ts';
import { missingPermission, wixError } from './wix.ts';

interface Query {
  permission: string;
  /** The field of the body that holds the question, and of the answer that holds the records. */
  asks: 'search' | 'query';
  name: string;
  resource: ResourceName;
  /** The catalog the path belongs to. */
  catalog?: 'v1' | 'v3';
  maxLimit: number;
  render: (shop: Shop, index: number) => Record<string, unknown>;
}

const STOCK = {
  permission: 'inventory',
  asks: 'query',
  name: 'inventoryItems',
  resource: 'inventory',
  maxLimit: 100,
  render: renderStock,
} as const;
const PRODUCTS = {
  permission: 'products',
  asks: 'query',
  name: 'products',
  resource: 'products',
  maxLimit: 100,
  render: renderProduct,
} as const;

const QUERIES: Record<string, Query> = {
  '/ecom/v1/orders/search': {
    permission: 'orders',
    asks: 'search',
    name: 'orders',
    resource: 'orders',
    maxLimit: 100,
    render: renderOrder,
  },
  '/stores/v1/products/query': { ...PRODUCTS, catalog: 'v1' },
  '/stores/v3/products/query': { ...PRODUCTS, catalog: 'v3' },
  '/stores/v2/inventory-items/query': { ...STOCK, catalog: 'v1' },
  '/stores/v3/inventory-items/query': { ...STOCK, catalog: 'v3', maxLimit: 1_000 },
  '/contacts/v4/contacts/query': {
    permission: 'contacts',
    asks: 'query',
    name: 'contacts',
    resource: 'customers',
    maxLimit: 1_000,
    render: renderContact,
  },
};

export function answerApi(call: Call): Answer {
  const { exchange, shop, grant, sandbox } = call;
  const catalog = sandbox.state.apps.wix.switches['catalogV3'] === true ? 'v3' : 'v1';
  if (exchange.path === '/apps/v1/instance' && exchange.method === 'GET') return json(200, instanceOf(shop));
  const one = /^\/stores\/v3\/products\/([0-9a-f-]{36})$/.exec(exchange.path)?.[1];
  if (one !== undefined && exchange.method === 'GET' && catalog === 'v3') {
    const index = productIndex(one);
    if (!exists(shop, 'products', index))
      return wixError(404, 'The product is not found', 'PRODUCT_NOT_FOUND');
    const product = spoil(renderProduct(shop, index), changeOf(shop, 'products', index)?.hostile);
    return missingPermission(grant, 'products') ?? jsonText(200, spoiltJson({ product }));
  }
  const order = /^\/ecom\/v1\/orders\/([0-9a-f-]{36})$/.exec(exchange.path)?.[1];
  if (order !== undefined && exchange.method === 'GET') return oneOrder(call, order);
  const query = Object.hasOwn(QUERIES, exchange.path) ? QUERIES[exchange.path] : undefined;
  if (query === undefined || exchange.method !== 'POST') return wixError(404, 'Not found', 'NOT_FOUND');
  if (query.catalog !== undefined && query.catalog !== catalog)
    return wixError(428, 'The site has another catalog version', 'CATALOG_VERSION_MISMATCH');
  return missingPermission(grant, query.permission) ?? answerQuery(call, query);
}

function oneOrder({ shop, grant }: Call, id: string): Answer {
  const index = Number.parseInt(id.slice(24), 16);
  if (id !== idOf(1, index) || !exists(shop, 'orders', index))
    return wixError(404, 'The order is not found', 'ORDER_NOT_FOUND');
  const order = spoil(renderOrder(shop, index), changeOf(shop, 'orders', index)?.hostile);
  return missingPermission(grant, 'orders') ?? jsonText(200, spoiltJson({ order }));
}

function instanceOf(shop: Shop) {
  const instance = { instanceId: shop.key, appName: 'Mooring', isFree: true };
  const site = {
    siteDisplayName: shop.name,
    locale: 'en',
    paymentCurrency: shop.currency,
    siteId: `site-${shop.id}`,
  };
  return { instance, site };
}

const DATES: Record<string, 'created' | 'updated'> = {
  createdDate: 'created',
  purchasedDate: 'created',
  updatedDate: 'updated',
  lastUpdated: 'updated',
  _createdDate: 'created',
  _updatedDate: 'updated',
};

type Test = (record: Record<string, unknown>) => boolean;

/** The tests of a filter; a sentence where it is not one. */
function testsOf(filter: unknown): Test[] | string {
  if (filter === undefined || filter === null) return [];
  if (!isRecord(filter)) return 'filter is an object';
  const tests: Test[] = [];
  for (const [field, condition] of Object.entries(filter)) {
    if (field === '$and' || field === '$or') {
      const inner = Array.isArray(condition) ? condition.map(testsOf) : ['it is a list'];
      const wrong = inner.find((one) => typeof one === 'string');
      if (wrong !== undefined) return String(wrong);
      const groups = inner.filter((one) => typeof one !== 'string');
      tests.push((record) =>
        field === '$and'
          ? groups.every((group) => group.every((test) => test(record)))
          : groups.some((group) => group.every((test) => test(record))),
      );
      continue;
    }
    const operators = isRecord(condition) ? Object.entries(condition) : [['$eq', condition] as const];
    // Two operators on a date in one object are refused there.
    if (operators.length > 1) return `"${field}" has more than one operator; put each under $and`;
    const [operator = '', value] = operators[0] ?? [];
    const test = COMPARE[operator];
    if (test === undefined) return `"${operator}" is not an operator`;
    tests.push((record) => test(fieldOf(record, field), value));
  }
  return tests;
}

function fieldOf(record: Record<string, unknown>, field: string): unknown {
  const name = field === 'lastUpdated' ? 'updatedDate' : field.replace(/^_/, '');
  return name.split('.').reduce<unknown>((one, part) => (isRecord(one) ? one[part] : undefined), record);
}

const order = (left: unknown, right: unknown) => {
  const [a, b] = [left, right].map((one) =>
    /^\d{4}-\d\d-\d\dT/.test(String(one)) ? Date.parse(String(one)) : String(one),
  );
  return a === b ? 0 : (a ?? '') < (b ?? '') ? -1 : 1;
};

const COMPARE: Record<string, (left: unknown, right: unknown) => boolean> = {
  $eq: (left, right) => left === right,
  $ne: (left, right) => left !== right,
  $gt: (left, right) => order(left, right) > 0,
  $gte: (left, right) => order(left, right) >= 0,
  $lt: (left, right) => order(left, right) < 0,
  $lte: (left, right) => order(left, right) <= 0,
  $in: (left, right) => Array.isArray(right) && right.includes(left),
};

/** Newest first by creation unless sorted otherwise. A cursor carries its question. */
function answerQuery({ exchange, shop }: Call, query: Query): Answer {
  const asked = bodyFields(exchange)[query.asks];
  const { filter, sort, cursorPaging } = isRecord(asked) ? asked : {};
  const paging = isRecord(cursorPaging) ? cursorPaging : {};
  const limit = Number(paging['limit'] ?? 100);
  if (!Number.isInteger(limit) || limit < 1 || limit > query.maxLimit)
    return wixError(400, `limit is from 1 to ${query.maxLimit}`);
  const given = typeof paging['cursor'] === 'string' ? paging['cursor'] : '';
  const [question = '', place = ''] =
    given === '' ? [JSON.stringify([filter ?? null, sort ?? null])] : unpacked(given);
  const start = given === '' ? 0 : placeOf(place, question);
  if (start === null) return wixError(400, 'The cursor is invalid', 'INVALID_CURSOR');
  const parsed: unknown = JSON.parse(question);
  const [wanted, by] = Array.isArray(parsed) ? parsed : [null, null];
  const tests = testsOf(wanted);
  if (typeof tests === 'string') return wixError(400, tests);
  const rows = rowsOnce(shop, `wix ${exchange.path} ${question}`, () =>
    [...positionsIn(shop, query.resource, rangeOf(by))]
      .filter((index) => query.resource !== 'inventory' || exists(shop, 'products', productOfVariant(index)))
      .filter((index) => tests.length === 0 || tests.every((test) => test(query.render(shop, index)))),
  );
  const records = rendered(shop, query.resource, rows.slice(start, start + limit), query.render);
  const hasNext = start + limit < rows.length;
  const next = hasNext ? { next: packed(question, cursorOf(start + limit, question)) } : {};
  const metadata = { count: records.length, cursors: next, hasNext };
  const wrapper = query.asks === 'search' ? 'metadata' : 'pagingMetadata';
  return jsonText(200, spoiltJson({ [query.name]: records, [wrapper]: metadata }));
}

const packed = (question: string, place: string) =>
  Buffer.from(JSON.stringify([question, place])).toString('base64url');

function unpacked(cursor: string): [string, string] {
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    return Array.isArray(value) ? [String(value[0]), String(value[1])] : ['[]', ''];
  } catch {
    return ['[]', ''];
  }
}

function rangeOf(sort: unknown): { by: 'created' | 'updated'; descending: boolean } {
  const [first] = Array.isArray(sort) ? sort : [];
  if (!isRecord(first)) return { by: 'created', descending: true };
  return { by: DATES[String(first['fieldName'])] ?? 'created', descending: first['order'] !== 'ASC' };
}
