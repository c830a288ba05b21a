/** Magento's REST lists by `searchCriteria`: groups of filters, sorting, pages; no page size means every row. */
import { type Call, hasScope } from '../calls.ts';
import { changeOf, exists, listed } from '../collection.ts';
import { type Answer, json, jsonText } from '../exchange.ts';
import { productOfVariant } from '../generator.ts';
import { spoil } from '../hostile.ts';
import { rendered, rowsOnce, spoiltJson } from '../listing.ts';
import type { ResourceName, Shop } from '../state.ts';
import {
  ENTRY_STEP,
  type Entry,
  entriesOf,
  renderCustomer,
  renderEntry,
  renderOrder,
  renderSource,
} from './render.ts';

/** The permission (ACL resource) each list needs [names unverified]. */
export const PERMISSIONS = {
  orders: 'Magento_Sales::sales',
  products: 'Magento_Catalog::catalog',
  customers: 'Magento_Customer::customer',
  inventory: 'Magento_InventoryApi::source',
} as const;

interface List {
  resource: ResourceName;
  rows(shop: Shop): Iterable<number>;
  render(shop: Shop, row: number): Record<string, unknown>;
}

const entryOf = (row: number): Entry => ({ product: Math.floor(row / ENTRY_STEP), child: row % ENTRY_STEP });

const LISTS: Record<string, List> = {
  '/orders': { resource: 'orders', rows: (shop) => listed(shop, 'orders', 'position'), render: renderOrder },
  '/products': {
    resource: 'products',
    rows: entriesOf,
    render: (shop, row) => renderEntry(shop, entryOf(row)),
  },
  '/customers/search': {
    resource: 'customers',
    rows: (shop) => listed(shop, 'customers', 'position'),
    render: renderCustomer,
  },
  '/inventory/source-items': {
    resource: 'inventory',
    rows: (shop) =>
      [...listed(shop, 'inventory', 'position')].filter((one) =>
        exists(shop, 'products', productOfVariant(one)),
      ),
    render: renderSource,
  },
};

export function answerRest(call: Call, resource: string): Answer {
  const { exchange, shop, grant } = call;
  if (exchange.method !== 'GET') return json(404, { message: 'Request does not match any route.' });
  if (resource === '/store/storeConfigs') return json(200, [storeConfig(shop)]);
  if (resource === '/modules') return json(200, ['Magento_Store', 'Magento_Sales', 'Magento_Catalog']);
  const list = LISTS[resource];
  if (list === undefined) return json(404, { message: 'Request does not match any route.' });
  const permission = PERMISSIONS[list.resource];
  if (!hasScope(grant, permission)) {
    const parameters = { resources: permission };
    return json(403, { message: "The consumer isn't authorized to access %resources.", parameters });
  }
  const criteria = readCriteria(exchange.query);
  if (criteria === null) {
    return json(400, {
      message: '"%fieldName" is required. Enter and try again.',
      parameters: { fieldName: 'searchCriteria' },
    });
  }
  return answerList(call, list, criteria);
}

function storeConfig(shop: Shop) {
  const url = `${shop.secure ? 'https' : 'http'}://${shop.host}${shop.basePath}/`;
  return {
    id: shop.id % 1_000,
    code: 'default',
    website_id: 1,
    locale: 'en_US',
    base_currency_code: shop.currency,
    default_display_currency_code: shop.currency,
    timezone: 'UTC',
    weight_unit: 'kgs',
    base_url: url,
    secure_base_url: url,
  };
}

interface Filter {
  field: string;
  condition: string;
  value: string;
}

interface Criteria {
  /** Any of a group, all groups. */
  groups: Filter[][];
  sorts: { field: string; direction: string }[];
  pageSize: number | null;
  currentPage: number;
}

/** Both spellings of each key; null: no searchCriteria at all. */
function readCriteria(query: URLSearchParams): Criteria | null {
  const words = [...query].filter(([name]) => name.startsWith('searchCriteria'));
  if (words.length === 0) return null;
  const groups = new Map<string, Map<string, Filter>>();
  const sorts = new Map<string, { field: string; direction: string }>();
  const criteria: Criteria = { groups: [], sorts: [], pageSize: null, currentPage: 1 };
  for (const [name, value] of words) {
    const path = [...name.matchAll(/\[([^\]]*)\]/g)].map(([, part]) =>
      (part ?? '').replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
    );
    const [first = '', at = '', second = '', place = '', field = ''] = path;
    if (first === 'filterGroups' && second === 'filters') {
      const group = groups.get(at) ?? new Map<string, Filter>();
      const filter = group.get(place) ?? { field: '', condition: 'eq', value: '' };
      if (field === 'field') filter.field = value;
      if (field === 'value') filter.value = value;
      if (field === 'conditionType') filter.condition = value;
      groups.set(at, group.set(place, filter));
    } else if (first === 'sortOrders') {
      const sort = sorts.get(at) ?? { field: '', direction: 'DESC' };
      sorts.set(at, { ...sort, [second]: value });
    } else if (first === 'pageSize') criteria.pageSize = Number(value);
    else if (first === 'currentPage') criteria.currentPage = Number(value);
  }
  criteria.groups = [...groups.values()].map((group) => [...group.values()]);
  criteria.sorts = [...sorts.values()];
  return criteria;
}

