/** WooCommerce's key handshake: the merchant approves, the shop's server posts the keys, then the browser goes back. */
import { approvalPage, decisionOf, messagePage } from '../approval-page.ts';
import { isLoopbackUrl } from '../apps.ts';
import { type Answer, type Exchange, redirect, withQuery } from '../exchange.ts';
import { createGrant, issue, randomHex } from '../grants.ts';
import type { Sandbox } from '../sandbox.ts';
import type { Grant, Shop } from '../state.ts';

const CALLBACK_TIMEOUT_MS = 60_000;
const ASKS: Record<string, string[]> = {
  read: ['View coupons, customers, orders, products'],
  write: ['Create webhooks, coupons, customers, orders, products'],
  read_write: ['View and manage coupons, customers, orders, products, webhooks'],
};

export async function answerApproval(sandbox: Sandbox, exchange: Exchange, shop: Shop): Promise<Answer> {
  const { query } = exchange;
  const refuse = (text: string) => messagePage(401, 'Access denied', `Error: ${text}`);
  for (const name of ['app_name', 'user_id', 'return_url', 'callback_url', 'scope']) {
    if (!query.get(name)) return refuse(`Missing parameter ${name}`);
  }
  const scope = query.get('scope') ?? '';
  if (!Object.hasOwn(ASKS, scope)) return refuse(`Invalid scope ${scope}`);
  const callbackUrl = query.get('callback_url') ?? '';
  const returnUrl = query.get('return_url') ?? '';
  if (!URL.canParse(returnUrl)) return refuse('The return_url is not a valid URL');
  if (!URL.canParse(callbackUrl)) return refuse('The callback_url is not a valid URL');
  // The platform insists on https; the sandbox lets this machine's own addresses pass.
  if (new URL(callbackUrl).protocol !== 'https:' && !isLoopbackUrl(callbackUrl)) {
    return refuse('The callback_url needs to be over SSL');
  }
  const decision = decisionOf(sandbox, exchange, shop);
  if (decision === null) {
    const appName = query.get('app_name') ?? '';
    return approvalPage({
      platform: 'WooCommerce',
      colour: '#7f54b3',
      shopName: shop.name,
      appName,
      asks: ASKS[scope] ?? [],
    });
  }
  const userId = query.get('user_id') ?? '';
  if (decision === 'deny') return redirect(withQuery(returnUrl, { success: '0', user_id: userId }));
  const permission = shop.grantOnly?.[0] ?? scope;
  const grant = createKey(sandbox, shop, permission);
  if (!(await deliverKey(callbackUrl, grant, userId))) {
    grant.state = 'uninstalled';
    sandbox.changed();
    return refuse('An error occurred in the request and at the time were unable to send the consumer data');
  }
  return redirect(withQuery(returnUrl, { success: '1', user_id: userId }));
}

/** A key as WooCommerce makes it; `permission` is read, write or read_write. */
export function createKey(sandbox: Sandbox, shop: Shop, permission: string): Grant {
  const grant = createGrant(sandbox, { platform: 'woocommerce', shop, clientId: '', scopes: [permission] });
  issue(sandbox, grant, {
    access: `ck_${randomHex(20)}`,
    accessExpiresAtMs: null,
    refresh: `cs_${randomHex(20)}`,
    refreshExpiresAtMs: null,
  });
  return grant;
}

async function deliverKey(callbackUrl: string, grant: Grant, userId: string): Promise<boolean> {
  const key = grant.generations.at(-1);
  try {
    const response = await fetch(callbackUrl, {
      method: 'POST',
      redirect: 'manual',
      signal: AbortSignal.timeout(CALLBACK_TIMEOUT_MS),
      headers: { 'content-type': 'application/json;charset=UTF-8', 'user-agent': 'WordPress/6.9; sandbox' },
      body: JSON.stringify({
        key_id: Number.parseInt(grant.id.slice(-6), 16),
        user_id: userId,
        consumer_key: key?.access,
        consumer_secret: key?.refresh,
        key_permissions: grant.scopes[0],
      }),
    });
    await response.arrayBuffer();
    return response.status === 200;
  } catch {
    return false;
  }
}
