/** Shopware's search: criteria in the body, 500 rows at most, `updatedAt` null until the first change. */
import type { Call } from '../calls.ts';
import { changeOf, listed } from '../collection.ts';
import { type Answer, bodyFields, isRecord, json, jsonText } from '../exchange.ts';
import { spoil } from '../hostile.ts';
import { rowsOnce, spoiltJson } from '../listing.ts';
import type { ResourceName, Shop } from '../state.ts';
import { associated, renderCustomer, renderOrder, renderProduct, rowsOfProducts } from './render.ts';
import { missingPrivilege, swError } from './shopware6.ts';

const MAX_LIMIT = 500;

interface Entity {
  resource: ResourceName;
  rows(shop: Shop): number[];
  render(shop: Shop, row: number): Record<string, unknown>;
  /** The record a row belongs to, for what control did to it. */
  index(row: number): number;
}

const same = (row: number) => row;
const ENTITIES: Record<string, Entity> = {
  order: {
    resource: 'orders',
    rows: (shop) => [...listed(shop, 'orders', 'position')],
    render: renderOrder,
    index: same,
  },
  customer: {
    resource: 'customers',
    rows: (shop) => [...listed(shop, 'customers', 'position')],
    render: renderCustomer,
    index: same,
  },
  product: {
    resource: 'products',
    rows: rowsOfProducts,
    render: renderProduct,
    index: (row) => Math.floor(row / 4),
  },
};

export function answerInfo(path: string): Answer {
  if (path === '/api/_info/version') return json(200, { version: '6.7.3.0' });
  return swError(404, '0', 'Not Found', `No route found for "${path}"`);
}

export function answerSearch(call: Call, name: string): Answer {
  const { exchange, shop, grant } = call;
  if (exchange.method !== 'POST')
    return swError(405, '0', 'Method Not Allowed', 'POST is the method of a search');
  if (name === 'currency') return missingPrivilege(grant, 'currency:read') ?? currencies(call);
  const entity = Object.hasOwn(ENTITIES, name) ? ENTITIES[name] : undefined;
  if (entity === undefined)
    return swError(404, 'FRAMEWORK__DEFINITION_NOT_FOUND', 'Not Found', `No entity "${name}"`);
  const denied = missingPrivilege(grant, `${name}:read`);
  if (denied !== null) return denied;
  const criteria = bodyFields(exchange);
  const [page, limit] = [criteria['page'] ?? 1, criteria['limit'] ?? 100].map(Number);
  if (page === undefined || limit === undefined || !(page >= 1) || !(limit >= 1))
    return swError(400, 'FRAMEWORK__INVALID_LIMIT_QUERY', 'Bad Request', 'page and limit are positive');
  if (limit > MAX_LIMIT)
    return swError(
      400,
      'FRAMEWORK__QUERY_LIMIT_EXCEEDED',
      'Bad Request',
      `The limit must be lower than or equal to ${MAX_LIMIT}.`,
    );
  const filters = Array.isArray(criteria['filter']) ? criteria['filter'] : [];
  if (!filters.every(isKnown))
    return swError(400, 'FRAMEWORK__INVALID_FILTER_QUERY', 'Bad Request', 'A filter is invalid.');
  const sorts = Array.isArray(criteria['sort']) ? criteria['sort'].filter(isRecord) : [];
  const rows = rowsOnce(shop, `shopware6 ${name} ${JSON.stringify([filters, sorts])}`, () =>
    entity
      .rows(shop)
      .map((row) => ({ row, record: recordOf(entity, shop, row) }))
      .filter(({ record }) => filters.every((filter) => fits(record, filter)))
      .sort((one, other) => inOrder(one.record, other.record, sorts))
      .map(({ row }) => row),
  );
  const wanted = isRecord(criteria['associations']) ? criteria['associations'] : {};
  const data = rows.slice((page - 1) * limit, page * limit).map((row) => {
    const index = entity.index(row);
    return spoil(
      associated(recordOf(entity, shop, row), wanted),
      changeOf(shop, entity.resource, index)?.hostile,
    );
  });
  const total = criteria['total-count-mode'] === 1 ? rows.length : data.length;
  return written(exchange.headers['accept'] ?? '', name, data, total);
}

/** Each row has a number of its own, given when it was made. */
function recordOf(entity: Entity, shop: Shop, row: number): Record<string, unknown> {
  return { ...entity.render(shop, row), autoIncrement: row + 1 };
}

/** The system's own is one of a fixed id, whatever its code. */
function currencies({ shop, exchange }: Call): Answer {
  const one = { id: 'b7d2554b0ce847cd82f3ac9bd1c0dfca', isoCode: shop.currency, factor: 1 };
  const { ids } = bodyFields(exchange);
  const data = !Array.isArray(ids) || ids.includes(one.id) ? [one] : [];
  return written(exchange.headers['accept'] ?? '', 'currency', data, data.length);
}

/** Plain where the caller accepts `application/json`, else JSON:API. */
function written(accept: string, type: string, data: unknown[], total: number): Answer {
  if (accept.includes('application/json'))
    return jsonText(200, spoiltJson({ total, data, aggregations: [] }));
  const resources = data.map((one) => {
    const { id, ...attributes } = isRecord(one) ? one : {};
    return { id, type, attributes };
  });
  const headers = { 'content-type': 'application/vnd.api+json' };
  return jsonText(200, spoiltJson({ data: resources, meta: { total, totalCountMode: 1 } }), headers);
}

const KINDS = ['equals', 'equalsAny', 'range', 'multi', 'not'];

function isKnown(filter: unknown): filter is Record<string, unknown> {
  return isRecord(filter) && KINDS.includes(String(filter['type']));
}

function fits(record: Record<string, unknown>, filter: unknown): boolean {
  if (!isKnown(filter)) return false;
  const value = record[String(filter['field'])];
  const queries = Array.isArray(filter['queries']) ? filter['queries'] : [];
  switch (filter['type']) {
    case 'equals':
      return value === filter['value'] || (value === undefined && filter['value'] === null);
    case 'equalsAny':
      return String(filter['value']).split('|').includes(String(value));
    case 'range':
      return inRange(value, isRecord(filter['parameters']) ? filter['parameters'] : {});
    case 'not':
      return !queries.some((one) => fits(record, one));
    default:
      return String(filter['operator']).toLowerCase() === 'or'
        ? queries.some((one) => fits(record, one))
        : queries.every((one) => fits(record, one));
  }
}

/** Nothing is in a range of a null. */
function inRange(value: unknown, parameters: Record<string, unknown>): boolean {
  if (value === null || value === undefined) return false;
  const at = (one: unknown) => (typeof one === 'number' ? one : Date.parse(String(one)));
  const tests: Record<string, (left: number, right: number) => boolean> = {
    gte: (left, right) => left >= right,
    gt: (left, right) => left > right,
    lte: (left, right) => left <= right,
    lt: (left, right) => left < right,
  };
  return Object.entries(parameters).every(([name, bound]) => tests[name]?.(at(value), at(bound)) === true);
}

function inOrder(
  a: Record<string, unknown>,
  b: Record<string, unknown>,
  sorts: Record<string, unknown>[],
): number {
  for (const { field, order } of sorts) {
    const [one, other] = [a[String(field)], b[String(field)]];
    const isNumeric = typeof one === 'number' && typeof other === 'number';
    const [left, right] = isNumeric ? [one, other] : [String(one ?? ''), String(other ?? '')];
    if (left !== right) return (left < right ? -1 : 1) * (String(order).toUpperCase() === 'DESC' ? -1 : 1);
  }
  return 0;
}
