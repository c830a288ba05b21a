/**
 * What Shoptet pushes: the event, the e-shop and a code, signed over the body by HMAC-SHA1 in hex with the key that was asked for last. Three tries within a quarter of an
 * hour. Where no key was ever asked for, nothing is signed.
 */
import { createHmac } from 'node:crypto';
import type { Attempt, Happening, Pushing, Telling } from '../pushing.ts';
import type { Sandbox } from '../sandbox.ts';
import type { ResourceName, Subscription } from '../state.ts';
import { subscriptionsOf } from '../subscriptions.ts';
import { orderCode } from './orders.ts';
import { at, guid, STOCK_ID } from './render.ts';

const NOUN = { orders: 'order', products: 'product', customers: 'customer' } as const;

const ID: Record<ResourceName, (index: number) => string> = {
  orders: orderCode,
  products: (index) => guid('product', index),
  customers: (index) => guid('customer', index),
  // The stock in which something moved.
  inventory: () => String(STOCK_ID),
};

export const pushing: Pushing = {
  platform: 'shoptet',
  retryS: [300, 600],
  timeoutMs: 4_000,
  accepts: (status) => status >= 200 && status < 300,
  tellings,
  idOf: (_, resource, index) => ID[resource](index),
};

/** Null: nothing is told of it. */
function eventOf({ resource, act }: Happening & { kind: 'changed' }): string | null {
  if (resource !== 'inventory') return `${NOUN[resource]}:${act}`;
  return act === 'update' ? 'stock:movement' : null;
}

/** The key that was given last; empty: none was asked for. */
function keyOf({ state }: Sandbox, { grantId }: Subscription): string {
  return state.grants[grantId ?? '']?.facts?.['signatureKey'] ?? '';
}

function tellings(sandbox: Sandbox, happening: Happening): Telling[] {
  const { shop } = happening;
  const isNamed = happening.kind === 'named';
  const event = isNamed ? happening.topic : eventOf(happening);
  if (event === null) return [];
  const eventInstance = isNamed ? shop.key : ID[happening.resource](happening.index);
  const body = JSON.stringify({
    eshopId: shop.id,
    event,
    eventCreated: at(sandbox.now()),
    eventInstance,
    ...(isNamed ? happening.payload : {}),
  });
  return subscriptionsOf(sandbox, 'shoptet', shop.key)
    .filter((one) => one.state === 'active' && one.topics.includes(event))
    .map((one) => {
      const request = ({ forged }: Attempt) => {
        const key = forged ? 'another-key' : keyOf(sandbox, one);
        const headers: Record<string, string> = { 'content-type': 'application/json' };
        if (key !== '')
          headers['shoptet-webhook-signature'] = createHmac('sha1', key).update(body).digest('hex');
        return { headers, body };
      };
      return { subscription: one, url: one.url, topic: event, objectId: eventInstance, request };
    });
}
