/** Making shops: the given fields, else sensible ones that depend on the key alone, so that a shop is the same in every start. */
import { createCollection } from './collection.ts';
import type { Exchange } from './exchange.ts';
import { variantsOf } from './generator.ts';
import { randomUint32 } from './random.ts';
import type { Sandbox } from './sandbox.ts';
import { SHOP_DEFAULTS } from './shop-defaults.ts';
import type { PlatformName, Shop } from './state.ts';

export interface ShopWish {
  platform: PlatformName;
  host?: string | undefined;
  /** The platform's word for it, where it is not addressed by host or number. */
  key?: string | undefined;
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
  const shop = shopFrom(wish, sandbox.now(), sandbox.seed);
  sandbox.state.shops[shop.key] = shop;
  sandbox.changed();
  return shop;
}

/** The shop with that key, made when there is none. */
export function ensureShop(sandbox: Sandbox, wish: ShopWish): Shop {
  return sandbox.state.shops[keyOf(wish)] ?? createShop(sandbox, wish);
}

function keyOf(wish: ShopWish): string {
  const defaults = SHOP_DEFAULTS[wish.platform];
  if (defaults.keyIs === 'id') return String(wish.id ?? defaults.id);
  if (defaults.keyIs === 'word') return wish.key ?? defaults.word ?? wish.platform;
  return `${wish.host ?? defaults.host}${wish.basePath ?? ''}`;
}

/** A platform's shops, its own default one when nobody made any. */
export function shopsOf(sandbox: Sandbox, platform: PlatformName): Shop[] {
  const shops = Object.values(sandbox.state.shops).filter((shop) => shop.platform === platform);
  return shops.length > 0 ? shops : [ensureShop(sandbox, { platform })];
}

/** The shop picked in an approval's form or by `_shop` in its address, else the platform's first. */
export function chosenShop(sandbox: Sandbox, exchange: Exchange, platform: PlatformName): Shop {
  const form = new URLSearchParams(exchange.method === 'POST' ? exchange.bodyText : '');
  const picked = form.get('shop') ?? exchange.query.get('_shop');
  const shops = shopsOf(sandbox, platform);
  return shops.find((shop) => shop.key === picked) ?? shops[0] ?? ensureShop(sandbox, { platform });
}

function shopFrom(wish: ShopWish, nowMs: number, seed: string | null): Shop {
  const key = keyOf(wish);
  const defaults = SHOP_DEFAULTS[wish.platform];
  const host = wish.host ?? defaults.host;
  const products = wish.products ?? 40;
  return {
    key,
    platform: wish.platform,
    host,
    basePath: wish.basePath ?? '',
    secure: wish.secure ?? true,
    id: wish.id ?? defaults.id ?? 50_000_000_000 + randomUint32(key, 'shop', 0),
    name: wish.name ?? `${key.split('.')[0]} (sandbox)`,
    seed: wish.seed ?? (seed === null ? key : `${seed}.${key}`),
    createdAtMs: nowMs,
    untilMs: Math.floor((wish.untilMs ?? nowMs) / 1000) * 1000,
    historyDays: wish.historyDays ?? 55,
    currency: wish.currency ?? defaults.currency ?? 'EUR',
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
