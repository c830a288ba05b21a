/**
 * Simulated Lazada: a code grant whose token calls are signed like any other, answered at the top level with a list of countries. Success is
 * `code: "0"`, whatever the status; every answer is 200. Switch `rotates` (on, unverified): a used refresh token is dead.
 */
import { type Call, callerOf, shopKeyOfToken, takeCall } from '../calls.ts';
import { type ApprovalRules, answerApproval } from '../code-grant.ts';
import { type Answer, type Exchange, json, jsonText } from '../exchange.ts';
import { countExchange, createGrant, hmacSha256, randomHex, redeemCode, sameText } from '../grants.ts';
import { spoiltJson } from '../listing.ts';
import type { Sandbox } from '../sandbox.ts';
import type { CentralPlatform } from '../simulated.ts';
import type { Generation, Shop } from '../state.ts';
import { issueTokens, refreshable, secondsLeft, type TokenRules } from '../token-endpoint.ts';
import { answerApi } from './api.ts';

const AUTH = 'auth.lazada.com';
const COUNTRIES: Record<string, string> = {
  'api.lazada.sg': 'sg',
  'api.lazada.vn': 'vn',
  'api.lazada.com.my': 'my',
  'api.lazada.co.th': 'th',
  'api.lazada.com.ph': 'ph',
  'api.lazada.co.id': 'id',
};
/** How far a timestamp may be off is unverified. */
const WINDOW_MS = 15 * 60_000;

/** A seller who says no stays on a page [unverified]. */
const APPROVAL: ApprovalRules = {
  platform: 'lazada',
  title: 'Lazada',
  colour: '#0f146d',
  redirectMatch: 'exact',
  scope: null,
  pkce: 'none',
  codePrefix: '0_100132_',
  denied: null,
};

function tokenRules(sandbox: Sandbox): TokenRules {
  return {
    platform: 'lazada',
    client: 'public',
    redirectUri: 'ignored',
    refresh: sandbox.state.apps.lazada.switches['rotates'] === true ? 'once' : 'fixed',
    accessToken: () => `50000${randomHex(20)}`,
    refreshToken: () => `50001${randomHex(20)}`,
    answer: () => ({}),
  };
}

export const lazada: CentralPlatform = {
  title: 'Lazada',
  colour: '#0f146d',
  reach: 'approve at auth.lazada.com/oauth/authorize; call api.lazada.sg/rest',
  hosts: [AUTH, ...Object.keys(COUNTRIES)],
  shopKey: (sandbox, exchange) => {
    const params = paramsOf(exchange);
    return shopKeyOfToken(sandbox, params.get('access_token') ?? params.get('refresh_token') ?? '');
  },
  answer: answerLazada,
  handOut: (sandbox, shop) => {
    const { clientId } = sandbox.state.apps.lazada;
    const grant = createGrant(sandbox, { platform: 'lazada', shop, clientId, scopes: [] });
    const issued = issueTokens(sandbox, grant, tokenRules(sandbox));
    return json(201, { access_token: issued.access, refresh_token: issued.refresh, shop_id: shop.id });
  },
};

/** Query and form alike. */
export function paramsOf(exchange: Exchange): Map<string, string> {
  const isForm = exchange.headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true;
  return new Map([...exchange.query, ...(isForm ? new URLSearchParams(exchange.bodyText) : [])]);
}

export function refuse(code: string, message: string): Answer {
  return json(200, { type: 'ISV', code, message, request_id: randomHex(16) });
}

export function answered(data: unknown): Answer {
  return jsonText(200, spoiltJson({ code: '0', data, request_id: randomHex(16) }));
}

function answerLazada(sandbox: Sandbox, exchange: Exchange): Answer {
  const { host, path } = exchange;
  if (host === AUTH && path === '/oauth/authorize') {
    if (exchange.query.has('uuid')) return json(400, { message: 'uuid must not be sent' });
    return answerApproval(sandbox, exchange, APPROVAL);
  }
  if (!path.startsWith('/rest/')) return json(404, { message: 'not found' });
  const api = path.slice('/rest'.length);
  const params = paramsOf(exchange);
  const wrong = signatureProblem(sandbox, api, params);
  if (wrong !== null) return wrong;
  if (host === AUTH) {
    if (api === '/auth/token/create') return createToken(sandbox, exchange, params.get('code') ?? '');
    if (api === '/auth/token/refresh')
      return refreshToken(sandbox, exchange, params.get('refresh_token') ?? '');
    return refuse('InvalidApiPath', 'The specified API path is invalid');
  }
  const call = authenticate(sandbox, exchange, params);
  if ('status' in call) return call;
  if (!takeCall(sandbox, call.shop).allowed)
    return refuse('ApiCallLimit', 'This api access frequency exceeds the limit.');
  if (call.shop.unavailable !== null) return refuse('SellerInactive', 'The seller account is not active.');
  return answerApi(call, api, params);
}