const CONDITIONS: Record<string, (left: unknown, right: string) => boolean> = {
  eq: (left, right) => String(left) === right,
  neq: (left, right) => String(left) !== right,
  gt: (left, right) => compare(left, right) > 0,
  gteq: (left, right) => compare(left, right) >= 0,
  from: (left, right) => compare(left, right) >= 0,
  lt: (left, right) => compare(left, right) < 0,
  lteq: (left, right) => compare(left, right) <= 0,
  to: (left, right) => compare(left, right) <= 0,
  in: (left, right) => right.split(',').includes(String(left)),
  nin: (left, right) => !right.split(',').includes(String(left)),
  notnull: (left) => left !== null && left !== undefined,
  null: (left) => left === null || left === undefined,
};

/** Numbers as numbers, all else as text: `YYYY-MM-DD HH:MM:SS` sorts by its time. */
function compare(left: unknown, right: unknown): number {
  if (typeof left === 'number') return left - Number(right);
  return String(left) < String(right) ? -1 : String(left) > String(right) ? 1 : 0;
}

function answerList(call: Call, list: List, criteria: Criteria): Answer {
  const { sandbox, shop, exchange } = call;
  const { pageSize, currentPage } = criteria;
  const bad = (message: string) => json(400, { message });
  if (pageSize !== null && !(Number.isInteger(pageSize) && pageSize > 0))
    return bad('pageSize must be a positive number.');
  if (!(Number.isInteger(currentPage) && currentPage > 0))
    return bad('currentPage must be a positive number.');
  const unknown = criteria.groups.flat().find(({ condition }) => CONDITIONS[condition] === undefined);
  if (unknown !== undefined) return bad(`Invalid condition_type "${unknown.condition}".`);
  const known = new Map<number, Record<string, unknown>>();
  const recordOf = (row: number) => {
    const record = known.get(row) ?? list.render(shop, row);
    known.set(row, record);
    return record;
  };
  const missing = fieldProblem(list, criteria, [...list.rows(shop)].slice(0, 1).map(recordOf));
  if (missing !== null) return bad(missing);
  const asked = `magento ${exchange.path} ${JSON.stringify([criteria.groups, criteria.sorts])}`;
  const rows = rowsOnce(shop, asked, () => {
    const all = [...list.rows(shop)];
    const found =
      criteria.groups.length === 0 ? all : all.filter((row) => fits(recordOf(row), criteria.groups));
    if (criteria.sorts.length === 0) return found.reverse();
    return found.sort((one, other) => inOrder(recordOf(one), recordOf(other), criteria.sorts));
  });
  const total = rows.length;
  const size = pageSize ?? Math.max(1, total);
  const pages = Math.max(1, Math.ceil(total / size));
  const repeats = sandbox.state.apps.magento.switches['repeatLastPage'] === true;
  const page = repeats ? Math.min(currentPage, pages) : currentPage;
  const shown = rows.slice((page - 1) * size, page * size);
  const items =
    list.resource === 'products'
      ? shown.map((row) => spoil(recordOf(row), changeOf(shop, 'products', entryOf(row).product)?.hostile))
      : rendered(shop, list.resource, shown, list.render);
  const search = { filter_groups: [], page_size: pageSize, current_page: currentPage };
  return jsonText(200, spoiltJson({ items, search_criteria: search, total_count: total }));
}

/** A filter or a sort by a field the entity has not is an error of the database there. */
function fieldProblem(list: List, criteria: Criteria, some: Record<string, unknown>[]): string | null {
  const fields = [...criteria.groups.flat(), ...criteria.sorts].map(({ field }) => field);
  const [example] = some;
  const unknown = fields.find((field) => field === '' || (example !== undefined && !(field in example)));
  const aliases = list.resource === 'products' || list.resource === 'customers' ? ['entity_id'] : [];
  return unknown === undefined || aliases.includes(unknown) ? null : `Invalid attribute name: ${unknown}`;
}

function fits(record: Record<string, unknown>, groups: Filter[][]): boolean {
  return groups.every((group) =>
    group.some(
      ({ field, condition, value }) => CONDITIONS[condition]?.(fieldOf(record, field), value) === true,
    ),
  );
}

function fieldOf(record: Record<string, unknown>, field: string): unknown {
  return field === 'entity_id' ? (record['entity_id'] ?? record['id']) : record[field];
}

function inOrder(a: Record<string, unknown>, b: Record<string, unknown>, sorts: Criteria['sorts']): number {
  for (const { field, direction } of sorts) {
    const order = compare(fieldOf(a, field), fieldOf(b, field));
    if (order !== 0) return direction.toUpperCase() === 'ASC' ? order : -order;
  }
  return 0;
}
