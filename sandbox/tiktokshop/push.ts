/** What TikTok Shop pushes: a number, the shop and an id, signed over app key and body with the app's secret, in a bare Authorization header. How often it is repeated is told nowhere: three times here. */
import { randomUUID } from 'node:crypto';
import { updatedAtMs } from '../collection.ts';
import { productOfVariant } from '../generator.ts';
import { hmacSha256 } from '../grants.ts';
import type { Attempt, Happening, Pushing, Telling } from '../pushing.ts';
import type { Sandbox } from '../sandbox.ts';
import type { ResourceName, Shop } from '../state.ts';
import { subscriptionsOf } from '../subscriptions.ts';
import { orderId, productId, renderOrder } from './render.ts';

/** The number that is pushed → the name that the API has for it. */
export const TYPES: Record<string, string> = {
  '1': 'ORDER_STATUS_CHANGE',
  '3': 'RECIPIENT_ADDRESS_UPDATE',
  '4': 'PACKAGE_UPDATE',
  '5': 'PRODUCT_STATUS_CHANGE',
  '6': 'SELLER_DEAUTHORIZATION',
  '7': 'UPCOMING_AUTHORIZATION_EXPIRATION',
  '11': 'CANCELLATION_STATUS_CHANGE',
  '12': 'RETURN_STATUS_CHANGE',
};

export const pushing: Pushing = {
  platform: 'tiktokshop',
  retryS: [60, 300, 900],
  timeoutMs: 3_000,
  accepts: (status) => status === 200,
  tellings,
  uninstalled: '6',
  idOf: (_, resource, index) => idOf(resource, index),
};

function idOf(resource: ResourceName, index: number): string {
  switch (resource) {
    case 'orders':
      return orderId(index);
    case 'products':
      return productId(index);
    case 'inventory':
      return productId(productOfVariant(index));
    case 'customers':
      return String(index);
  }
}

interface Event {
  type: string;
  objectId: string;
  data: object;
}

/** Null: nothing is told of it. Of stock and customers nothing is, and no order goes. */
function eventOf(happening: Happening): Event | null {
  const { shop } = happening;
  if (happening.kind === 'named')
    return { type: happening.topic, objectId: shop.key, data: happening.payload };
  const { resource, act, index } = happening;
  const objectId = idOf(resource, index);
  if (resource === 'orders' && act !== 'delete') return { type: '1', objectId, data: orderData(shop, index) };
  if (resource !== 'products') return null;
  const status = act === 'delete' ? 'PRODUCT_DELETED' : 'PRODUCT_AUDIT_APPROVED';
  const update_time = Math.floor(updatedAtMs(shop, 'products', index) / 1000);
  return { type: '5', objectId, data: { product_id: objectId, status, update_time } };
}

function orderData(shop: Shop, index: number) {
  const { id, status, update_time } = renderOrder(shop, index);
  return { order_id: id, order_status: status, is_on_hold_order: false, update_time };
}

function tellings(sandbox: Sandbox, happening: Happening): Telling[] {
  const { shop } = happening;
  const event = eventOf(happening);
  if (event === null) return [];
  const { clientId, secret } = sandbox.state.apps.tiktokshop;
  const body = JSON.stringify({
    type: Number(event.type),
    tts_notification_id: randomUUID(),
    shop_id: shop.key,
    timestamp: Math.floor(sandbox.now() / 1000),
    data: event.data,
  });
  const request = ({ forged }: Attempt) => ({
    headers: {
      'content-type': 'application/json',
      authorization: hmacSha256(forged ? 'another-secret' : secret, `${clientId}${body}`, 'hex'),
    },
    body,
  });
  return subscriptionsOf(sandbox, 'tiktokshop', shop.key)
    .filter((one) => one.state === 'active' && one.topics[0] === TYPES[event.type])
    .map((one) => ({
      subscription: one,
      url: one.url,
      topic: event.type,
      objectId: event.objectId,
      request,
    }));
}
