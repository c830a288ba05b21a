/**
 * Simulated Walmart Marketplace: a seller's own keys by client credentials, or a solution provider's code grant; both by Basic, tokens of a
 * quarter of an hour in a header of their own, a correlation id on every call.
 */
import { basicOf, type Call, callerOf, shopKeyOfToken } from '../calls.ts';
import { createKeyPair, type MintRules, mintToken } from '../client-credentials.ts';
import { type ApprovalRules, answerApproval } from '../code-grant.ts';
import { type Answer, bodyFields, type Exchange, json, textField } from '../exchange.ts';
import { randomHex, take } from '../grants.ts';
import type { Sandbox } from '../sandbox.ts';
import type { CentralPlatform } from '../simulated.ts';
import { answerToken, secondsLeft, type TokenRules } from '../token-endpoint.ts';
import { answerApi } from './api.ts';
import { pushing } from './push.ts';

const LOGIN = 'login.account.wal-mart.com';
const API = 'marketplace.walmartapis.com';
const PERMISSIONS = ['orders', 'items', 'inventory'];

/** A seller who says no stays on a page [unverified]. */
const approvalRules = (clientId: string): ApprovalRules => ({
  platform: 'walmart',
  title: 'Walmart Seller Center',
  colour: '#0071dc',
  names: { clientId: 'clientId', redirectUri: 'redirectUri' },
  clientId,
  responseType: false,
  redirectMatch: 'exact',
  stateNeeded: true,
  scope: null,
  scopes: PERMISSIONS,
  pkce: 'none',
  callback: (shop) => ({ type: 'auth', clientId, sellerId: shop.key }),
  denied: null,
});

export const walmart: CentralPlatform = {
  title: 'Walmart',
  colour: '#0071dc',
  reach: `paste a key of POST …/credential, or approve at ${LOGIN}/authorize; call ${API}/v3`,
  hosts: [LOGIN, API],
  shopKey: (sandbox, exchange) =>
    shopKeyOfToken(
      sandbox,
      exchange.headers['wm_sec.access_token'] ?? textField(bodyFields(exchange), 'refresh_token'),
    ),
  answer: answerWalmart,
  /** `scopes` of orders, items, inventory. */
  handOut: (sandbox, shop, fields) => {
    const scopes = Array.isArray(fields['scopes']) ? fields['scopes'].map(String) : PERMISSIONS;
    const pair = { id: crypto.randomUUID(), secret: randomHex(20), scopes };
    createKeyPair(sandbox, shop, pair);
    return json(201, { client_id: pair.id, client_secret: pair.secret, seller_id: shop.key });
  },
  pushing,
};

export function walmartError(status: number, code: string, description: string): Answer {
  const error = {
    code,
    field: code.split('.')[0],
    description,
    info: description,
    severity: 'ERROR',
    category: 'DATA',
  };
  return json(status, { error: [error] });
}

function answerWalmart(sandbox: Sandbox, exchange: Exchange): Answer {
  const { host, path } = exchange;
  const { clientId } = sandbox.state.apps.walmart;
  if (host === LOGIN) {
    const asked =
      exchange.query.get('responseType') === 'code' && exchange.query.get('clientType') === 'seller';
    if (path !== '/authorize' || !asked || !exchange.query.get('nonce'))
      return json(400, { message: 'responseType, clientType or nonce is wrong' });
    return answerApproval(sandbox, exchange, approvalRules(clientId));
  }
  const missing = headerProblem(exchange);
  if (missing !== null) return missing;
  if (path === '/v3/token') return answerTokens(sandbox, exchange);
  const call = authenticate(sandbox, exchange);
  if ('status' in call) return call;
  if (path === '/v3/token/detail') return tokenDetail(call);
  if (path === '/v3/settings/partnerprofile') return withBucket(call, () => partnerProfile(call));
  return withBucket(call, () => answerApi(call));
}