/** All parameters but `sign`, sorted, joined without separators, the path before them: HMAC-SHA256 in UPPER-case hex. */
function signatureProblem(sandbox: Sandbox, api: string, params: Map<string, string>): Answer | null {
  const app = sandbox.state.apps.lazada;
  const missing = ['app_key', 'timestamp', 'sign_method', 'sign'].find((name) => !params.get(name));
  if (missing !== undefined)
    return refuse('MissingParameter', `The input parameter "${missing}" is mandatory`);
  if (params.get('app_key') !== app.clientId)
    return refuse('InvalidAppKey', 'The specified App Key is invalid');
  if (params.get('sign_method') !== 'sha256')
    return refuse('InvalidSignMethod', 'The sign_method is invalid');
  const timestamp = params.get('timestamp') ?? '';
  if (!/^\d{13}$/.test(timestamp) || Math.abs(sandbox.signatureNow() - Number(timestamp)) > WINDOW_MS)
    return refuse('InvalidTimestamp', 'The timestamp is invalid or expired');
  const pairs = [...params].filter(([name]) => name !== 'sign').sort(([a], [b]) => (a < b ? -1 : 1));
  const base = `${api}${pairs.map(([name, value]) => `${name}${value}`).join('')}`;
  const expected = hmacSha256(app.secret, base, 'hex').toUpperCase();
  if (app.rejecting || !sameText(expected, params.get('sign') ?? ''))
    return refuse('IncompleteSignature', 'The request signature does not conform to platform standards');
  return null;
}

function createToken(sandbox: Sandbox, exchange: Exchange, value: string): Answer {
  const code = redeemCode(sandbox, value, 'lazada');
  const shop = code === null ? undefined : sandbox.state.shops[code.shopKey];
  if (code === null || shop === undefined) return refuse('InvalidCode', 'Invalid authorization code');
  const grant = createGrant(sandbox, { platform: 'lazada', shop, clientId: code.clientId, scopes: [] });
  exchange.grantId = grant.id;
  return tokenAnswer(sandbox, shop, issueTokens(sandbox, grant, tokenRules(sandbox)));
}

function refreshToken(sandbox: Sandbox, exchange: Exchange, token: string): Answer {
  const rules = tokenRules(sandbox);
  const found = refreshable(sandbox, exchange, token, rules);
  const shop = found === null ? undefined : sandbox.state.shops[found.grant.shopKey];
  if (found === null || shop === undefined)
    return refuse('IllegalRefreshToken', 'The specified refresh token is invalid or expired');
  if (rules.refresh === 'once') found.generation.refreshUsedAtMs = sandbox.now();
  countExchange(found.grant, found.generation.n);
  return tokenAnswer(sandbox, shop, issueTokens(sandbox, found.grant, rules));
}

function tokenAnswer(sandbox: Sandbox, shop: Shop, issued: Generation): Answer {
  const country = COUNTRIES[shop.host] ?? 'sg';
  const user = {
    country,
    user_id: String(shop.id + 1),
    seller_id: String(shop.id),
    short_code: `SG${shop.id % 10_000}`,
  };
  return json(200, {
    access_token: issued.access,
    refresh_token: issued.refresh,
    expires_in: secondsLeft(sandbox, issued.accessExpiresAtMs),
    refresh_expires_in: secondsLeft(sandbox, issued.refreshExpiresAtMs),
    country,
    country_user_info: [user],
    account: `owner@shop${shop.id}.example`,
    account_platform: 'seller_center',
    code: '0',
    request_id: randomHex(16),
  });
}

/** A token opens its seller at the host of the seller's country alone [the refusal's code unverified]. */
function authenticate(sandbox: Sandbox, exchange: Exchange, params: Map<string, string>): Call | Answer {
  const call = callerOf(sandbox, exchange, params.get('access_token') ?? '', 'lazada');
  if (typeof call !== 'string' && call.shop.host === exchange.host) return call;
  return refuse('IllegalAccessToken', 'The specified access token is invalid or expired');
}
