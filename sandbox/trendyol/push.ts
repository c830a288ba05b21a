/** What Trendyol pushes: the package as its stream has it, whatever its status, with a key or a password. Tried every five minutes; after thirteen errors the webhook is passive. */
import type { Attempt, Happening, Pushing, Telling } from '../pushing.ts';
import type { Sandbox } from '../sandbox.ts';
import type { Subscription } from '../state.ts';
import { subscriptionsOf } from '../subscriptions.ts';
import { packageId, packageStatus, renderPackage } from './render.ts';

export const STATUSES: readonly string[] = [
  'CREATED',
  'PICKING',
  'INVOICED',
  'SHIPPED',
  'CANCELLED',
  'DELIVERED',
  'UNDELIVERED',
  'RETURNED',
  'UNSUPPLIED',
  'AWAITING',
  'UNPACKED',
  'AT_COLLECTION_POINT',
  'VERIFIED',
];
const MOST_ERRORS = 13;

export const pushing: Pushing = {
  platform: 'trendyol',
  retryS: Array.from({ length: MOST_ERRORS - 1 }, () => 300),
  timeoutMs: 5_000,
  accepts: (status) => status >= 200 && status < 300,
  tellings,
  failed: (_, subscription) => {
    if (subscription.failures >= MOST_ERRORS) subscription.state = 'disabled';
  },
  idOf: (_, resource, index) => String(resource === 'orders' ? packageId(index) : index),
};

function tellings(sandbox: Sandbox, happening: Happening): Telling[] {
  const { shop } = happening;
  if (happening.kind === 'changed' && (happening.resource !== 'orders' || happening.act === 'delete'))
    return [];
  const isFormer = sandbox.state.apps.trendyol.switches['formerNames'] === true;
  const told =
    happening.kind === 'named'
      ? { topic: happening.topic, id: shop.key, item: { status: happening.topic, ...happening.payload } }
      : {
          topic: packageStatus(shop, happening.index).toUpperCase(),
          id: String(packageId(happening.index)),
          item: renderPackage(shop, happening.index, isFormer),
        };
  const body = JSON.stringify(told.item);
  return subscriptionsOf(sandbox, 'trendyol', shop.key)
    .filter((one) => one.state === 'active' && one.topics.includes(told.topic))
    .map((one) => ({
      subscription: one,
      url: one.url,
      topic: told.topic,
      objectId: told.id,
      request: (attempt) => ({ headers: headersOf(one, attempt), body }),
    }));
}

function headersOf({ secret, facts }: Subscription, { forged }: Attempt): Record<string, string> {
  const known = forged ? 'another-secret' : secret;
  const { kind, userName = '' } = facts;
  const proof =
    kind === 'API_KEY'
      ? { 'x-api-key': known }
      : { authorization: `Basic ${Buffer.from(`${userName}:${known}`, 'utf8').toString('base64')}` };
  return { 'content-type': 'application/json', ...proof };
}
