/**
 * What Kaufland pushes: the event and where what changed is read, signed as calls of its API are, with the seller's own secret. For twelve hours again and
 * again (how often is unverified), after which the subscription is disabled.
 */
import { createHmac, randomUUID } from 'node:crypto';
import { firstVariant, generateOrder, productOfVariant } from '../generator.ts';
import type { Attempt, Happening, Pushing, Telling } from '../pushing.ts';
import type { Sandbox } from '../sandbox.ts';
import type { ResourceName, Subscription } from '../state.ts';
import { subscriptionsOf } from '../subscriptions.ts';
import { orderId, orderUnitId, unitId } from './render.ts';

export const EVENTS: readonly string[] = [
  'order_new',
  'order_unit_new',
  'order_unit_status_changed',
  'item_unit_changed',
];
/** Where the sandbox's sellers sell. */
const STOREFRONT = 'de';

export const pushing: Pushing = {
  platform: 'kaufland',
  retryS: [60, 300, 900, 3_600, 10_800, 27_540],
  timeoutMs: 5_000,
  accepts: (status) => [200, 201, 202, 204].includes(status),
  tellings,
  failed: (_, subscription, isLast) => {
    if (isLast) subscription.state = 'disabled';
  },
  idOf: (_, resource, index) => idOf(resource, index),
};

function idOf(resource: ResourceName, index: number): string {
  return resource === 'orders' ? orderId(index) : String(index);
}

interface Event {
  name: string;
  resource: string;
  objectId: string;
}

/** A new order is one event, and one each of its units; a change is its first unit's alone. */
function eventsOf(happening: Happening): Event[] {
  if (happening.kind === 'named') {
    const { resource = '' } = happening.payload;
    return [{ name: happening.topic, resource: String(resource), objectId: happening.shop.key }];
  }
  const { shop, resource, act, index } = happening;
  if (resource === 'orders') {
    if (act === 'delete') return [];
    const { pieces } = generateOrder(shop, index);
    const units = Array.from({ length: act === 'create' ? pieces : 1 }, (_, n) => ({
      name: act === 'create' ? 'order_unit_new' : 'order_unit_status_changed',
      resource: `/order-units/${orderUnitId(index, n)}/`,
      objectId: orderId(index),
    }));
    const order = { name: 'order_new', resource: `/orders/${orderId(index)}/`, objectId: orderId(index) };
    return act === 'create' ? [order, ...units] : units;
  }
  if (resource === 'customers') return [];
  const variant = resource === 'inventory' ? index : firstVariant(index);
  return [
    {
      name: 'item_unit_changed',
      resource: `/units/${unitId(variant)}/`,
      objectId: String(resource === 'inventory' ? productOfVariant(index) : index),
    },
  ];
}

function tellings(sandbox: Sandbox, happening: Happening): Telling[] {
  const all = subscriptionsOf(sandbox, 'kaufland', happening.shop.key).filter(
    (one) => one.state === 'active',
  );
  return eventsOf(happening).flatMap((event) =>
    all
      .filter((one) => one.topics.includes(event.name) && one.facts['storefront'] === STOREFRONT)
      .map((one) => tellingOf(sandbox, one, event)),
  );
}

function tellingOf(sandbox: Sandbox, subscription: Subscription, event: Event): Telling {
  const body = JSON.stringify({
    event_name: event.name,
    id_message: randomUUID(),
    resource: event.resource,
    storefront: STOREFRONT,
  });
  const secretKey = sandbox.state.grants[subscription.grantId ?? '']?.facts?.['secretKey'] ?? '';
  const request = ({ nowMs, forged }: Attempt) => {
    const timestamp = String(Math.floor(nowMs / 1000));
    const signature = createHmac('sha256', forged ? 'another-secret' : secretKey)
      .update(['POST', subscription.url, body, timestamp].join('\n'))
      .digest('hex');
    return {
      headers: {
        'content-type': 'application/json',
        'shop-timestamp': timestamp,
        'shop-signature': signature,
      },
      body,
    };
  };
  return { subscription, url: subscription.url, topic: event.name, objectId: event.objectId, request };
}
