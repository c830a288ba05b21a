/**
 * What BigCommerce pushes: what changed and its id alone, signed as Standard Webhooks with the app's secret, beside the hook's own headers.
 * Eleven repetitions over two days, then the hook is inactive. That it blocks an address for three minutes is left out, and that a new hook waits a minute.
 */
import { createHash, randomUUID } from 'node:crypto';
import { productOfVariant } from '../generator.ts';
import { hmacSha256 } from '../grants.ts';
import type { Attempt, Happening, Pushing, Telling } from '../pushing.ts';
import type { Sandbox } from '../sandbox.ts';
import type { ResourceName, Shop } from '../state.ts';
import { subscriptionsOf } from '../subscriptions.ts';
import { customerId, orderId, productId } from './render.ts';

const NOUN: Record<Exclude<ResourceName, 'inventory'>, string> = {
  orders: 'order',
  products: 'product',
  customers: 'customer',
};
const EVENT = { create: 'created', update: 'updated', delete: 'deleted' } as const;
const ID: Record<ResourceName, (index: number) => number> = {
  orders: orderId,
  products: productId,
  customers: customerId,
  inventory: (variant) => productId(productOfVariant(variant)),
};

export const pushing: Pushing = {
  platform: 'bigcommerce',
  retryS: [60, 180, 300, 600, 900, 1_800, 3_600, 7_200, 21_600, 50_400, 86_400],
  timeoutMs: 10_000,
  accepts: (status) => status >= 200 && status < 300,
  tellings,
  failed: (_, subscription, isLast) => {
    if (isLast) subscription.state = 'disabled';
  },
  idOf: (_, resource, index) => String(ID[resource](index)),
};

/** Wildcards stand for what follows the noun. */
export function covers(scope: string, topic: string): boolean {
  return scope === topic || (scope.endsWith('/*') && topic.startsWith(scope.slice(0, -1)));
}

function topicOf(happening: Happening): string | null {
  if (happening.kind === 'named') return happening.topic;
  const { resource, act } = happening;
  if (resource === 'inventory') return act === 'update' ? 'store/product/inventory/updated' : null;
  // Orders are never deleted, but archived.
  return `store/${NOUN[resource]}/${resource === 'orders' && act === 'delete' ? 'archived' : EVENT[act]}`;
}

function tellings(sandbox: Sandbox, happening: Happening): Telling[] {
  const { shop } = happening;
  const topic = topicOf(happening);
  if (topic === null) return [];
  const [, type = '', more] = topic.split('/');
  const id = happening.kind === 'named' ? shop.id : ID[happening.resource](happening.index);
  const data = happening.kind === 'named' ? { type, id, ...happening.payload } : dataOf(type, id, more);
  const body = bodyOf(sandbox, shop, topic, data);
  return subscriptionsOf(sandbox, 'bigcommerce', shop.key)
    .filter((one) => one.state === 'active' && one.topics.some((scope) => covers(scope, topic)))
    .map((one) => {
      const messageId = randomUUID();
      const own: Record<string, string> = JSON.parse(one.facts['headers'] ?? '{}');
      const request = (attempt: Attempt) => ({
        headers: { ...own, ...signed(sandbox, messageId, body, attempt) },
        body,
      });
      return { subscription: one, url: one.url, topic, objectId: String(id), request };
    });
}

function dataOf(type: string, id: number, more: string | undefined): object {
  return more === 'inventory'
    ? { type, id, inventory: { product_id: id, method: 'absolute', value: 1 } }
    : { type, id };
}

/** The same hash for the same event, whoever is told. */
function bodyOf(sandbox: Sandbox, shop: Shop, scope: string, data: object): string {
  const event = {
    store_id: String(shop.id),
    producer: `stores/${shop.key}`,
    scope,
    data,
    created_at: Math.floor(sandbox.now() / 1000),
  };
  const hash = createHash('sha1')
    .update(JSON.stringify({ ...event, n: randomUUID() }))
    .digest('hex');
  return JSON.stringify({ ...event, hash });
}

/** The key is the secret's bytes as they are. */
function signed(
  sandbox: Sandbox,
  messageId: string,
  body: string,
  { nowMs, forged }: Attempt,
): Record<string, string> {
  const at = String(Math.floor(nowMs / 1000));
  const secret = forged ? 'another-secret' : sandbox.state.apps.bigcommerce.secret;
  return {
    'content-type': 'application/json',
    'webhook-id': messageId,
    'webhook-timestamp': at,
    'webhook-signature': `v1,${hmacSha256(secret, `${messageId}.${at}.${body}`, 'base64')}`,
  };
}
