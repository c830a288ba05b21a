/**
 * Simulated Faire: a code grant in words of its own (`applicationId`, `redirectUrl`, JSON with `application_token`), tokens without end, sent beside the app's own
 * credentials; or a key of the brand portal, alone. One token a brand and app: a newer one ends the earlier [unverified]. Switch `snakeCallback`: the
 * code comes back as `authorization_code`, as some clients have it, and not as `authorizationCode`.
 */

import type { App } from '../apps.ts';
import { type Call, callerOf, grantByFact, hasScope, takeCall } from '../calls.ts';
import { type ApprovalRules, answerApproval } from '../code-grant.ts';
import { type Answer, bodyFields, type Exchange, json, textField } from '../exchange.ts';
import {
  countCall,
  createGrant,
  findToken,
  issue,
  liveGrants,
  randomHex,
  redeemCode,
  sameText,
} from '../grants.ts';
import type { Sandbox } from '../sandbox.ts';
import type { CentralPlatform } from '../simulated.ts';
import type { Grant, Shop } from '../state.ts';
import { answerApi } from './api.ts';

const HOST = 'www.faire.com';
const SCOPES = ['READ_BRAND', 'READ_ORDERS', 'READ_PRODUCTS', 'READ_INVENTORIES'];

/** How a denial comes back is unverified: with the state alone, as the documentation's «is redirected back» reads. */
function approvalRules(app: App): ApprovalRules {
  return {
    platform: 'faire',
    title: 'Faire',
    colour: '#333333',
    names: {
      clientId: 'applicationId',
      redirectUri: 'redirectUrl',
      code: app.switches['snakeCallback'] === true ? 'authorization_code' : 'authorizationCode',
    },
    responseType: false,
    redirectMatch: 'exact',
    stateNeeded: true,
    scope: {
      separator: ' ',
      known: /^(READ|WRITE)_(PRODUCTS|ORDERS|BRAND|RETAILER|INVENTORIES|SHIPMENTS|REVIEWS)$/,
    },
    pkce: 'none',
    denied: {},
  };
}

export const faire: CentralPlatform = {
  title: 'Faire',
  colour: '#333333',
  reach: `approve at faire.com/oauth2/authorize, or paste a key of POST …/credential; call ${HOST}/external-api/v2`,
  hosts: ['faire.com', HOST],
  shopKey: (sandbox, exchange) => {
    const token = exchange.headers['x-faire-oauth-access-token'] ?? '';
    const key = exchange.headers['x-faire-access-token'] ?? '';
    const grant = findToken(sandbox, token, 'access')?.grant ?? grantByFact(sandbox, 'faire', 'key', key);
    return grant?.shopKey ?? null;
  },
  answer: (sandbox, exchange) => {
    const { path, host } = exchange;
    if (path === '/oauth2/authorize') return approve(sandbox, exchange);
    // Without www. the browser is sent on; a client loses its headers on the way.
    if (host !== HOST) return { status: 301, headers: { location: `https://${HOST}${path}` }, body: '' };
    if (path === '/api/external-api-oauth2/token') return exchangeCode(sandbox, exchange);
    if (path === '/api/external-api-oauth2/revoke') return revoke(sandbox, exchange);
    const call = authenticate(sandbox, exchange);
    if ('status' in call) return call;
    if (!takeCall(sandbox, call.shop).allowed) return faireError(429, 'Too many requests');
    if (call.shop.unavailable !== null) return faireError(404, 'The brand is not active');
    return answerApi(call);
  },
  /** A key of the brand portal; `oauth: true`: a token of our app. */
  handOut: (sandbox, shop, fields) => {
    const scopes = Array.isArray(fields['scopes']) ? fields['scopes'].map(String) : SCOPES;
    if (fields['oauth'] === true)
      return json(201, { access_token: grantToken(sandbox, shop, scopes), brand_id: shop.key });
    const facts = { key: randomHex(24) };
    createGrant(sandbox, { platform: 'faire', shop, clientId: '', scopes, facts });
    return json(201, { access_token: facts.key, brand_id: shop.key });
  },
};

export function faireError(status: number, message: string): Answer {
  return json(status, { code: status, message });
}

/** Several scopes: repeated, or joined by commas or spaces; which is right is unverified. */
function approve(sandbox: Sandbox, exchange: Exchange): Answer {
  const query = new URLSearchParams(exchange.query);
  const scope = query.getAll('scope').flatMap((one) => one.split(/[ ,]+/));
  query.set('scope', scope.join(' '));
  return answerApproval(sandbox, { ...exchange, query }, approvalRules(sandbox.state.apps.faire));
}

