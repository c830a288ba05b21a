/** The resolvers at the root of a query, with the scope each needs. A missing scope is an ACCESS_DENIED error on the field. */
import { changeOf, exists } from '../collection.ts';
import { announceUninstall } from '../pushing.ts';
import type { HostileKind, ResourceName } from '../state.ts';
import { effectiveScopes, requireScope, type ShopifyCall } from './call.ts';
import { filtered, type PageArgs, pageOf, positionOf } from './page.ts';
import { pushing } from './push.ts';
import { gid, iso, listPage, renderCustomer, renderOrder, renderProduct } from './render.ts';
import { renderInventoryItem, renderLocation } from './render-inventory.ts';
import { webhookRoot } from './webhooks.ts';

/** Orders older than this need `read_all_orders`. */
const ORDER_WINDOW_MS = 60 * 86_400_000;

const RENDER: Record<ResourceName, (shop: ShopifyCall['shop'], index: number) => object> = {
  orders: renderOrder,
  products: renderProduct,
  customers: renderCustomer,
  inventory: renderInventoryItem,
};

const TYPE_RESOURCE: Record<string, ResourceName> = {
  Order: 'orders',
  Product: 'products',
  Customer: 'customers',
  InventoryItem: 'inventory',
};

export function rootOf(call: ShopifyCall) {
  const { shop, sandbox, grant } = call;
  const scopes = effectiveScopes(grant.scopes);
  const hostile = new Map<string, (HostileKind | undefined)[]>();
  const ignored: string[] = [];
  const need = (field: string, scope: string) => requireScope(scopes, field, scope);
  const oldestMs = (resource: ResourceName) =>
    resource === 'orders' && !scopes.has('read_all_orders') ? sandbox.now() - ORDER_WINDOW_MS : 0;
  const pages = (field: string, resource: ResourceName) => (args: PageArgs) => {
    need(field, `read_${resource}`);
    const page = pageOf(shop, resource, args, oldestMs(resource));
    ignored.push(...page.ignored);
    const kinds = page.positions.map((index) => changeOf(shop, resource, index)?.hostile);
    if (kinds.some((kind) => kind !== undefined)) hostile.set(field, kinds);
    const nodes = page.positions.map((index) => RENDER[resource](shop, index));
    return {
      nodes,
      edges: () => nodes.map((node, at) => ({ node, cursor: page.cursors[at] })),
      pageInfo: {
        hasNextPage: page.hasNextPage,
        hasPreviousPage: page.hasPreviousPage,
        startCursor: page.cursors[0] ?? null,
        endCursor: page.cursors.at(-1) ?? null,
      },
    };
  };
  const one = (field: string, resource: ResourceName) => (args: { id: string }) => {
    need(field, `read_${resource}`);
    const index = positionOf(resource, Number(args.id.split('/').at(-1)));
    return exists(shop, resource, index) ? RENDER[resource](shop, index) : null;
  };
  const node = (args: { id: string }) => {
    const resource = TYPE_RESOURCE[args.id.split('/').at(-2) ?? ''];
    return resource === undefined ? null : one('node', resource)(args);
  };
  const counts = (field: string, resource: ResourceName) => (args: PageArgs) => {
    need(field, `read_${resource}`);
    return { count: filtered(shop, resource, args, oldestMs(resource)).positions.length, precision: 'EXACT' };
  };
  const app = { id: gid('App', 1_000_001), title: 'Mooring', handle: 'mooring', apiKey: grant.clientId };
  const value = {
    orders: pages('orders', 'orders'),
    products: pages('products', 'products'),
    customers: pages('customers', 'customers'),
    inventoryItems: pages('inventoryItems', 'inventory'),
    locations: (args: PageArgs) => {
      need('locations', 'read_locations');
      return listPage(
        [0, 1].map((at) => () => renderLocation(shop, at)),
        args,
      );
    },
    order: one('order', 'orders'),
    product: one('product', 'products'),
    customer: one('customer', 'customers'),
    inventoryItem: one('inventoryItem', 'inventory'),
    ordersCount: counts('ordersCount', 'orders'),
    productsCount: counts('productsCount', 'products'),
    node,
    nodes: (args: { ids: string[] }) => args.ids.map((id) => node({ id })),
    shop: () => renderShop(call),
    currentAppInstallation: {
      id: gid('AppInstallation', shop.id),
      accessScopes: [...scopes].map((handle) => ({ handle, description: handle.replaceAll('_', ' ') })),
      app,
    },
    appUninstall: () => {
      grant.state = 'uninstalled';
      announceUninstall(sandbox, pushing, shop);
      return { app, userErrors: [] };
    },
    ...webhookRoot(call),
  };
  return { value, hostile, ignored, scopes };
}

function renderShop({ shop }: ShopifyCall) {
  return {
    id: gid('Shop', shop.id),
    name: shop.name,
    email: `owner@${shop.host}`,
    contactEmail: `owner@${shop.host}`,
    myshopifyDomain: shop.host,
    url: `https://${shop.host}`,
    currencyCode: shop.currency,
    ianaTimezone: 'Etc/UTC',
    timezoneOffset: '+0000',
    primaryDomain: { host: shop.host, url: `https://${shop.host}` },
    plan: {
      displayName: shop.plan,
      publicDisplayName: shop.plan,
      partnerDevelopment: false,
      shopifyPlus: shop.plan === 'plus',
    },
    createdAt: iso(shop.createdAtMs),
  };
}
