/** Kaufland's lists: `data` and `pagination`, a storefront on every one, at most a hundred a page [unverified]. The names of the time filters are unverified. */
import type { Call } from '../calls.ts';
import { changeOf, exists } from '../collection.ts';
import { type Answer, json, jsonText } from '../exchange.ts';
import { productOfVariant } from '../generator.ts';
import { spoil } from '../hostile.ts';
import { instantMs, positionsIn, rendered, spoiltJson, wholeIn } from '../listing.ts';
import { refuse } from './kaufland.ts';
import { orderIndex, renderOrder, renderRow, renderUnit } from './render.ts';
import { answerSubscriptions } from './subscriptions.ts';

const STOREFRONTS = ['de', 'cz', 'sk', 'pl', 'at', 'fr', 'it', 'es', 'nl'];
/** Where the sandbox's sellers sell. */
const OURS = 'de';

export function answerApi(call: Call): Answer | Promise<Answer> {
  const { exchange, shop } = call;
  const path = exchange.path.replace(/\/$/, '');
  const subscribed = answerSubscriptions(call, path);
  if (subscribed !== null) return subscribed;
  if (exchange.method !== 'GET') return refuse(405, 'Method Not Allowed');
  if (path === '/v2/info/storefront') return json(200, { data: [OURS] });
  const order = /^\/v2\/orders\/([A-Z0-9]+)$/.exec(path)?.[1];
  if (order !== undefined) {
    const index = orderIndex(order);
    if (index === null || !exists(shop, 'orders', index)) return refuse(404, 'Order not found');
    const data = spoil(renderOrder(shop, index), changeOf(shop, 'orders', index)?.hostile);
    return jsonText(200, spoiltJson({ data }));
  }
  const storefront = exchange.query.get('storefront') ?? OURS;
  if (!STOREFRONTS.includes(storefront)) return refuse(400, `storefront is one of ${STOREFRONTS.join(', ')}`);
  if (path === '/v2/orders') return orders(call, storefront === OURS);
  if (path === '/v2/units') return units(call, storefront === OURS);
  return refuse(404, 'Not Found');
}

function pageOf(call: Call, positions: number[], render: (positions: number[]) => unknown[]): Answer {
  const { query } = call.exchange;
  const limit = wholeIn(query, 'limit', { otherwise: 20, min: 1, max: 100 });
  const offset = wholeIn(query, 'offset', { otherwise: 0, min: 0, max: Number.MAX_SAFE_INTEGER });
  if (limit === null || offset === null) return refuse(400, 'limit is from 1 to 100, offset from 0');
  const pagination = { offset, limit, total: positions.length };
  return jsonText(200, spoiltJson({ data: render(positions.slice(offset, offset + limit)), pagination }));
}

/** Undefined: not asked for; null: no instant. */
function dateOf(query: URLSearchParams, name: string): number | null | undefined {
  const text = query.get(name);
  return text === null ? undefined : instantMs(text);
}

function orders(call: Call, ours: boolean): Answer {
  const { exchange, shop } = call;
  const [created, updated] = ['ts_created_from_iso', 'ts_units_updated_from_iso'].map((name) =>
    dateOf(exchange.query, name),
  );
  if (created === null || updated === null) return refuse(400, 'A date is not in ISO 8601 format');
  const made = new Set(positionsIn(shop, 'orders', { by: 'created', fromMs: created }));
  const all = [...positionsIn(shop, 'orders', { by: 'updated', fromMs: updated })].filter((index) =>
    made.has(index),
  );
  return pageOf(call, ours ? all : [], (page) => rendered(shop, 'orders', page, renderRow));
}

/** A unit is an offer: a sku at a price, with its amount. `embedded=products` brings what it offers. */
function units(call: Call, ours: boolean): Answer {
  const { exchange, shop } = call;
  const embedded = exchange.query.getAll('embedded').includes('products');
  const all = [...positionsIn(shop, 'inventory', { by: 'created' })].filter((variant) =>
    exists(shop, 'products', productOfVariant(variant)),
  );
  return pageOf(call, ours ? all : [], (page) =>
    page.map((variant) =>
      spoil(
        renderUnit(shop, variant, embedded),
        changeOf(shop, 'products', productOfVariant(variant))?.hostile,
      ),
    ),
  );
}
