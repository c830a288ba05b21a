/**
 * Simulated Shoptet: an add-on is installed from the shop's administration, whose server calls ours with a code of five seconds and wants 200 back as fast.
 * The code gives a token without end, which mints the tokens of half an hour that calls carry, five at a time. Or a private token of the Premium plan.
 */
import { bearerOf, type Call, callerOf, grantByFact, hasScope, takeCall } from '../calls.ts';
import { codeFor } from '../code-grant.ts';
import { type Answer, bodyFields, type Exchange, json, textField, withQuery } from '../exchange.ts';
import {
  countCall,
  countExchange,
  createGrant,
  isLive,
  issue,
  randomHex,
  redeemCode,
  sameText,
} from '../grants.ts';
import type { Sandbox } from '../sandbox.ts';
import type { CentralPlatform } from '../simulated.ts';
import type { Grant, Shop } from '../state.ts';
import { oauthError } from '../token-endpoint.ts';
import { answerApi } from './api.ts';
import { pushing } from './push.ts';

/** Our own partner e-shop: the OAuth server of all our installs. */
const PARTNER = '12345.myshoptet.com';
const API = 'api.myshoptet.com';
const MOST_TOKENS = 5;
const BUCKET = 200;
const INSTALL_MS = 5_000;
/** What an add-on may call is agreed with Shoptet and approved at the install. */
const RIGHTS = ['eshop', 'orders', 'products', 'customers', 'stocks', 'webhooks'];

export const shoptet: CentralPlatform = {
  title: 'Shoptet',
  colour: '#14b1ef',
  reach: `begin an install by POST …/install, or paste a token of POST …/credential; call ${API}/api/eshop`,
  hosts: [PARTNER, API],
  shopKey: (sandbox, { headers }) => {
    const key = headers['shoptet-private-api-token'] ?? '';
    const owner = sandbox.tokens.get(headers['shoptet-access-token'] ?? '')?.grantId ?? '';
    const grant = sandbox.state.grants[owner] ?? grantByFact(sandbox, 'shoptet', 'privateToken', key);
    return grant?.shopKey ?? null;
  },
  answer: (sandbox, exchange) => {
    const { host, path } = exchange;
    if (host === PARTNER && path === '/action/ApiOAuthServer/token') return exchangeCode(sandbox, exchange);
    if (host === PARTNER && path === '/action/ApiOAuthServer/getAccessToken')
      return mintToken(sandbox, exchange);
    if (host === PARTNER) return oauthError(404, 'not_found', 'no such action');
    const call = authenticate(sandbox, exchange);
    return 'status' in call ? call : limited(call);
  },
  /** A private token; `addon: true`: the token without end of an install, and one of half an hour. */
  handOut: (sandbox, shop, fields) => {
    const scopes = Array.isArray(fields['scopes']) ? fields['scopes'].map(String) : RIGHTS;
    if (fields['addon'] === true) {
      const grant = installGrant(sandbox, shop, scopes);
      const access_token = mint(sandbox, grant);
      return json(201, { oauth_token: grant.facts?.['oauthToken'], access_token, eshop_id: shop.id });
    }
    const facts = { privateToken: `${shop.id}-p-${randomHex(16)}` };
    createGrant(sandbox, { platform: 'shoptet', shop, clientId: '', scopes, facts });
    return json(201, { private_token: facts.privateToken, eshop_id: shop.id });
  },
  /** `callbackUrl`: the add-on's address. With `call: true` the platform calls it, as it does, and ends the install where no 200 comes in five seconds. */
  install: async (sandbox, shop, fields) => {
    const callbackUrl = textField(fields, 'callbackUrl');
    if (!URL.canParse(callbackUrl)) return json(400, { error: 'callbackUrl is the add-on’s own address' });
    const code = codeFor(sandbox, shop, { redirectUri: callbackUrl, scopes: shop.grantOnly ?? RIGHTS });
    const url = withQuery(callbackUrl, { code });
    if (fields['call'] !== true) return json(200, { url });
    const status = await statusOf(url);
    if (status !== 200) endInstall(sandbox, shop);
    return json(200, { url, status, installed: status === 200 });
  },
  pushing,
};

async function statusOf(url: string): Promise<number | null> {
  try {
    const signal = AbortSignal.timeout(INSTALL_MS);
    return (await fetch(url, { redirect: 'manual', signal })).status;
  } catch {
    return null;
  }
}

function endInstall(sandbox: Sandbox, shop: Shop): void {
  for (const grant of Object.values(sandbox.state.grants)) {
    if (grant.shopKey === shop.key && grant.facts?.['oauthToken'] !== undefined) grant.state = 'uninstalled';
  }
  sandbox.changed();
}

function installGrant(sandbox: Sandbox, shop: Shop, scopes: string[]): Grant {
  const { clientId } = sandbox.state.apps.shoptet;
  const facts = { oauthToken: randomHex(128).slice(0, 255) };
  return createGrant(sandbox, { platform: 'shoptet', shop, clientId, scopes, facts });
}

