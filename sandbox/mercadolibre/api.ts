/** Mercado Libre's searches: orders by offset, items by offset to 1,000 or by a scroll that dies in five minutes, items themselves by twenty. */
import type { Call } from '../calls.ts';
import { changeOf, exists } from '../collection.ts';
import { type Answer, json, jsonText } from '../exchange.ts';
import { spoil } from '../hostile.ts';
import { cursorOf, instantMs, placeOf, positionsIn, rendered, spoiltJson, wholeIn } from '../listing.ts';
import { missingScope, mlError } from './mercadolibre.ts';
import { missedFeeds } from './push.ts';
import { itemId, itemIndex, orderIndex, renderItem, renderOrder } from './render.ts';

const MAX_ITEMS = 20;
const SCROLL_MS = 5 * 60_000;
/** Beyond it clients stop [unverified]. */
const MAX_OFFSET = 10_000;

const bad = (message: string) => mlError(400, 'bad_request', message);

export function answerApi(call: Call): Answer {
  const { exchange, shop, grant } = call;
  const { path, method } = exchange;
  if (method !== 'GET') return mlError(405, 'method_not_allowed', 'Method not allowed');
  if (path === '/users/me') {
    return json(200, {
      id: shop.id,
      nickname: shop.name,
      country_id: 'AR',
      site_id: 'MLA',
      status: { site_status: 'active' },
    });
  }
  if (path === '/missed_feeds') {
    const messages = missedFeeds(call.sandbox, exchange.query.get('topic'));
    return json(200, { messages });
  }
  const denied = missingScope(grant);
  if (denied !== null) return denied;
  if (path === '/orders/search') return orders(call);
  const order = /^\/orders\/(\d+)$/.exec(path)?.[1];
  if (order !== undefined) return oneOrder(call, Number(order));
  if (path === `/users/${shop.key}/items/search`) return itemIds(call);
  if (path === '/items') return items(call);
  const item = /^\/items\/(MLA\d{10})$/.exec(path)?.[1];
  if (item !== undefined) return oneItem(call, item);
  return mlError(404, 'not_found', `Resource ${path} not found.`);
}

/** A filter by a wrong name is ignored in silence, as there. */
function orders({ exchange, shop }: Call): Answer {
  const { query } = exchange;
  if (query.get('seller') !== shop.key) return mlError(403, 'forbidden', 'The seller is another one.');
  const limit = wholeIn(query, 'limit', { otherwise: 50, min: 1, max: 50 });
  const offset = wholeIn(query, 'offset', { otherwise: 0, min: 0, max: MAX_OFFSET });
  if (limit === null || offset === null) return bad('Invalid limit or offset');
  const names = [
    'order.date_last_updated.from',
    'order.date_last_updated.to',
    'order.date_created.from',
    'order.date_created.to',
  ];
  const [updated, updatedTo, created, createdTo] = names.map((name) =>
    query.has(name) ? instantMs(query.get(name)) : undefined,
  );
  if ([updated, updatedTo, created, createdTo].includes(null)) return bad('Invalid date');
  const made = new Set(
    positionsIn(shop, 'orders', { by: 'created', fromMs: created, toMs: after(createdTo) }),
  );
  const descending = (query.get('sort') ?? 'date_desc') !== 'date_asc';
  const all = [
    ...positionsIn(shop, 'orders', { by: 'updated', fromMs: updated, toMs: after(updatedTo), descending }),
  ].filter((index) => made.has(index));
  const results = rendered(shop, 'orders', all.slice(offset, offset + limit), renderOrder);
  return jsonText(200, spoiltJson({ query: '', results, paging: { total: all.length, offset, limit } }));
}

function after(ms: number | null | undefined): number | null {
  return ms === null || ms === undefined ? null : ms + 1_000;
}

function oneOrder({ shop }: Call, id: number): Answer {
  const index = orderIndex(id);
  if (!exists(shop, 'orders', index)) return mlError(404, 'order_not_found', 'Order do not exists');
  return jsonText(200, spoiltJson(spoil(renderOrder(shop, index), changeOf(shop, 'orders', index)?.hostile)));
}

function oneItem({ shop }: Call, id: string): Answer {
  const index = itemIndex(id);
  if (!exists(shop, 'products', index)) return mlError(404, 'not_found', `Item with id ${id} not found`);
  return jsonText(
    200,
    spoiltJson(spoil(renderItem(shop, index), changeOf(shop, 'products', index)?.hostile)),
  );
}

function itemIds({ exchange, shop, sandbox }: Call): Answer {
  const { query } = exchange;
  const isScan = query.get('search_type') === 'scan';
  const limit = wholeIn(query, 'limit', { otherwise: 50, min: 1, max: 100 });
  const offset = wholeIn(query, 'offset', { otherwise: 0, min: 0, max: 1_000 });
  if (limit === null || offset === null) return bad('Invalid limit or offset');
  const [scroll = '', givenAt = '0'] = (query.get('scroll_id') ?? '').split('.');
  const start = isScan ? (scroll === '' ? 0 : placeOf(scroll, shop.key)) : offset;
  if (start === null || (scroll !== '' && sandbox.now() - Number(givenAt) > SCROLL_MS))
    return bad('Invalid scroll_id');
  const all = positionsIn(shop, 'products', { by: 'created' });
  const results = [...all.subarray(start, start + limit)].map(itemId);
  const more = isScan
    ? { scroll_id: results.length === 0 ? null : `${cursorOf(start + limit, shop.key)}.${sandbox.now()}` }
    : {};
  return json(200, {
    seller_id: shop.key,
    results,
    paging: { total: all.length, offset: isScan ? 0 : offset, limit },
    ...more,
  });
}

function items({ exchange, shop }: Call): Answer {
  const ids = (exchange.query.get('ids') ?? '').split(',').filter((id) => id !== '');
  if (ids.length === 0 || ids.length > MAX_ITEMS) return bad(`ids has from 1 to ${MAX_ITEMS} entries`);
  const answers = ids.map((id) => {
    const index = itemIndex(id);
    if (!exists(shop, 'products', index)) return { code: 404, body: { id, error: 'not_found', status: 404 } };
    return { code: 200, body: spoil(renderItem(shop, index), changeOf(shop, 'products', index)?.hostile) };
  });
  return jsonText(200, spoiltJson(answers));
}
