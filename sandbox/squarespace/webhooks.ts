/** Squarespace's webhook subscriptions: with an OAuth token alone, 25 a website, topics that the token may read, a secret in hex that is told when it is made or rotated. Test notifications are left out. */
import type { Call } from '../calls.ts';
import { type Answer, bodyFields, json, textField } from '../exchange.ts';
import { randomHex } from '../grants.ts';
import { iso } from '../listing.ts';
import type { Subscription } from '../state.ts';
import { isPushable, subscribe, subscriptionBy, subscriptionsOf, unsubscribe } from '../subscriptions.ts';
import { missingScope, sqError } from './squarespace.ts';

export const WEBHOOKS = /^\/1\.0\/webhook_subscriptions(?:\/([^/]+))?(?:\/actions\/([A-Za-z]+))?$/;
const MOST = 25;
const TOPICS = ['order.create', 'order.update', 'extension.uninstall'];

const invalid = (status: number, message: string) =>
  sqError(status, 'INVALID_REQUEST_ERROR', message, 'INVALID_ARGUMENT');

export function answerWebhooks(call: Call): Answer {
  const { sandbox, shop, grant, exchange } = call;
  // A key of the merchant's has no second half.
  if (grant.generations.at(-1)?.refresh === null)
    return sqError(403, 'AUTHORIZATION_ERROR', 'An OAuth token is needed.', 'OAUTH_TOKEN_REQUIRED');
  const [, id, action] = WEBHOOKS.exec(exchange.path) ?? [];
  if (id === undefined) {
    if (exchange.method === 'POST') return create(call);
    const all = subscriptionsOf(sandbox, 'squarespace', shop.key);
    return exchange.method === 'GET' ? json(200, { webhookSubscriptions: all.map(rendered) }) : notAllowed();
  }
  const one = subscriptionBy(sandbox, 'squarespace', shop.key, id);
  if (one === null) return invalid(404, 'The webhook subscription was not found.');
  if (action !== undefined) return exchange.method === 'POST' ? act(call, one, action) : notAllowed();
  switch (exchange.method) {
    case 'GET':
      return json(200, rendered(one));
    case 'POST':
      return update(call, one);
    case 'DELETE':
      unsubscribe(sandbox, one);
      return { status: 204, headers: {}, body: '' };
    default:
      return notAllowed();
  }
}

const notAllowed = () => sqError(405, 'METHOD_NOT_ALLOWED', 'The method is not allowed.');

interface Wish {
  url: string;
  topics: string[];
}

function wishOf(call: Call, fields: Record<string, unknown>): Wish | Answer {
  const url = textField(fields, 'endpointUrl');
  const topics = Array.isArray(fields['topics']) ? fields['topics'].map(String) : [];
  if (!isPushable(url)) return invalid(400, 'endpointUrl must be an https address.');
  if (topics.length === 0 || topics.some((topic) => !TOPICS.includes(topic)))
    return invalid(400, 'topics is not valid.');
  const isOfOrders = topics.some((topic) => topic.startsWith('order.'));
  return (isOfOrders ? missingScope(call.grant, 'website.orders.read') : null) ?? { url, topics };
}

function create(call: Call): Answer {
  const { sandbox, shop, grant, exchange } = call;
  const wish = wishOf(call, bodyFields(exchange));
  if ('status' in wish) return wish;
  if (subscriptionsOf(sandbox, 'squarespace', shop.key).length >= MOST)
    return invalid(400, `A website has at most ${MOST} webhook subscriptions.`);
  const made = { platform: 'squarespace', shopKey: shop.key, id: crypto.randomUUID() } as const;
  const secret = randomHex(32).toUpperCase();
  const one = subscribe(sandbox, { ...made, ...wish, secret, grantId: grant.id });
  return json(201, { ...rendered(one), secret });
}

function update(call: Call, one: Subscription): Answer {
  const wish = wishOf(call, { endpointUrl: one.url, topics: one.topics, ...bodyFields(call.exchange) });
  if ('status' in wish) return wish;
  Object.assign(one, wish, { updatedAtMs: call.sandbox.now() });
  call.sandbox.changed();
  return json(200, rendered(one));
}

function act({ sandbox }: Call, one: Subscription, action: string): Answer {
  if (action !== 'rotateSecret') return sqError(404, 'NOT_FOUND', 'The resource is not found.');
  one.secret = randomHex(32).toUpperCase();
  sandbox.changed();
  return json(200, { secret: one.secret });
}

function rendered(one: Subscription) {
  return {
    id: one.id,
    endpointUrl: one.url,
    topics: one.topics,
    createdOn: iso(one.createdAtMs),
    updatedOn: iso(one.updatedAtMs),
  };
}
