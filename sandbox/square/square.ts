/**
 * Simulated Square: codes for confidential and for public (PKCE) clients. Confidential: the refresh token stays and never ends. Public: a
 * new one each time, ninety days. `expires_at` is an instant, not a duration.
 */
import { bearerOf, type Call, callerOf, hasScope, shopKeyOfToken } from '../calls.ts';
import { type ApprovalRules, answerApproval } from '../code-grant.ts';
import { type Answer, bodyFields, type Exchange, json, textField } from '../exchange.ts';
import { createGrant, findToken, randomHex, sameText } from '../grants.ts';
import { iso } from '../listing.ts';
import { announceUninstall } from '../pushing.ts';
import type { Sandbox } from '../sandbox.ts';
import type { CentralPlatform } from '../simulated.ts';
import type { Grant } from '../state.ts';
import { answerToken, issueTokens, type TokenRules } from '../token-endpoint.ts';
import { answerApi } from './api.ts';
import { pushing } from './push.ts';
import { answerWebhooks, isWebhookPath } from './webhooks.ts';

const HOST = 'connect.squareup.com';
const SCOPES = ['ORDERS_READ', 'ITEMS_READ', 'CUSTOMERS_READ', 'INVENTORY_READ', 'MERCHANT_PROFILE_READ'];
const PUBLIC_REFRESH_MS = 90 * 86_400_000;

const APPROVAL: ApprovalRules = {
  platform: 'square',
  title: 'Square',
  colour: '#006aff',
  responseType: false,
  redirectMatch: 'registered',
  scope: { separator: ' ', known: /^[A-Z]+(_[A-Z]+)*_(READ|WRITE)$/ },
  pkce: 'offered',
  callback: () => ({ response_type: 'code' }),
  denied: { error: 'access_denied', error_description: 'user_denied' },
};

function tokenRules(sandbox: Sandbox, isPublic: boolean): TokenRules {
  return {
    platform: 'square',
    client: isPublic ? 'public' : 'body',
    body: 'json',
    redirectUri: 'same_if_given',
    refresh: isPublic ? 'once' : 'fixed',
    accessToken: () => `EAAA${randomHex(30)}`,
    refreshToken: () => `EQAA${randomHex(30)}`,
    refuse: (status, code, detail) =>
      squareError(status, code === 'invalid_client' ? 'UNAUTHORIZED' : code.toUpperCase(), detail),
    granted: (grant) => {
      grant.facts = { client: isPublic ? 'public' : 'confidential' };
    },
    answer: (_, grant, issued) => {
      if (isPublic) issued.refreshExpiresAtMs = sandbox.now() + PUBLIC_REFRESH_MS;
      return {
        access_token: issued.access,
        token_type: 'bearer',
        expires_at: iso(issued.accessExpiresAtMs ?? 0).replace(/\.\d+Z$/, 'Z'),
        merchant_id: grant.shopKey,
        refresh_token: issued.refresh,
        short_lived: false,
        ...(isPublic ? { refresh_token_expires_at: iso(issued.refreshExpiresAtMs ?? 0) } : {}),
      };
    },
  };
}

export const square: CentralPlatform = {
  title: 'Square',
  colour: '#006aff',
  reach: 'approve at connect.squareup.com/oauth2/authorize; call connect.squareup.com/v2',
  hosts: [HOST],
  shopKey: (sandbox, exchange) =>
    shopKeyOfToken(sandbox, bearerOf(exchange) || textField(bodyFields(exchange), 'refresh_token')),
  answer: answerSquare,
  pushing,
  handOut: (sandbox, shop, fields) => {
    const scopes = Array.isArray(fields['scopes']) ? fields['scopes'].map(String) : SCOPES;
    const { clientId } = sandbox.state.apps.square;
    const facts = { client: 'confidential' };
    const grant = createGrant(sandbox, { platform: 'square', shop, clientId, scopes, facts });
    const issued = issueTokens(sandbox, grant, tokenRules(sandbox, false));
    return json(201, { access_token: issued.access, refresh_token: issued.refresh, shop_id: shop.key });
  },
};

