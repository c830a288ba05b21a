/** What every part of a Magento shop needs: its address, its consumers, how far a timestamp may be off. */
import type { Exchange } from '../exchange.ts';
import type { Sandbox } from '../sandbox.ts';
import type { Grant, Shop } from '../state.ts';

/** Further from now a timestamp is refused. The real check only looks at the future [unverified]; the sandbox looks both ways. */
export const WINDOW_MS = 10 * 60_000;

export function siteUrl(shop: Shop): string {
  return `${shop.secure ? 'https' : 'http'}://${shop.host}${shop.basePath}`;
}

/** The address that was signed: without query. */
export function askedUrl(exchange: Exchange, shop: Shop): string {
  return `${shop.secure ? 'https' : 'http'}://${exchange.host}${exchange.path}`;
}

export function grantOfConsumer(sandbox: Sandbox, shop: Shop, consumerKey: string): Grant | null {
  const grants = Object.values(sandbox.state.grants);
  return grants.find((one) => one.shopKey === shop.key && one.facts?.['consumerKey'] === consumerKey) ?? null;
}
