/** The token half of OAuth 2.0 as the platforms run it: client authentication, single-use codes, refresh with or without rotation, client credentials. */
import { basicOf } from './calls.ts';
import { verifierFits } from './code-grant.ts';
import { type Answer, bodyFields, type Exchange, json, textField } from './exchange.ts';
import {
  countExchange,
  createGrant,
  findToken,
  isLive,
  issue,
  randomHex,
  redeemCode,
  sameText,
} from './grants.ts';
import type { Sandbox } from './sandbox.ts';
import type { Code, Generation, Grant, PlatformName } from './state.ts';

export interface TokenRules {
  readonly platform: PlatformName;
  readonly client: 'basic' | 'body' | 'public';
  /** `json`, `form`: what the body must be; nothing: either. */
  readonly body?: 'json' | 'form';
  /** Whether the exchange must name the redirect the code was asked for with; `name`: the app's name for it. */
  readonly redirectUri: 'same' | 'same_if_given' | 'name' | 'ignored';
  /** `once`: a used refresh token is dead; `fixed`: it stays; `none`: there is none. */
  readonly refresh: 'once' | 'fixed' | 'none';
  /** A used refresh token works this long besides. */
  readonly overlapS?: number;
  readonly accessToken?: (grant: Grant) => string;
  readonly refreshToken?: (grant: Grant) => string;
  /** The answer; `refreshed` tells a refresh from a first exchange. */
  answer(sandbox: Sandbox, grant: Grant, issued: Generation, refreshed: boolean): Record<string, unknown>;
  /** How a refusal reads; nothing: RFC 6749 § 5.2. */
  readonly refuse?: (status: number, error: string, description: string) => Answer;
  /** Called before the answer to a first exchange, to keep what the platform keeps. */
  readonly granted?: (grant: Grant, code: Code) => void;
  /** Further grant types, asked once the client is known. */
  readonly more?: Readonly<Record<string, (fields: Record<string, unknown>) => Answer>>;
}

const NO_STORE = { 'cache-control': 'no-store', pragma: 'no-cache' };

export function oauthError(status: number, error: string, description: string): Answer {
  return json(status, { error, error_description: description }, NO_STORE);
}

export function answerToken(sandbox: Sandbox, exchange: Exchange, rules: TokenRules): Answer {
  const refuse = rules.refuse ?? oauthError;
  if (exchange.method !== 'POST') return refuse(405, 'invalid_request', 'POST is the only method');
  const type = exchange.headers['content-type'] ?? '';
  const expected = { json: 'application/json', form: 'application/x-www-form-urlencoded' };
  if (rules.body !== undefined && !type.startsWith(expected[rules.body]))
    return refuse(400, 'invalid_request', `the body is ${expected[rules.body]}`);
  const fields = bodyFields(exchange);
  if (!isOurClient(sandbox, exchange, fields, rules))
    return refuse(401, 'invalid_client', 'client authentication failed');
  const grantType = textField(fields, 'grant_type');
  if (grantType === 'authorization_code') return exchangeCode(sandbox, exchange, fields, rules);
  if (grantType === 'refresh_token' && rules.refresh !== 'none')
    return refreshTokens(sandbox, exchange, textField(fields, 'refresh_token'), rules);
  const further = Object.entries(rules.more ?? {}).find(([name]) => name === grantType);
  return further?.[1](fields) ?? refuse(400, 'unsupported_grant_type', 'the grant_type is not supported');
}

/** RFC 6749 § 2.3: one way of client authentication, the platform's own, and no other. */
function isOurClient(
  sandbox: Sandbox,
  exchange: Exchange,
  fields: Record<string, unknown>,
  rules: TokenRules,
): boolean {
  const app = sandbox.state.apps[rules.platform];
  if (app.rejecting) return false;
  const basic = basicOf(exchange);
  if (rules.client === 'basic') {
    if (basic === null || fields['client_secret'] !== undefined) return false;
    return basic.user === app.clientId && sameText(basic.password, app.secret);
  }
  if (basic !== null || textField(fields, 'client_id') !== app.clientId) return false;
  if (rules.client === 'public') return fields['client_secret'] === undefined;
  return sameText(textField(fields, 'client_secret'), app.secret);
}

