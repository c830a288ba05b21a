/** Medusa's lists: limit, offset and a count; filters by operators in brackets; `fields` adds relations with a sign before, or names all that is wanted. */
import type { Call } from '../calls.ts';
import { createdAtMs, exists, updatedAtMs } from '../collection.ts';
import { type Answer, isRecord, json, jsonText } from '../exchange.ts';
import { productOfVariant } from '../generator.ts';
import { instantMs, positionsIn, rendered, renderedSkus, skusOf, spoiltJson, wholeIn } from '../listing.ts';
import type { ResourceName, Shop } from '../state.ts';
import { medusaError } from './medusa.ts';
import { renderCustomer, renderItem, renderOrder, renderProduct, renderStore } from './render.ts';

interface List {
  resource: ResourceName;
  /** What the answer calls it, where the path has it otherwise. */
  name: string;
  render: (shop: Shop, index: number) => object;
  /** What is told without being asked for. */
  told: readonly string[];
}

const TIMES = ['id', 'created_at', 'updated_at', 'metadata'];

const LISTS: Record<string, List> = {
  orders: {
    resource: 'orders',
    name: 'orders',
    render: renderOrder,
    told: [...TIMES, 'status', 'summary', 'display_id', 'total', 'currency_code', 'email'],
  },
  products: {
    resource: 'products',
    name: 'products',
    render: renderProduct,
    told: [
      ...TIMES,
      'title',
      'subtitle',
      'handle',
      'description',
      'status',
      'thumbnail',
      'options',
      'tags',
      'images',
      'variants',
    ],
  },
  customers: {
    resource: 'customers',
    name: 'customers',
    render: renderCustomer,
    told: [...TIMES, 'company_name', 'first_name', 'last_name', 'email', 'phone', 'has_account', 'addresses'],
  },
  'inventory-items': {
    resource: 'inventory',
    name: 'inventory_items',
    render: renderItem,
    told: [
      ...TIMES,
      'sku',
      'title',
      'requires_shipping',
      'stocked_quantity',
      'reserved_quantity',
      'location_levels',
    ],
  },
};

export function answerApi(call: Call): Answer {
  const { exchange, shop } = call;
  const noun = /^\/admin\/([a-z-]+)$/.exec(exchange.path)?.[1] ?? '';
  if (exchange.method !== 'GET') return medusaError(404, 'not_found', 'Not found');
  if (noun === 'stores') return json(200, { stores: [renderStore(shop)], count: 1, offset: 0, limit: 50 });
  const list = Object.hasOwn(LISTS, noun) ? LISTS[noun] : undefined;
  return list === undefined ? medusaError(404, 'not_found', 'Not found') : answerList(call, list);
}

const bad = (message: string) => medusaError(400, 'invalid_data', message);

type Compare = (value: number, bound: number) => boolean;

const OPERATORS: Record<string, Compare> = {
  $gte: (value, bound) => value >= bound,
  $gt: (value, bound) => value > bound,
  $lte: (value, bound) => value <= bound,
  $lt: (value, bound) => value < bound,
  $eq: (value, bound) => value === bound,
};

const PAGING = ['limit', 'offset', 'order', 'fields', 'q'];

function answerList({ exchange, shop }: Call, list: List): Answer {
  const { query } = exchange;
  const limit = wholeIn(query, 'limit', { otherwise: 50, min: 0, max: 100_000 });
  const offset = wholeIn(query, 'offset', { otherwise: 0, min: 0, max: Number.MAX_SAFE_INTEGER });
  if (limit === null || offset === null) return bad('Invalid request: limit and offset are numbers');
  const timeOf = (field: string, index: number) => timeIn(shop, list.resource, field, index);
  const tests: ((index: number) => boolean)[] = [];
  for (const [name, text] of query) {
    if (PAGING.includes(name)) continue;
    const [, field = '', operator = ''] = /^(created_at|updated_at)\[(\$\w+)\]$/.exec(name) ?? [];
    const compare = Object.hasOwn(OPERATORS, operator) ? OPERATORS[operator] : undefined;
    const bound = instantMs(text);
    if (compare === undefined) return bad(`Invalid request: Unrecognized fields: '${name}'`);
    if (bound === null) return bad(`Invalid request: '${name}' is no date`);
    tests.push((index) => compare(timeOf(field, index), bound));
  }
  const order = query.get('order') ?? 'created_at';
  const field = order.replace(/^-/, '');
  if (!['id', 'created_at', 'updated_at'].includes(field)) return bad(`Invalid request: order by '${field}'`);
  const all = positionsOf(shop, list.resource).filter((index) => tests.every((test) => test(index)));
  if (field !== 'id') all.sort((a, b) => timeOf(field, a) - timeOf(field, b) || a - b);
  if (order.startsWith('-')) all.reverse();
  const wanted = wantedOf(query.get('fields'), list.told);
  const render = (of: Shop, index: number) => picked(list.render(of, index), wanted);
  const page = all.slice(offset, offset + limit);
  const rows =
    list.resource === 'inventory'
      ? renderedSkus(shop, page, render)
      : rendered(shop, list.resource, page, render);
  return jsonText(200, spoiltJson({ [list.name]: rows, count: all.length, offset, limit }));
}

function positionsOf(shop: Shop, resource: ResourceName): number[] {
  return resource === 'inventory' ? skusOf(shop) : [...positionsIn(shop, resource, { by: 'created' })];
}

function timeIn(shop: Shop, resource: ResourceName, field: string, index: number): number {
  if (field === 'updated_at') return updatedAtMs(shop, resource, index);
  const product = productOfVariant(index);
  const isSku = resource === 'inventory' && exists(shop, 'products', product);
  return isSku ? createdAtMs(shop, 'products', product) : createdAtMs(shop, resource, index);
}

/** Members of a record by the first part of their names: what stands below a relation comes whole. */
function wantedOf(fields: string | null, told: readonly string[]): Set<string> {
  const names = (fields ?? '').split(',').filter((one) => one !== '');
  const firsts = names
    .filter((one) => !one.startsWith('-'))
    .map((one) => one.replace(/^[+*]/, '').split('.')[0] ?? '');
  const isAdding = names.every((one) => /^[+*-]/.test(one));
  const removed = names.filter((one) => one.startsWith('-')).map((one) => one.slice(1));
  return new Set([...(isAdding ? told : ['id']), ...firsts].filter((one) => !removed.includes(one)));
}

function picked(record: object, wanted: ReadonlySet<string>): object {
  if (!isRecord(record)) return record;
  return Object.fromEntries(Object.entries(record).filter(([name]) => wanted.has(name)));
}
