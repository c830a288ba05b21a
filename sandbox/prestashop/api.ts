/** PrestaShop's resources: `display`, `filter`, `sort` and `limit` of the webservice, no count anywhere, an empty list for nothing. */
import type { Call } from '../calls.ts';
import { changeOf, exists, listed } from '../collection.ts';
import type { Answer } from '../exchange.ts';
import { productOfVariant } from '../generator.ts';
import { spoil } from '../hostile.ts';
import type { ResourceName, Shop } from '../state.ts';
import { psError } from './prestashop.ts';
import {
  renderCombination,
  renderCustomer,
  renderOrder,
  renderProduct,
  renderState,
  renderStock,
  STATES,
} from './render.ts';
import { written } from './xml.ts';

interface Resource {
  /** Whose changes spoil its records. */
  resource: ResourceName | null;
  rows(shop: Shop): number[];
  render(shop: Shop, row: number): Record<string, unknown>;
}

const present = (resource: ResourceName) => (shop: Shop) => [...listed(shop, resource, 'position')];
const variantsPresent = (shop: Shop) =>
  present('inventory')(shop).filter((variant) => exists(shop, 'products', productOfVariant(variant)));

const TABLE: Record<string, Resource> = {
  orders: { resource: 'orders', rows: present('orders'), render: renderOrder },
  products: { resource: 'products', rows: present('products'), render: renderProduct },
  combinations: {
    resource: null,
    rows: (shop) => variantsPresent(shop).filter((variant) => productOfVariant(variant) % 4 === 0),
    render: renderCombination,
  },
  customers: { resource: 'customers', rows: present('customers'), render: renderCustomer },
  stock_availables: { resource: 'inventory', rows: variantsPresent, render: renderStock },
  order_states: { resource: null, rows: () => STATES.map((_, at) => at), render: (_, at) => renderState(at) },
  currencies: {
    resource: null,
    rows: () => [0],
    render: (shop) => ({
      id: 1,
      name: shop.currency,
      iso_code: shop.currency,
      active: '1',
      conversion_rate: '1.000000',
    }),
  },
};

export const RESOURCES = Object.keys(TABLE);

export function answerResource(call: Call, path: string): Answer {
  const { exchange, grant, shop } = call;
  if (exchange.method !== 'GET' && exchange.method !== 'HEAD')
    return psError(exchange, 405, 25, 'Method is not allowed for the authentication key');
  if (path === '') return written(exchange, { api: grant.scopes.map((name) => ({ name, get: 'true' })) });
  const [name = '', id] = path.split('/');
  const resource = Object.hasOwn(TABLE, name) ? TABLE[name] : undefined;
  if (resource === undefined)
    return psError(exchange, 400, 23, `Resource of type "${name}" does not exists.`);
  if (!grant.scopes.includes(name))
    return psError(
      exchange,
      403,
      26,
      `Resource of type "${name}" is not allowed with this authentication key`,
    );
  if (id === undefined) return answerList(call, name, resource);
  const row = resource.rows(shop).find((one) => String(resource.render(shop, one)['id']) === id);
  if (row === undefined) return { status: 404, headers: { 'content-type': 'text/html' }, body: '' };
  return written(exchange, { [name.replace(/ies$/, 'y').replace(/s$/, '')]: resource.render(shop, row) });
}

function answerList({ exchange, shop }: Call, name: string, { resource, rows, render }: Resource): Answer {
  const { query } = exchange;
  const tests = readFilters(query);
  if (tests === null)
    return psError(exchange, 400, 31, 'A filter on a date needs date=1, or a filter is malformed');
  const limit = /^(?:(\d+),)?(\d+)$/.exec(query.get('limit') ?? `0,${Number.MAX_SAFE_INTEGER}`);
  if (limit === null)
    return psError(exchange, 400, 35, 'The "limit" value has to be formed as this example: "5,25" or "10"');
  const found = rows(shop)
    .map((row) => ({ row, record: render(shop, row) }))
    .filter(({ record }) => tests.every((test) => test(record)));
  const sort = /^\[?([a-z_]+)_(ASC|DESC)\]?$/.exec(query.get('sort') ?? '');
  if (query.has('sort') && sort === null)
    return psError(exchange, 400, 36, 'The "sort" value has to be formed as this example: "field_ASC"');
  const [, field = '', direction] = sort ?? [];
  if (sort !== null) {
    const sign = direction === 'DESC' ? -1 : 1;
    found.sort((a, b) => sign * compare(a.record[field], b.record[field]) || a.row - b.row);
  }
  const first = Number(limit[1] ?? 0);
  const display = query.get('display') ?? '';
  const shown = found.slice(first, first + Number(limit[2])).map(({ row, record }) => {
    const change = resource === null ? undefined : changeOf(shop, resource, row);
    return spoil(displayed(record, display), change?.hostile);
  });
  // In JSON, nothing found is an empty list without the resource's name.
  return written(exchange, shown.length === 0 ? [] : { [name]: shown });
}

function displayed(record: Record<string, unknown>, display: string): Record<string, unknown> {
  if (display === 'full') return record;
  const fields = /^\[([a-z_,]+)\]$/.exec(display)?.[1]?.split(',') ?? ['id'];
  return Object.fromEntries(Object.entries(record).filter(([name]) => fields.includes(name)));
}

function compare(left: unknown, right: unknown): number {
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  return String(left) < String(right) ? -1 : String(left) > String(right) ? 1 : 0;
}

type Test = (record: Record<string, unknown>) => boolean;

/** `[a,b]` a range, `[a|b]` one of, `>[a]` and `<[a]`, `[a]` exactly. Null: malformed. */
function readFilters(query: URLSearchParams): Test[] | null {
  const tests: Test[] = [];
  for (const [name, value] of query) {
    const field = /^filter\[([a-z_]+)\]$/.exec(name)?.[1];
    if (field === undefined) continue;
    if (field.startsWith('date_') && query.get('date') !== '1') return null;
    const found = /^([<>!]?)\[([^\]]*)\]$/.exec(value);
    if (found === null) return null;
    tests.push(testOf(field, found[1] ?? '', found[2] ?? ''));
  }
  return tests;
}

function testOf(field: string, sign: string, text: string): Test {
  const [from = '', to] = text.split(',');
  return (record) => {
    const value = record[field];
    const like = (one: string) => (typeof value === 'number' ? Number(one) : one);
    if (sign === '>') return compare(value, like(text)) > 0;
    if (sign === '<') return compare(value, like(text)) < 0;
    if (sign === '!') return String(value) !== text;
    if (to !== undefined) return compare(value, like(from)) >= 0 && compare(value, like(to)) <= 0;
    return text.split('|').includes(String(value));
  };
}
