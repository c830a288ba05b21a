/** Simulated Amazon Selling Partner API: consent at Seller Central, tokens at Login with Amazon, calls at three regional hosts. */
import { type Call, callerOf, shopKeyOfToken } from '../calls.ts';
import { type ApprovalRules, answerApproval } from '../code-grant.ts';
import { type Answer, bodyFields, type Exchange, json, textField } from '../exchange.ts';
import { createGrant, issue, randomHex } from '../grants.ts';
import type { Sandbox } from '../sandbox.ts';
import { shopsOf } from '../shops.ts';
import type { CentralPlatform } from '../simulated.ts';
import type { Grant } from '../state.ts';
import { answerToken, issueTokens, oauthError, secondsLeft, type TokenRules } from '../token-endpoint.ts';
import { answerApi } from './api.ts';
import { amazonError } from './asking.ts';
import { APPLICATION } from './notifications.ts';
import { readRestricted } from './restricted.ts';

const LOGIN = 'api.amazon.com';
const API_HOSTS = ['na', 'eu', 'fe'].map((region) => `sellingpartnerapi-${region}.amazon.com`);
const SELLER_CENTRAL = [
  'sellercentral.amazon.com',
  'sellercentral-europe.amazon.com',
  'sellercentral.amazon.de',
  'sellercentral.amazon.co.uk',
  'sellercentral.amazon.co.jp',
];
/** A seller authorizes a public app for a year. */
const CONSENT_MS = 365 * 86_400_000;

const TOKENS: TokenRules = {
  platform: 'amazon',
  client: 'body',
  // The documentation's form; the most used library sends JSON, and is taken.
  redirectUri: 'same_if_given',
  refresh: 'fixed',
  accessToken: () => `Atza|${randomHex(48)}`,
  refreshToken: () => `Atzr|${randomHex(48)}`,
  granted: (grant) => {
    grant.endsAtMs = grant.createdAtMs + CONSENT_MS;
  },
  answer: (sandbox, _, issued) => ({
    access_token: issued.access,
    refresh_token: issued.refresh,
    token_type: 'bearer',
    expires_in: secondsLeft(sandbox, issued.accessExpiresAtMs),
  }),
};

export const amazon: CentralPlatform = {
  title: 'Amazon',
  colour: '#ff9900',
  reach: 'approve at sellercentral.amazon.com/apps/authorize/consent; call sellingpartnerapi-eu.amazon.com',
  hosts: [LOGIN, ...API_HOSTS, ...SELLER_CENTRAL],
  shopKey: (sandbox, exchange) => {
    if (SELLER_CENTRAL.includes(exchange.host)) return null;
    const token = exchange.headers['x-amz-access-token'] ?? textField(bodyFields(exchange), 'refresh_token');
    return readRestricted(sandbox, token)?.grant.shopKey ?? shopKeyOfToken(sandbox, token);
  },
  answer: answerAmazon,
  handOut: (sandbox, shop) => {
    const { clientId } = sandbox.state.apps.amazon;
    const endsAtMs = sandbox.now() + CONSENT_MS;
    const grant = createGrant(sandbox, { platform: 'amazon', shop, clientId, scopes: [], endsAtMs });
    const issued = issueTokens(sandbox, grant, TOKENS);
    return json(201, { access_token: issued.access, refresh_token: issued.refresh, shop_id: shop.key });
  },
};

function answerAmazon(sandbox: Sandbox, exchange: Exchange): Answer {
  const { host, path } = exchange;
  if (SELLER_CENTRAL.includes(host)) {
    if (path !== '/apps/authorize/consent') return json(404, { error: 'not_found' });
    return answerApproval(sandbox, exchange, approvalRules(sandbox));
  }
  if (host === LOGIN) {
    if (path !== '/auth/o2/token') return json(404, { error: 'not_found' });
    return answerToken(sandbox, exchange, {
      ...TOKENS,
      more: { client_credentials: (fields) => applicationToken(sandbox, textField(fields, 'scope')) },
    });
  }
  const call = authenticate(sandbox, exchange);
  return 'status' in call ? call : answerApi(call);
}

/** A token of the app itself, for what is grantless. */
function applicationToken(sandbox: Sandbox, scope: string): Answer {
  const shop = shopsOf(sandbox, 'amazon')[0];
  if (shop === undefined || scope !== 'sellingpartnerapi::notifications')
    return oauthError(400, 'invalid_scope', 'the scope is unknown');
  const { clientId, accessTtlS } = sandbox.state.apps.amazon;
  const grant = createGrant(sandbox, { platform: 'amazon', shop, clientId, scopes: [APPLICATION] });
  const accessExpiresAtMs = sandbox.now() + accessTtlS * 1000;
  const access = `Atc|${randomHex(48)}`;
  issue(sandbox, grant, { access, accessExpiresAtMs, refresh: null, refreshExpiresAtMs: null });
  return json(200, { access_token: access, token_type: 'bearer', expires_in: accessTtlS });
}

/** A merchant who says no is not sent back [unverified]. */
function approvalRules(sandbox: Sandbox): ApprovalRules {
  return {
    platform: 'amazon',
    title: 'Amazon Seller Central',
    colour: '#ff9900',
    names: { clientId: 'application_id', code: 'spapi_oauth_code' },
    clientId: sandbox.state.apps.amazon.names['applicationId'] ?? '',
    responseType: false,
    redirectMatch: 'registered',
    stateNeeded: true,
    scope: null,
    pkce: 'none',
    callback: (shop) => ({ selling_partner_id: shop.key }),
    denied: null,
  };
}

export interface AmazonCall extends Call {
  /** The paths a restricted data token covers; null: an ordinary token. */
  restrictedTo: string[] | null;
}

/** 403 for each kind of bad token [unverified: the status], told apart by its details. */
function authenticate(sandbox: Sandbox, exchange: Exchange): AmazonCall | Answer {
  const denied = (details: string) =>
    amazonError(403, 'Unauthorized', 'Access to requested resource is denied.', details);
  const token = exchange.headers['x-amz-access-token'] ?? '';
  if (token === '') return denied('Access token is missing in the request header.');
  const restricted = readRestricted(sandbox, token);
  if (restricted !== null)
    return (
      restrictedCall(sandbox, exchange, restricted) ??
      denied('The restricted data token you provided has expired or does not cover this path.')
    );
  const call = callerOf(sandbox, exchange, token, 'amazon');
  if (call === 'expired') return denied('The access token you provided has expired.');
  if (call === 'ended') return denied('The access token you provided is revoked, malformed or invalid.');
  if (call === 'unknown') return denied('The access token you provided is revoked, malformed or invalid.');
  return { ...call, restrictedTo: null };
}

function restrictedCall(
  sandbox: Sandbox,
  exchange: Exchange,
  { grant, expiresAtMs, paths }: { grant: Grant; expiresAtMs: number; paths: string[] },
): AmazonCall | null {
  const shop = sandbox.state.shops[grant.shopKey];
  exchange.grantId = grant.id;
  grant.calls += 1;
  if (shop === undefined || grant.state !== 'live' || sandbox.now() >= expiresAtMs) return null;
  return { sandbox, exchange, shop, grant, restrictedTo: paths };
}
