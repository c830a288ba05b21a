/** Allegro's lists: checkout forms by limit and offset, order events behind the last id, offers with their stock. */
import type { Call } from '../calls.ts';
import { changeOf, exists, updatedAtMs } from '../collection.ts';
import { type Answer, json, jsonText } from '../exchange.ts';
import { productOfVariant } from '../generator.ts';
import { spoil } from '../hostile.ts';
import { instantMs, iso, positionsIn, rendered, spoiltJson, wholeIn } from '../listing.ts';
import { allegroError, missingScope } from './allegro.ts';
import { formId, formIndex, renderForm, renderOffer } from './render.ts';

const KEPT_MS = 60 * 86_400_000;
const bad = (message: string) => allegroError(422, 'VALIDATION_ERROR', message);

export function answerApi(call: Call): Answer {
  const { exchange, shop, grant } = call;
  const { path, method } = exchange;
  if (method !== 'GET') return allegroError(405, 'MethodNotAllowed', 'Method not allowed');
  if (path === '/me') {
    return (
      missingScope(grant, 'allegro:api:profile:read') ??
      json(200, {
        id: shop.key,
        login: shop.name,
        baseMarketplace: { id: 'allegro-pl' },
        email: `owner@shop${shop.id}.example`,
      })
    );
  }
  if (path === '/sale/offers') return missingScope(grant, 'allegro:api:sale:offers:read') ?? offers(call);
  if (!path.startsWith('/order/')) return allegroError(404, 'NotFound', 'Not found');
  const denied = missingScope(grant, 'allegro:api:orders:read');
  if (denied !== null) return denied;
  if (path === '/order/checkout-forms') return forms(call);
  if (path === '/order/events') return events(call);
  const index = formIndex(/^\/order\/checkout-forms\/([0-9a-f-]{36})$/.exec(path)?.[1] ?? '');
  if (index === null || !exists(shop, 'orders', index))
    return allegroError(404, 'ResourceNotFound', 'Not found');
  return jsonText(200, spoiltJson(spoil(renderForm(shop, index), changeOf(shop, 'orders', index)?.hostile)));
}

function forms({ exchange, shop }: Call): Answer {
  const { query } = exchange;
  const limit = wholeIn(query, 'limit', { otherwise: 100, min: 1, max: 100 });
  const offset = wholeIn(query, 'offset', { otherwise: 0, min: 0, max: 10_000 });
  const [updated, updatedTo, bought] = ['updatedAt.gte', 'updatedAt.lte', 'lineItems.boughtAt.gte'].map(
    (name) => (query.has(name) ? instantMs(query.get(name)) : undefined),
  );
  if (limit === null || offset === null || [updated, updatedTo, bought].includes(null))
    return bad('A parameter is invalid');
  const toMs = typeof updatedTo === 'number' ? updatedTo + 1 : null;
  const made = new Set(positionsIn(shop, 'orders', { by: 'created', fromMs: bought }));
  const descending = (query.get('sort') ?? '-lineItems.boughtAt').startsWith('-');
  const all = [...positionsIn(shop, 'orders', { by: 'updated', fromMs: updated, toMs, descending })].filter(
    (index) => made.has(index),
  );
  const checkoutForms = rendered(shop, 'orders', all.slice(offset, offset + limit), renderForm);
  return jsonText(200, spoiltJson({ checkoutForms, count: checkoutForms.length, totalCount: all.length }));
}

/** Ids rise with time; events are kept for 60 days. */
function events({ exchange, shop, sandbox }: Call): Answer {
  const limit = wholeIn(exchange.query, 'limit', { otherwise: 100, min: 1, max: 1_000 });
  if (limit === null) return bad('limit is from 1 to 1000');
  const from = exchange.query.get('from');
  const idOf = (index: number) => `${updatedAtMs(shop, 'orders', index)}${String(index).padStart(7, '0')}`;
  const all = [...positionsIn(shop, 'orders', { by: 'updated', fromMs: sandbox.now() - KEPT_MS })];
  const later =
    from === null
      ? all
      : all.filter((index) => BigInt(idOf(index)) > BigInt(/^\d+$/.test(from) ? from : '0'));
  const shown = later.slice(0, limit).map((index) => ({
    id: idOf(index),
    order: { checkoutForm: { id: formId(index) }, marketplace: { id: 'allegro-pl' } },
    type: 'READY_FOR_PROCESSING',
    occurredAt: iso(updatedAtMs(shop, 'orders', index)),
  }));
  return json(200, { events: shown });
}

/** An offer is a sku. */
function offers({ exchange, shop }: Call): Answer {
  const limit = wholeIn(exchange.query, 'limit', { otherwise: 20, min: 1, max: 1_000 });
  const offset = wholeIn(exchange.query, 'offset', { otherwise: 0, min: 0, max: 10_000_000 });
  if (limit === null || offset === null) return bad('limit is from 1 to 1000');
  const all = [...positionsIn(shop, 'inventory', { by: 'created' })].filter((one) =>
    exists(shop, 'products', productOfVariant(one)),
  );
  const shown = all
    .slice(offset, offset + limit)
    .map((variant) =>
      spoil(renderOffer(shop, variant), changeOf(shop, 'products', productOfVariant(variant))?.hostile),
    );
  return jsonText(200, spoiltJson({ offers: shown, count: shown.length, totalCount: all.length }));
}
