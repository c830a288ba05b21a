/**
 * Simulated Tiendanube: installs begin at its app store or at our link, the code lives thirty seconds, the token for ever, until a newer
 * one is given. Switch `authorizationHeader`: the header is Authorization and not, as the older documentation spells it, Authentication.
 */
import { type Call, callerOf, hasScope, takeCall } from '../calls.ts';
import { type ApprovalRules, answerApproval, codeFor } from '../code-grant.ts';
import { type Answer, type Exchange, json, textField, withQuery } from '../exchange.ts';
import { createGrant, hmacSha256, liveGrants, randomHex } from '../grants.ts';
import type { Sandbox } from '../sandbox.ts';
import type { CentralPlatform } from '../simulated.ts';
import type { Grant, Shop } from '../state.ts';
import { answerToken, issueTokens, type TokenRules } from '../token-endpoint.ts';
import { answerApi } from './api.ts';
import { pushing } from './push.ts';

const SITES = ['www.tiendanube.com', 'www.nuvemshop.com.br'];
const API = 'api.tiendanube.com';
/** Set on the app, not asked for. */
const SCOPES = ['read_orders', 'read_products', 'read_customers'];
const CALL_TIMEOUT_MS = 10_000;

const APPROVAL: ApprovalRules = {
  platform: 'tiendanube',
  title: 'Tiendanube',
  colour: '#2c3357',
  clientId: null,
  responseType: false,
  redirectMatch: 'registered',
  scope: null,
  scopes: SCOPES,
  pkce: 'none',
  denied: null,
};

const TOKENS: TokenRules = {
  platform: 'tiendanube',
  client: 'body',
  body: 'json',
  redirectUri: 'ignored',
  refresh: 'none',
  accessToken: () => randomHex(20),
  answer: (_, grant, issued) => ({
    access_token: issued.access,
    token_type: 'bearer',
    scope: grant.scopes.join(','),
    user_id: Number(grant.shopKey),
  }),
};

export const tiendanube: CentralPlatform = {
  title: 'Tiendanube',
  colour: '#2c3357',
  reach: 'install at www.tiendanube.com/apps/<app id>/authorize; call api.tiendanube.com/2025-03/<store id>',
  hosts: [...SITES, API],
  shopKey: (_, { host, path }) => (host === API ? (/^\/[\w-]+\/(\d+)\//.exec(path)?.[1] ?? null) : null),
  answer: (sandbox, exchange) => {
    if (exchange.host !== API) return answerSite(sandbox, exchange);
    const call = authenticate(sandbox, exchange);
    return 'status' in call ? call : limited(call);
  },
  handOut: (sandbox, shop, fields) => {
    const scopes = Array.isArray(fields['scopes']) ? fields['scopes'].map(String) : SCOPES;
    const { clientId } = sandbox.state.apps.tiendanube;
    const grant = createGrant(sandbox, { platform: 'tiendanube', shop, clientId, scopes });
    return json(201, { access_token: issueTokens(sandbox, grant, TOKENS).access, user_id: shop.id });
  },
  /** `callbackUrl`: from the app store the browser comes with a code and no state. */
  install: (sandbox, shop, fields) => {
    const callbackUrl = textField(fields, 'callbackUrl');
    if (!URL.canParse(callbackUrl)) return json(400, { error: 'callbackUrl is the app’s own address' });
    const code = codeFor(sandbox, shop, { redirectUri: callbackUrl, scopes: shop.grantOnly ?? SCOPES });
    return json(200, { url: withQuery(callbackUrl, { code }) });
  },
  uninstall: tellUninstall,
  pushing,
};

function answerSite(sandbox: Sandbox, exchange: Exchange): Answer {
  const { clientId } = sandbox.state.apps.tiendanube;
  if (exchange.path === `/apps/${clientId}/authorize`) return answerApproval(sandbox, exchange, APPROVAL);
  if (exchange.path !== '/apps/authorize/token') return json(404, { code: 404, message: 'Not Found' });
  const answer = answerToken(sandbox, exchange, TOKENS);
  if (answer.status === 200) endEarlier(sandbox, exchange);
  return answer;
}

/** A newer token ends the older ones. */
function endEarlier(sandbox: Sandbox, exchange: Exchange): void {
  const current = sandbox.state.grants[exchange.grantId ?? ''];
  if (current === undefined) return;
  for (const grant of liveGrants(sandbox, current.shopKey))
    if (grant.id !== current.id) grant.state = 'rejected';
}

export function tnError(
  status: number,
  message: string,
  description: string,
  headers: Record<string, string> = {},
): Answer {
  return json(status, { code: status, message, description }, headers);
}

function authenticate(sandbox: Sandbox, exchange: Exchange): Call | Answer {
  const { headers, path } = exchange;
  if (!headers['user-agent']) return tnError(400, 'Bad Request', 'Missing User-Agent header');
  const usual = sandbox.state.apps.tiendanube.switches['authorizationHeader'] === true;
  const header = headers[usual ? 'authorization' : 'authentication'] ?? '';
  const token = /^bearer ([0-9a-f]+)$/i.exec(header)?.[1] ?? '';
  const call = callerOf(sandbox, exchange, token, 'tiendanube');
  const store = /^\/(?:v1|20\d\d-\d\d)\/(\d+)\//.exec(path)?.[1];
  if (typeof call === 'string' || call.shop.key !== store)
    return tnError(401, 'Unauthorized', 'Invalid access token');
  return call;
}

/** A bucket of forty that leaks two a second; the reset is in milliseconds. */
function limited(call: Call): Answer {
  const perS = call.sandbox.state.apps.tiendanube.callsPerS;
  const size = perS * 20;
  const taken = takeCall(call.sandbox, call.shop, { size, perS });
  const headers = {
    'x-rate-limit-limit': String(size),
    'x-rate-limit-remaining': String(Math.floor(taken.left)),
    'x-rate-limit-reset': String(Math.ceil(((size - taken.left) / perS) * 1000)),
  };
  if (!taken.allowed) return tnError(429, 'Too Many Requests', 'Too many requests in a short time', headers);
  if (call.shop.unavailable !== null)
    return tnError(402, 'Payment Required', 'The store is not active', headers);
  const answer = answerApi(call);
  return { ...answer, headers: { ...headers, ...answer.headers } };
}

/** Null: the scope was granted, for reading or for writing. */
export function missingScope(grant: Grant, scope: string): Answer | null {
  if (hasScope(grant, scope, scope.replace('read_', 'write_'))) return null;
  return tnError(403, 'Forbidden', `Missing a required scope: ${scope}`);
}

/** app/uninstalled, signed with the app's secret; `forge: "signature"` with another. */
async function tellUninstall(sandbox: Sandbox, shop: Shop, fields: Record<string, unknown>): Promise<Answer> {
  const body = JSON.stringify({
    store_id: shop.id,
    event: 'app/uninstalled',
    id: Number(sandbox.state.apps.tiendanube.clientId),
  });
  const key = fields['forge'] === 'signature' ? 'another-secret' : sandbox.state.apps.tiendanube.secret;
  const headers = {
    'content-type': 'application/json',
    'x-linkedstore-hmac-sha256': hmacSha256(key, body, 'hex'),
  };
  try {
    const signal = AbortSignal.timeout(CALL_TIMEOUT_MS);
    const response = await fetch(textField(fields, 'callbackUrl'), {
      method: 'POST',
      redirect: 'manual',
      headers,
      body,
      signal,
    });
    await response.arrayBuffer();
    return json(200, { status: response.status });
  } catch {
    return json(200, { status: null });
  }
}