function answerSquare(sandbox: Sandbox, exchange: Exchange): Answer {
  switch (exchange.path) {
    case '/oauth2/authorize':
      return answerApproval(sandbox, exchange, APPROVAL);
    case '/oauth2/token':
      return answerToken(sandbox, exchange, tokenRules(sandbox, isPublicAsking(sandbox, exchange)));
    case '/oauth2/revoke':
      return revoke(sandbox, exchange);
  }
  if (isWebhookPath(exchange.path)) return answerWebhooks(sandbox, exchange);
  const call = authenticate(sandbox, exchange);
  if ('status' in call) return call;
  return exchange.path === '/oauth2/token/status' ? tokenStatus(call) : answerApi(call);
}

/** A verifier, or a refresh token of the public kind. */
function isPublicAsking(sandbox: Sandbox, exchange: Exchange): boolean {
  const fields = bodyFields(exchange);
  if (textField(fields, 'code_verifier') !== '') return true;
  return (
    findToken(sandbox, textField(fields, 'refresh_token'), 'refresh')?.grant.facts?.['client'] === 'public'
  );
}

export function squareError(status: number, code: string, detail: string): Answer {
  const category = status === 401 || status === 403 ? 'AUTHENTICATION_ERROR' : 'INVALID_REQUEST_ERROR';
  return json(status, {
    errors: [{ category: status === 429 ? 'RATE_LIMIT_ERROR' : category, code, detail }],
  });
}

function revoke(sandbox: Sandbox, exchange: Exchange): Answer {
  const app = sandbox.state.apps.square;
  const secret = /^Client (.+)$/.exec(exchange.headers['authorization'] ?? '')?.[1] ?? '';
  const fields = bodyFields(exchange);
  if (!sameText(secret, app.secret) || textField(fields, 'client_id') !== app.clientId)
    return squareError(401, 'UNAUTHORIZED', 'The client could not be authenticated.');
  const merchant = textField(fields, 'merchant_id');
  const found = findToken(sandbox, textField(fields, 'access_token'), 'access');
  const ended = Object.values(sandbox.state.grants).filter(
    (grant) => grant.platform === 'square' && (grant.id === found?.grant.id || grant.shopKey === merchant),
  );
  if (ended.length === 0) return squareError(404, 'NOT_FOUND', 'No such token or merchant.');
  for (const grant of ended) {
    grant.state = 'uninstalled';
    const shop = sandbox.state.shops[grant.shopKey];
    if (shop !== undefined) announceUninstall(sandbox, pushing, shop);
  }
  sandbox.changed();
  return json(200, { success: true });
}

function tokenStatus({ grant, shop, sandbox }: Call): Answer {
  const expiresAtMs = grant.generations.at(-1)?.accessExpiresAtMs ?? sandbox.now();
  return json(200, {
    scopes: grant.scopes,
    expires_at: iso(expiresAtMs),
    client_id: grant.clientId,
    merchant_id: shop.key,
  });
}

function authenticate(sandbox: Sandbox, exchange: Exchange): Call | Answer {
  const call = callerOf(sandbox, exchange, bearerOf(exchange), 'square');
  if (call === 'expired') return squareError(401, 'ACCESS_TOKEN_EXPIRED', 'The access token has expired.');
  if (call === 'ended') return squareError(401, 'ACCESS_TOKEN_REVOKED', 'The access token was revoked.');
  if (call === 'unknown') return squareError(401, 'UNAUTHORIZED', 'This request could not be authorized.');
  const version = exchange.headers['square-version'];
  if (version !== undefined && !/^\d{4}-\d\d-\d\d$/.test(version))
    return squareError(400, 'INVALID_SQUARE_VERSION_FORMAT', 'Square-Version is a date.');
  return call;
}

/** Null: the scope was granted. */
export function missingScope(grant: Grant, scope: string): Answer | null {
  if (hasScope(grant, scope)) return null;
  return squareError(403, 'INSUFFICIENT_SCOPES', `The merchant has not given your application ${scope}.`);
}
