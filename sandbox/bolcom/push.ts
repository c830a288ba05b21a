/**
 * What bol.com pushes: which object had which event, signed over the body with a key whose public half is asked for by its id [that the body alone is signed is
 * unverified]. Ten tries in ten minutes, after which the subscription is disabled. A change of an order that is not its making is told as its shipment's.
 */
import { createSign, generateKeyPairSync } from 'node:crypto';
import type { KeyPair } from '../jwt.ts';
import type { Attempt, Happening, Pushing, Telling } from '../pushing.ts';
import type { Sandbox } from '../sandbox.ts';
import { subscriptionsOf } from '../subscriptions.ts';
import { orderId } from './render.ts';

const KEY = 'bolcom-push';
const KEY_ID = '0';
const FIRST_SHIPMENT = 541_000_000;

export const pushing: Pushing = {
  platform: 'bolcom',
  retryS: [60, 60, 60, 60, 60, 60, 60, 60, 60],
  timeoutMs: 10_000,
  accepts: (status) => status >= 200 && status < 300,
  tellings,
  failed: (_, subscription, isLast) => {
    if (isLast) subscription.state = 'disabled';
  },
  idOf: (_, resource, index) => (resource === 'orders' ? orderId(index) : String(index)),
};

/** The pair, and the id of its public half; made when first needed. */
export function signingKey(sandbox: Sandbox): { keyId: string; pair: KeyPair } {
  const pair = sandbox.keys.get(KEY) ?? makeKey();
  sandbox.keys.set(KEY, pair);
  return { keyId: KEY_ID, pair };
}

function makeKey(): KeyPair {
  return generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
}

interface Event {
  resource: string;
  type: string;
  resourceId: string;
}

/** Null: bol.com tells nothing of it. */
function eventOf(happening: Happening): Event | null {
  if (happening.kind === 'named') {
    const { type = '', resourceId = '' } = happening.payload;
    return { resource: happening.topic, type: String(type), resourceId: String(resourceId) };
  }
  const { resource, act, index } = happening;
  if (resource !== 'orders') return null;
  if (act === 'create') return { resource: 'ORDER', type: 'ORDER_CREATED', resourceId: orderId(index) };
  if (act === 'delete')
    return { resource: 'ORDER', type: 'ORDER_ITEM_CANCELLATION_REQUEST', resourceId: orderId(index) };
  return {
    resource: 'SHIPMENT',
    type: 'UPDATE_TRANSPORT_EVENT',
    resourceId: String(FIRST_SHIPMENT + index),
  };
}

function tellings(sandbox: Sandbox, happening: Happening): Telling[] {
  const event = eventOf(happening);
  if (event === null) return [];
  const { shop } = happening;
  const timestamp = `${new Date(sandbox.now() + 3_600_000).toISOString().slice(0, 19)}+01:00`;
  const retailerId = /^\d+$/.test(shop.key) ? Number(shop.key) : shop.key;
  const body = JSON.stringify({ retailerId, timestamp, event });
  return subscriptionsOf(sandbox, 'bolcom', shop.key)
    .filter((one) => one.state === 'active' && one.topics.includes(event.resource))
    .map((one) => ({
      subscription: one,
      url: one.url,
      topic: event.resource,
      objectId: event.resourceId,
      request: (attempt) => ({ headers: headersOf(sandbox, body, attempt), body }),
    }));
}

function headersOf(sandbox: Sandbox, body: string, { forged }: Attempt): Record<string, string> {
  const { keyId, pair } = signingKey(sandbox);
  const { privateKey } = forged ? makeKey() : pair;
  const signature = createSign('RSA-SHA256').update(body).sign(privateKey, 'base64');
  return {
    'content-type': 'application/json',
    signature: `keyId=${keyId}, algorithm="rsa-sha256", signature=${signature}`,
  };
}
