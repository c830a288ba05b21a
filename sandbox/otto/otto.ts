/**
 * Simulated OTTO Market: a seller's own app by client credentials, or a service partner's app. There the code only leads to the installation's id; calls
 * are made with an access token of the installation, asked for with a token of scope `developer`. Nothing is refreshed; all tokens live half an hour.
 */
import { bearerOf, type Call, callerOf, grantByFact, hasScope, shopKeyOfToken, takeCall } from '../calls.ts';
import { createKeyPair, type MintRules, mintToken } from '../client-credentials.ts';
import { type ApprovalRules, answerApproval } from '../code-grant.ts';
import { type Answer, bodyFields, type Exchange, json, textField } from '../exchange.ts';
import { countExchange, hmacSha256, isLive, issue, randomHex, sameText, take } from '../grants.ts';
import type { Sandbox } from '../sandbox.ts';
import type { CentralPlatform } from '../simulated.ts';
import type { Grant } from '../state.ts';
import { answerToken, oauthError, secondsLeft, type TokenRules } from '../token-endpoint.ts';
import { answerApi } from './api.ts';

const HOST = 'api.otto.market';
const SCOPES = ['orders', 'products', 'availability', 'receipts', 'returns', 'shipments'];
const INSTALLATION = /^\/v1\/apps\/([^/]+)\/installation$/;
const ACCESS_TOKEN = /^\/v1\/apps\/([^/]+)\/installations\/([^/]+)\/accessToken$/;
/** Token requests an address may make a second; all who ask the sandbox are one address. */
const TOKENS_PER_S = 10;

/** What the code is good for is the installation; how a denial comes back is unverified: as RFC 6749 has it. */
const APPROVAL: ApprovalRules = {
  platform: 'otto',
  title: 'OTTO Market',
  colour: '#d4021d',
  redirectMatch: 'exact',
  scope: { separator: ' ', known: /^(installation|partnerId)$/ },
  pkce: 'none',
  denied: { error: 'access_denied' },
};

/** No refresh token: its life is unverified, and nothing needs it once the installation is known. */
function tokenRules(sandbox: Sandbox): TokenRules {
  return {
    platform: 'otto',
    client: 'body',
    body: 'form',
    redirectUri: 'same_if_given',
    refresh: 'none',
    granted: (grant) => {
      grant.facts = { ...grant.facts, installationId: crypto.randomUUID() };
    },
    answer: (_, grant, issued) => ({
      access_token: issued.access,
      token_type: 'Bearer',
      expires_in: secondsLeft(sandbox, issued.accessExpiresAtMs),
      scope: grant.scopes.join(' '),
    }),
    more: { client_credentials: (fields) => developerToken(sandbox, textField(fields, 'scope')) },
  };
}

const MINT: MintRules = {
  platform: 'otto',
  client: 'body',
  body: 'form',
  scopeProblem: (grant, asked) => {
    const wanted = asked.split(' ').filter((one) => one !== '');
    if (wanted.length === 0) return 'a scope is needed';
    const foreign = wanted.find((one) => !grant.scopes.includes(one));
    return foreign === undefined ? null : `the app has no scope "${foreign}"`;
  },
  answer: (_, issued, asked) => ({
    access_token: issued.access,
    token_type: 'Bearer',
    expires_in: 1_800,
    scope: asked,
  }),
};

export const otto: CentralPlatform = {
  title: 'OTTO Market',
  colour: '#d4021d',
  reach: `paste an app of POST …/credential, or approve at ${HOST}/oauth2/auth; call ${HOST}/v4/orders`,
  hosts: [HOST],
  shopKey: (sandbox, exchange) => shopKeyOfToken(sandbox, bearerOf(exchange)),
  answer: (sandbox, exchange) => {
    const { path } = exchange;
    if (path === '/oauth2/auth') return answerApproval(sandbox, exchange, APPROVAL);
    if (path === '/v1/token' || path === '/oauth2/token') return answerTokens(sandbox, exchange);
    if (ACCESS_TOKEN.test(path)) return installationToken(sandbox, exchange);
    const call = authenticate(sandbox, exchange);
    if ('status' in call) return call;
    return INSTALLATION.test(path) ? installation(call) : answerApi(call);
  },
  handOut: (sandbox, shop, fields) => {
    const scopes = Array.isArray(fields['scopes']) ? fields['scopes'].map(String) : SCOPES;
    const pair = { id: crypto.randomUUID(), secret: randomHex(24), scopes };
    createKeyPair(sandbox, shop, pair);
    return json(201, { client_id: pair.id, client_secret: pair.secret, partner_id: shop.key });
  },
};

