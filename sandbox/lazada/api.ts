/** Lazada's resources: orders in windows with an offset of at most 5,000, their items by lists of ids, products with their skus. */
import type { Call } from '../calls.ts';
import { exists } from '../collection.ts';
import type { Answer } from '../exchange.ts';
import { instantMs, positionsIn, rendered } from '../listing.ts';
import { answered, refuse } from './lazada.ts';
import { orderIndex, renderItems, renderOrder, renderProduct } from './render.ts';

type Params = Map<string, string>;

const MAX_OFFSET = 5_000;
const MAX_ORDERS = 50;

export function answerApi(call: Call, api: string, params: Params): Answer {
  switch (api) {
    case '/seller/get':
      return answered({
        name: call.shop.name,
        name_company: call.shop.name,
        seller_id: call.shop.id,
        short_code: `SG${call.shop.id % 10_000}`,
        location: 'Singapore',
        status: 'ACTIVE',
      });
    case '/orders/get':
      return orders(call, params);
    case '/orders/items/get':
      return items(call, params.get('order_ids') ?? '');
    case '/order/items/get':
      return oneOrdersItems(call, params.get('order_id') ?? '');
    case '/products/get':
      return products(call, params);
    default:
      return refuse('InvalidApiPath', 'The specified API path is invalid');
  }
}

function wholeOf(
  params: Params,
  name: string,
  rule: { otherwise: number; min: number; max: number },
): number | null {
  const text = params.get(name);
  const value = text === undefined || text === '' ? rule.otherwise : Number(text);
  return Number.isInteger(value) && value >= rule.min && value <= rule.max ? value : null;
}

/** Undefined: not asked for; null: no ISO 8601 instant with an offset. */
function dateOf(params: Params, name: string): number | null | undefined {
  const text = params.get(name);
  if (text === undefined || text === '') return undefined;
  return /([+-]\d\d:?\d\d|Z)$/.test(text) ? instantMs(text) : null;
}

function orders({ shop }: Call, params: Params): Answer {
  const [created, updated, createdTo, updatedTo] = [
    'created_after',
    'update_after',
    'created_before',
    'update_before',
  ].map((name) => dateOf(params, name));
  if ([created, updated, createdTo, updatedTo].includes(null))
    return refuse('17', 'E017: Invalid Date Format');
  if (created === undefined && updated === undefined)
    return refuse('36', 'E036: Either Created After or Updated After is mandatory');
  const limit = wholeOf(params, 'limit', { otherwise: 100, min: 1, max: 100 });
  const offset = wholeOf(params, 'offset', { otherwise: 0, min: 0, max: MAX_OFFSET });
  if (limit === null) return refuse('19', 'E019: "limit" Invalid Limit');
  if (offset === null) return refuse('14', 'E014: "offset" Invalid Offset');
  const sortBy = params.get('sort_by') ?? 'created_at';
  if (!['created_at', 'updated_at'].includes(sortBy)) return refuse('36', 'E036: Invalid sort filter');
  const changed = new Set(positionsIn(shop, 'orders', { by: 'updated', fromMs: updated, toMs: updatedTo }));
  const made = new Set(positionsIn(shop, 'orders', { by: 'created', fromMs: created, toMs: createdTo }));
  const descending = (params.get('sort_direction') ?? 'DESC').toUpperCase() !== 'ASC';
  const all = [
    ...positionsIn(shop, 'orders', { by: sortBy === 'updated_at' ? 'updated' : 'created', descending }),
  ].filter((index) => changed.has(index) && made.has(index));
  const page = rendered(shop, 'orders', all.slice(offset, offset + limit), renderOrder);
  return answered({ count: page.length, countTotal: all.length, orders: page });
}

function items({ shop }: Call, list: string): Answer {
  const ids =
    /^\[([\d,\s]*)\]$/
      .exec(list)?.[1]
      ?.split(',')
      .map((id) => Number(id.trim())) ?? [];
  if (ids.length === 0 || ids.length > MAX_ORDERS)
    return refuse('37', 'E037: One or more order ids are incorrect');
  const found = ids.map(orderIndex).filter((index) => exists(shop, 'orders', index));
  return answered(found.map((index) => renderItems(shop, index)));
}

function oneOrdersItems({ shop }: Call, id: string): Answer {
  const index = orderIndex(Number(id));
  if (!exists(shop, 'orders', index)) return refuse('16', 'E016: Invalid Order ID');
  return answered(renderItems(shop, index).order_items);
}

/** Fifty a page at most [unverified]. */
function products({ shop }: Call, params: Params): Answer {
  const limit = wholeOf(params, 'limit', { otherwise: 20, min: 1, max: 50 });
  const offset = wholeOf(params, 'offset', { otherwise: 0, min: 0, max: 10_000 });
  const filter = params.get('filter') ?? 'all';
  const [updated, created] = [dateOf(params, 'update_after'), dateOf(params, 'create_after')];
  if (limit === null) return refuse('19', 'E019: "limit" Invalid Limit');
  if (offset === null) return refuse('14', 'E014: "offset" Invalid Offset');
  if (!['all', 'live', 'inactive', 'deleted'].includes(filter))
    return refuse('36', 'E036: Invalid status filter');
  if (updated === null || created === null) return refuse('17', 'E017: Invalid Date Format');
  const made = new Set(positionsIn(shop, 'products', { by: 'created', fromMs: created }));
  const all = [...positionsIn(shop, 'products', { by: 'updated', fromMs: updated })].filter((index) => {
    const live = renderProduct(shop, index).status === 'Active';
    return made.has(index) && (filter === 'all' || live === (filter === 'live'));
  });
  const page = rendered(shop, 'products', all.slice(offset, offset + limit), renderProduct);
  return answered({ total_products: all.length, products: page });
}
