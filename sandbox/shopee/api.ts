/** Simulated Shopee: its approval page on one host, its signed API on another. The shop is in the request, not in the host. */
import { approvalPage, decisionOf, messagePage } from '../approval-page.ts';
import { isRegisteredRedirect } from '../apps.ts';
import { type Answer, bodyFields, type Exchange, json, redirect, textField, withQuery } from '../exchange.ts';
import { countCall, createCode, createGrant, findToken, hmacSha256, sameText, take } from '../grants.ts';
import type { Sandbox } from '../sandbox.ts';
import { chosenShop, shopsOf } from '../shops.ts';
import type { CentralPlatform } from '../simulated.ts';
import type { Grant, Shop } from '../state.ts';
import { flat, refuse } from './answers.ts';
import { baseInfo, itemList, modelList } from './items.ts';
import { approveByMainAccount, MAIN_ACCOUNT, MAIN_CHOICE } from './main-account.ts';
import { orderDetail, orderList } from './orders.ts';
import { exchangeCode, issueShopeeTokens, refresh } from './tokens.ts';

export interface ShopeeCall {
  sandbox: Sandbox;
  exchange: Exchange;
  shop: Shop;
  grant: Grant;
}

const TIMESTAMP_WINDOW_MS = 5 * 60_000;

const SHOP_CALLS: Record<string, (call: ShopeeCall) => Answer> = {
  'GET /api/v2/shop/get_shop_info': shopInfo,
  'GET /api/v2/order/get_order_list': orderList,
  'GET /api/v2/order/get_order_detail': orderDetail,
  'GET /api/v2/product/get_item_list': itemList,
  'GET /api/v2/product/get_item_base_info': baseInfo,
  'GET /api/v2/product/get_model_list': modelList,
};

export const shopee: CentralPlatform = {
  title: 'Shopee',
  colour: '#ee4d2d',
  reach: 'approve at open.shopee.com/auth and pick the shop there',
  hosts: ['open.shopee.com', 'partner.shopeemobile.com'],
  shopKey: (_, exchange) => (exchange.host === 'open.shopee.com' ? null : shopeeShopKey(exchange)),
  answer: (sandbox, exchange) =>
    exchange.host === 'open.shopee.com'
      ? answerShopeeApproval(sandbox, exchange)
      : answerShopee(sandbox, exchange),
  handOut: (sandbox, shop) => {
    const { clientId } = sandbox.state.apps.shopee;
    const issued = issueShopeeTokens(
      sandbox,
      createGrant(sandbox, { platform: 'shopee', shop, clientId, scopes: [] }),
    );
    return json(201, { access_token: issued.access, refresh_token: issued.refresh, shop_id: shop.id });
  },
};

function shopeeShopKey(exchange: Exchange): string | null {
  return exchange.query.get('shop_id') || textField(bodyFields(exchange), 'shop_id') || null;
}

function answerShopee(sandbox: Sandbox, exchange: Exchange): Answer {
  const { path, method } = exchange;
  const isToken = path === '/api/v2/auth/token/get' || path === '/api/v2/auth/access_token/get';
  const perform = SHOP_CALLS[`${method} ${path}`];
  if (!isToken && perform === undefined) return refuse(404, 'error_not_found', 'The path is unknown.');
  const unsigned = signatureRefusal(sandbox, exchange, !isToken);
  if (unsigned !== null) return unsigned;
  if (path === '/api/v2/auth/token/get') return exchangeCode(sandbox, exchange);
  if (perform === undefined) return refresh(sandbox, exchange);
  return shopCall(sandbox, exchange, perform);
}

/** partner_id + path + timestamp (+ access_token + shop_id), HMAC-SHA256 in lower-case hex; null: it is right. */
function signatureRefusal(sandbox: Sandbox, exchange: Exchange, ofShop: boolean): Answer | null {
  const { query, path } = exchange;
  const app = sandbox.state.apps.shopee;
  const names = ['partner_id', 'timestamp', 'sign', ...(ofShop ? ['access_token', 'shop_id'] : [])];
  const missing = names.find((name) => !query.get(name));
  if (missing !== undefined) return refuse(400, 'error_param', `There is no ${missing} in the query.`);
  if (query.get('partner_id') !== app.clientId) return refuse(403, 'error_param', 'Invalid partner_id.');
  const timestamp = query.get('timestamp') ?? '';
  if (!/^\d{10}$/.test(timestamp)) return refuse(400, 'error_param', 'Invalid timestamp.');
  if (Math.abs(sandbox.signatureNow() - Number(timestamp) * 1000) > TIMESTAMP_WINDOW_MS) {
    return refuse(403, 'error_param', 'Invalid timestamp: more than 5 minutes off.');
  }
  const own = ofShop ? `${query.get('access_token')}${query.get('shop_id')}` : '';
  const expected = hmacSha256(app.secret, `${app.clientId}${path}${timestamp}${own}`, 'hex');
  if (app.rejecting || !sameText(expected, query.get('sign') ?? ''))
    return refuse(403, 'error_sign', 'Wrong sign.');
  return null;
}

