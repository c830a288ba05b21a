/**
 * What eBay pushes: each body signed with an elliptic key whose public half is asked for by its id; the digest stands in the header. A confirmation
 * is told once a line item. How often and when it repeats is unverified: here four times within five quarters of an hour.
 */
import { createHash, createSign, generateKeyPairSync, randomUUID } from 'node:crypto';
import { generateOrder } from '../generator.ts';
import type { KeyPair } from '../jwt.ts';
import { iso } from '../listing.ts';
import type { Attempt, Happening, Pushing, Telling } from '../pushing.ts';
import type { Sandbox } from '../sandbox.ts';
import type { ResourceName } from '../state.ts';
import { subscriptionBy, subscriptionsOf } from '../subscriptions.ts';
import { orderId } from './render.ts';

const KEY = 'ebay-push';

/** Topics of a seller need the seller's token, those of the application its own. */
export const TOPICS: Record<string, 'USER' | 'APPLICATION'> = {
  ORDER_CONFIRMATION: 'USER',
  ITEM_MARKED_SHIPPED: 'USER',
  AUTHORIZATION_REVOCATION: 'APPLICATION',
  MARKETPLACE_ACCOUNT_DELETION: 'APPLICATION',
};

export const pushing: Pushing = {
  platform: 'ebay',
  retryS: [60, 300, 900, 3_600],
  timeoutMs: 3_000,
  accepts: (status) => [200, 201, 202, 204].includes(status),
  tellings,
  uninstalled: 'AUTHORIZATION_REVOCATION',
  idOf: (_, resource, index) => idOf(resource, index),
};

function idOf(resource: ResourceName, index: number): string {
  return resource === 'orders' ? orderId(index) : String(index);
}

/** The pair and the id of its public half; made when first needed. */
export function signingKey(sandbox: Sandbox): { kid: string; pair: KeyPair } {
  const pair = sandbox.keys.get(KEY) ?? makeKey();
  sandbox.keys.set(KEY, pair);
  const digest = createHash('sha256').update(pair.publicKey).digest('hex');
  return { kid: `${digest.slice(0, 8)}-${digest.slice(8, 12)}-4000-8000-${digest.slice(12, 24)}`, pair };
}

function makeKey(): KeyPair {
  return generateKeyPairSync('ec', {
    namedCurve: 'prime256v1',
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
}

/** What is told of the happening, a datum each; the rest of eBay's data has no topic. */
function dataOf(
  sandbox: Sandbox,
  happening: Happening,
): { topic: string; objectId: string; each: object[] } | null {
  const { shop } = happening;
  const user = { username: shop.key, userId: `U${shop.id}` };
  if (happening.kind === 'named') {
    const revoked = happening.topic === 'AUTHORIZATION_REVOCATION' ? { revokeDate: iso(sandbox.now()) } : {};
    const datum = { ...user, eiasToken: `sandbox-${shop.id}`, ...revoked, ...happening.payload };
    return { topic: happening.topic, objectId: shop.key, each: [datum] };
  }
  const { resource, act, index } = happening;
  if (resource !== 'orders' || act === 'delete') return null;
  const id = orderId(index);
  const lines = generateOrder(shop, index).lines.map((line, at) => ({
    user,
    orderId: id,
    lineItems: [{ lineItemId: `${id}-${at + 1}`, sku: line.sku, quantity: line.quantity }],
  }));
  if (act === 'create') return { topic: 'ORDER_CONFIRMATION', objectId: id, each: lines };
  return { topic: 'ITEM_MARKED_SHIPPED', objectId: id, each: lines.slice(0, 1) };
}

function tellings(sandbox: Sandbox, happening: Happening): Telling[] {
  const told = dataOf(sandbox, happening);
  if (told === null) return [];
  const { topic, objectId, each } = told;
  const subscriptions = [happening.shop.key, null]
    .flatMap((shopKey) => subscriptionsOf(sandbox, 'ebay', shopKey))
    .filter((one) => one.state === 'active' && one.topics.includes(topic));
  return each.flatMap((data) => {
    const notification = { notificationId: randomUUID(), eventDate: iso(sandbox.now()) };
    return subscriptions.flatMap((one) => {
      const destination = subscriptionBy(sandbox, 'ebay', null, one.facts['destinationId'] ?? '');
      if (destination === null || destination.state !== 'active') return [];
      const request = (attempt: Attempt) => signed(sandbox, topic, { ...notification, data }, attempt);
      return [{ subscription: one, url: destination.url, topic, objectId, request }];
    });
  });
}

function signed(sandbox: Sandbox, topic: string, notification: object, { n, nowMs, forged }: Attempt) {
  const body = JSON.stringify({
    metadata: { topic, schemaVersion: '1.0', deprecated: false },
    notification: { ...notification, publishDate: iso(nowMs), publishAttemptCount: n + 1 },
  });
  const { kid, pair } = signingKey(sandbox);
  const key = forged ? makeKey() : pair;
  const signature = createSign('SHA1').update(body).sign(key.privateKey).toString('base64');
  const header = Buffer.from(JSON.stringify({ alg: 'ecdsa', kid, signature, digest: 'SHA1' })).toString(
    'base64',
  );
  return { headers: { 'content-type': 'application/json', 'x-ebay-signature': header }, body };
}
