/** The legacy REST API as far as proofs and proxied calls use it: shop, scopes, uninstall, webhooks, orders by `page_info`. */
import { type Answer, json, jsonText } from '../exchange.ts';
import { take } from '../grants.ts';
import { announceUninstall } from '../pushing.ts';
import type { Shop } from '../state.ts';
import { effectiveScopes, type ShopifyCall } from './call.ts';
import { pageOf } from './page.ts';
import { pushing } from './push.ts';
import { restOrder } from './rest-order.ts';
import { answerWebhooks } from './webhooks.ts';

/** Calls a second; the bucket holds forty (Plus: four hundred). */
const CALLS_PER_S: Record<Shop['plan'], number> = { standard: 2, advanced: 4, plus: 20, enterprise: 20 };

export function answerRest(call: ShopifyCall, resource: string): Answer {
  const perS = CALLS_PER_S[call.shop.plan];
  const size = perS === 20 ? 400 : perS * 20;
  const taken = take(call.sandbox, `shopify-rest ${call.shop.key}`, { size, perS }, 1);
  const used = { 'x-shopify-shop-api-call-limit': `${Math.ceil(size - taken.left)}/${size}` };
  if (!taken.allowed) {
    return json(
      429,
      { errors: 'Exceeded calls per second for api client.' },
      { ...used, 'retry-after': '2.0' },
    );
  }
  const answer = answerResource(call, resource);
  return { ...answer, headers: { ...used, ...answer.headers } };
}

function answerResource(call: ShopifyCall, resource: string): Answer {
  const { shop, grant, sandbox, exchange } = call;
  const asked = `${exchange.method} ${resource}`;
  switch (asked) {
    case 'GET shop.json':
      return json(200, {
        shop: {
          id: shop.id,
          name: shop.name,
          myshopify_domain: shop.host,
          domain: shop.host,
          currency: shop.currency,
          plan_name: shop.plan,
        },
      });
    case 'GET /admin/oauth/access_scopes.json':
      return json(200, { access_scopes: [...effectiveScopes(grant.scopes)].map((handle) => ({ handle })) });
    case 'DELETE /admin/api_permissions/current.json':
      grant.state = 'uninstalled';
      announceUninstall(sandbox, pushing, shop);
      return jsonText(200, '');
    case 'GET orders.json':
      return orders(call);
    default:
      return answerWebhooks(call, resource) ?? json(404, { errors: 'Not Found' });
  }
}

function orders(call: ShopifyCall): Answer {
  const { exchange, shop, grant } = call;
  const scopes = effectiveScopes(grant.scopes);
  if (!scopes.has('read_orders')) {
    return json(403, { errors: '[API] This action requires merchant approval for read_orders scope.' });
  }
  const limit = Number(exchange.query.get('limit') ?? 50);
  if (!Number.isInteger(limit) || limit < 1 || limit > 250)
    return json(400, { errors: { limit: 'must be between 1 and 250' } });
  const cursor = exchange.query.get('page_info');
  const since = exchange.query.get('updated_at_min');
  const query = cursor === null ? (since === null ? '' : `updated_at:>='${since}'`) : '';
  const args = { first: limit, after: cursor, query, sortKey: 'UPDATED_AT' };
  const oldestMs = scopes.has('read_all_orders') ? 0 : call.sandbox.now() - 60 * 86_400_000;
  const page = pageOf(shop, 'orders', args, oldestMs);
  const next = `https://${shop.host}${exchange.path}?limit=${limit}&page_info=${encodeURIComponent(page.cursors.at(-1) ?? '')}`;
  const headers: Record<string, string> = page.hasNextPage ? { link: `<${next}>; rel="next"` } : {};
  return json(200, { orders: page.positions.map((index) => restOrder(shop, index)) }, headers);
}
