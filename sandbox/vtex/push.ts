/**
 * What VTEX pushes: the order and the states that it went between, with the headers that the hook was set up with, and no signature. Tried again how often is
 * unverified: here four times.
 */
import { updatedAtMs } from '../collection.ts';
import type { Happening, Pushing, Telling } from '../pushing.ts';
import type { Sandbox } from '../sandbox.ts';
import type { Shop, Subscription } from '../state.ts';
import { subscriptionsOf } from '../subscriptions.ts';
import { orderId, stateOf } from './render.ts';

export const pushing: Pushing = {
  platform: 'vtex',
  retryS: [60, 300, 900, 3_600],
  timeoutMs: 5_000,
  accepts: (status) => status === 200,
  tellings,
  idOf: (_, resource, index) => (resource === 'orders' ? orderId(index) : String(index)),
};

function tellings(sandbox: Sandbox, happening: Happening): Telling[] {
  const { shop } = happening;
  if (happening.kind === 'changed' && (happening.resource !== 'orders' || happening.act === 'delete'))
    return [];
  const told =
    happening.kind === 'named'
      ? { topic: happening.topic, id: shop.key, more: happening.payload }
      : { topic: 'Fulfillment', id: orderId(happening.index), more: changeOf(shop, happening.index) };
  return subscriptionsOf(sandbox, 'vtex', shop.key)
    .filter((one) => one.state === 'active' && one.topics.includes(told.topic))
    .map((one) => tellingOf(sandbox, shop, one, told));
}

/** With seven digits of a second, as VTEX writes them. */
const instant = (ms: number) => `${new Date(ms).toISOString().slice(0, 23)}0000Z`;

function changeOf(shop: Shop, index: number) {
  const state = stateOf(shop, index);
  return {
    OrderId: orderId(index),
    State: state,
    LastState: state === 'payment-pending' ? '' : 'window-to-cancel',
    LastChange: instant(updatedAtMs(shop, 'orders', index)),
  };
}

function tellingOf(
  sandbox: Sandbox,
  shop: Shop,
  subscription: Subscription,
  { topic, id, more }: { topic: string; id: string; more: object },
): Telling {
  const grant = sandbox.state.grants[subscription.grantId ?? ''];
  const body = JSON.stringify({
    Domain: topic,
    ...more,
    CurrentChange: instant(sandbox.now()),
    Origin: { Account: shop.host.split('.')[0], Key: grant?.facts?.['appKey'] },
  });
  const own: Record<string, string> = JSON.parse(subscription.facts['headers'] ?? '{}');
  const changed = Object.fromEntries(Object.keys(own).map((name) => [name, 'another-secret']));
  return {
    subscription,
    url: subscription.url,
    topic,
    objectId: id,
    request: ({ forged }) => ({
      headers: { 'content-type': 'application/json', ...(forged ? changed : own) },
      body,
    }),
  };
}