function isOurApp(sandbox: Sandbox, fields: Record<string, unknown>): boolean {
  const app = sandbox.state.apps.faire;
  if (app.rejecting || textField(fields, 'application_token') !== app.clientId) return false;
  return sameText(textField(fields, 'application_secret'), app.secret);
}

/** The redirect and the list of scopes must be those of the approval. */
function exchangeCode(sandbox: Sandbox, exchange: Exchange): Answer {
  if (exchange.method !== 'POST') return faireError(405, 'Method not allowed');
  const fields = bodyFields(exchange);
  if (!(exchange.headers['content-type'] ?? '').startsWith('application/json'))
    return faireError(400, 'The body is JSON');
  if (!isOurApp(sandbox, fields)) return faireError(401, 'The application credentials are invalid');
  if (textField(fields, 'grant_type') !== 'AUTHORIZATION_CODE')
    return faireError(400, 'grant_type is AUTHORIZATION_CODE');
  const code = redeemCode(sandbox, textField(fields, 'authorization_code'), 'faire');
  const shop = code === null ? undefined : sandbox.state.shops[code.shopKey];
  if (code === null || shop === undefined)
    return faireError(400, 'The authorization code is invalid or expired');
  if (textField(fields, 'redirect_url') !== code.redirectUri)
    return faireError(400, 'redirect_url is not that of the authorization');
  const asked = Array.isArray(fields['scope']) ? fields['scope'].map(String) : [];
  const missing = code.scopes.filter((one) => !asked.includes(one));
  if (asked.length === 0 || missing.length > 0)
    return faireError(400, 'scope is not the list of the authorization');
  return json(200, { access_token: grantToken(sandbox, shop, code.scopes), token_type: 'BEARER' });
}

function grantToken(sandbox: Sandbox, shop: Shop, scopes: string[]): string {
  const { clientId } = sandbox.state.apps.faire;
  for (const earlier of liveGrants(sandbox, shop.key)) {
    if (earlier.clientId === clientId) earlier.state = 'rejected';
  }
  const grant = createGrant(sandbox, { platform: 'faire', shop, clientId, scopes });
  return issue(sandbox, grant, {
    access: `oaa_${randomHex(20)}`,
    accessExpiresAtMs: null,
    refresh: null,
    refreshExpiresAtMs: null,
  }).access;
}

function revoke(sandbox: Sandbox, exchange: Exchange): Answer {
  if (exchange.method !== 'POST') return faireError(405, 'Method not allowed');
  const fields = bodyFields(exchange);
  if (!isOurApp(sandbox, fields)) return faireError(401, 'The application credentials are invalid');
  const found = findToken(sandbox, textField(fields, 'access_token_o_auth'), 'access');
  if (found === null || found.grant.platform !== 'faire') return faireError(400, 'The token is unknown');
  exchange.grantId = found.grant.id;
  found.grant.state = 'uninstalled';
  sandbox.changed();
  return json(200, { success: 'true' });
}

const stranger = () => faireError(401, 'Unauthorized');

/** A token is nothing without the app's credentials, and a brand's key is not taken in a token's place. */
function authenticate(sandbox: Sandbox, exchange: Exchange): Call | Answer {
  const { headers } = exchange;
  const key = headers['x-faire-access-token'] ?? '';
  if (key !== '') return byKey(sandbox, exchange, key);
  const { clientId, secret, rejecting } = sandbox.state.apps.faire;
  const expected = Buffer.from(`${clientId}:${secret}`).toString('base64');
  if (rejecting || !sameText(headers['x-faire-app-credentials'] ?? '', expected)) return stranger();
  const call = callerOf(sandbox, exchange, headers['x-faire-oauth-access-token'] ?? '', 'faire');
  return typeof call === 'string' ? stranger() : call;
}

function byKey(sandbox: Sandbox, exchange: Exchange, key: string): Call | Answer {
  const grant = grantByFact(sandbox, 'faire', 'key', key);
  const shop = grant === null ? undefined : sandbox.state.shops[grant.shopKey];
  if (grant === null || shop === undefined) return stranger();
  exchange.grantId = grant.id;
  return countCall(sandbox, grant) ? { sandbox, exchange, shop, grant } : stranger();
}

/** Null: the scope was granted. Which status a missing one has is unverified. */
export function missingScope(grant: Grant, scope: string): Answer | null {
  return hasScope(grant, scope) ? null : faireError(403, `The permission ${scope} is missing`);
}
