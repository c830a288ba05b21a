/** Simulated Etsy Open API v3: a public client with PKCE, rotating refresh tokens, and both halves of the app's key on every call. */
import { bearerOf, type Call, callerOf, hasScope, shopKeyOfToken } from '../calls.ts';
import { type ApprovalRules, answerApproval } from '../code-grant.ts';
import { type Answer, bodyFields, type Exchange, json, textField } from '../exchange.ts';
import { createGrant, randomHex, sameText, take } from '../grants.ts';
import type { Sandbox } from '../sandbox.ts';
import { chosenShop } from '../shops.ts';
import type { CentralPlatform } from '../simulated.ts';
import type { Grant, Shop } from '../state.ts';
import { answerToken, issueTokens, secondsLeft, type TokenRules } from '../token-endpoint.ts';
import { answerApi } from './api.ts';

const SCOPES = ['transactions_r', 'listings_r', 'shops_r'];
const CALLS_PER_DAY = 10_000;

const APPROVAL: ApprovalRules = {
  platform: 'etsy',
  title: 'Etsy',
  colour: '#f1641e',
  redirectMatch: 'exact',
  stateNeeded: true,
  scope: {
    separator: ' ',
    known:
      /^(address|billing|cart|email|favorites|feedback|listings|profile|recommend|shops|transactions)_[rwd]$/,
  },
  pkce: 'required',
  denied: { error: 'access_denied', error_description: 'the user denied the request' },
};

const userId = (shopKey: string) => String(Number(shopKey) + 500_000_000);

const TOKENS: TokenRules = {
  platform: 'etsy',
  client: 'public',
  redirectUri: 'same',
  refresh: 'once',
  accessToken: (grant) => `${userId(grant.shopKey)}.${randomHex(32)}`,
  refreshToken: (grant) => `${userId(grant.shopKey)}.${randomHex(32)}`,
  answer: (sandbox, _, issued) => ({
    access_token: issued.access,
    token_type: 'Bearer',
    expires_in: secondsLeft(sandbox, issued.accessExpiresAtMs),
    refresh_token: issued.refresh,
  }),
};

export const etsy: CentralPlatform = {
  title: 'Etsy',
  colour: '#f1641e',
  reach: 'approve at www.etsy.com/oauth/connect; call openapi.etsy.com/v3/application',
  hosts: ['www.etsy.com', 'api.etsy.com', 'openapi.etsy.com'],
  shopKey: (sandbox, exchange) =>
    shopKeyOfToken(sandbox, bearerOf(exchange) || textField(bodyFields(exchange), 'refresh_token')),
  answer: (sandbox, exchange) => {
    const { host, path } = exchange;
    if (host === 'www.etsy.com')
      return path === '/oauth/connect' ? answerApproval(sandbox, exchange, APPROVAL) : notFound();
    if (path === '/v3/public/oauth/token') return answerToken(sandbox, exchange, TOKENS);
    const resource = /^\/v3\/application(\/.*)$/.exec(path)?.[1];
    if (resource === undefined) return notFound();
    const call = authenticate(sandbox, exchange);
    return 'status' in call ? call : withLimits(call, () => answerApi(call, resource));
  },
  handOut: (sandbox, shop, fields) => {
    const scopes = Array.isArray(fields['scopes']) ? fields['scopes'].map(String) : SCOPES;
    const { clientId } = sandbox.state.apps.etsy;
    const issued = issueTokens(
      sandbox,
      createGrant(sandbox, { platform: 'etsy', shop, clientId, scopes }),
      TOKENS,
    );
    return json(201, { access_token: issued.access, refresh_token: issued.refresh, shop_id: shop.id });
  },
};

function notFound(): Answer {
  return json(404, { error: 'Resource not found' });
}

export interface EtsyCall extends Call {
  userId: string;
}

/** The key first, then the token. The form of the refusals is from reports, not from the documentation. */
function authenticate(sandbox: Sandbox, exchange: Exchange): EtsyCall | Answer {
  const app = sandbox.state.apps.etsy;
  const [keystring = '', secret] = (exchange.headers['x-api-key'] ?? '').split(':');
  if (secret === undefined && keystring !== '')
    return json(403, { error: 'Shared secret is required in x-api-key header.' });
  if (keystring !== app.clientId || !sameText(secret ?? '', app.secret))
    return json(403, { error: 'Invalid API key: should be in the format keystring:shared_secret.' });
  const call = callerOf(sandbox, exchange, bearerOf(exchange), 'etsy');
  if (typeof call === 'string') {
    const description = {
      unknown: 'access token is invalid',
      expired: 'access token is expired',
      ended: 'access token is revoked',
    };
    return json(401, { error: 'invalid_token', error_description: description[call] });
  }
  return { ...call, userId: userId(call.shop.key) };
}

/** Both windows slide; the headers tell what is left. */
function withLimits(call: EtsyCall, answer: () => Answer): Answer {
  const { sandbox, grant } = call;
  const perS = sandbox.state.apps.etsy.callsPerS;
  const second = take(sandbox, `etsy second ${grant.id}`, { size: Math.max(1, perS), perS }, 1);
  const day = take(sandbox, `etsy day ${grant.id}`, { size: CALLS_PER_DAY, perS: CALLS_PER_DAY / 86_400 }, 1);
  const headers = {
    'x-limit-per-second': String(perS),
    'x-remaining-this-second': String(Math.floor(second.left)),
    'x-limit-per-day': String(CALLS_PER_DAY),
    'x-remaining-today': String(Math.floor(day.left)),
  };
  if (!second.allowed || !day.allowed) {
    const which = second.allowed ? 'QPD' : 'QPS';
    return json(
      429,
      { error: `Exceeded ${which} limit` },
      { ...headers, 'retry-after': second.allowed ? '60' : '1' },
    );
  }
  const answered = answer();
  return { ...answered, headers: { ...headers, ...answered.headers } };
}

/** Null: one of the scopes was granted. */
export function missingScope(grant: Grant, scope: string): Answer | null {
  if (hasScope(grant, scope)) return null;
  return json(403, {
    error: 'insufficient_scope',
    error_description: `This request requires the ${scope} scope.`,
  });
}

export function shopOfUser(sandbox: Sandbox, exchange: Exchange): Shop {
  return chosenShop(sandbox, exchange, 'etsy');
}
