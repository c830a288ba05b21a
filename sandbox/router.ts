/** Which simulated platform and shop a request is for. Decides by host (and folder) alone, never by credentials. */
import { answerBench, BENCH_HOST } from './bench.ts';
import { answerControl } from './control.ts';
import { type Answer, type Exchange, json } from './exchange.ts';
import type { Sandbox } from './sandbox.ts';
import { answerShopee, answerShopeeApproval, shopeeShopKey } from './shopee/api.ts';
import { answerShopify } from './shopify/shop.ts';
import { ensureShop } from './shops.ts';
import type { Shop } from './state.ts';
import { answerWooCommerce } from './woocommerce/shop.ts';

export interface Target {
  control: boolean;
  shopKey: string | null;
  handle(): Answer | Promise<Answer>;
}

export function route(sandbox: Sandbox, exchange: Exchange): Target {
  const to = (shopKey: string | null, handle: Target['handle']): Target => ({
    control: false,
    shopKey,
    handle,
  });
  if (exchange.path === '/_control' || exchange.path.startsWith('/_control/')) {
    return { control: true, shopKey: null, handle: () => answerControl(sandbox, exchange) };
  }
  if (exchange.host === BENCH_HOST) return to(BENCH_HOST, () => answerBench(exchange));
  if (exchange.host === 'partner.shopeemobile.com') {
    return to(shopeeShopKey(exchange), () => answerShopee(sandbox, exchange));
  }
  if (exchange.host === 'open.shopee.com') return to(null, () => answerShopeeApproval(sandbox, exchange));
  const shop = findShop(sandbox, exchange);
  if (shop === null)
    return to(null, () => json(404, { errors: 'Not Found', message: `no shop at "${exchange.host}"` }));
  if (shop.platform === 'shopify') return to(shop.key, () => answerShopify(sandbox, exchange, shop));
  return to(shop.key, () => answerWooCommerce(sandbox, exchange, shop));
}

const SHOPIFY_HOST = /^[a-z0-9][a-z0-9-]*\.myshopify\.com$/;
const WOO_HOST = /^[a-z0-9][a-z0-9-]*\.woo\.example$/;

/** The shop at a host; hosts of the usual patterns come into being when first asked for. */
function findShop(sandbox: Sandbox, exchange: Exchange): Shop | null {
  const host = sandbox.state.renamed[exchange.host] ?? exchange.host;
  const here = Object.values(sandbox.state.shops)
    .filter(
      (shop) => shop.platform !== 'shopee' && shop.host === host && within(exchange.path, shop.basePath),
    )
    .sort((a, b) => b.basePath.length - a.basePath.length);
  if (here[0] !== undefined) return here[0];
  if (SHOPIFY_HOST.test(host)) return ensureShop(sandbox, { platform: 'shopify', host });
  if (WOO_HOST.test(host)) return ensureShop(sandbox, { platform: 'woocommerce', host });
  return null;
}

function within(path: string, folder: string): boolean {
  return folder === '' || path === folder || path.startsWith(`${folder}/`);
}
