/**
 * Simulated TikTok Shop: consent by service id, tokens by GET with the secret in the query, lifetimes as absolute instants, calls signed over
 * path, query and body. Switch `rotates` (on, unverified): a used refresh token is dead.
 */
import { type Call, callerOf, hasScope, shopKeyOfToken, takeCall } from '../calls.ts';
import { type ApprovalRules, answerApproval } from '../code-grant.ts';
import { type Answer, type Exchange, json, jsonText } from '../exchange.ts';
import { countExchange, createGrant, hmacSha256, randomHex, redeemCode, sameText } from '../grants.ts';
import { spoiltJson } from '../listing.ts';
import type { Sandbox } from '../sandbox.ts';
import type { CentralPlatform } from '../simulated.ts';
import type { Generation, Grant, Shop } from '../state.ts';
import { issueTokens, refreshable, type TokenRules } from '../token-endpoint.ts';
import { answerApi, cipherOf } from './api.ts';
import { pushing } from './push.ts';

const SERVICES = 'services.tiktokshop.com';
const AUTH = 'auth.tiktok-shops.com';
const API = 'open-api.tiktokglobalshop.com';
const SCOPES = ['seller.authorization.info', 'seller.order.info', 'seller.product.basic'];
const [PAST_MS, AHEAD_MS] = [5 * 60_000, 30_000];

/** Two doors to the same page; a seller who says no stays on it [unverified]. */
function approvalRules(sandbox: Sandbox, exchange: Exchange): ApprovalRules {
  const app = sandbox.state.apps.tiktokshop;
  const current = exchange.host === SERVICES;
  return {
    platform: 'tiktokshop',
    title: 'TikTok Shop',
    colour: '#fe2c55',
    names: { clientId: current ? 'service_id' : 'app_key' },
    clientId: current ? (app.names['serviceId'] ?? '') : app.clientId,
    responseType: false,
    redirectMatch: 'registered',
    scope: null,
    scopes: SCOPES,
    pkce: 'none',
    codePrefix: 'TTP_',
    callback: () => ({ app_key: app.clientId, locale: 'en', shop_region: 'GB' }),
    denied: null,
  };
}

function tokenRules(sandbox: Sandbox): TokenRules {
  return {
    platform: 'tiktokshop',
    client: 'public',
    redirectUri: 'ignored',
    refresh: sandbox.state.apps.tiktokshop.switches['rotates'] === true ? 'once' : 'fixed',
    accessToken: () => `TTP_${randomHex(32)}`,
    refreshToken: () => `TTP_R${randomHex(32)}`,
    answer: () => ({}),
  };
}

export const tiktokshop: CentralPlatform = {
  title: 'TikTok Shop',
  colour: '#fe2c55',
  reach: `approve at ${SERVICES}/open/authorize; call ${API}`,
  hosts: [SERVICES, AUTH, API],
  shopKey: (sandbox, { headers, query }) =>
    shopKeyOfToken(sandbox, headers['x-tts-access-token'] ?? query.get('refresh_token') ?? ''),
  answer: answerTikTok,
  handOut: (sandbox, shop, fields) => {
    const scopes = Array.isArray(fields['scopes']) ? fields['scopes'].map(String) : SCOPES;
    const { clientId } = sandbox.state.apps.tiktokshop;
    const grant = createGrant(sandbox, { platform: 'tiktokshop', shop, clientId, scopes });
    const issued = issueTokens(sandbox, grant, tokenRules(sandbox));
    const parts = { access_token: issued.access, refresh_token: issued.refresh };
    return json(201, { ...parts, shop_id: shop.key, shop_cipher: cipherOf(shop) });
  },
  /** A re-authorization begun in Seller Center: a code without state. */
  install: (sandbox, shop, fields) => {
    const callbackUrl = String(fields['callbackUrl'] ?? '');
    if (!URL.canParse(callbackUrl)) return json(400, { error: 'callbackUrl is the app’s own address' });
    const query = new URLSearchParams({
      service_id: sandbox.state.apps.tiktokshop.names['serviceId'] ?? '',
      redirect_uri: callbackUrl,
      _approve: '1',
      _shop: shop.key,
    });
    return json(200, { url: `https://${SERVICES}/open/authorize?${query}` });
  },
  pushing,
};

export function answered(data: unknown): Answer {
  return jsonText(200, spoiltJson({ code: 0, data, message: 'Success', request_id: randomHex(16) }));
}

export function refuse(
  status: number,
  code: number,
  message: string,
  headers: Record<string, string> = {},
): Answer {
  return json(status, { code, data: null, message, request_id: randomHex(16) }, headers);
}

function answerTikTok(sandbox: Sandbox, exchange: Exchange): Answer {
  const { host, path } = exchange;
  const asksConsent =
    host === SERVICES ? path === '/open/authorize' : host === AUTH && path === '/oauth/authorize';
  if (asksConsent) return answerApproval(sandbox, exchange, approvalRules(sandbox, exchange));
  if (host === AUTH && /^\/api\/v2\/token\/(get|refresh)$/.test(path)) return answerToken(sandbox, exchange);
  if (host !== API) return refuse(404, 36009009, 'Invalid path');
  const wrong = signatureProblem(sandbox, exchange);
  if (wrong !== null) return wrong;
  const call = authenticate(sandbox, exchange);
  if ('status' in call) return call;
  if (!takeCall(sandbox, call.shop).allowed)
    return refuse(429, 36009002, 'Too many requests. Please try again later.', { 'retry-after': '1' });
  return answerApi(call);
}

