/** What Shopify pushes: bodies in the words of its REST API, signed with the app's secret. Eight repetitions over four hours; after eight failures in a row the subscription is gone. */
import { randomUUID } from 'node:crypto';
import { updatedAtMs } from '../collection.ts';
import { hmacSha256 } from '../grants.ts';
import type { Attempt, Happening, Pushing, Telling } from '../pushing.ts';
import type { Sandbox } from '../sandbox.ts';
import type { ResourceName, Shop } from '../state.ts';
import { subscriptionsOf, unsubscribe } from '../subscriptions.ts';
import { recordId } from './page.ts';
import { gid, iso } from './render.ts';
import { restOrder } from './rest-order.ts';

/** The topics that shops and apps may ask for, with what reading them needs. */
export const TOPICS: Record<string, string | null> = {
  'orders/create': 'read_orders',
  'orders/updated': 'read_orders',
  'orders/delete': 'read_orders',
  'orders/cancelled': 'read_orders',
  'products/create': 'read_products',
  'products/update': 'read_products',
  'products/delete': 'read_products',
  'customers/create': 'read_customers',
  'customers/update': 'read_customers',
  'customers/delete': 'read_customers',
  'inventory_levels/update': 'read_inventory',
  'inventory_items/update': 'read_inventory',
  'app/uninstalled': null,
};

export const enumOf = (topic: string) => topic.replace('/', '_').toUpperCase();

/** Told to the app's one address, and never by a subscription of a shop. */
const OF_THE_APP = ['customers/data_request', 'customers/redact', 'shop/redact'];
const MOST_FAILURES = 8;
const NEWEST = '2026-10';
const LOCATION_ID = 90_000_000_000;

const TOPIC_OF: Record<ResourceName, Record<'create' | 'update' | 'delete', string | null>> = {
  orders: { create: 'orders/create', update: 'orders/updated', delete: 'orders/delete' },
  products: { create: 'products/create', update: 'products/update', delete: 'products/delete' },
  customers: { create: 'customers/create', update: 'customers/update', delete: 'customers/delete' },
  inventory: { create: null, update: 'inventory_levels/update', delete: null },
};

export const pushing: Pushing = {
  platform: 'shopify',
  retryS: [56, 113, 226, 452, 904, 1_807, 3_614, 7_228],
  timeoutMs: 5_000,
  accepts: (status) => status >= 200 && status < 300,
  tellings,
  uninstalled: 'app/uninstalled',
  failed: (sandbox, subscription) => {
    if (subscription.failures >= MOST_FAILURES) unsubscribe(sandbox, subscription);
  },
  idOf: (_, resource, index) => String(recordId(resource, index)),
};

function tellings(sandbox: Sandbox, happening: Happening): Telling[] {
  const { shop } = happening;
  const topic = happening.kind === 'named' ? happening.topic : TOPIC_OF[happening.resource][happening.act];
  if (topic === null) return [];
  const body = JSON.stringify(
    happening.kind === 'named' ? namedBody(shop, happening) : recordBody(happening),
  );
  const objectId =
    happening.kind === 'named' ? shop.key : String(recordId(happening.resource, happening.index));
  const eventId = randomUUID();
  const to = (url: string, subscription: Telling['subscription']): Telling => {
    const webhookId = randomUUID();
    const request = (attempt: Attempt) => ({
      headers: headersOf(sandbox, shop, topic, { body, eventId, webhookId }, attempt),
      body,
    });
    return { subscription, url, topic, objectId, request };
  };
  if (OF_THE_APP.includes(topic)) {
    const { notifyUrl } = sandbox.state.apps.shopify;
    return notifyUrl === '' ? [] : [to(notifyUrl, null)];
  }
  return subscriptionsOf(sandbox, 'shopify', shop.key)
    .filter((one) => one.state === 'active' && one.topics.includes(topic))
    .map((one) => to(one.url, one));
}

function headersOf(
  sandbox: Sandbox,
  shop: Shop,
  topic: string,
  of: { body: string; eventId: string; webhookId: string },
  attempt: Attempt,
): Record<string, string> {
  const secret = attempt.forged ? 'another-secret' : sandbox.state.apps.shopify.secret;
  return {
    'content-type': 'application/json',
    'user-agent': 'Shopify-Captain-Hook',
    'x-shopify-topic': topic,
    'x-shopify-shop-domain': shop.host,
    'x-shopify-api-version': NEWEST,
    'x-shopify-webhook-id': of.webhookId,
    'x-shopify-event-id': of.eventId,
    'x-shopify-triggered-at': iso(attempt.nowMs),
    'x-shopify-hmac-sha256': hmacSha256(secret, of.body, 'base64'),
  };
}

function recordBody({ shop, resource, act, index }: Happening & { kind: 'changed' }): object {
  const id = recordId(resource, index);
  if (act === 'delete') return { id };
  const updatedAt = iso(updatedAtMs(shop, resource, index));
  switch (resource) {
    case 'orders':
      return { admin_graphql_api_id: gid('Order', id), ...restOrder(shop, index) };
    case 'products':
      return { admin_graphql_api_id: gid('Product', id), id, updated_at: updatedAt };
    case 'customers':
      return { admin_graphql_api_id: gid('Customer', id), id, updated_at: updatedAt };
    case 'inventory':
      return {
        inventory_item_id: id,
        location_id: LOCATION_ID,
        available: 1,
        updated_at: updatedAt,
        admin_graphql_api_id: `gid://shopify/InventoryLevel/${LOCATION_ID}?inventory_item_id=${id}`,
      };
  }
}

/** What the app is told of the shop itself, and the duties of privacy; control may add to it. */
function namedBody(shop: Shop, { topic, payload }: Happening & { kind: 'named' }): object {
  if (topic === 'app/uninstalled')
    return { id: shop.id, name: shop.name, domain: shop.host, myshopify_domain: shop.host, ...payload };
  const of = { shop_id: shop.id, shop_domain: shop.host };
  const customer = { id: recordId('customers', 0), email: 'someone@example.com', phone: null };
  const orders = [recordId('orders', 0)];
  if (topic === 'customers/data_request')
    return { ...of, orders_requested: orders, customer, data_request: { id: 9_999 }, ...payload };
  if (topic === 'customers/redact') return { ...of, customer, orders_to_redact: orders, ...payload };
  return { ...of, ...payload };
}
