/** Credentials without an approval page, for pasted keys, imports and tests. Control alone may ask. */
import { type Answer, json, textField } from './exchange.ts';
import { createGrant } from './grants.ts';
import type { Sandbox } from './sandbox.ts';
import { issueShopeeTokens } from './shopee/tokens.ts';
import { issueTokens } from './shopify/oauth.ts';
import type { Shop } from './state.ts';
import { createKey } from './woocommerce/approval.ts';

/** `permission` (WooCommerce), `scopes` and `expiring` (Shopify); Shopee needs nothing. */
export function handOut(sandbox: Sandbox, shop: Shop, fields: Record<string, unknown>): Answer {
  if (shop.platform === 'woocommerce') {
    const key = createKey(sandbox, shop, textField(fields, 'permission') || 'read_write').generations[0];
    return json(201, { consumer_key: key?.access, consumer_secret: key?.refresh });
  }
  const scopes = Array.isArray(fields['scopes']) ? fields['scopes'].map(String) : DEFAULT_SCOPES;
  const { clientId } = sandbox.state.apps[shop.platform];
  const grant = createGrant(sandbox, { platform: shop.platform, shop, clientId, scopes });
  const issued =
    shop.platform === 'shopify'
      ? issueTokens(sandbox, grant, fields['expiring'] !== false)
      : issueShopeeTokens(sandbox, grant);
  return json(201, { access_token: issued.access, refresh_token: issued.refresh, shop_id: shop.id });
}

const DEFAULT_SCOPES = ['read_orders', 'read_products', 'read_customers', 'read_inventory', 'read_locations'];
