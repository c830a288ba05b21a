/** What Squarespace pushes: an order's id, signed in hex over the body with the bytes that the subscription's secret stands for. Repeated for two days, then the subscription goes; the times are unverified. */
import { createHmac, randomBytes } from 'node:crypto';
import { randomHex } from '../grants.ts';
import { iso } from '../listing.ts';
import type { Attempt, Happening, Pushing, Telling } from '../pushing.ts';
import type { Sandbox } from '../sandbox.ts';
import { subscriptionsOf, unsubscribe } from '../subscriptions.ts';
import { ID } from './render.ts';

export const pushing: Pushing = {
  platform: 'squarespace',
  retryS: [60, 300, 900, 3_600, 7_200, 14_400, 28_800, 43_200, 73_920],
  timeoutMs: 10_000,
  accepts: (status) => status >= 200 && status < 300,
  tellings,
  uninstalled: 'extension.uninstall',
  failed: (sandbox, subscription, isLast) => {
    if (isLast) unsubscribe(sandbox, subscription);
  },
  idOf: (_, resource, index) => ID[resource](index),
};

/** Null: nothing is told of it. An order is never deleted. */
function topicOf(happening: Happening): string | null {
  if (happening.kind === 'named') return happening.topic;
  const { resource, act } = happening;
  return resource === 'orders' && act !== 'delete' ? `order.${act}` : null;
}

function tellings(sandbox: Sandbox, happening: Happening): Telling[] {
  const { shop } = happening;
  const topic = topicOf(happening);
  if (topic === null) return [];
  const objectId = happening.kind === 'named' ? shop.key : ID.orders(happening.index);
  const data = happening.kind === 'named' ? happening.payload : { orderId: objectId };
  const createdOn = iso(sandbox.now());
  return subscriptionsOf(sandbox, 'squarespace', shop.key)
    .filter((one) => one.state === 'active' && one.topics.includes(topic))
    .map((one) => {
      const event = {
        id: randomHex(12),
        websiteId: shop.key,
        subscriptionId: one.id,
        topic,
        createdOn,
        data,
      };
      const body = JSON.stringify(event);
      const request = ({ forged }: Attempt) => {
        const key = forged ? randomBytes(32) : Buffer.from(one.secret, 'hex');
        return {
          headers: {
            'content-type': 'application/json',
            'user-agent': 'Squarespace/1.0',
            'squarespace-signature': createHmac('sha256', key).update(body).digest('hex'),
          },
          body,
        };
      };
      return { subscription: one, url: one.url, topic, objectId, request };
    });
}
