/** Shopify's authorization code grant with expiring offline tokens: approval, signed callback, exchange, rotation, upgrade. */
import { approvalPage, decisionOf, messagePage } from '../approval-page.ts';
import { type App, isRegisteredRedirect } from '../apps.ts';
import { type Answer, bodyFields, type Exchange, json, redirect, textField, withQuery } from '../exchange.ts';
import {
  countExchange,
  createCode,
  createGrant,
  findToken,
  hmacSha256,
  isLive,
  issue,
  randomHex,
  redeemCode,
  sameText,
} from '../grants.ts';
import type { Sandbox } from '../sandbox.ts';
import type { Generation, Grant, Shop } from '../state.ts';
import { unavailableAnswer } from './call.ts';

/** A refresh token that was exchanged may be retried this long while its replacement is unused. */
const RETRY_WINDOW_MS = 30 * 86_400_000;
const OFFLINE_TOKEN = 'urn:shopify:params:oauth:token-type:offline-access-token';
const TOKEN_EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
const SCOPE = /^(read|write)_[a-z_]+$/;

export function answerAuthorize(sandbox: Sandbox, exchange: Exchange, shop: Shop): Answer {
  const { query } = exchange;
  const app = sandbox.state.apps.shopify;
  const redirectUri = query.get('redirect_uri') ?? '';
  const scopes = (query.get('scope') ?? '').split(',').filter((scope) => scope !== '');
  const refuse = (text: string) => messagePage(400, 'Oauth error', text);
  if (query.get('client_id') !== app.clientId) return refuse('invalid_request: no app has this client_id');
  if (!isRegisteredRedirect(app, redirectUri, 'exact')) {
    return refuse('invalid_request: The redirect_uri is not whitelisted');
  }
  const unknown = scopes.find((scope) => !SCOPE.test(scope));
  if (scopes.length === 0 || unknown !== undefined) return refuse(`invalid_scope: "${unknown ?? ''}"`);
  if (query.getAll('grant_options[]').includes('per-user'))
    return refuse('the sandbox grants offline access only');
  const decision = decisionOf(sandbox, exchange, shop);
  if (decision === null) {
    return approvalPage({
      platform: 'Shopify',
      colour: '#5e8e3e',
      shopName: shop.name,
      appName: 'Mooring',
      asks: scopes,
    });
  }
  const answer: Record<string, string> =
    decision === 'deny'
      ? { error: 'access_denied', error_description: 'The merchant denied the request' }
      : { code: grantCode(sandbox, shop, app, scopes) };
  const state = query.get('state');
  if (state !== null) answer['state'] = state;
  return redirect(withQuery(redirectUri, signCallback(sandbox, shop, app, answer)));
}

function grantCode(sandbox: Sandbox, shop: Shop, app: App, scopes: string[]): string {
  const granted =
    shop.grantOnly === null ? scopes : scopes.filter((scope) => shop.grantOnly?.includes(scope));
  const code = { platform: shop.platform, shopKey: shop.key, clientId: app.clientId, scopes: granted };
  return createCode(sandbox, code, sandbox.state.settings.shopifyCodeTtlS);
}

/** hex HMAC over the sorted, encoded parameters, with the app's secret as the key. */
export function signCallback(
  sandbox: Sandbox,
  shop: Shop,
  app: App,
  answer: Record<string, string>,
): Record<string, string> {
  const params: Record<string, string> = {
    ...answer,
    host: Buffer.from(`admin.shopify.com/store/${shop.host.split('.')[0]}`).toString('base64url'),
    shop: shop.host,
    timestamp: String(Math.floor(sandbox.signatureNow() / 1000)),
  };
  const message = Object.entries(params)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .join('&');
  return { ...params, hmac: hmacSha256(app.secret, message, 'hex') };
}

function oauthError(status: number, error: string, description: string): Answer {
  return json(status, { error, error_description: description });
}

export function answerToken(sandbox: Sandbox, exchange: Exchange, shop: Shop): Answer {
  const fields = bodyFields(exchange);
  const app = sandbox.state.apps.shopify;
  const secretFits = sameText(textField(fields, 'client_secret'), app.secret);
  if (app.rejecting || textField(fields, 'client_id') !== app.clientId || !secretFits) {
    return oauthError(401, 'invalid_client', 'Client authentication failed');
  }
  const unavailable = unavailableAnswer(shop);
  if (unavailable !== null) return unavailable;
  switch (textField(fields, 'grant_type')) {
    case '':
    case 'authorization_code':
      return exchangeCode(sandbox, exchange, shop, fields);
    case 'refresh_token':
      return refresh(sandbox, exchange, shop, textField(fields, 'refresh_token'));
    case TOKEN_EXCHANGE:
      return upgrade(sandbox, exchange, shop, fields);
    default:
      return oauthError(400, 'unsupported_grant_type', 'The grant_type is not supported');
  }
}

