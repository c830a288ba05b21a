/** What Square pushes: ids and states, signed over our address and the body with the subscription's key. Eleven repetitions over a day; only for sellers whose grant may read it. */
import { randomUUID } from 'node:crypto';
import { updatedAtMs } from '../collection.ts';
import { hmacSha256, liveGrants } from '../grants.ts';
import { iso } from '../listing.ts';
import type { Attempt, Happening, Pushing, Telling } from '../pushing.ts';
import type { Sandbox } from '../sandbox.ts';
import type { ResourceName, Shop } from '../state.ts';
import { subscriptionsOf } from '../subscriptions.ts';
import {
  customerId,
  itemId,
  LOCATION,
  orderId,
  renderCount,
  renderCustomer,
  renderOrder,
  variationId,
} from './render.ts';

const NEEDS: Record<string, string> = {
  order: 'ORDERS_READ',
  catalog: 'ITEMS_READ',
  customer: 'CUSTOMERS_READ',
  inventory: 'INVENTORY_READ',
};
const ID: Record<ResourceName, (index: number) => string> = {
  orders: orderId,
  products: itemId,
  customers: customerId,
  inventory: variationId,
};

export const pushing: Pushing = {
  platform: 'square',
  retryS: [60, 120, 240, 480, 960, 1_920, 3_600, 7_200, 14_400, 28_800, 28_800],
  timeoutMs: 10_000,
  accepts: (status) => status >= 200 && status < 300,
  tellings,
  uninstalled: 'oauth.authorization.revoked',
  idOf: (_, resource, index) => ID[resource](index),
};

interface Event {
  type: string;
  id: string;
  data: Record<string, unknown>;
}

/** Null: Square tells nothing of it. An order is never deleted. */
function eventOf(sandbox: Sandbox, happening: Happening): Event | null {
  const { shop } = happening;
  if (happening.kind === 'named') {
    const { topic, payload } = happening;
    const revocation = {
      type: 'revocation',
      id: randomUUID(),
      object: { revocation: { revoked_at: iso(sandbox.now()), revoker_type: 'MERCHANT' } },
    };
    return {
      type: topic,
      id: shop.key,
      data: { ...(topic === 'oauth.authorization.revoked' ? revocation : {}), ...payload },
    };
  }
  const { resource, act, index } = happening;
  const id = ID[resource](index);
  const event = (type: string, object: object): Event => ({
    type,
    id,
    data: { type: type.split('.')[0], id, object },
  });
  switch (resource) {
    case 'orders':
      return act === 'delete' ? null : event(`order.${act}d`, { [`order_${act}d`]: orderFacts(shop, index) });
    case 'products': {
      const version = { catalog_version: { updated_at: iso(updatedAtMs(shop, 'products', index)) } };
      return { type: 'catalog.version.updated', id, data: { type: 'catalog', id: '', object: version } };
    }
    case 'customers':
      return event(`customer.${act}d`, act === 'delete' ? {} : { customer: renderCustomer(shop, index) });
    case 'inventory':
      return act === 'update'
        ? {
            type: 'inventory.count.updated',
            id,
            data: {
              type: 'inventory_counts',
              id: randomUUID(),
              object: { inventory_counts: [renderCount(shop, index)] },
            },
          }
        : null;
  }
}

function orderFacts(shop: Shop, index: number) {
  const { id, version, state, created_at, updated_at } = renderOrder(shop, index);
  return { order_id: id, version, location_id: LOCATION, state, created_at, updated_at };
}

function tellings(sandbox: Sandbox, happening: Happening): Telling[] {
  const { shop } = happening;
  const event = eventOf(sandbox, happening);
  if (event === null || !mayBeTold(sandbox, shop, event.type)) return [];
  const { type, id, data } = event;
  const createdAt = iso(sandbox.now());
  const body = JSON.stringify({
    merchant_id: shop.key,
    type,
    event_id: randomUUID(),
    created_at: createdAt,
    data,
  });
  return subscriptionsOf(sandbox, 'square', null)
    .filter((one) => one.state === 'active' && one.topics.includes(type))
    .map((one) => {
      const request = ({ n, nowMs, forged }: Attempt) => ({
        headers: {
          'content-type': 'application/json',
          'x-square-hmacsha256-signature': hmacSha256(
            forged ? 'another-key' : one.secret,
            `${one.url}${body}`,
            'base64',
          ),
          'square-environment': 'Production',
          'square-initial-delivery-timestamp': iso(nowMs),
          ...(n === 0 ? {} : { 'square-retry-number': String(n), 'square-retry-reason': 'http_error' }),
        },
        body,
      });
      return { subscription: one, url: one.url, topic: type, objectId: id, request };
    });
}

/** Of a grant that was revoked, its end is told all the same. */
function mayBeTold(sandbox: Sandbox, shop: Shop, type: string): boolean {
  const needed = NEEDS[type.split('.')[0] ?? ''];
  return needed === undefined || liveGrants(sandbox, shop.key).some((grant) => grant.scopes.includes(needed));
}
