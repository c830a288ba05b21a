/**
 * A simulated Shopware 6 shop: integration keys for client credentials, and the app system, where the shop begins: it asks our
 * registration address for a proof, then posts us the keys. Every message of the shop is signed.
 */
import { bearerOf, type Call, callerOf, hasScope } from '../calls.ts';
import { createKeyPair, type MintRules, mintToken } from '../client-credentials.ts';
import { type Answer, type Exchange, json } from '../exchange.ts';
import { randomHex, take } from '../grants.ts';
import type { Sandbox } from '../sandbox.ts';
import type { HostedPlatform } from '../simulated.ts';
import type { Grant, Shop } from '../state.ts';
import { secondsLeft } from '../token-endpoint.ts';
import { register, tellDeleted } from './registration.ts';
import { answerInfo, answerSearch } from './search.ts';

const PRIVILEGES = ['order:read', 'product:read', 'customer:read', 'currency:read'];
/** Switch `saasLimits`: ten tokens a minute, as in the cloud. */
const TOKENS_PER_MINUTE = 10;

export const shopware6: HostedPlatform = {
  title: 'Shopware 6',
  colour: '#189eff',
  reach:
    'any <name>.shopware.example; paste a key of POST …/credential, or POST …/install { registrationUrl }',
  pattern: /^[a-z0-9][a-z0-9-]*\.shopware\.example$/,
  origins: ['https://*.shopware.example'],
  answerShop: answerShopware,
  handOut: (sandbox, shop, fields) => {
    const scopes = Array.isArray(fields['scopes']) ? fields['scopes'].map(String) : PRIVILEGES;
    const pair = createIntegration(sandbox, shop, scopes);
    return json(201, { client_id: pair.facts?.['clientId'], client_secret: pair.facts?.['clientSecret'] });
  },
  install: register,
  uninstall: tellDeleted,
};

export function createIntegration(sandbox: Sandbox, shop: Shop, scopes: string[]): Grant {
  const id = `SWIA${randomHex(11).toUpperCase()}`;
  return createKeyPair(sandbox, shop, { id, secret: randomHex(30), scopes });
}

function answerShopware(sandbox: Sandbox, exchange: Exchange, shop: Shop): Answer {
  const path = exchange.path.slice(shop.basePath.length) || '/';
  if (shop.unavailable !== null) return unavailable(shop);
  if (path === '/api/oauth/token') return answerToken(sandbox, exchange, shop);
  if (!path.startsWith('/api/')) return swError(404, '0', 'Not Found', 'No route found.');
  const call = authenticate(sandbox, exchange, shop);
  if ('status' in call) return call;
  const entity = /^\/api\/search\/([a-z-]+)$/.exec(path)?.[1];
  return entity === undefined ? answerInfo(path) : answerSearch(call, entity);
}

function unavailable(shop: Shop): Answer {
  const status = shop.unavailable === 'closed' ? 404 : 503;
  return { status, headers: { 'content-type': 'text/html' }, body: '<title>Maintenance mode</title>' };
}

function answerToken(sandbox: Sandbox, exchange: Exchange, shop: Shop): Answer {
  const limited = sandbox.state.apps.shopware6.switches['saasLimits'] === true;
  const rate = { size: TOKENS_PER_MINUTE, perS: TOKENS_PER_MINUTE / 60 };
  if (limited && !take(sandbox, `shopware6 tokens ${shop.key}`, rate, 1).allowed) {
    const answer = swError(429, 'FRAMEWORK__RATE_LIMIT_EXCEEDED', 'Too Many Requests', 'Too many requests.');
    return { ...answer, headers: { ...answer.headers, 'retry-after': '6' } };
  }
  const rules: MintRules = {
    platform: 'shopware6',
    client: 'body',
    body: 'either',
    shop,
    refuse: (status, error, detail) => swError(status, { invalid_client: '4' }[error] ?? '3', error, detail),
    answer: (_, issued) => ({
      token_type: 'Bearer',
      expires_in: secondsLeft(sandbox, issued.accessExpiresAtMs),
      access_token: issued.access,
    }),
  };
  return mintToken(sandbox, exchange, rules);
}

export function swError(status: number, code: string, title: string, detail: string): Answer {
  return json(status, { errors: [{ code, status: String(status), title, detail }] });
}

function authenticate(sandbox: Sandbox, exchange: Exchange, shop: Shop): Call | Answer {
  const call = callerOf(sandbox, exchange, bearerOf(exchange), 'shopware6');
  if (typeof call !== 'string' && call.shop.key === shop.key) return call;
  const detail = call === 'expired' ? 'Access token has expired' : 'Access token could not be verified';
  return swError(401, '9', 'The resource owner or authorization server denied the request.', detail);
}

/** Null: the privilege was granted. */
export function missingPrivilege(grant: Grant, privilege: string): Answer | null {
  if (hasScope(grant, privilege)) return null;
  const detail = JSON.stringify({ message: 'Missing privilege', missingPrivileges: [privilege] });
  return swError(403, 'FRAMEWORK__MISSING_PRIVILEGE_ERROR', 'Forbidden', detail);
}