function shopCall(sandbox: Sandbox, exchange: Exchange, perform: (call: ShopeeCall) => Answer): Answer {
  const found = findToken(sandbox, exchange.query.get('access_token') ?? '', 'access');
  const dead = () => refuse(403, 'invalid_acceess_token', 'Invalid access_token, please have a check.');
  if (found === null || found.grant.shopKey !== exchange.query.get('shop_id')) return dead();
  exchange.grantId = found.grant.id;
  const live = countCall(sandbox, found.grant);
  if (found.grant.state === 'uninstalled')
    return refuse(403, 'shop_no_linked', 'The shop is not linked to this partner.');
  if (!live) return refuse(403, 'shop_access_expired', 'The authorization of the shop has expired.');
  const { accessExpiresAtMs } = found.generation;
  if (accessExpiresAtMs !== null && sandbox.now() >= accessExpiresAtMs) return dead();
  const shop = sandbox.state.shops[found.grant.shopKey];
  if (shop === undefined) return refuse(403, 'shop_no_linked', 'The shop is not linked to this partner.');
  if (shop.unavailable !== null) return refuse(403, 'shop_banned', 'The shop is banned.');
  const perS = sandbox.state.settings.shopeeCallsPerS;
  if (!take(sandbox, `shopee ${shop.key}`, { size: perS * 2, perS }, 1).allowed) {
    return refuse(429, 'error_rate_limit', 'The request rate is too high.');
  }
  return perform({ sandbox, exchange, shop, grant: found.grant });
}

function shopInfo({ shop, grant }: ShopeeCall): Answer {
  return flat({
    shop_name: shop.name,
    region: 'SG',
    status: 'NORMAL',
    auth_time: Math.floor(grant.createdAtMs / 1000),
    expire_time: Math.floor((grant.endsAtMs ?? 0) / 1000),
    is_cb: false,
    shop_id: shop.id,
  });
}

/** The merchant logs in and picks the shop here; the callback tells which. */
function answerShopeeApproval(sandbox: Sandbox, exchange: Exchange): Answer {
  const { query } = exchange;
  if (exchange.path !== '/auth') return json(404, { error: 'error_not_found' });
  const app = sandbox.state.apps.shopee;
  const refuseIt = (text: string) => messagePage(400, 'Authorization error', text);
  if (query.get('partner_id') !== app.clientId) return refuseIt('partner_id is unknown');
  if (query.get('response_type') !== 'code') return refuseIt('response_type must be code');
  if (!['seller', 'supplier', 'user'].includes(query.get('auth_type') ?? ''))
    return refuseIt('auth_type is unknown');
  const redirectUri = query.get('redirect_uri') ?? '';
  if (!isRegisteredRedirect(app, redirectUri, 'origin'))
    return refuseIt('the domain of redirect_uri is not registered');
  const shop = chosenShop(sandbox, exchange, 'shopee');
  const decision = decisionOf(sandbox, exchange, shop);
  if (decision === null) {
    const shops = shopsOf(sandbox, 'shopee');
    const choose = shops.map((one) => ({ name: one.key, label: `${one.name} · ${one.key}` }));
    if (shops.length > 1)
      choose.push({ name: MAIN_CHOICE, label: `all ${shops.length} shops · main account ${MAIN_ACCOUNT}` });
    return approvalPage({
      platform: 'Shopee',
      colour: '#ee4d2d',
      shopName: 'your shop',
      appName: 'Mooring',
      asks: ['Orders', 'Products', 'Shop'],
      choose,
    });
  }
  if (decision === 'deny')
    return messagePage(200, 'Not authorized', 'You did not authorize the app. You may close this page.');
  const answer = isMainAccount(exchange)
    ? approveByMainAccount(sandbox, app.clientId)
    : approveShop(sandbox, shop, app.clientId);
  const state = query.get('state');
  if (state !== null) answer['state'] = state;
  return redirect(withQuery(redirectUri, answer));
}

function approveShop(sandbox: Sandbox, shop: Shop, clientId: string): Record<string, string> {
  const code = { platform: shop.platform, shopKey: shop.key, clientId, scopes: [] };
  return { code: createCode(sandbox, code, sandbox.state.settings.shopeeCodeTtlS), shop_id: shop.key };
}

function isMainAccount(exchange: Exchange): boolean {
  const form = new URLSearchParams(exchange.method === 'POST' ? exchange.bodyText : '');
  return (form.get('shop') ?? exchange.query.get('_shop')) === MAIN_CHOICE;
}