function headerProblem({ headers }: Exchange): Answer | null {
  const name = ['wm_qos.correlation_id', 'wm_svc.name'].find((one) => !headers[one]);
  if (name === undefined) return null;
  return walmartError(400, 'MISSING_HEADER.GMP_GATEWAY_API', `The header ${name.toUpperCase()} is missing.`);
}

/** Which of the two the caller is shows in its client id. */
function answerTokens(sandbox: Sandbox, exchange: Exchange): Answer {
  const refuse = (status: number, error: string, text: string) =>
    walmartError(status, `${error.toUpperCase()}.GMP_GATEWAY_API`, text);
  const answerOf = (access: string, untilMs: number | null) => ({
    access_token: access,
    token_type: 'Bearer',
    expires_in: secondsLeft(sandbox, untilMs),
  });
  if (basicOf(exchange)?.user !== sandbox.state.apps.walmart.clientId) {
    const rules: MintRules = {
      platform: 'walmart',
      client: 'basic',
      body: 'form',
      refuse,
      answer: (_, issued) => answerOf(issued.access, issued.accessExpiresAtMs),
    };
    return mintToken(sandbox, exchange, rules);
  }
  if (!exchange.headers['wm_partner.id'])
    return walmartError(400, 'MISSING_HEADER.GMP_GATEWAY_API', 'The header WM_PARTNER.ID is missing.');
  const rules: TokenRules = {
    platform: 'walmart',
    client: 'basic',
    body: 'form',
    redirectUri: 'same',
    refresh: 'fixed',
    refuse,
    answer: (_, __, issued, refreshed) => ({
      ...answerOf(issued.access, issued.accessExpiresAtMs),
      ...(refreshed ? {} : { refresh_token: issued.refresh }),
    }),
  };
  return answerToken(sandbox, exchange, rules);
}

function authenticate(sandbox: Sandbox, exchange: Exchange): Call | Answer {
  const call = callerOf(sandbox, exchange, exchange.headers['wm_sec.access_token'] ?? '', 'walmart');
  if (typeof call !== 'string') return call;
  return walmartError(
    401,
    'UNAUTHORIZED.GMP_GATEWAY_API',
    'Unauthorized token or incorrect authorization header.',
  );
}

function tokenDetail({ grant, sandbox }: Call): Answer {
  const scopes = Object.fromEntries(
    PERMISSIONS.map((name) => [name, grant.scopes.includes(name) ? 'view_only' : 'no_access']),
  );
  const expire_at = Math.floor((grant.generations.at(-1)?.accessExpiresAtMs ?? sandbox.now()) / 1000);
  return json(200, { scopes, is_valid: true, is_channel_match: true, expire_at });
}

function partnerProfile({ shop }: Call): Answer {
  const partner = { partnerId: shop.key, partnerName: shop.name, partnerDisplayName: shop.name };
  return json(200, { partner, configurations: [] });
}

/** A bucket an endpoint. The replenishment time is epoch milliseconds here [seen in three forms]. */
function withBucket(call: Call, answer: () => Answer): Answer {
  const { sandbox, shop, exchange } = call;
  const perS = sandbox.state.apps.walmart.callsPerS;
  const size = Math.max(1, perS * 2);
  const taken = take(sandbox, `walmart ${exchange.path} ${shop.key}`, { size, perS }, 1);
  const headers = {
    'x-current-token-count': String(Math.floor(taken.left)),
    'x-next-replenishment-time': String(sandbox.now() + Math.ceil(1_000 / perS)),
  };
  if (!taken.allowed) {
    const answered = walmartError(
      429,
      'REQUEST_THRESHOLD_VIOLATED.GMP_GATEWAY_API',
      'The request limit is reached.',
    );
    return { ...answered, headers: { ...answered.headers, ...headers } };
  }
  const answered =
    shop.unavailable === null
      ? answer()
      : walmartError(403, 'FORBIDDEN.GMP_GATEWAY_API', 'The seller is suspended.');
  return { ...answered, headers: { ...headers, ...answered.headers } };
}
