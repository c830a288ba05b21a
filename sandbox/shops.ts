/** Making shops: the given fields, else sensible ones that depend on the key alone, so that a shop is the same in every start. */
import { createCollection } from './collection.ts';
import { variantsOf } from './generator.ts';
import { randomUint32 } from './random.ts';
import type { Sandbox } from './sandbox.ts';
import type { PlatformName, Shop } from './state.ts';

export interface ShopWish {
  platform: PlatformName;
  host?: string | undefined;
  basePath?: string | undefined;
  secure?: boolean | undefined;
  id?: number | undefined;
  name?: string | undefined;
  seed?: string | undefined;
  orders?: number | undefined;
  products?: number | undefined;
  customers?: number | undefined;
  currency?: string | undefined;
  plan?: Shop['plan'] | undefined;
  historyDays?: number | undefined;
  untilMs?: number | undefined;
  timeZoneOffsetMinutes?: number | undefined;
  approval?: Shop['approval'] | undefined;
  grantOnly?: string[] | undefined;
}

/** Makes a shop, or makes it anew where one has that key. */
export function createShop(sandbox: Sandbox, wish: ShopWish): Shop {
  const shop = shopFrom(wish, sandbox.now());
  sandbox.state.shops[shop.key] = shop;
  sandbox.changed();
  return shop;
}

/** The shop with that key, made when there is none. */
export function ensureShop(sandbox: Sandbox, wish: ShopWish): Shop {
  return sandbox.state.shops[keyOf(wish)] ?? createShop(sandbox, wish);
}

function keyOf(wish: ShopWish): string {
  if (wish.platform === 'shopee') return String(wish.id ?? 220_001);
  return `${wish.host ?? defaultHost(wish.platform)}${wish.basePath ?? ''}`;
}

function defaultHost(platform: PlatformName): string {
  if (platform === 'shopify') return 'demo.myshopify.com';
  return platform === 'shopee' ? 'partner.shopeemobile.com' : 'demo.woo.example';
}

function shopFrom(wish: ShopWish, nowMs: number): Shop {
  const key = keyOf(wish);
  const host = wish.host ?? defaultHost(wish.platform);
  const products = wish.products ?? 40;
  return {
    key,
    platform: wish.platform,
    host,
    basePath: wish.basePath ?? '',
    secure: wish.secure ?? true,
    id: wish.id ?? (wish.platform === 'shopee' ? 220_001 : 50_000_000_000 + randomUint32(key, 'shop', 0)),
    name: wish.name ?? `${key.split('.')[0]} (sandbox)`,
    seed: wish.seed ?? key,
    createdAtMs: nowMs,
    untilMs: Math.floor((wish.untilMs ?? nowMs) / 1000) * 1000,
    historyDays: wish.historyDays ?? 55,
    currency: wish.currency ?? (wish.platform === 'shopee' ? 'SGD' : 'EUR'),
    plan: wish.plan ?? 'plus',
    timeZoneOffsetMinutes: wish.timeZoneOffsetMinutes ?? 0,
    approval: wish.approval ?? null,
    grantOnly: wish.grantOnly ?? null,
    unavailable: null,
    collections: {
      orders: createCollection(wish.orders ?? 250),
      products: createCollection(products),
      customers: createCollection(wish.customers ?? 60),
      inventory: createCollection(variantsOf(products)),
    },
  };
}