/** The refusals' codes beside 36004004 are unverified. */
function answerToken(sandbox: Sandbox, exchange: Exchange): Answer {
  const { query, path, method } = exchange;
  const app = sandbox.state.apps.tiktokshop;
  if (method !== 'GET') return refuse(405, 36009004, 'GET is the only method');
  const secretFits = sameText(query.get('app_secret') ?? '', app.secret);
  if (app.rejecting || query.get('app_key') !== app.clientId || !secretFits)
    return refuse(200, 36004003, 'app_key or app_secret is invalid');
  if (path.endsWith('/get')) {
    if (query.get('grant_type') !== 'authorized_code') return refuse(200, 36009004, 'grant_type is invalid');
    return exchangeCode(sandbox, exchange, query.get('auth_code') ?? '');
  }
  if (query.get('grant_type') !== 'refresh_token') return refuse(200, 36009004, 'grant_type is invalid');
  const rules = tokenRules(sandbox);
  const found = refreshable(sandbox, exchange, query.get('refresh_token') ?? '', rules);
  if (found === null) return refuse(200, 36004004, 'refresh_token is invalid or expired');
  if (rules.refresh === 'once') found.generation.refreshUsedAtMs = sandbox.now();
  countExchange(found.grant, found.generation.n);
  return tokenAnswer(sandbox, found.grant, issueTokens(sandbox, found.grant, rules));
}

function exchangeCode(sandbox: Sandbox, exchange: Exchange, value: string): Answer {
  const code = redeemCode(sandbox, value, 'tiktokshop');
  const shop = code === null ? undefined : sandbox.state.shops[code.shopKey];
  if (code === null || shop === undefined) return refuse(200, 36004004, 'auth_code is invalid or expired');
  const { clientId, scopes } = code;
  const grant = createGrant(sandbox, { platform: 'tiktokshop', shop, clientId, scopes });
  exchange.grantId = grant.id;
  return tokenAnswer(sandbox, grant, issueTokens(sandbox, grant, tokenRules(sandbox)));
}

/** `…_expire_in` are instants, whatever their name says. No shop is named here. */
function tokenAnswer(sandbox: Sandbox, grant: Grant, issued: Generation): Answer {
  const shop: Shop | undefined = sandbox.state.shops[grant.shopKey];
  const seconds = (ms: number | null) => Math.floor((ms ?? 0) / 1000);
  return answered({
    access_token: issued.access,
    access_token_expire_in: seconds(issued.accessExpiresAtMs),
    refresh_token: issued.refresh,
    refresh_token_expire_in: seconds(issued.refreshExpiresAtMs),
    open_id: `open${shop?.id ?? 0}`,
    seller_name: shop?.name ?? '',
    seller_base_region: 'GB',
    user_type: 0,
    granted_scopes: grant.scopes,
  });
}

/** Secret, path, sorted parameters without `sign` and `access_token`, the body unless multipart, secret: HMAC-SHA256, lower-case hex. */
function signatureProblem(sandbox: Sandbox, { query, path, headers, bodyText }: Exchange): Answer | null {
  const app = sandbox.state.apps.tiktokshop;
  const missing = ['app_key', 'timestamp', 'sign'].find((name) => !query.get(name));
  if (missing !== undefined) return refuse(400, 36009004, `${missing} is missing`);
  if (query.get('app_key') !== app.clientId) return refuse(401, 36009004, 'app_key is invalid');
  const timestamp = query.get('timestamp') ?? '';
  const aheadMs = Number(timestamp) * 1000 - sandbox.signatureNow();
  if (!/^\d{10}$/.test(timestamp) || aheadMs > AHEAD_MS || -aheadMs > PAST_MS)
    return refuse(401, 36009004, 'timestamp is invalid or expired');
  const pairs = [...query]
    .filter(([name]) => name !== 'sign' && name !== 'access_token')
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const body = headers['content-type']?.startsWith('multipart/form-data') ? '' : bodyText;
  const base = `${app.secret}${path}${pairs.map(([name, value]) => `${name}${value}`).join('')}${body}${app.secret}`;
  if (app.rejecting || !sameText(hmacSha256(app.secret, base, 'hex'), query.get('sign') ?? ''))
    return refuse(401, 106001, 'Invalid sign');
  return null;
}

function authenticate(sandbox: Sandbox, exchange: Exchange): Call | Answer {
  const token = exchange.headers['x-tts-access-token'] ?? '';
  const call = callerOf(sandbox, exchange, token, 'tiktokshop');
  if (call === 'expired') return refuse(401, 105002, 'Expired credentials. The access_token has expired.');
  if (typeof call === 'string') return refuse(401, 105001, 'Access token is invalid');
  return call;
}

/** Null: the scope was granted. */
export function missingScope(grant: Grant, scope: string): Answer | null {
  return hasScope(grant, scope)
    ? null
    : refuse(403, 105005, `Access denied. The app lacks the scope ${scope}.`);
}
