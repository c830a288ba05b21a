/** Simulated eBay: consent for a RuName, Basic client authentication, refresh tokens that stay for 18 months, Sell APIs. */
import { bearerOf, type Call, callerOf, hasScope, shopKeyOfToken } from '../calls.ts';
import { type ApprovalRules, answerApproval } from '../code-grant.ts';
import { type Answer, bodyFields, type Exchange, json, textField } from '../exchange.ts';
import { createGrant, issue, randomHex } from '../grants.ts';
import type { Sandbox } from '../sandbox.ts';
import { shopsOf } from '../shops.ts';
import type { CentralPlatform } from '../simulated.ts';
import type { Grant } from '../state.ts';
import {
  answerToken,
  issueTokens,
  oauthError,
  refreshable,
  secondsLeft,
  type TokenRules,
} from '../token-endpoint.ts';
import { answerApi } from './api.ts';
import { answerNotification } from './notification.ts';
import { pushing } from './push.ts';

const API = 'https://api.ebay.com/oauth/api_scope';
const SCOPES = [API, `${API}/sell.fulfillment.readonly`, `${API}/sell.inventory.readonly`];
const TOKEN_HEAD = 'v^1.1#i^1#p^3#r^0#I^3#f^0#t^H4s';

/** eBay's codes hold characters that arrive encoded; so do these. A denied consent leads to the app's other address, which nobody has: a page. */
const APPROVAL: ApprovalRules = {
  platform: 'ebay',
  title: 'eBay',
  colour: '#0064d2',
  redirectMatch: 'name',
  scope: { separator: ' ', known: /^https:\/\/api\.ebay\.com\/oauth\/api_scope(\/[a-z.]+)?$/ },
  pkce: 'none',
  codePrefix: 'v^1.1#i^1#f^0#r^1#',
  callback: () => ({ expires_in: '299' }),
  denied: null,
};

function tokenRules(sandbox: Sandbox): TokenRules {
  return {
    platform: 'ebay',
    client: 'basic',
    body: 'form',
    redirectUri: 'name',
    refresh: 'fixed',
    accessToken: () => `${TOKEN_HEAD}${randomHex(40)}`,
    refreshToken: () => `${TOKEN_HEAD}R${randomHex(40)}`,
    answer: (_, __, issued, refreshed) => ({
      access_token: issued.access,
      token_type: 'User Access Token',
      expires_in: secondsLeft(sandbox, issued.accessExpiresAtMs),
      ...(refreshed
        ? {}
        : {
            refresh_token: issued.refresh,
            refresh_token_expires_in: secondsLeft(sandbox, issued.refreshExpiresAtMs),
          }),
    }),
    more: { client_credentials: (fields) => applicationToken(sandbox, textField(fields, 'scope')) },
  };
}

/** A token of the app itself: no seller's data, but public keys and taxonomy. */
function applicationToken(sandbox: Sandbox, scope: string): Answer {
  const shop = shopsOf(sandbox, 'ebay')[0];
  if (shop === undefined || !scope.startsWith(API))
    return oauthError(400, 'invalid_scope', 'the scope is unknown');
  const { clientId, accessTtlS } = sandbox.state.apps.ebay;
  const grant = createGrant(sandbox, { platform: 'ebay', shop, clientId, scopes: ['application'] });
  const accessExpiresAtMs = sandbox.now() + accessTtlS * 1000;
  const issued = issue(sandbox, grant, {
    access: `${TOKEN_HEAD}A${randomHex(40)}`,
    accessExpiresAtMs,
    refresh: null,
    refreshExpiresAtMs: null,
  });
  return json(200, {
    access_token: issued.access,
    expires_in: accessTtlS,
    token_type: 'Application Access Token',
  });
}

export const ebay: CentralPlatform = {
  title: 'eBay',
  colour: '#0064d2',
  reach: 'approve at auth.ebay.com/oauth2/authorize; call api.ebay.com',
  hosts: ['auth.ebay.com', 'api.ebay.com', 'apiz.ebay.com'],
  shopKey: (sandbox, exchange) =>
    shopKeyOfToken(sandbox, bearerOf(exchange) || textField(bodyFields(exchange), 'refresh_token')),
  answer: (sandbox, exchange) => {
    const { host, path } = exchange;
    if (host === 'auth.ebay.com')
      return path === '/oauth2/authorize' ? answerApproval(sandbox, exchange, APPROVAL) : notFound();
    if (path === '/identity/v1/oauth2/token') return answerIdentity(sandbox, exchange);
    const call = authenticate(sandbox, exchange);
    return 'status' in call ? call : (answerNotification(call) ?? answerApi(call));
  },
  pushing,
  handOut: (sandbox, shop, fields) => {
    const scopes = Array.isArray(fields['scopes']) ? fields['scopes'].map(String) : SCOPES;
    const { clientId } = sandbox.state.apps.ebay;
    const grant = createGrant(sandbox, { platform: 'ebay', shop, clientId, scopes });
    const issued = issueTokens(sandbox, grant, tokenRules(sandbox));
    return json(201, { access_token: issued.access, refresh_token: issued.refresh, shop_id: shop.key });
  },
};

function notFound(): Answer {
  return json(404, {
    errors: [{ errorId: 2002, domain: 'ACCESS', category: 'REQUEST', message: 'Resource not found' }],
  });
}

/** A refresh may ask for fewer scopes than were granted, never for others. */
function answerIdentity(sandbox: Sandbox, exchange: Exchange): Answer {
  const rules = tokenRules(sandbox);
  const fields = bodyFields(exchange);
  const wanted = textField(fields, 'scope')
    .split(' ')
    .filter((one) => one !== '');
  if (textField(fields, 'grant_type') === 'refresh_token' && wanted.length > 0) {
    const found = refreshable(sandbox, exchange, textField(fields, 'refresh_token'), rules);
    if (found !== null && wanted.some((one) => !found.grant.scopes.includes(one)))
      return oauthError(
        400,
        'invalid_scope',
        'The requested scope is invalid, unknown, malformed, or exceeds the scope granted to the client',
      );
  }
  return answerToken(sandbox, exchange, rules);
}

function authenticate(sandbox: Sandbox, exchange: Exchange): Call | Answer {
  // The tokens hold no blank, so that the bearer rule fits them.
  const call = callerOf(sandbox, exchange, bearerOf(exchange), 'ebay');
  if (typeof call !== 'string') return call;
  return ebayError(401, 1001, 'Invalid access token', {
    domain: 'OAuth',
    longMessage: 'Invalid access token. Check the value of the Authorization HTTP request header.',
  });
}

export function ebayError(
  status: number,
  errorId: number,
  message: string,
  more: { domain?: string; longMessage?: string } = {},
): Answer {
  const error = { errorId, domain: more.domain ?? 'API_FULFILLMENT', category: 'REQUEST', message };
  return json(status, { errors: [{ ...error, longMessage: more.longMessage ?? message }] });
}

/** Null: one of the scopes was granted. */
export function missingScope(grant: Grant, name: string): Answer | null {
  if (hasScope(grant, `${API}/${name}.readonly`, `${API}/${name}`)) return null;
  return ebayError(403, 1100, 'Access denied', {
    domain: 'ACCESS',
    longMessage: 'Insufficient permissions to fulfill the request.',
  });
}
