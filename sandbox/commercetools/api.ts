/** commercetools' queries: `where` predicates, sort, limits of 500, an offset of at most 10,000. */
import { type Call, takeCall } from '../calls.ts';
import { listed } from '../collection.ts';
import { type Answer, json, jsonText } from '../exchange.ts';
import { rendered, rowsOnce, spoiltJson, wholeIn } from '../listing.ts';
import type { ResourceName, Shop } from '../state.ts';
import { ctError, missingScope } from './commercetools.ts';
import { parsePredicate } from './predicate.ts';
import { renderCustomer, renderEntry, renderOrder, renderProduct, renderProjection } from './render.ts';
import { answerSubscriptions } from './subscriptions.ts';

interface Query {
  resource: ResourceName;
  scope: string;
  render: (shop: Shop, index: number) => Record<string, unknown>;
}

const QUERIES: Record<string, Query> = {
  orders: { resource: 'orders', scope: 'orders', render: renderOrder },
  products: { resource: 'products', scope: 'products', render: renderProduct },
  'product-projections': { resource: 'products', scope: 'products', render: renderProjection },
  customers: { resource: 'customers', scope: 'customers', render: renderCustomer },
  inventory: { resource: 'inventory', scope: 'products', render: renderEntry },
};

export function answerApi(call: Call): Answer {
  const { exchange, shop, sandbox } = call;
  const subscriptions = answerSubscriptions(call);
  if (subscriptions !== null) return subscriptions;
  if (exchange.method !== 'GET') return ctError(405, 'InvalidOperation', 'Method not allowed.');
  if (shop.unavailable !== null) return ctError(403, 'ProjectSuspended', 'The project is suspended.');
  if (!takeCall(sandbox, shop).allowed)
    return ctError(429, 'TooManyRequests', 'The request rate is too high.');
  const [, , name, id] = exchange.path.split('/');
  if (name === undefined || name === '') {
    return json(200, {
      key: shop.key,
      name: shop.name,
      countries: ['DE'],
      currencies: [shop.currency],
      languages: ['en'],
    });
  }
  const query = Object.hasOwn(QUERIES, name) ? QUERIES[name] : undefined;
  if (query === undefined) return ctError(404, 'ResourceNotFound', `The Resource "${name}" was not found.`);
  return (
    missingScope(call, query.scope) ?? (id === undefined ? answerQuery(call, query) : oneOf(call, query, id))
  );
}

function oneOf({ shop }: Call, { resource, render }: Query, id: string): Answer {
  const index = [...listed(shop, resource, 'position')].find((one) => render(shop, one)['id'] === id);
  return index === undefined
    ? ctError(404, 'ResourceNotFound', `The Resource with ID '${id}' was not found.`)
    : json(200, render(shop, index));
}

function answerQuery({ exchange, shop }: Call, { resource, render }: Query): Answer {
  const { query } = exchange;
  const limit = wholeIn(query, 'limit', { otherwise: 20, min: 0, max: 500 });
  const offset = wholeIn(query, 'offset', { otherwise: 0, min: 0, max: 10_000 });
  if (limit === null)
    return ctError(400, 'InvalidInput', 'Malformed parameter: limit: must be between 0 and 500.');
  if (offset === null)
    return ctError(400, 'InvalidInput', 'Malformed parameter: offset: must be between 0 and 10000.');
  const tests = query.getAll('where').map(parsePredicate);
  if (tests.includes(null)) return ctError(400, 'InvalidInput', 'Malformed parameter: where: Syntax error.');
  const sorts = query.getAll('sort').map((one) => one.split(' '));
  const asked = `commercetools ${exchange.path} ${JSON.stringify([query.getAll('where'), sorts])}`;
  const rows = rowsOnce(shop, asked, () =>
    [...listed(shop, resource, 'position')]
      .map((index) => ({ index, record: render(shop, index) }))
      .filter(({ record }) => tests.every((test) => test?.(record) === true))
      .sort((one, other) => inOrder(one.record, other.record, sorts))
      .map(({ index }) => index),
  );
  const results = rendered(shop, resource, rows.slice(offset, offset + limit), render);
  const total = query.get('withTotal') === 'false' ? {} : { total: rows.length };
  return jsonText(200, spoiltJson({ limit, offset, count: results.length, ...total, results }));
}

function inOrder(a: Record<string, unknown>, b: Record<string, unknown>, sorts: string[][]): number {
  for (const [field = '', direction = 'asc'] of sorts) {
    const [left, right] = [String(a[field]), String(b[field])];
    if (left !== right) return (left < right ? -1 : 1) * (direction === 'desc' ? -1 : 1);
  }
  return 0;
}
