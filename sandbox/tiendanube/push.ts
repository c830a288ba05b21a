/**
 * What Tiendanube pushes: a store, an event and an id, signed over the body with the app's secret. Repeated at once, after five, ten and fifteen minutes, and then each
 * time 1.4 times later, 18 attempts in all; what becomes of a webhook that nobody takes is not told, and nothing does here.
 */
import { productOfVariant } from '../generator.ts';
import { hmacSha256 } from '../grants.ts';
import type { Attempt, Happening, Pushing, Telling } from '../pushing.ts';
import type { Sandbox } from '../sandbox.ts';
import type { ResourceName } from '../state.ts';
import { subscriptionsOf } from '../subscriptions.ts';
import { FIRST_ID } from './render.ts';

const EVENT = { create: 'created', update: 'updated', delete: 'deleted' } as const;

/** Stock is a field of the product. */
const idOf = (resource: ResourceName, index: number): number =>
  resource === 'inventory' ? FIRST_ID.products + productOfVariant(index) : FIRST_ID[resource] + index;

export const pushing: Pushing = {
  platform: 'tiendanube',
  retryS: [0, 300, 600, 900, ...Array.from({ length: 13 }, (_, n) => Math.round(900 * 1.4 ** (n + 1)))],
  timeoutMs: 3_000,
  accepts: (status) => status >= 200 && status < 300,
  tellings,
  uninstalled: 'app/uninstalled',
  idOf: (_, resource, index) => String(idOf(resource, index)),
};

/** Null: nothing is told of it. Of customers nothing is, and an order is never deleted. */
function eventOf(happening: Happening & { kind: 'changed' }): string | null {
  const { resource, act } = happening;
  switch (resource) {
    case 'orders':
      return `order/${act === 'delete' ? 'cancelled' : EVENT[act]}`;
    case 'products':
      return `product/${EVENT[act]}`;
    case 'inventory':
      return act === 'update' ? 'product/updated' : null;
    case 'customers':
      return null;
  }
}

function tellings(sandbox: Sandbox, happening: Happening): Telling[] {
  const { shop } = happening;
  const isNamed = happening.kind === 'named';
  const event = isNamed ? happening.topic : eventOf(happening);
  if (event === null) return [];
  const app = sandbox.state.apps.tiendanube;
  const id = isNamed ? Number(app.clientId) : idOf(happening.resource, happening.index);
  const body = JSON.stringify({ store_id: shop.id, event, id, ...(isNamed ? happening.payload : {}) });
  const request = ({ forged }: Attempt) => ({
    headers: {
      'content-type': 'application/json',
      'x-linkedstore-hmac-sha256': hmacSha256(forged ? 'another-secret' : app.secret, body, 'hex'),
    },
    body,
  });
  return subscriptionsOf(sandbox, 'tiendanube', shop.key)
    .filter((one) => one.state === 'active' && one.topics.includes(event))
    .map((one) => ({ subscription: one, url: one.url, topic: event, objectId: String(id), request }));
}
