/**
 * What Walmart pushes: an event about a purchase order, an item or its stock, with a user name and a password in the header that was asked for. Switch `wordBasic`:
 * the word "Basic" stands before them, which the documentation leaves out. HMAC is over the whole body in base64 [unverified]. Three tries [suppliers'; unverified].
 */
import { randomUUID } from 'node:crypto';
import { firstVariant, generateOrder } from '../generator.ts';
import { hmacSha256 } from '../grants.ts';
import { iso } from '../listing.ts';
import type { Happening, Pushing, Telling } from '../pushing.ts';
import type { Sandbox } from '../sandbox.ts';
import type { ResourceName, Shop, Subscription } from '../state.ts';
import { subscriptionsOf } from '../subscriptions.ts';
import { purchaseOrderId, renderItem } from './render.ts';

export const pushing: Pushing = {
  platform: 'walmart',
  retryS: [300, 1_800],
  timeoutMs: 10_000,
  accepts: (status) => status === 200,
  tellings,
  idOf,
};

/** An item is a sku. */
function idOf(shop: Shop, resource: ResourceName, index: number): string {
  if (resource === 'orders') return purchaseOrderId(index);
  return renderItem(shop, resource === 'products' ? firstVariant(index) : index).sku;
}

interface Event {
  type: string;
  objectId: string;
  payload: object;
}

/** Of changes of an order nothing is told but that it was made, and that a line was cancelled. */
function eventOf(happening: Happening): Event | null {
  const { shop } = happening;
  if (happening.kind === 'named')
    return {
      type: happening.topic,
      objectId: shop.key,
      payload: { partnerId: shop.key, ...happening.payload },
    };
  const { resource, act, index } = happening;
  const objectId = idOf(shop, resource, index);
  const of = (type: string, more: object): Event => ({
    type,
    objectId,
    payload: { partnerId: shop.key, ...more },
  });
  switch (resource) {
    case 'orders':
      return act === 'create'
        ? of('PO_CREATED', orderFacts(shop, index))
        : of('PO_LINE_AUTOCANCELLED', orderFacts(shop, index));
    case 'products':
      return act === 'update' ? of('OFFER_UNPUBLISHED', itemFacts(shop, firstVariant(index))) : null;
    case 'inventory':
      return act === 'update' ? of('INVENTORY_OOS', itemFacts(shop, index)) : null;
    case 'customers':
      return null;
  }
}

function orderFacts(shop: Shop, index: number) {
  const order = generateOrder(shop, index);
  return {
    purchaseOrderId: purchaseOrderId(index),
    customerOrderId: String(5_281_956_000_000 + index),
    orderDate: iso(order.createdAtMs),
    orderLines: order.lines.map((line, place) => ({
      lineNumber: String(place + 1),
      sku: line.sku,
      productName: line.title,
      quantity: { unitOfMeasure: 'EACH', measurementValue: line.quantity },
    })),
  };
}

function itemFacts(shop: Shop, variant: number) {
  const { sku, productName } = renderItem(shop, variant);
  return { sku, productName };
}

function tellings(sandbox: Sandbox, happening: Happening): Telling[] {
  const event = eventOf(happening);
  if (event === null) return [];
  const source = { eventType: event.type, eventTime: iso(sandbox.now()), eventId: randomUUID() };
  const body = JSON.stringify({ source, payload: event.payload });
  return subscriptionsOf(sandbox, 'walmart', happening.shop.key)
    .filter((one) => one.state === 'active' && one.topics.includes(event.type))
    .map((one) => ({
      subscription: one,
      url: one.url,
      topic: event.type,
      objectId: event.objectId,
      request: ({ forged }) => ({
        headers: { 'content-type': 'application/json', ...proofOf(sandbox, one, body, forged) },
        body,
      }),
    }));
}

function proofOf(
  sandbox: Sandbox,
  { facts, secret }: Subscription,
  body: string,
  forged: boolean,
): Record<string, string> {
  const { method = '', header = 'Authorization', userName = '' } = facts;
  const known = forged ? 'another-secret' : secret;
  if (method === 'HMAC') return { [header]: hmacSha256(known, body, 'base64') };
  if (method !== 'BASIC_AUTH') return {};
  const pair = Buffer.from(`${userName}:${known}`, 'utf8').toString('base64');
  return { [header]: sandbox.state.apps.walmart.switches['wordBasic'] === true ? `Basic ${pair}` : pair };
}
