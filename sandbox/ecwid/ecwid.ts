/** Simulated Ecwid: a code grant whose token never ends, or the same token pasted; installs from its app market come back without a state. */
import { bearerOf, type Call, callerOf, hasScope, takeCall } from '../calls.ts';
import { type ApprovalRules, answerApproval, codeFor } from '../code-grant.ts';
import { type Answer, bodyFields, type Exchange, json, textField, withQuery } from '../exchange.ts';
import { createGrant, liveGrants, randomHex } from '../grants.ts';
import type { Sandbox } from '../sandbox.ts';
import type { CentralPlatform } from '../simulated.ts';
import type { Grant } from '../state.ts';
import { answerToken, issueTokens, type TokenRules } from '../token-endpoint.ts';
import { answerApi } from './api.ts';
import { pushing } from './push.ts';

const LOGIN = 'my.ecwid.com';
const API = 'app.ecwid.com';
const SCOPES = ['read_store_profile', 'read_orders', 'read_catalog', 'read_customers'];

const APPROVAL: ApprovalRules = {
  platform: 'ecwid',
  title: 'Ecwid',
  colour: '#0087cd',
  redirectMatch: 'exact',
  scope: { separator: ' ', known: /^(read|update|create|add)_[a-z_]+$/ },
  pkce: 'none',
  denied: { error: 'access_denied' },
};

const TOKENS: TokenRules = {
  platform: 'ecwid',
  client: 'body',
  body: 'form',
  redirectUri: 'same',
  refresh: 'none',
  accessToken: () => `secret_${randomHex(16)}`,
  granted: (grant) => {
    if (!grant.scopes.includes('read_store_profile')) grant.scopes = ['read_store_profile', ...grant.scopes];
  },
  answer: (_, grant, issued) => ({
    access_token: issued.access,
    token_type: 'Bearer',
    scope: grant.scopes.join(' '),
    store_id: Number(grant.shopKey),
    email: `owner@shop${grant.shopKey}.example`,
  }),
};

export const ecwid: CentralPlatform = {
  title: 'Ecwid',
  colour: '#0087cd',
  reach: `approve at ${LOGIN}/api/oauth/authorize, or paste a token of POST …/credential; call ${API}/api/v3/<store id>`,
  hosts: [LOGIN, API],
  shopKey: (_, { path }) => /^\/api\/v3\/(\d+)\//.exec(path)?.[1] ?? null,
  answer: (sandbox, exchange) => {
    const { host, path } = exchange;
    if (host === LOGIN && path === '/api/oauth/authorize') return answerApproval(sandbox, exchange, APPROVAL);
    if (host === LOGIN)
      return path === '/api/oauth/token' ? answerExchange(sandbox, exchange) : ecwidError(404, 'not found');
    const call = authenticate(sandbox, exchange);
    return 'status' in call ? call : limited(call);
  },
  pushing,
  handOut: (sandbox, shop, fields) => {
    const scopes = Array.isArray(fields['scopes']) ? fields['scopes'].map(String) : SCOPES;
    const { clientId } = sandbox.state.apps.ecwid;
    const grant = createGrant(sandbox, { platform: 'ecwid', shop, clientId, scopes });
    return json(201, { access_token: issueTokens(sandbox, grant, TOKENS).access, store_id: shop.id });
  },
  /** `callbackUrl`: the app's return address; the code comes without a state. */
  install: (sandbox, shop, fields) => {
    const callbackUrl = textField(fields, 'callbackUrl');
    if (!URL.canParse(callbackUrl)) return json(400, { error: 'callbackUrl is the app’s own address' });
    const code = codeFor(sandbox, shop, { redirectUri: callbackUrl, scopes: shop.grantOnly ?? SCOPES });
    return json(200, { url: withQuery(callbackUrl, { code }) });
  },
};

export function ecwidError(
  status: number,
  errorMessage: string,
  headers: Record<string, string> = {},
): Answer {
  return json(status, { errorMessage, errorCode: `SANDBOX_${status}` }, headers);
}

/** A code used twice ends the token it gave. */
function answerExchange(sandbox: Sandbox, exchange: Exchange): Answer {
  const code = sandbox.state.codes[textField(bodyFields(exchange), 'code')];
  if (code?.platform === 'ecwid' && code.used) {
    for (const grant of liveGrants(sandbox, code.shopKey)) grant.state = 'rejected';
  }
  return answerToken(sandbox, exchange, TOKENS);
}

/** 403 for a dead token [unverified]. */
function authenticate(sandbox: Sandbox, exchange: Exchange): Call | Answer {
  const call = callerOf(sandbox, exchange, bearerOf(exchange), 'ecwid');
  if (typeof call === 'string') return ecwidError(403, 'The access token is invalid.');
  if (/^\/api\/v3\/(\d+)\//.exec(exchange.path)?.[1] !== call.shop.key)
    return ecwidError(403, 'The access token belongs to another store.');
  return call;
}

function limited(call: Call): Answer {
  if (!takeCall(call.sandbox, call.shop).allowed)
    return ecwidError(429, 'Too many requests.', { 'retry-after': '5' });
  if (call.shop.unavailable !== null) return ecwidError(402, 'The store plan does not include API access.');
  return answerApi(call);
}

/** Null: the scope was granted. */
export function missingScope(grant: Grant, scope: string): Answer | null {
  return hasScope(grant, scope) ? null : ecwidError(403, `The access token lacks the scope ${scope}.`);
}
