/** What every part of a WooCommerce shop needs: its address, a call to it, WordPress's way of refusing. */
import { type Answer, type Exchange, json } from '../exchange.ts';
import type { Sandbox } from '../sandbox.ts';
import type { Grant, Shop } from '../state.ts';

export interface WooCall {
  sandbox: Sandbox;
  exchange: Exchange;
  shop: Shop;
  grant: Grant;
  /** The path after /wp-json/wc/v3. */
  resource: string;
}

export function siteUrl(shop: Shop): string {
  return `${shop.secure ? 'https' : 'http'}://${shop.host}${shop.basePath}`;
}

export function wpError(
  status: number,
  code: string,
  message: string,
  params?: Record<string, string>,
): Answer {
  return json(status, { code, message, data: { status, ...(params === undefined ? {} : { params }) } });
}