/** JSON or a form; the scope is `api` and nothing else. */
function exchangeCode(sandbox: Sandbox, exchange: Exchange): Answer {
  if (exchange.method !== 'POST') return oauthError(405, 'invalid_request', 'POST is the only method');
  const fields = bodyFields(exchange);
  const app = sandbox.state.apps.shoptet;
  const isOurs =
    textField(fields, 'client_id') === app.clientId &&
    sameText(textField(fields, 'client_secret'), app.secret);
  if (app.rejecting || !isOurs) return oauthError(401, 'invalid_client', 'client authentication failed');
  if (textField(fields, 'grant_type') !== 'authorization_code')
    return oauthError(400, 'unsupported_grant_type', 'the grant_type is authorization_code');
  if (textField(fields, 'scope') !== 'api') return oauthError(400, 'invalid_scope', 'the scope is api');
  const code = redeemCode(sandbox, textField(fields, 'code'), 'shoptet');
  const shop = code === null ? undefined : sandbox.state.shops[code.shopKey];
  if (code === null || shop === undefined || textField(fields, 'redirect_uri') !== code.redirectUri)
    return oauthError(400, 'invalid_grant', 'the authorization code is invalid or expired');
  const grant = installGrant(sandbox, shop, code.scopes);
  exchange.grantId = grant.id;
  return json(200, {
    access_token: grant.facts?.['oauthToken'],
    expires_in: null,
    token_type: 'Bearer',
    scope: 'api',
    eshopId: shop.id,
    eshopUrl: `https://${shop.id}.myshoptet.com/`,
    contactEmail: `owner@shop${shop.id}.example`,
  });
}

/** How a sixth token is refused is unverified. */
function mintToken(sandbox: Sandbox, exchange: Exchange): Answer {
  const grant = grantByFact(sandbox, 'shoptet', 'oauthToken', bearerOf(exchange));
  if (grant === null) return oauthError(401, 'invalid_token', 'the OAuth access token is invalid');
  exchange.grantId = grant.id;
  if (!isLive(sandbox, grant) || sandbox.state.apps.shoptet.rejecting) {
    grant.refusedExchanges += 1;
    if (!isLive(sandbox, grant)) grant.callsAfterEnd += 1;
    return oauthError(401, 'invalid_token', 'the add-on is not installed');
  }
  const valid = grant.generations.filter(
    (one) => one.accessExpiresAtMs !== null && sandbox.now() < one.accessExpiresAtMs,
  );
  if (valid.length >= MOST_TOKENS)
    return oauthError(400, 'too_many_tokens', `at most ${MOST_TOKENS} valid tokens`);
  return json(200, { access_token: mint(sandbox, grant), expires_in: sandbox.state.apps.shoptet.accessTtlS });
}

function mint(sandbox: Sandbox, grant: Grant): string {
  const issued = issue(sandbox, grant, {
    access: `${grant.shopKey}-a-${randomHex(16)}`,
    accessExpiresAtMs: sandbox.now() + sandbox.state.apps.shoptet.accessTtlS * 1000,
    refresh: null,
    refreshExpiresAtMs: null,
  });
  countExchange(grant, issued.n);
  return issued.access;
}

export function shoptetError(
  status: number,
  errorCode: string,
  message: string,
  headers: Record<string, string> = {},
): Answer {
  const errors = [{ errorCode, message, instance: 'access-token' }];
  return json(status, { data: null, errors, metadata: { requestId: `sandbox_${randomHex(6)}` } }, headers);
}

function authenticate(sandbox: Sandbox, exchange: Exchange): Call | Answer {
  const { headers } = exchange;
  const [token, key] = [headers['shoptet-access-token'] ?? '', headers['shoptet-private-api-token'] ?? ''];
  if (token === '' && key === '') return shoptetError(401, 'missing-access-token', 'Missing access token.');
  if (key !== '') return byKey(sandbox, exchange, key);
  const call = callerOf(sandbox, exchange, token, 'shoptet');
  if (call === 'expired')
    return shoptetError(401, 'expired-token', 'Token is expired. Please ask for new one.');
  return typeof call === 'string' ? shoptetError(401, 'invalid-token', 'Invalid access token.') : call;
}

function byKey(sandbox: Sandbox, exchange: Exchange, key: string): Call | Answer {
  const grant = grantByFact(sandbox, 'shoptet', 'privateToken', key);
  const shop = grant === null ? undefined : sandbox.state.shops[grant.shopKey];
  if (grant === null || shop === undefined || !countCall(sandbox, grant))
    return shoptetError(401, 'invalid-token', 'Invalid access token.');
  exchange.grantId = grant.id;
  return { sandbox, exchange, shop, grant };
}

/** The bucket is told in every answer; Retry-After, a date, only where it is full. How fast it empties is unverified. */
function limited(call: Call): Answer {
  const perS = call.sandbox.state.apps.shoptet.callsPerS;
  const taken = takeCall(call.sandbox, call.shop, { size: BUCKET, perS });
  const filling = { 'x-ratelimit-bucket-filling': `${Math.ceil(BUCKET - taken.left)}/${BUCKET}` };
  if (!taken.allowed) {
    const again = new Date(Date.now() + 2_000).toUTCString();
    return shoptetError(429, 'rate-limit', 'Too many requests.', { ...filling, 'retry-after': again });
  }
  if (call.shop.unavailable !== null) return shoptetError(503, 'maintenance', 'System maintenance.', filling);
  const answer = answerApi(call);
  return { ...answer, headers: { ...answer.headers, ...filling } };
}

/** Null: the add-on was approved for this group of endpoints. */
export function missingRight(grant: Grant, group: string): Answer | null {
  return hasScope(grant, group)
    ? null
    : shoptetError(
        403,
        'invalid-token-no-rights',
        'Your access token has no defined rights for this resource.',
      );
}