function exchangeCode(
  sandbox: Sandbox,
  exchange: Exchange,
  shop: Shop,
  fields: Record<string, unknown>,
): Answer {
  const expiring = ['1', 'true'].includes(String(fields['expiring'] ?? '0'));
  if (!expiring && sandbox.state.apps.shopify.expiringRequired) {
    return oauthError(400, 'invalid_request', 'This app must use expiring offline access tokens');
  }
  const code = redeemCode(sandbox, textField(fields, 'code'), 'shopify');
  if (code === null || code.shopKey !== shop.key) {
    return oauthError(400, 'invalid_request', 'The authorization code was not found or was already used');
  }
  const grant = createGrant(sandbox, {
    platform: 'shopify',
    shop,
    clientId: code.clientId,
    scopes: code.scopes,
  });
  exchange.grantId = grant.id;
  return tokenAnswer(sandbox, grant, issueTokens(sandbox, grant, expiring));
}

/** The next pair of tokens; without expiry and refresh token where the app still uses the old kind. */
export function issueTokens(sandbox: Sandbox, grant: Grant, expiring: boolean): Generation {
  const { settings } = sandbox.state;
  const nowMs = sandbox.now();
  return issue(sandbox, grant, {
    access: `shpat_${randomHex(16)}`,
    accessExpiresAtMs: expiring ? nowMs + settings.shopifyAccessTtlS * 1000 : null,
    refresh: expiring ? `shprt_${randomHex(16)}` : null,
    refreshExpiresAtMs: expiring ? nowMs + settings.shopifyRefreshTtlS * 1000 : null,
  });
}

function tokenAnswer(sandbox: Sandbox, grant: Grant, issued: Generation): Answer {
  const seconds = (untilMs: number) => Math.round((untilMs - sandbox.now()) / 1000);
  const { accessExpiresAtMs, refresh: refreshToken, refreshExpiresAtMs } = issued;
  return json(200, {
    access_token: issued.access,
    scope: grant.scopes
      .filter(
        (scope) => !grant.scopes.includes(scope.replace('read_', 'write_')) || scope.startsWith('write_'),
      )
      .join(','),
    ...(accessExpiresAtMs === null ? {} : { expires_in: seconds(accessExpiresAtMs) }),
    ...(refreshToken === null ? {} : { refresh_token: refreshToken }),
    ...(refreshExpiresAtMs === null ? {} : { refresh_token_expires_in: seconds(refreshExpiresAtMs) }),
  });
}

function refresh(sandbox: Sandbox, exchange: Exchange, shop: Shop, token: string): Answer {
  const found = findToken(sandbox, token, 'refresh');
  if (found === null || found.grant.shopKey !== shop.key) return deadRefresh();
  const { grant, generation } = found;
  exchange.grantId = grant.id;
  if (!isLive(sandbox, grant)) {
    grant.callsAfterEnd += 1;
    return deadRefresh(grant);
  }
  const expired = generation.refreshExpiresAtMs !== null && sandbox.now() >= generation.refreshExpiresAtMs;
  if (expired || !mayExchange(sandbox, grant, generation)) return deadRefresh(grant);
  forgetReplacement(sandbox, grant, generation);
  generation.refreshUsedAtMs ??= sandbox.now();
  countExchange(grant, generation.n);
  return tokenAnswer(sandbox, grant, issueTokens(sandbox, grant, true));
}

function deadRefresh(grant?: Grant): Answer {
  if (grant !== undefined) grant.refusedExchanges += 1;
  return oauthError(400, 'invalid_grant', 'The refresh token is invalid, expired or was already used');
}

/** Unused, or used lately with a replacement that nobody has used yet. */
function mayExchange(sandbox: Sandbox, grant: Grant, generation: Generation): boolean {
  const usedAtMs = generation.refreshUsedAtMs;
  if (usedAtMs === null) return true;
  const latest = grant.generations.at(-1);
  const replacementUnused = latest?.n === generation.n + 1 && latest.refreshUsedAtMs === null;
  return replacementUnused && sandbox.now() - usedAtMs < RETRY_WINDOW_MS;
}

/** A retry replaces the pair that was never used: that one stops working, so that one family lives. */
function forgetReplacement(sandbox: Sandbox, grant: Grant, generation: Generation): void {
  if (generation.refreshUsedAtMs === null) return;
  const unused = grant.generations.pop();
  if (unused === undefined) return;
  sandbox.tokens.delete(unused.access);
  if (unused.refresh !== null) sandbox.tokens.delete(unused.refresh);
}

/** A token of the old, non-expiring kind for an expiring pair; the old one ends. */
function upgrade(sandbox: Sandbox, exchange: Exchange, shop: Shop, fields: Record<string, unknown>): Answer {
  const wrongKind = [fields['subject_token_type'], fields['requested_token_type']].some(
    (one) => one !== OFFLINE_TOKEN,
  );
  const found = findToken(sandbox, textField(fields, 'subject_token'), 'access');
  if (wrongKind || found === null || found.grant.shopKey !== shop.key || !isLive(sandbox, found.grant)) {
    return oauthError(400, 'invalid_subject_token', 'The subject token is not valid');
  }
  exchange.grantId = found.grant.id;
  if (found.generation.accessExpiresAtMs !== null) {
    return oauthError(400, 'invalid_request', 'The subject token already expires');
  }
  const issued = issueTokens(sandbox, found.grant, true);
  found.generation.accessExpiresAtMs = sandbox.now();
  countExchange(found.grant, found.generation.n);
  return tokenAnswer(sandbox, found.grant, issued);
}