function exchangeCode(
  sandbox: Sandbox,
  exchange: Exchange,
  fields: Record<string, unknown>,
  rules: TokenRules,
): Answer {
  const refuse = rules.refuse ?? oauthError;
  const dead = () =>
    refuse(
      400,
      'invalid_grant',
      'the authorization code is invalid, expired or was issued to another client',
    );
  const app = sandbox.state.apps[rules.platform];
  const code = redeemCode(sandbox, textField(fields, 'code'), rules.platform);
  if (code === null) return dead();
  const redirectUri = textField(fields, 'redirect_uri');
  const named = rules.redirectUri === 'same' || (rules.redirectUri === 'same_if_given' && redirectUri !== '');
  if (named && redirectUri !== code.redirectUri) return dead();
  if (rules.redirectUri === 'name' && redirectUri !== app.names['ruName']) return dead();
  if (!verifierFits(code, textField(fields, 'code_verifier'))) return dead();
  const shop = sandbox.state.shops[code.shopKey];
  if (shop === undefined) return dead();
  const grant = createGrant(sandbox, {
    platform: rules.platform,
    shop,
    clientId: code.clientId,
    scopes: code.scopes,
  });
  rules.granted?.(grant, code);
  exchange.grantId = grant.id;
  const issued = issueTokens(sandbox, grant, rules);
  return json(200, rules.answer(sandbox, grant, issued, false), NO_STORE);
}

/** The next generation, by the app's lifetimes; where the refresh token stays, it is carried over with its end. */
export function issueTokens(sandbox: Sandbox, grant: Grant, rules: TokenRules): Generation {
  const app = sandbox.state.apps[rules.platform];
  const nowMs = sandbox.now();
  const until = (ttlS: number) => (ttlS === 0 ? null : nowMs + ttlS * 1000);
  const before = grant.generations.at(-1);
  const keeps = rules.refresh === 'fixed' && before?.refresh;
  const fresh = rules.refresh === 'none' ? null : (rules.refreshToken?.(grant) ?? randomHex(32));
  return issue(sandbox, grant, {
    access: rules.accessToken?.(grant) ?? randomHex(32),
    accessExpiresAtMs: until(app.accessTtlS),
    refresh: keeps ? before.refresh : fresh,
    refreshExpiresAtMs: keeps ? before.refreshExpiresAtMs : fresh === null ? null : until(app.refreshTtlS),
  });
}

/** Exchanges a refresh token by the platform's rules; a refusal is counted on the grant. */
export function refreshTokens(
  sandbox: Sandbox,
  exchange: Exchange,
  token: string,
  rules: TokenRules,
): Answer {
  const refuse = rules.refuse ?? oauthError;
  const found = refreshable(sandbox, exchange, token, rules);
  if (found === null) return refuse(400, 'invalid_grant', 'the refresh token is invalid, expired or revoked');
  const { grant, generation } = found;
  if (rules.refresh === 'once') generation.refreshUsedAtMs ??= sandbox.now();
  countExchange(grant, generation.n);
  const issued = issueTokens(sandbox, grant, rules);
  return json(200, rules.answer(sandbox, grant, issued, true), NO_STORE);
}

/** The grant and generation a refresh token may still be exchanged for; null, and counted, when it may not. */
export function refreshable(
  sandbox: Sandbox,
  exchange: Exchange,
  token: string,
  rules: Pick<TokenRules, 'platform' | 'refresh' | 'overlapS'>,
): { grant: Grant; generation: Generation } | null {
  const found = token === '' ? null : findToken(sandbox, token, 'refresh');
  if (found === null || found.grant.platform !== rules.platform) return null;
  const { grant, generation } = found;
  exchange.grantId = grant.id;
  const live = isLive(sandbox, grant);
  if (!live) grant.callsAfterEnd += 1;
  const nowMs = sandbox.now();
  const over = generation.refreshExpiresAtMs !== null && nowMs >= generation.refreshExpiresAtMs;
  const usedAtMs = rules.refresh === 'once' ? generation.refreshUsedAtMs : null;
  const used = usedAtMs !== null && nowMs - usedAtMs >= (rules.overlapS ?? 0) * 1000;
  if (live && !over && !used) return found;
  grant.refusedExchanges += 1;
  return null;
}

export function secondsLeft(sandbox: Sandbox, untilMs: number | null): number {
  return untilMs === null ? 0 : Math.round((untilMs - sandbox.now()) / 1000);
}
