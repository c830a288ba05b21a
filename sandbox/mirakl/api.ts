/** Mirakl's lists: `max` and `offset`, a total beside the rows; orders by when they changed, offers all of them, products by at most a hundred references. */
import type { Call } from '../calls.ts';
import { type Answer, json, jsonText } from '../exchange.ts';
import { take } from '../grants.ts';
import { instantMs, positionsIn, rendered, renderedSkus, skusOf, spoiltJson, wholeIn } from '../listing.ts';
import { miraklError, tooMany } from './mirakl.ts';
import { orderIndex, orderState, renderAccount, renderOffer, renderOrder, renderProduct } from './render.ts';

const MAX = 100;
const bad = (message: string) => miraklError(400, message);

export function answerApi(call: Call): Answer {
  const { exchange, shop } = call;
  if (exchange.method !== 'GET') return miraklError(405, 'Method Not Allowed');
  switch (exchange.path) {
    case '/api/account':
      return json(200, renderAccount(shop));
    case '/api/orders':
      return orders(call);
    case '/api/offers':
      return offers(call);
    case '/api/products':
      return products(call);
    default:
      return miraklError(404, 'Not Found');
  }
}

interface Page {
  max: number;
  offset: number;
}

function pageOf({ exchange }: Call): Page | null {
  const max = wholeIn(exchange.query, 'max', { otherwise: 10, min: 1, max: MAX });
  const offset = wholeIn(exchange.query, 'offset', { otherwise: 0, min: 0, max: Number.MAX_SAFE_INTEGER });
  return max === null || offset === null ? null : { max, offset };
}

/** As the platform does, a little is taken off where a pass begins, so that nothing is missed. */
const TAKEN_OFF_MS = 5_000;

function orders(call: Call): Answer {
  const { exchange, shop, sandbox } = call;
  const page = pageOf(call);
  if (page === null) return bad(`max is from 1 to ${MAX}, offset from 0`);
  const [from, to, changed, changedTo] = [
    'start_date',
    'end_date',
    'start_update_date',
    'end_update_date',
  ].map((name) => (exchange.query.has(name) ? instantMs(exchange.query.get(name)) : undefined));
  if ([from, to, changed, changedTo].includes(null)) return bad('A date is not in ISO 8601 format');
  if (sandbox.state.apps.mirakl.switches['onceAMinute'] === true && page.offset === 0) {
    if (!take(sandbox, `mirakl orders ${shop.key}`, { size: 1, perS: 1 / 60 }, 1).allowed)
      return tooMany('60');
  }
  const ids = namesIn(exchange.query.get('order_ids'));
  if (ids !== null && ids.length > MAX) return bad(`at most ${MAX} order_ids`);
  const states = namesIn(exchange.query.get('order_state_codes'));
  const asked = ids === null ? null : new Set(ids.map(orderIndex));
  const made = new Set(positionsIn(shop, 'orders', { by: 'created', fromMs: from, toMs: after(to) }));
  const fromMs = typeof changed === 'number' ? changed - TAKEN_OFF_MS : null;
  const all = [...positionsIn(shop, 'orders', { by: 'updated', fromMs, toMs: after(changedTo) })].filter(
    (index) =>
      made.has(index) &&
      (asked === null || asked.has(index)) &&
      (states === null || states.includes(orderState(shop, index))),
  );
  // By creation, as the platform sorts [unverified for other sorts].
  all.sort((a, b) => a - b);
  const shown = rendered(shop, 'orders', all.slice(page.offset, page.offset + page.max), renderOrder);
  return jsonText(200, spoiltJson({ orders: shown, total_count: all.length }));
}

const after = (ms: number | null | undefined) => (typeof ms === 'number' ? ms + 1 : null);

const namesIn = (text: string | null) => (text === null || text === '' ? null : text.split(','));

function offers(call: Call): Answer {
  const page = pageOf(call);
  if (page === null) return bad(`max is from 1 to ${MAX}, offset from 0`);
  const { shop, exchange } = call;
  const sku = exchange.query.get('sku');
  const all = skusOf(shop).filter((variant) => sku === null || renderOffer(shop, variant).shop_sku === sku);
  const shown = renderedSkus(shop, all.slice(page.offset, page.offset + page.max), renderOffer);
  return jsonText(200, spoiltJson({ offers: shown, total_count: all.length }));
}

/** `product_references=EAN|40…,EAN|40…`: those that are known, no more than a hundred. */
function products({ exchange, shop }: Call): Answer {
  const references = namesIn(exchange.query.get('product_references'));
  if (references === null) return bad('product_references is needed');
  if (references.length > MAX) return bad(`at most ${MAX} product_references`);
  const wanted = new Set(references);
  const found = skusOf(shop).filter((variant) => {
    const { product_id, product_id_type } = renderProduct(shop, variant);
    return wanted.has(`${product_id_type}|${product_id}`);
  });
  return jsonText(
    200,
    spoiltJson({ products: renderedSkus(shop, found, renderProduct), total_count: found.length }),
  );
}
