/** Simulated Mercado Libre: a code grant where PKCE is the app's own switch (`pkce`) and then needed, refresh tokens that work once, bearer calls. */
import { bearerOf, type Call, callerOf, hasScope, shopKeyOfToken, takeCall } from '../calls.ts';
import { type ApprovalRules, answerApproval } from '../code-grant.ts';
import { type Answer, bodyFields, type Exchange, json, textField } from '../exchange.ts';
import { createGrant, randomHex } from '../grants.ts';
import type { Sandbox } from '../sandbox.ts';
import type { CentralPlatform } from '../simulated.ts';
import type { Grant } from '../state.ts';
import { answerToken, issueTokens, secondsLeft, type TokenRules } from '../token-endpoint.ts';
import { answerApi } from './api.ts';
import { pushing } from './push.ts';

const AUTH_HOSTS = ['ar', 'mx', 'co', 'uy', 'pe'].map((country) => `auth.mercadolibre.com.${country}`);
const LOGINS = [...AUTH_HOSTS, 'auth.mercadolibre.cl', 'auth.mercadolivre.com.br'];
const API = 'api.mercadolibre.com';
const SCOPES = ['offline_access', 'read', 'write'];

/** How a denial comes back is unverified: as RFC 6749 has it. Scopes are the app's. */
function approvalRules(sandbox: Sandbox): ApprovalRules {
  return {
    platform: 'mercadolibre',
    title: 'Mercado Libre',
    colour: '#ffe600',
    redirectMatch: 'exact',
    scope: null,
    scopes: SCOPES,
    pkce: sandbox.state.apps.mercadolibre.switches['pkce'] === true ? 'required' : 'offered',
    codePrefix: 'TG-',
    denied: { error: 'access_denied' },
  };
}

const TOKENS: TokenRules = {
  platform: 'mercadolibre',
  client: 'body',
  body: 'form',
  redirectUri: 'same',
  refresh: 'once',
  accessToken: (grant) => `APP_USR-${grant.clientId}-${randomHex(16)}-${grant.shopKey}`,
  refreshToken: (grant) => `TG-${randomHex(12)}-${grant.shopKey}`,
  refuse: (status, error, text) => mlError(error === 'invalid_client' ? 400 : status, error, text),
  answer: (sandbox, grant, issued) => ({
    access_token: issued.access,
    token_type: 'Bearer',
    expires_in: secondsLeft(sandbox, issued.accessExpiresAtMs),
    scope: grant.scopes.join(' '),
    user_id: Number(grant.shopKey),
    ...(grant.scopes.includes('offline_access') ? { refresh_token: issued.refresh } : {}),
  }),
};

export const mercadolibre: CentralPlatform = {
  title: 'Mercado Libre',
  colour: '#ffe600',
  reach: `approve at ${LOGINS[0]}/authorization; call ${API}`,
  hosts: [...LOGINS, API],
  shopKey: (sandbox, exchange) =>
    shopKeyOfToken(sandbox, bearerOf(exchange) || textField(bodyFields(exchange), 'refresh_token')),
  answer: (sandbox, exchange) => {
    const { host, path } = exchange;
    if (host !== API)
      return path === '/authorization'
        ? answerApproval(sandbox, exchange, approvalRules(sandbox))
        : mlError(404, 'not_found', 'resource not found');
    if (path === '/oauth/token') return answerToken(sandbox, exchange, TOKENS);
    const call = authenticate(sandbox, exchange);
    if ('status' in call) return call;
    return /^\/users\/\d+\/applications\//.test(path) ? endApproval(call) : answerApi(call);
  },
  pushing,
  handOut: (sandbox, shop, fields) => {
    const scopes = Array.isArray(fields['scopes']) ? fields['scopes'].map(String) : SCOPES;
    const { clientId } = sandbox.state.apps.mercadolibre;
    const grant = createGrant(sandbox, { platform: 'mercadolibre', shop, clientId, scopes });
    const issued = issueTokens(sandbox, grant, TOKENS);
    return json(201, { access_token: issued.access, refresh_token: issued.refresh, user_id: shop.id });
  },
};

export function mlError(status: number, error: string, message: string): Answer {
  return json(status, { message, error, error_description: message, status, cause: [] });
}

function authenticate(sandbox: Sandbox, exchange: Exchange): Call | Answer {
  const call = callerOf(sandbox, exchange, bearerOf(exchange), 'mercadolibre');
  if (typeof call === 'string') return mlError(401, 'unauthorized', 'invalid access token');
  if (call.shop.unavailable !== null) return mlError(403, 'forbidden', 'the user is inactive');
  if (!takeCall(sandbox, call.shop).allowed) return mlError(429, 'local_rate_limited', 'Local rate limited');
  return call;
}

/** The seller's own, by the seller's token [the answer's members unverified]. */
function endApproval({ exchange, grant, sandbox }: Call): Answer {
  if (exchange.method !== 'DELETE') return mlError(405, 'method_not_allowed', 'DELETE is the method');
  if (exchange.path !== `/users/${grant.shopKey}/applications/${grant.clientId}`)
    return mlError(403, 'forbidden', 'not the approval of this token');
  grant.state = 'rejected';
  sandbox.changed();
  return json(200, { user_id: grant.shopKey, app_id: grant.clientId, msg: 'Autorización eliminada' });
}

/** Null: it may read. */
export function missingScope(grant: Grant): Answer | null {
  return hasScope(grant, 'read')
    ? null
    : mlError(403, 'PA_UNAUTHORIZED_RESULT_FROM_POLICIES', 'At least one policy returned UNAUTHORIZED.');
}
