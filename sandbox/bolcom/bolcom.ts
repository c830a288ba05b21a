/**
 * Simulated bol.com: a retailer's own keys by client credentials, or an intermediary's code grant. Tokens live minutes; refresh tokens a
 * year, rotating or not by contract (switch `rotates`). The version stands in the Accept header.
 */
import { basicOf, bearerOf, type Call, callerOf, shopKeyOfToken } from '../calls.ts';
import { createKeyPair, type MintRules, mintToken } from '../client-credentials.ts';
import { type ApprovalRules, answerApproval } from '../code-grant.ts';
import { type Answer, bodyFields, type Exchange, json, textField } from '../exchange.ts';
import { randomHex } from '../grants.ts';
import type { Sandbox } from '../sandbox.ts';
import type { CentralPlatform } from '../simulated.ts';
import { answerToken, secondsLeft, type TokenRules } from '../token-endpoint.ts';
import { answerApi } from './api.ts';
import { pushing } from './push.ts';

const LOGIN = 'login.bol.com';
const VERSION = /^application\/vnd\.retailer\.v(10|11)\+(json|csv)$/;

/** How a denial comes back is unverified: as RFC 6749 has it. */
const APPROVAL: ApprovalRules = {
  platform: 'bolcom',
  title: 'bol.com',
  colour: '#0000a4',
  redirectMatch: 'exact',
  scope: { separator: ' ', known: /^offline_access$/ },
  pkce: 'none',
  denied: { error: 'access_denied' },
};

function tokenRules(sandbox: Sandbox): TokenRules {
  return {
    platform: 'bolcom',
    client: 'basic',
    body: 'form',
    redirectUri: 'same',
    refresh: sandbox.state.apps.bolcom.switches['rotates'] === true ? 'once' : 'fixed',
    answer: (_, grant, issued) => ({
      access_token: issued.access,
      token_type: 'Bearer',
      expires_in: secondsLeft(sandbox, issued.accessExpiresAtMs),
      scope: grant.scopes.join(' '),
      refresh_token: issued.refresh,
    }),
  };
}

function mintRules(sandbox: Sandbox): MintRules {
  return {
    platform: 'bolcom',
    client: 'basic',
    body: 'form',
    answer: (_, issued) => ({
      access_token: issued.access,
      token_type: 'Bearer',
      expires_in: secondsLeft(sandbox, issued.accessExpiresAtMs),
      scope: 'RETAILER',
    }),
  };
}

export const bolcom: CentralPlatform = {
  title: 'bol.com',
  colour: '#0000a4',
  reach: 'paste a key of POST …/credential, or approve at login.bol.com/authorize; call api.bol.com/retailer',
  hosts: [LOGIN, 'api.bol.com'],
  shopKey: (sandbox, exchange) =>
    shopKeyOfToken(sandbox, bearerOf(exchange) || textField(bodyFields(exchange), 'refresh_token')),
  answer: (sandbox, exchange) => {
    const { host, path } = exchange;
    if (host === LOGIN && path === '/authorize') return answerApproval(sandbox, exchange, APPROVAL);
    if (host === LOGIN)
      return path === '/token' ? answerLogin(sandbox, exchange) : problem(404, 'Not Found', path);
    const call = authenticate(sandbox, exchange);
    return 'status' in call ? call : answerApi(call);
  },
  handOut: (sandbox, shop) => {
    const pair = { id: `${randomHex(8)}-retailer`, secret: randomHex(24), scopes: ['RETAILER'] };
    createKeyPair(sandbox, shop, pair);
    return json(201, { client_id: pair.id, client_secret: pair.secret });
  },
  pushing,
};

/** Which of the two the caller is shows in its client id. */
function answerLogin(sandbox: Sandbox, exchange: Exchange): Answer {
  const ours = basicOf(exchange)?.user === sandbox.state.apps.bolcom.clientId;
  return ours
    ? answerToken(sandbox, exchange, tokenRules(sandbox))
    : mintToken(sandbox, exchange, mintRules(sandbox));
}

export function problem(
  status: number,
  title: string,
  detail: string,
  headers: Record<string, string> = {},
): Answer {
  const body = { type: 'https://api.bol.com/problems', title, status, detail, host: 'sandbox' };
  return json(status, body, { 'content-type': 'application/problem+json', ...headers });
}

function authenticate(sandbox: Sandbox, exchange: Exchange): Call | Answer {
  const call = callerOf(sandbox, exchange, bearerOf(exchange), 'bolcom');
  if (call === 'expired') return problem(401, 'Unauthorized', 'The access token is expired.');
  if (typeof call === 'string') return problem(401, 'Unauthorized', 'The access token is invalid.');
  if (!VERSION.test(exchange.headers['accept'] ?? ''))
    return problem(
      406,
      'Not Acceptable',
      'The Accept header must name a version: application/vnd.retailer.v10+json.',
    );
  return call;
}
