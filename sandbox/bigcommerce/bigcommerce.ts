/**
 * Simulated BigCommerce. The merchant begins: an install at the marketplace sends the browser to our callback with a code and no state.
 * Load and uninstall are addresses of ours, called with a signed JWT. Tokens never end, until the app is installed anew.
 */
import { approvalPage, decisionOf, messagePage } from '../approval-page.ts';
import { isRegisteredRedirect } from '../apps.ts';
import { type Call, callerOf, hasScope } from '../calls.ts';
import { type ApprovalRules, answerApproval, codeFor } from '../code-grant.ts';
import { type Answer, bodyFields, type Exchange, json, redirect, textField, withQuery } from '../exchange.ts';
import { createGrant, liveGrants, randomHex } from '../grants.ts';
import type { Sandbox } from '../sandbox.ts';
import { chosenShop } from '../shops.ts';
import type { CentralPlatform } from '../simulated.ts';
import type { Grant, Shop } from '../state.ts';
import { answerToken, issueTokens, type TokenRules } from '../token-endpoint.ts';
import { answerApi } from './api.ts';
import { owner, tellUninstall, withSignedPayload } from './payload.ts';
import { pushing } from './push.ts';

const LOGIN = 'login.bigcommerce.com';
/** Scopes are fixed in the app's profile: all or nothing. */
const SCOPES = [
  'store_v2_default',
  'store_v2_information_read_only',
  'store_v2_orders_read_only',
  'store_v2_products_read_only',
  'store_v2_customers_read_only',
  'store_inventory_read_only',
];

const contextOf = (shop: Shop) => `stores/${shop.key}`;
const accountOf = (shop: Shop) => `00000000-0000-4000-8000-${String(shop.id % 1e12).padStart(12, '0')}`;

function callbackParams(shop: Shop, scopes: readonly string[]): Record<string, string> {
  return { account_uuid: accountOf(shop), context: contextOf(shop), scope: scopes.join(' ') };
}

const TOKENS: TokenRules = {
  platform: 'bigcommerce',
  client: 'body',
  body: 'json',
  redirectUri: 'same',
  refresh: 'none',
  accessToken: () => randomHex(16),
  answer: (sandbox, grant, issued) => {
    const shop = sandbox.state.shops[grant.shopKey];
    return {
      access_token: issued.access,
      scope: grant.scopes.join(' '),
      user: owner(shop),
      owner: owner(shop),
      context: shop === undefined ? '' : contextOf(shop),
      account_uuid: shop === undefined ? '' : accountOf(shop),
    };
  },
};

const AUTHORIZE: ApprovalRules = {
  platform: 'bigcommerce',
  title: 'BigCommerce',
  colour: '#34313f',
  redirectMatch: 'exact',
  scope: { separator: ' ', known: /^store_[a-z0-9_]+$/, needed: false },
  pkce: 'none',
  callback: callbackParams,
  denied: null,
};

