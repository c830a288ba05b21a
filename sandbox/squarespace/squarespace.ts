/**
 * Simulated Squarespace Commerce: a code grant with Basic client authentication and short tokens, or a merchant's API key; a User-Agent on
 * every call. Switch `rotates` (on, unverified): a used refresh token is dead.
 */
import { bearerOf, type Call, callerOf, hasScope, shopKeyOfToken, takeCall } from '../calls.ts';
import { type ApprovalRules, answerApproval } from '../code-grant.ts';
import { type Answer, bodyFields, type Exchange, json, textField } from '../exchange.ts';
import { createGrant, issue, randomHex } from '../grants.ts';
import type { Sandbox } from '../sandbox.ts';
import type { CentralPlatform } from '../simulated.ts';
import type { Grant } from '../state.ts';
import { answerToken, issueTokens, type TokenRules } from '../token-endpoint.ts';
import { answerApi } from './api.ts';
import { pushing } from './push.ts';

const LOGIN = 'login.squarespace.com';
const API = 'api.squarespace.com';
const SCOPES = [
  'website.orders.read',
  'website.products.read',
  'website.inventory.read',
  'website.contacts.read',
];

const APPROVAL: ApprovalRules = {
  platform: 'squarespace',
  title: 'Squarespace',
  colour: '#111111',
  responseType: false,
  redirectMatch: 'exact',
  stateNeeded: true,
  scope: { separator: ',', known: /^website\.[a-z]+(\.read)?$/ },
  pkce: 'none',
  denied: { error: 'access_denied' },
};

function tokenRules(sandbox: Sandbox): TokenRules {
  return {
    platform: 'squarespace',
    client: 'basic',
    redirectUri: 'same',
    refresh: sandbox.state.apps.squarespace.switches['rotates'] === true ? 'once' : 'fixed',
    answer: (_, grant, issued) => ({
      access_token: issued.access,
      token_type: 'bearer',
      access_token_expires_at: Math.floor((issued.accessExpiresAtMs ?? 0) / 1000),
      refresh_token: issued.refresh,
      refresh_token_expires_at: Math.floor((issued.refreshExpiresAtMs ?? 0) / 1000),
      account_id: grant.shopKey,
    }),
  };
}

export const squarespace: CentralPlatform = {
  title: 'Squarespace',
  colour: '#111111',
  reach: `approve at ${LOGIN}/api/1/login/oauth/provider/authorize, or paste a key of POST …/credential; call ${API}`,
  hosts: [LOGIN, API],
  shopKey: (sandbox, exchange) =>
    shopKeyOfToken(sandbox, bearerOf(exchange) || textField(bodyFields(exchange), 'refresh_token')),
  answer: (sandbox, exchange) => {
    const { host, path } = exchange;
    if (host === LOGIN && path === '/api/1/login/oauth/provider/authorize')
      return answerAuthorize(sandbox, exchange);
    if (host === LOGIN && path === '/api/1/login/oauth/provider/tokens')
      return answerToken(sandbox, exchange, tokenRules(sandbox));
    const call = authenticate(sandbox, exchange);
    return 'status' in call ? call : limited(call);
  },
  /** An API key, which does not end; `oauth: true` for a pair of tokens. */
  handOut: (sandbox, shop, fields) => {
    const scopes = Array.isArray(fields['scopes']) ? fields['scopes'].map(String) : SCOPES;
    const { clientId } = sandbox.state.apps.squarespace;
    const grant = createGrant(sandbox, { platform: 'squarespace', shop, clientId, scopes });
    if (fields['oauth'] === true) {
      const issued = issueTokens(sandbox, grant, tokenRules(sandbox));
      return json(201, { access_token: issued.access, refresh_token: issued.refresh, shop_id: shop.key });
    }
    const access = crypto.randomUUID();
    issue(sandbox, grant, { access, accessExpiresAtMs: null, refresh: null, refreshExpiresAtMs: null });
    return json(201, { api_key: access, shop_id: shop.key });
  },
  pushing,
};

/** Without `access_type=offline` there would be no refresh token: the sandbox asks for it. */
function answerAuthorize(sandbox: Sandbox, exchange: Exchange): Answer {
  if (exchange.query.get('access_type') !== 'offline')
    return json(400, { error: 'access_type must be offline here' });
  return answerApproval(sandbox, exchange, APPROVAL);
}

export function sqError(
  status: number,
  type: string,
  message: string,
  subtype: string | null = null,
): Answer {
  return json(status, { type, subtype, message, details: null, contextId: randomHex(10) });
}

function authenticate(sandbox: Sandbox, exchange: Exchange): Call | Answer {
  if (!exchange.headers['user-agent'])
    return sqError(400, 'INVALID_REQUEST_ERROR', 'A User-Agent is needed.');
  const call = callerOf(sandbox, exchange, bearerOf(exchange), 'squarespace');
  return typeof call === 'string'
    ? sqError(401, 'AUTHORIZATION_ERROR', 'You are not authorized to do that.')
    : call;
}

/** No header tells of the limit, nor when it is over. */
function limited(call: Call): Answer {
  const perS = call.sandbox.state.apps.squarespace.callsPerS;
  if (!takeCall(call.sandbox, call.shop, { size: Math.max(1, perS * 60), perS }).allowed)
    return sqError(429, 'RATE_LIMITED', 'The rate limit is exceeded.');
  if (call.shop.unavailable !== null) return sqError(402, 'WEBSITE_EXPIRED', 'The website is expired.');
  return answerApi(call);
}

/** Null: the scope was granted, for reading or for all. */
export function missingScope(grant: Grant, scope: string): Answer | null {
  if (hasScope(grant, scope, scope.replace('.read', ''))) return null;
  return sqError(403, 'AUTHORIZATION_ERROR', 'The scope is missing.', 'MISSING_SCOPE');
}
