/** Faire's lists: by updated_at, rising, ten rows at least and a cursor or a page; stock by sku. */
import type { Call } from '../calls.ts';
import { changeOf, exists } from '../collection.ts';
import { type Answer, json, jsonText } from '../exchange.ts';
import { spoil } from '../hostile.ts';
import {
  askedBy,
  cursorOf,
  instantMs,
  placeOf,
  positionsIn,
  rendered,
  skusOf,
  spoiltJson,
  wholeIn,
} from '../listing.ts';
import type { Shop } from '../state.ts';
import { faireError, missingScope } from './faire.ts';
import { indexOfId, renderOrder, renderProduct, renderStock } from './render.ts';

const BASE = '/external-api/v2';

interface List {
  name: 'orders' | 'products';
  scope: string;
  max: number;
  prefix: string;
  render: (shop: Shop, index: number) => object;
}

const LISTS: readonly List[] = [
  { name: 'orders', scope: 'READ_ORDERS', max: 50, prefix: 'bo_', render: renderOrder },
  { name: 'products', scope: 'READ_PRODUCTS', max: 250, prefix: 'p_', render: renderProduct },
];

export function answerApi(call: Call): Answer {
  const { exchange, shop, grant } = call;
  if (!exchange.path.startsWith(`${BASE}/`)) return faireError(404, 'Not found');
  if (exchange.method !== 'GET') return faireError(405, 'Method not allowed');
  const [name = '', id] = exchange.path.slice(BASE.length + 1).split('/');
  if (name === 'brands' && id === 'profile')
    return (
      missingScope(grant, 'READ_BRAND') ??
      json(200, { brand_id: shop.key, name: shop.name, currency: shop.currency })
    );
  if (name === 'product-inventory' && id === 'by-skus')
    return missingScope(grant, 'READ_INVENTORIES') ?? stock(call);
  const list = LISTS.find((one) => one.name === name);
  if (list === undefined) return faireError(404, 'Not found');
  return (
    missingScope(grant, list.scope) ?? (id === undefined ? answerList(call, list) : oneOf(shop, list, id))
  );
}

function oneOf(shop: Shop, { name, prefix, render }: List, id: string): Answer {
  const index = indexOfId(prefix, id);
  if (index === null || !exists(shop, name, index)) return faireError(404, 'Not found');
  return jsonText(200, spoiltJson(spoil(render(shop, index), changeOf(shop, name, index)?.hostile)));
}

/** A limit below ten is refused. `excluded_states` leaves orders out. */
function answerList({ exchange, shop }: Call, { name, max, render }: List): Answer {
  const { query } = exchange;
  const limit = wholeIn(query, 'limit', { otherwise: max, min: 10, max });
  const page = wholeIn(query, 'page', { otherwise: 1, min: 1, max: 1_000_000 });
  const [updated, created] = ['updated_at_min', 'created_at_min'].map((one) =>
    query.has(one) ? instantMs(query.get(one)) : undefined,
  );
  if (limit === null || page === null) return faireError(400, `limit is from 10 to ${max}`);
  if (updated === null || created === null) return faireError(400, 'A date is not in ISO 8601 format');
  const sortBy = query.get('sort_by') ?? 'UPDATED_AT';
  if (!['UPDATED_AT', 'CREATED_AT'].includes(sortBy)) return faireError(400, 'sort_by is unknown');
  const excluded = (query.get('excluded_states') ?? '').split(',');
  const asked = askedBy(query, ['cursor', 'limit', 'page']);
  const cursor = query.get('cursor');
  const from = cursor === null ? (page - 1) * limit : placeOf(cursor, asked);
  if (from === null) return faireError(400, 'cursor is invalid');
  const made = new Set(positionsIn(shop, name, { by: 'created', fromMs: created }));
  const later = new Set(positionsIn(shop, name, { by: 'updated', fromMs: updated }));
  const sorted = positionsIn(shop, name, { by: sortBy === 'UPDATED_AT' ? 'updated' : 'created' });
  const all = [...sorted].filter(
    (index) =>
      made.has(index) &&
      later.has(index) &&
      (name !== 'orders' || !excluded.includes(renderOrder(shop, index).state)),
  );
  const rows = rendered(shop, name, all.slice(from, from + limit), render);
  const next = from + limit < all.length ? { cursor: cursorOf(from + limit, asked) } : {};
  return jsonText(200, spoiltJson({ [name]: rows, limit, ...(cursor === null ? { page } : {}), ...next }));
}

/** `skus` repeated; those that are not known are left out. */
function stock({ exchange, shop }: Call): Answer {
  const wanted = new Set(exchange.query.getAll('skus'));
  if (wanted.size === 0) return faireError(400, 'skus are needed');
  const found = skusOf(shop).map((variant) => renderStock(shop, variant));
  const inventories = found.filter(({ sku }) => wanted.has(sku)).map((one) => [one.sku, one]);
  return json(200, { inventories: Object.fromEntries(inventories) });
}
