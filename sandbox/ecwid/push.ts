/** What Ecwid pushes: to the app's one address; the signature covers the event's id and time and nothing else. How it repeats is unverified: for about a day. */
import { randomUUID } from 'node:crypto';
import { productOfVariant } from '../generator.ts';
import { hmacSha256 } from '../grants.ts';
import type { Attempt, Happening, Pushing, Telling } from '../pushing.ts';
import type { Sandbox } from '../sandbox.ts';
import type { ResourceName } from '../state.ts';
import { FIRST_ID } from './render.ts';

const NOUN: Record<ResourceName, string> = {
  orders: 'order',
  products: 'product',
  customers: 'customer',
  inventory: 'product',
};
const EVENT = { create: 'created', update: 'updated', delete: 'deleted' } as const;
const QUARTERS = [900, 900, 900, 900];

export const pushing: Pushing = {
  platform: 'ecwid',
  retryS: [...QUARTERS, ...Array<number>(23).fill(3_600)],
  timeoutMs: 10_000,
  accepts: (status) => [200, 201, 202, 204, 209].includes(status),
  tellings,
  uninstalled: 'application.uninstalled',
  idOf: (_, resource, index) => String(idOf(resource, index)),
};

/** Stock is the product's. */
function idOf(resource: ResourceName, index: number): number {
  return resource === 'inventory' ? FIRST_ID.products + productOfVariant(index) : FIRST_ID[resource] + index;
}

function tellings(sandbox: Sandbox, happening: Happening): Telling[] {
  const { notifyUrl, secret } = sandbox.state.apps.ecwid;
  if (notifyUrl === '') return [];
  const { shop } = happening;
  const isNamed = happening.kind === 'named';
  const topic = isNamed ? happening.topic : `${NOUN[happening.resource]}.${EVENT[happening.act]}`;
  const entityId = isNamed ? shop.id : idOf(happening.resource, happening.index);
  const eventId = randomUUID();
  const request = ({ nowMs, forged }: Attempt) => {
    const eventCreated = Math.floor(nowMs / 1000);
    const event = { eventId, eventCreated, storeId: shop.id, entityId, eventType: topic };
    const key = forged ? 'another-secret' : secret;
    return {
      headers: {
        'content-type': 'application/json',
        'x-ecwid-webhook-signature': hmacSha256(key, `${eventCreated}.${eventId}`, 'base64'),
      },
      body: JSON.stringify(isNamed ? { ...event, ...happening.payload } : event),
    };
  };
  const url = `${notifyUrl}${notifyUrl.includes('?') ? '&' : '?'}eventtype=${topic}`;
  return [{ subscription: null, url, topic, objectId: String(entityId), request }];
}
