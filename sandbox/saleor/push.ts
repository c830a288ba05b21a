/**
 * What Saleor pushes: what the webhook's subscription query asks of the event, signed by the shop's own key as a JWS without its payload (RFC 7797: the body as it is).
 * Five repetitions; a webhook stays as it is. Without a query the whole record would be sent: here nothing is.
 */
import { createPublicKey, createSign } from 'node:crypto';
import { execute, parse } from 'graphql';
import { isLive } from '../grants.ts';
import { keyPairOf } from '../jwt.ts';
import type { Attempt, Happening, Pushing, Telling } from '../pushing.ts';
import type { Sandbox } from '../sandbox.ts';
import type { ResourceName, Shop, Subscription } from '../state.ts';
import { subscriptionsOf } from '../subscriptions.ts';
import { EVENTS, typeOfEvent } from './events.ts';
import { renderCustomer, renderOrder, renderProduct, renderVariant } from './render.ts';
import { schema } from './schema.ts';

const VERB = { create: 'CREATED', update: 'UPDATED', delete: 'DELETED' } as const;
const NOUN = { orders: 'ORDER', products: 'PRODUCT', customers: 'CUSTOMER' } as const;
const RENDER: Record<ResourceName, (shop: Shop, index: number) => Record<string, unknown>> = {
  orders: renderOrder,
  products: renderProduct,
  customers: renderCustomer,
  inventory: renderVariant,
};

export const pushing: Pushing = {
  platform: 'saleor',
  retryS: [10, 20, 40, 80, 160],
  timeoutMs: 18_000,
  accepts: (status) => status >= 200 && status < 300,
  tellings,
  idOf: (shop, resource, index) => String(RENDER[resource](shop, index)['id']),
};

const keyName = (shop: Shop) => `saleor ${shop.key}`;

/** What the shop answers at /.well-known/jwks.json. */
export function keysOf(sandbox: Sandbox, shop: Shop): object {
  const { publicKey } = keyPairOf(sandbox, keyName(shop));
  const jwk = createPublicKey(publicKey).export({ format: 'jwk' });
  return { keys: [{ ...jwk, key_ops: ['verify'], use: 'sig', kid: '1' }] };
}

/** Null: nothing is told of it. An order that is placed is never deleted. */
function eventOf({ resource, act }: Happening & { kind: 'changed' }): string | null {
  if (resource === 'inventory') return act === 'update' ? 'PRODUCT_VARIANT_STOCK_UPDATED' : null;
  return resource === 'orders' && act === 'delete' ? null : `${NOUN[resource]}_${VERB[act]}`;
}

function tellings(sandbox: Sandbox, happening: Happening): Telling[] {
  if (happening.kind === 'named') return [];
  const { shop, resource, index } = happening;
  const topic = eventOf(happening);
  if (topic === null) return [];
  const record = RENDER[resource](shop, index);
  return subscriptionsOf(sandbox, 'saleor', shop.key)
    .filter((one) => one.state === 'active' && one.topics.includes(topic) && mayBeTold(sandbox, one, topic))
    .map((one) => {
      const body = bodyOf(one, topic, record);
      const request = (attempt: Attempt) => ({
        headers: headersOf(sandbox, shop, topic, body, attempt),
        body,
      });
      return { subscription: one, url: one.url, topic, objectId: String(record['id']), request };
    });
}

/** Whether its app is there and has the permission. */
function mayBeTold(sandbox: Sandbox, { grantId }: Subscription, topic: string): boolean {
  const grant = sandbox.state.grants[grantId ?? ''];
  const permission = EVENTS[topic]?.permission;
  return grant !== undefined && isLive(sandbox, grant) && grant.scopes.includes(permission ?? '');
}

function bodyOf({ facts }: Subscription, topic: string, record: object): string {
  const { query } = facts;
  if (!query) return '{}';
  const event = { __typename: typeOfEvent(topic), [EVENTS[topic]?.field ?? '']: record };
  const result = execute({ schema, document: parse(query), rootValue: { event } });
  if (result instanceof Promise) throw new Error('the sandbox resolves at once');
  return JSON.stringify(result.data?.['event'] ?? {});
}

function headersOf(
  sandbox: Sandbox,
  shop: Shop,
  topic: string,
  body: string,
  { forged }: Attempt,
): Record<string, string> {
  const { privateKey } = keyPairOf(sandbox, forged ? 'saleor-forged' : keyName(shop));
  const head = Buffer.from(JSON.stringify({ alg: 'RS256', kid: '1', crit: ['b64'], b64: false })).toString(
    'base64url',
  );
  const signature = createSign('RSA-SHA256').update(`${head}.${body}`).sign(privateKey).toString('base64url');
  const own = {
    event: topic.toLowerCase(),
    domain: shop.host,
    'api-url': `https://${shop.host}/graphql/`,
    signature: `${head}..${signature}`,
  };
  // Each under its former name as well, until 4.0.
  const named = Object.entries(own).flatMap(([name, value]) => [
    [`saleor-${name}`, value],
    [`x-saleor-${name}`, value],
  ]);
  return { 'content-type': 'application/json', ...Object.fromEntries(named) };
}
