/** Simulated Allegro: a code of ten seconds, Basic client authentication, refresh tokens that rotate with a minute's overlap, versions in Accept. */
import { bearerOf, type Call, callerOf, hasScope, shopKeyOfToken } from '../calls.ts';
import { type ApprovalRules, answerApproval } from '../code-grant.ts';
import { type Answer, bodyFields, type Exchange, json, textField } from '../exchange.ts';
import { createGrant, randomHex, take } from '../grants.ts';
import type { Sandbox } from '../sandbox.ts';
import type { CentralPlatform } from '../simulated.ts';
import type { Grant } from '../state.ts';
import { answerToken, issueTokens, secondsLeft, type TokenRules } from '../token-endpoint.ts';
import { answerApi } from './api.ts';

const LOGIN = 'allegro.pl';
const API = 'api.allegro.pl';
const SCOPES = ['allegro:api:orders:read', 'allegro:api:sale:offers:read', 'allegro:api:profile:read'];
const ACCEPT = /^application\/vnd\.allegro\.(public|beta)\.v\d+\+json$/;

/** Without scopes the app's own are granted. How a denial comes back is unverified: as RFC 6749 has it. */
const APPROVAL: ApprovalRules = {
  platform: 'allegro',
  title: 'Allegro',
  colour: '#ff5a00',
  redirectMatch: 'exact',
  scope: { separator: ' ', known: /^allegro:api:[a-z:_]+$/, needed: false },
  pkce: 'offered',
  denied: { error: 'access_denied' },
};

const TOKENS: TokenRules = {
  platform: 'allegro',
  client: 'basic',
  body: 'form',
  redirectUri: 'same',
  refresh: 'once',
  overlapS: 60,
  accessToken: () => `eyJhbGciOi.${randomHex(40)}`,
  refreshToken: () => `eyJhbGciOi.R${randomHex(40)}`,
  granted: (grant) => {
    if (grant.scopes.length === 0) grant.scopes = [...SCOPES];
  },
  answer: (sandbox, grant, issued) => ({
    access_token: issued.access,
    token_type: 'bearer',
    refresh_token: issued.refresh,
    expires_in: secondsLeft(sandbox, issued.accessExpiresAtMs),
    scope: grant.scopes.join(' '),
    allegro_api: true,
    jti: crypto.randomUUID(),
  }),
};

export const allegro: CentralPlatform = {
  title: 'Allegro',
  colour: '#ff5a00',
  reach: `approve at ${LOGIN}/auth/oauth/authorize; call ${API}`,
  hosts: [LOGIN, API],
  shopKey: (sandbox, exchange) =>
    shopKeyOfToken(sandbox, bearerOf(exchange) || textField(bodyFields(exchange), 'refresh_token')),
  answer: (sandbox, exchange) => {
    const { host, path } = exchange;
    if (host === LOGIN && path === '/auth/oauth/authorize')
      return answerApproval(sandbox, exchange, APPROVAL);
    if (host === LOGIN && path === '/auth/oauth/token') return answerToken(sandbox, exchange, TOKENS);
    if (host === LOGIN) return allegroError(404, 'NotFound', 'Not found');
    const call = authenticate(sandbox, exchange);
    return 'status' in call ? call : answerApi(call);
  },
  handOut: (sandbox, shop, fields) => {
    const scopes = Array.isArray(fields['scopes']) ? fields['scopes'].map(String) : SCOPES;
    const { clientId } = sandbox.state.apps.allegro;
    const issued = issueTokens(
      sandbox,
      createGrant(sandbox, { platform: 'allegro', shop, clientId, scopes }),
      TOKENS,
    );
    return json(201, { access_token: issued.access, refresh_token: issued.refresh, shop_id: shop.id });
  },
};

export function allegroError(status: number, code: string, message: string): Answer {
  return json(status, { errors: [{ code, message, details: null, path: null, userMessage: message }] });
}

/** The rate is that of the client id, over all its sellers. */
function authenticate(sandbox: Sandbox, exchange: Exchange): Call | Answer {
  const call = callerOf(sandbox, exchange, bearerOf(exchange), 'allegro');
  if (typeof call === 'string') {
    const error_description = call === 'expired' ? 'Access token expired' : 'Invalid access token';
    return json(401, { error: 'invalid_token', error_description });
  }
  if (!ACCEPT.test(exchange.headers['accept'] ?? ''))
    return allegroError(
      406,
      'NotAcceptableException',
      'The Accept header must name application/vnd.allegro.public.v1+json',
    );
  const perS = sandbox.state.apps.allegro.callsPerS;
  if (!take(sandbox, `allegro ${call.grant.clientId}`, { size: Math.max(1, perS * 60), perS }, 1).allowed)
    return allegroError(429, 'TooManyRequests', 'The limit of requests is exceeded');
  if (call.shop.unavailable !== null) return allegroError(403, 'AccessDenied', 'The account is blocked');
  return call;
}

/** Null: the scope was granted. */
export function missingScope(grant: Grant, scope: string): Answer | null {
  return hasScope(grant, scope)
    ? null
    : allegroError(403, 'AccessDenied', 'No access to the specified resource.');
}
