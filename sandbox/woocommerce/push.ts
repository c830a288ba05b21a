/** What a WooCommerce shop pushes: the record as its REST API has it, signed with the webhook's own secret. Nothing is repeated; the seventh failure in a row disables a webhook. */
import { createHash } from 'node:crypto';
import { productOfVariant } from '../generator.ts';
import { hmacSha256 } from '../grants.ts';
import { type Attempt, type Happening, type Pushing, post, type Telling } from '../pushing.ts';
import type { Sandbox } from '../sandbox.ts';
import type { ResourceName, Shop, Subscription } from '../state.ts';
import { subscriptionsOf } from '../subscriptions.ts';
import { recordId, renderCustomer, renderOrder, renderProduct, type WooResource } from './render.ts';
import { siteUrl } from './site.ts';

const TIMEOUT_MS = 60_000;
/** The stored count is compared before it rises, so that it is the seventh. */
const MOST_FAILURES = 7;
const USER_AGENT = 'WooCommerce/11.1.0 Hookshot (WordPress/6.9)';

const NOUN: Record<WooResource, string> = { orders: 'order', products: 'product', customers: 'customer' };
const EVENT = { create: 'created', update: 'updated', delete: 'deleted' } as const;
const RENDER: Record<WooResource, (shop: Shop, index: number) => object> = {
  orders: renderOrder,
  products: renderProduct,
  customers: renderCustomer,
};

export const pushing: Pushing = {
  platform: 'woocommerce',
  retryS: [],
  timeoutMs: TIMEOUT_MS,
  accepts: (status) => (status >= 200 && status < 300) || status === 301 || status === 302,
  tellings,
  failed: (_, subscription) => {
    if (subscription.failures >= MOST_FAILURES) subscription.state = 'disabled';
  },
  idOf: (_, resource, index) => String(recordId(nounOf(resource), placeOf(resource, index))),
};

/** Stock is a field of the product. */
const nounOf = (resource: ResourceName): WooResource => (resource === 'inventory' ? 'products' : resource);
const placeOf = (resource: ResourceName, index: number) =>
  resource === 'inventory' ? productOfVariant(index) : index;

function tellings(sandbox: Sandbox, happening: Happening): Telling[] {
  if (happening.kind === 'named') return toEach(sandbox, happening.shop, happening.topic, happening.payload);
  const { shop, resource, act } = happening;
  if (resource === 'inventory' && act !== 'update') return [];
  const [noun, index] = [nounOf(resource), placeOf(resource, happening.index)];
  const id = recordId(noun, index);
  const record = act === 'delete' ? { id } : RENDER[noun](shop, index);
  return toEach(sandbox, shop, `${NOUN[noun]}.${EVENT[act]}`, record, String(id));
}

function toEach(sandbox: Sandbox, shop: Shop, topic: string, record: object, objectId = shop.key): Telling[] {
  const body = JSON.stringify(record);
  return subscriptionsOf(sandbox, 'woocommerce', shop.key)
    .filter((one) => one.state === 'active' && one.topics.includes(topic))
    .map((one) => {
      const request = (attempt: Attempt) => ({ headers: headersOf(shop, one, topic, body, attempt), body });
      return { subscription: one, url: one.url, topic, objectId, request };
    });
}

function headersOf(
  shop: Shop,
  webhook: Subscription,
  topic: string,
  body: string,
  attempt: Attempt,
): Record<string, string> {
  const [resource = '', event = ''] = topic.split('.');
  const second = Math.floor(attempt.nowMs / 1000);
  return {
    'content-type': 'application/json',
    'user-agent': USER_AGENT,
    'x-wc-webhook-source': `${siteUrl(shop)}/`,
    'x-wc-webhook-topic': topic,
    'x-wc-webhook-resource': resource,
    'x-wc-webhook-event': event,
    'x-wc-webhook-signature': hmacSha256(attempt.forged ? 'another-secret' : webhook.secret, body, 'base64'),
    'x-wc-webhook-id': webhook.id,
    // Of the webhook and the second alone: two deliveries within it share one.
    'x-wc-webhook-delivery-id': createHash('md5').update(`${webhook.id}${second}`).digest('hex'),
  };
}

/** The unsigned form that is sent once a webhook is made. */
export async function ping(sandbox: Sandbox, webhook: Subscription): Promise<boolean> {
  const headers = { 'content-type': 'application/x-www-form-urlencoded', 'user-agent': USER_AGENT };
  const status = await post(sandbox, webhook.url, { headers, body: `webhook_id=${webhook.id}` }, TIMEOUT_MS);
  return status === 200;
}
