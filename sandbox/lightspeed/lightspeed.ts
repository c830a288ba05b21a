/**
 * Simulated Lightspeed Retail X-Series: approval at one address for all, token and API at each retailer's own. The callback names the retailer; a refresh
 * takes the access token before it along. A bucket of five minutes, told by headers.
 */
import { bearerOf, type Call, callerOf, hasScope, takeCall } from '../calls.ts';
import { type ApprovalRules, answerApproval } from '../code-grant.ts';
import { type Answer, bodyFields, type Exchange, json, textField } from '../exchange.ts';
import { createGrant, findToken, randomHex } from '../grants.ts';
import type { Sandbox } from '../sandbox.ts';
import type { HostedPlatform } from '../simulated.ts';
import type { Grant, Shop } from '../state.ts';
import { answerToken, issueTokens, oauthError, secondsLeft, type TokenRules } from '../token-endpoint.ts';
import { answerApi } from './api.ts';
import { pushing } from './push.ts';

const LOGIN = 'secure.retail.lightspeed.app';
const TOKEN_PATH = '/api/1.0/token';
const SCOPES = [
  'sales:read',
  'products:read',
  'customers:read',
  'inventory:read',
  'retailer:read',
  'webhooks',
];
/** 300 × registers + 50 in five minutes, of a retailer with one register. */
const WINDOW_S = 300;
const CALLS = 350;

export const prefixOf = (shop: Shop): string => shop.host.split('.')[0] ?? '';

/** Without scopes all are granted; those of 2026 are named `<resource>:read`. How a denial comes back is unverified: as RFC 6749 has it. */
const APPROVAL: ApprovalRules = {
  platform: 'lightspeed',
  title: 'Lightspeed Retail',
  colour: '#e81c1c',
  redirectMatch: 'exact',
  stateNeeded: true,
  scope: { separator: ' ', known: /^([a-z_]+:(read|write)|webhooks)$/, needed: false },
  pkce: 'none',
  callback: (shop, scopes) => ({
    domain_prefix: prefixOf(shop),
    ...(scopes.length === 0 ? {} : { scope: scopes.join(' ') }),
  }),
  denied: { error: 'access_denied' },
};

const TOKENS: TokenRules = {
  platform: 'lightspeed',
  client: 'body',
  body: 'form',
  redirectUri: 'same',
  refresh: 'once',
  accessToken: () => `lsxs_at_${randomHex(20)}`,
  refreshToken: () => `lsxs_rt_${randomHex(20)}`,
  granted: (grant) => {
    if (grant.scopes.length === 0) grant.scopes = [...SCOPES];
  },
  answer: (sandbox, grant, issued) => {
    for (const earlier of grant.generations) {
      if (earlier.n < issued.n) earlier.accessExpiresAtMs = sandbox.now();
    }
    const shop = sandbox.state.shops[grant.shopKey];
    return {
      access_token: issued.access,
      token_type: 'Bearer',
      expires: Math.round((issued.accessExpiresAtMs ?? 0) / 1000),
      expires_in: secondsLeft(sandbox, issued.accessExpiresAtMs),
      refresh_token: issued.refresh,
      domain_prefix: shop === undefined ? '' : prefixOf(shop),
      scope: grant.scopes.join(' '),
    };
  },
};

export const lightspeed: HostedPlatform = {
  title: 'Lightspeed Retail',
  colour: '#e81c1c',
  reach: `approve at ${LOGIN}/connect; call https://<retailer>.retail.lightspeed.app/api/2026-04/sales`,
  pattern: /^[a-z0-9][a-z0-9-]*\.retail\.lightspeed\.app$/,
  origins: ['https://*.retail.lightspeed.app'],
  shared: {
    hosts: [LOGIN],
    shopKey: () => null,
    answer: (sandbox, exchange) =>
      exchange.path === '/connect' ? connect(sandbox, exchange) : lsError(404, 'Not Found'),
  },
  answerShop: (sandbox, exchange, shop) => {
    if (exchange.path === TOKEN_PATH) return token(sandbox, exchange, shop);
    const call = authenticate(sandbox, exchange, shop);
    if ('status' in call) return call;
    return limited(call);
  },
  /** A personal token has no end and no refresh: `personal: true`. */
  handOut: (sandbox, shop, fields) => {
    const scopes = Array.isArray(fields['scopes']) ? fields['scopes'].map(String) : SCOPES;
    const { clientId } = sandbox.state.apps.lightspeed;
    const grant = createGrant(sandbox, { platform: 'lightspeed', shop, clientId, scopes });
    const issued = issueTokens(sandbox, grant, TOKENS);
    if (fields['personal'] === true) {
      issued.accessExpiresAtMs = null;
      return json(201, { access_token: issued.access, domain_prefix: prefixOf(shop) });
    }
    return json(201, {
      access_token: issued.access,
      refresh_token: issued.refresh,
      domain_prefix: prefixOf(shop),
    });
  },
  pushing,
};

export function lsError(status: number, error: string, headers: Record<string, string> = {}): Answer {
  return json(status, { error }, headers);
}

/** A state of fewer than eight characters is refused. */
function connect(sandbox: Sandbox, exchange: Exchange): Answer {
  const state = exchange.query.get('state') ?? '';
  const query = new URLSearchParams(exchange.query);
  if (state.length < 8) query.delete('state');
  return answerApproval(sandbox, { ...exchange, query }, APPROVAL);
}

/** Codes and refresh tokens are good at the retailer they are for, and nowhere else. */
function token(sandbox: Sandbox, exchange: Exchange, shop: Shop): Answer {
  const fields = bodyFields(exchange);
  const code = sandbox.state.codes[textField(fields, 'code')];
  const found = findToken(sandbox, textField(fields, 'refresh_token'), 'refresh');
  const of = code?.shopKey ?? found?.grant.shopKey ?? shop.key;
  return of === shop.key
    ? answerToken(sandbox, exchange, TOKENS)
    : oauthError(400, 'invalid_grant', 'the grant was issued for another retailer');
}

function authenticate(sandbox: Sandbox, exchange: Exchange, shop: Shop): Call | Answer {
  const call = callerOf(sandbox, exchange, bearerOf(exchange), 'lightspeed');
  if (call === 'expired') return lsError(401, 'Token expired');
  if (typeof call === 'string' || call.shop.key !== shop.key) return lsError(401, 'Unauthorized');
  return call;
}

/** Retry-After is a date (RFC 1123), not seconds. */
function limited(call: Call): Answer {
  const { sandbox, shop } = call;
  const taken = takeCall(sandbox, shop, { size: CALLS, perS: CALLS / WINDOW_S });
  const headers = {
    'x-ratelimit-limit': String(CALLS),
    'x-ratelimit-remaining': String(Math.floor(taken.left)),
  };
  if (!taken.allowed) {
    const again = new Date(Date.now() + 5_000).toUTCString();
    return lsError(429, 'Too Many Requests', { ...headers, 'retry-after': again });
  }
  if (shop.unavailable !== null) return lsError(402, 'The account is suspended', headers);
  const answer = answerApi(call);
  return { ...answer, headers: { ...answer.headers, ...headers } };
}

/** Null: the scope was granted. */
export function missingScope(grant: Grant, scope: string): Answer | null {
  return hasScope(grant, scope, scope.replace('read', 'write'))
    ? null
    : lsError(403, `The scope ${scope} is missing`);
}