export const bigcommerce: CentralPlatform = {
  title: 'BigCommerce',
  colour: '#34313f',
  reach: 'install at login.bigcommerce.com/app/<client id>/install; call api.bigcommerce.com/stores/<hash>',
  hosts: [LOGIN, 'api.bigcommerce.com'],
  shopKey: (_, { host, path }) =>
    host === LOGIN ? null : (/^\/stores\/([a-z0-9]+)\//.exec(path)?.[1] ?? null),
  answer: answerBigCommerce,
  handOut: (sandbox, shop, fields) => {
    const grant = grantTo(
      sandbox,
      shop,
      Array.isArray(fields['scopes']) ? fields['scopes'].map(String) : SCOPES,
    );
    return json(201, { access_token: issueTokens(sandbox, grant, TOKENS).access, store_hash: shop.key });
  },
  /** `callbackUrl`; `as: "load"` opens the app in the control panel instead; `forge` spoils its JWT. */
  install: (sandbox, shop, fields) => {
    const callbackUrl = textField(fields, 'callbackUrl');
    if (!URL.canParse(callbackUrl)) return json(400, { error: 'callbackUrl is the app’s own address' });
    if (fields['as'] === 'load')
      return json(200, { url: withSignedPayload(sandbox, shop, callbackUrl, fields) });
    return json(200, { url: installUrl(sandbox, shop, callbackUrl) });
  },
  uninstall: tellUninstall,
  pushing,
};

function grantTo(sandbox: Sandbox, shop: Shop, scopes: string[]): Grant {
  for (const before of liveGrants(sandbox, shop.key)) before.state = 'rejected';
  const { clientId } = sandbox.state.apps.bigcommerce;
  return createGrant(sandbox, { platform: 'bigcommerce', shop, clientId, scopes });
}

function installUrl(
  sandbox: Sandbox,
  shop: Shop,
  callbackUrl: string,
  more: Record<string, string> = {},
): string {
  const scopes = shop.grantOnly ?? SCOPES;
  const code = codeFor(sandbox, shop, { redirectUri: callbackUrl, scopes });
  return withQuery(callbackUrl, { ...callbackParams(shop, scopes), code, ...more });
}

function answerBigCommerce(sandbox: Sandbox, exchange: Exchange): Answer {
  const { host, path } = exchange;
  if (host === LOGIN) {
    const { clientId } = sandbox.state.apps.bigcommerce;
    if (path === '/oauth2/authorize') return answerAuthorize(sandbox, exchange);
    if (path === '/oauth2/token') return answerExchange(sandbox, exchange);
    if (path === `/app/${clientId}/install`) return answerInstall(sandbox, exchange);
    const ended = path.startsWith(`/app/${clientId}/install/`) ? path.split('/').at(-1) : '';
    if (ended === 'succeeded' || ended === 'failed')
      return messagePage(200, `The install ${ended}`, 'You may close this page.');
    return json(404, { error: 'not_found' });
  }
  const call = authenticate(sandbox, exchange);
  return 'status' in call ? call : answerApi(call);
}

/** `context`, where given, names the shop. Without scopes it is the app's profile that counts. */
function answerAuthorize(sandbox: Sandbox, exchange: Exchange): Answer {
  const hash = /^stores\/([a-z0-9]+)$/.exec(exchange.query.get('context') ?? '')?.[1];
  const named = hash === undefined ? undefined : sandbox.state.shops[hash];
  const asked = (exchange.query.get('scope') ?? '').split(' ').filter((one) => one !== '');
  const rules = asked.length > 0 ? AUTHORIZE : { ...AUTHORIZE, scope: null, scopes: SCOPES };
  return answerApproval(sandbox, exchange, named === undefined ? rules : { ...rules, shop: named });
}

/** The button outside: the merchant picks a shop, the browser goes to the app's callback, which then must say how it ended. */
function answerInstall(sandbox: Sandbox, exchange: Exchange): Answer {
  const app = sandbox.state.apps.bigcommerce;
  const registered = app.redirectUris.find((one) => one !== 'loopback');
  const callbackUrl = exchange.query.get('redirect_uri') ?? registered ?? '';
  if (!isRegisteredRedirect(app, callbackUrl, 'exact'))
    return messagePage(400, 'Install', 'the app has no callback, or redirect_uri is not registered');
  const shop = chosenShop(sandbox, exchange, 'bigcommerce');
  const decision = decisionOf(sandbox, exchange, shop);
  if (decision === null)
    return approvalPage({
      platform: 'BigCommerce',
      colour: '#34313f',
      shopName: shop.name,
      appName: 'Mooring',
      asks: SCOPES,
    });
  if (decision === 'deny') return messagePage(200, 'Install', 'The app is not installed.');
  return redirect(installUrl(sandbox, shop, callbackUrl, { external_install: 'true' }));
}

/** Code, context and scope must be those that were sent; earlier tokens of the shop end. */
function answerExchange(sandbox: Sandbox, exchange: Exchange): Answer {
  const fields = bodyFields(exchange);
  const code = sandbox.state.codes[textField(fields, 'code')];
  const [context, scope] = [textField(fields, 'context'), textField(fields, 'scope')];
  const same = code !== undefined && context === `stores/${code.shopKey}` && scope === code.scopes.join(' ');
  if (code !== undefined && !same)
    return json(400, { error: 'invalid_grant', error_description: 'context or scope do not match' });
  const before = code === undefined ? [] : liveGrants(sandbox, code.shopKey);
  const answer = answerToken(sandbox, exchange, TOKENS);
  if (answer.status === 200) for (const grant of before) grant.state = 'rejected';
  return answer;
}

function authenticate(sandbox: Sandbox, exchange: Exchange): Call | Answer {
  const hash = /^\/stores\/([a-z0-9]+)\//.exec(exchange.path)?.[1];
  const call = callerOf(sandbox, exchange, exchange.headers['x-auth-token'] ?? '', 'bigcommerce');
  if (typeof call === 'string' || call.shop.key !== hash)
    return apiError(401, 'X-Auth-Token header is required or invalid.');
  return call;
}

export function apiError(status: number, title: string, headers: Record<string, string> = {}): Answer {
  const type = 'https://developer.bigcommerce.com/api-docs/getting-started/api-status-codes';
  return json(status, { status, title, type }, headers);
}

/** Null: the scope was granted, for reading or for all. */
export function missingScope(grant: Grant, scope: string): Answer | null {
  if (hasScope(grant, scope, scope.replace('_read_only', ''))) return null;
  return apiError(403, "You don't have a required scope to access the endpoint");
}