export function ottoError(
  status: number,
  title: string,
  detail: string,
  headers: Record<string, string> = {},
): Answer {
  const errors = [{ code: status, title, detail, path: '', logref: randomHex(8) }];
  return json(status, { errors }, headers);
}

/** Which of the two the caller is shows in its client id. */
function answerTokens(sandbox: Sandbox, exchange: Exchange): Answer {
  const limit = { size: TOKENS_PER_S * 2, perS: TOKENS_PER_S };
  if (!take(sandbox, 'otto tokens', limit, 1).allowed) return tooMany();
  const ours = textField(bodyFields(exchange), 'client_id') === sandbox.state.apps.otto.clientId;
  return ours ? answerToken(sandbox, exchange, tokenRules(sandbox)) : mintToken(sandbox, exchange, MINT);
}

const tooMany = () =>
  ottoError(429, 'Too Many Requests', 'The rate limit is exceeded', { 'retry-after': '1' });

/** A token of our app and no shop: it says when it ends, and is signed, so that nothing need be kept. */
function developerToken(sandbox: Sandbox, scope: string): Answer {
  if (scope !== 'developer') return oauthError(400, 'invalid_scope', 'the scope of this app is developer');
  const { accessTtlS } = sandbox.state.apps.otto;
  const ends = String(sandbox.now() + accessTtlS * 1000);
  const access_token = `developer.${ends}.${sealOf(sandbox, ends)}`;
  return json(200, { access_token, token_type: 'Bearer', expires_in: accessTtlS, scope });
}

function sealOf(sandbox: Sandbox, ends: string): string {
  return hmacSha256(sandbox.state.apps.otto.secret, ends, 'hex');
}

function isDeveloper(sandbox: Sandbox, token: string): boolean {
  const [kind, ends = '', seal = ''] = token.split('.');
  return kind === 'developer' && sameText(seal, sealOf(sandbox, ends)) && sandbox.now() < Number(ends);
}

/** Who installed, told to the token the code gave. */
function installation({ exchange, grant, sandbox }: Call): Answer {
  const appId = INSTALLATION.exec(exchange.path)?.[1];
  if (appId !== sandbox.state.apps.otto.names['appId']) return ottoError(404, 'Not Found', 'No such app');
  const installationId = grant.facts?.['installationId'];
  if (installationId === undefined || !hasScope(grant, 'installation'))
    return ottoError(403, 'Forbidden', 'The token is not that of an installation');
  return json(200, { appId, installationId, partnerId: grant.shopKey });
}

/** The answer's scopes are the installation's, whatever was asked for [unverified]. */
function installationToken(sandbox: Sandbox, exchange: Exchange): Answer {
  if (exchange.method !== 'POST') return ottoError(405, 'Method Not Allowed', 'POST is the only method');
  const [, appId, id = ''] = ACCESS_TOKEN.exec(exchange.path) ?? [];
  const { names, rejecting, accessTtlS } = sandbox.state.apps.otto;
  if (rejecting || !isDeveloper(sandbox, bearerOf(exchange)))
    return ottoError(401, 'Unauthorized', 'A token of scope developer is needed');
  const grant: Grant | null = grantByFact(sandbox, 'otto', 'installationId', id);
  if (appId !== names['appId'] || grant === null) return ottoError(404, 'Not Found', 'No such installation');
  exchange.grantId = grant.id;
  if (!isLive(sandbox, grant)) {
    grant.refusedExchanges += 1;
    grant.callsAfterEnd += 1;
    return ottoError(404, 'Not Found', 'The app is not installed any more');
  }
  const scopes = sandbox.state.shops[grant.shopKey]?.grantOnly ?? SCOPES;
  const issued = issue(sandbox, grant, {
    access: randomHex(32),
    accessExpiresAtMs: sandbox.now() + accessTtlS * 1000,
    refresh: null,
    refreshExpiresAtMs: null,
    scopes,
  });
  countExchange(grant, issued.n);
  return json(200, {
    access_token: issued.access,
    token_type: 'Bearer',
    expires_in: accessTtlS,
    scope: scopes.join(' '),
  });
}

function authenticate(sandbox: Sandbox, exchange: Exchange): Call | Answer {
  const call = callerOf(sandbox, exchange, bearerOf(exchange), 'otto');
  if (typeof call === 'string')
    return ottoError(401, 'Unauthorized', 'The access token is invalid or expired');
  if (!takeCall(sandbox, call.shop).allowed) return tooMany();
  if (call.shop.unavailable !== null) return ottoError(403, 'Forbidden', 'The partner account is not active');
  return call;
}

/** Null: the scope was granted. */
export function missingScope(grant: Grant, scope: string): Answer | null {
  return hasScope(grant, scope) ? null : ottoError(403, 'Forbidden', `The scope ${scope} is missing`);
}
