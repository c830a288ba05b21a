/** A simulated Shopify shop: which address does what, who may call it, and what an unavailable shop says. */
import { type Answer, type Exchange, json } from '../exchange.ts';
import { countCall, createGrant, findToken } from '../grants.ts';
import type { Sandbox } from '../sandbox.ts';
import type { HostedPlatform } from '../simulated.ts';
import type { Grant, Shop } from '../state.ts';
import { type ShopifyCall, unavailableAnswer } from './call.ts';
import { answerGraphql } from './graphql.ts';
import { answerAuthorize, answerToken, issueTokens } from './oauth.ts';
import { pushing } from './push.ts';
import { answerRest } from './rest.ts';

const NEWEST = '2026-10';
const OLDEST = '2026-01';
const DEFAULT_SCOPES = ['read_orders', 'read_products', 'read_customers', 'read_inventory', 'read_locations'];
const API = /^\/admin\/api\/(\d{4}-(?:01|04|07|10)|unstable)\/(.+)$/;

export const shopify: HostedPlatform = {
  title: 'Shopify',
  colour: '#5e8e3e',
  reach: 'any <name>.myshopify.com; approve at its /admin/oauth/authorize',
  pattern: /^[a-z0-9][a-z0-9-]*\.myshopify\.com$/,
  origins: ['https://*.myshopify.com'],
  answerShop: answerShopify,
  pushing,
  /** `scopes`; `expiring: false` for a token of the old kind. */
  handOut: (sandbox, shop, fields) => {
    const scopes = Array.isArray(fields['scopes']) ? fields['scopes'].map(String) : DEFAULT_SCOPES;
    const { clientId } = sandbox.state.apps.shopify;
    const grant = createGrant(sandbox, { platform: 'shopify', shop, clientId, scopes });
    const issued = issueTokens(sandbox, grant, fields['expiring'] !== false);
    return json(201, { access_token: issued.access, refresh_token: issued.refresh, shop_id: shop.id });
  },
};

function answerShopify(sandbox: Sandbox, exchange: Exchange, shop: Shop): Answer {
  if (exchange.path === '/admin/oauth/authorize') return answerAuthorize(sandbox, exchange, shop);
  if (exchange.path === '/admin/oauth/access_token') {
    if (exchange.method !== 'POST') return json(405, { errors: 'Method Not Allowed' });
    return answerToken(sandbox, exchange, shop);
  }
  const api = API.exec(exchange.path);
  const unversioned = /^\/admin\/(oauth\/access_scopes|api_permissions\/current)\.json$/.test(exchange.path);
  const asked = api?.[1] ?? NEWEST;
  if ((api === null && !unversioned) || (asked !== 'unstable' && asked > NEWEST)) {
    return json(404, { errors: 'Not Found' });
  }
  const grant = authenticate(sandbox, exchange, shop);
  if (grant === null) {
    return json(401, {
      errors: '[API] Invalid API key or access token (unrecognized login or wrong password)',
    });
  }
  const unavailable = unavailableAnswer(shop);
  if (unavailable !== null) return unavailable;
  const call: ShopifyCall = { sandbox, exchange, shop, grant, version: asked < OLDEST ? OLDEST : asked };
  const resource = api?.[2] ?? exchange.path;
  const answer = resource === 'graphql.json' ? answerGraphql(call) : answerRest(call, resource);
  return { ...answer, headers: { 'x-shopify-api-version': call.version, ...answer.headers } };
}

/** The grant whose unexpired access token the call carries; null: 401. */
function authenticate(sandbox: Sandbox, exchange: Exchange, shop: Shop): Grant | null {
  const found = findToken(sandbox, exchange.headers['x-shopify-access-token'] ?? '', 'access');
  if (found === null || found.grant.shopKey !== shop.key) return null;
  exchange.grantId = found.grant.id;
  if (!countCall(sandbox, found.grant)) return null;
  const { accessExpiresAtMs } = found.generation;
  return accessExpiresAtMs !== null && sandbox.now() >= accessExpiresAtMs ? null : found.grant;
}
