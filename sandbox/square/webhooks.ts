/** Square's subscriptions: the application's, not a seller's, made with its personal access token; each has a key of its own. */
import { bearerOf } from '../calls.ts';
import { type Answer, bodyFields, type Exchange, isRecord, json, textField } from '../exchange.ts';
import { randomHex, sameText } from '../grants.ts';
import { iso } from '../listing.ts';
import type { Sandbox } from '../sandbox.ts';
import type { Subscription } from '../state.ts';
import { isPushable, subscribe, subscriptionBy, subscriptionsOf, unsubscribe } from '../subscriptions.ts';
import { squareError } from './square.ts';

const PATH = /^\/v2\/webhooks\/subscriptions(?:\/(wbhk_[0-9a-f]+)(\/signature-key)?)?$/;
const EVENT = /^[a-z_]+(\.[a-z_]+)+$/;

export const isWebhookPath = (path: string) => path.startsWith('/v2/webhooks/');

/** A seller's token is refused. */
export function answerWebhooks(sandbox: Sandbox, exchange: Exchange): Answer {
  const { personalToken = '' } = sandbox.state.apps.square.names;
  if (!sameText(bearerOf(exchange), personalToken))
    return squareError(
      401,
      'UNAUTHORIZED',
      'The request needs the personal access token of the application.',
    );
  const path = PATH.exec(exchange.path);
  if (path === null) return squareError(404, 'NOT_FOUND', 'Resource not found.');
  if (path[1] === undefined) {
    if (exchange.method === 'POST') return create(sandbox, exchange);
    const subscriptions = subscriptionsOf(sandbox, 'square', null).map((one) => rendered(one, false));
    return exchange.method === 'GET'
      ? json(200, subscriptions.length === 0 ? {} : { subscriptions })
      : squareError(405, 'METHOD_NOT_ALLOWED', 'Method not allowed.');
  }
  const one = subscriptionBy(sandbox, 'square', null, path[1]);
  if (one === null) return squareError(404, 'NOT_FOUND', 'There is no such subscription.');
  if (path[2] !== undefined && exchange.method === 'POST') {
    one.secret = randomHex(11);
    sandbox.changed();
    return json(200, { signature_key: one.secret });
  }
  if (exchange.method === 'PUT') return update(sandbox, exchange, one);
  if (exchange.method === 'DELETE') {
    unsubscribe(sandbox, one);
    return json(200, {});
  }
  return json(200, { subscription: rendered(one, true) });
}

function wishOf(exchange: Exchange): Record<string, unknown> {
  const wish = bodyFields(exchange)['subscription'];
  return isRecord(wish) ? wish : {};
}

const eventsOf = (wish: Record<string, unknown>) =>
  Array.isArray(wish['event_types']) ? wish['event_types'].map(String) : [];

function problemOf(url: string, topics: string[]): Answer | null {
  if (!isPushable(url)) return squareError(400, 'INVALID_VALUE', 'notification_url is an https address.');
  if (topics.length === 0 || topics.some((one) => !EVENT.test(one)))
    return squareError(400, 'INVALID_VALUE', 'event_types is a list of types of events.');
  return null;
}

function create(sandbox: Sandbox, exchange: Exchange): Answer {
  const wish = wishOf(exchange);
  const [url, topics] = [textField(wish, 'notification_url'), eventsOf(wish)];
  const problem = problemOf(url, topics);
  if (problem !== null) return problem;
  // A repeated key answers with what was made by the first.
  const key = textField(bodyFields(exchange), 'idempotency_key');
  const before = subscriptionsOf(sandbox, 'square', null).find(
    (one) => key !== '' && one.facts['key'] === key,
  );
  const facts = {
    key,
    name: textField(wish, 'name'),
    version: textField(wish, 'api_version') || '2026-09-16',
  };
  const wanted = { platform: 'square', shopKey: null, topics, url, secret: randomHex(11), facts } as const;
  const made = before ?? subscribe(sandbox, { ...wanted, topics, id: `wbhk_${randomHex(16)}` });
  if (wish['enabled'] === false) made.state = 'disabled';
  return json(200, { subscription: rendered(made, true) });
}

function update(sandbox: Sandbox, exchange: Exchange, one: Subscription): Answer {
  const wish = wishOf(exchange);
  const url = textField(wish, 'notification_url') || one.url;
  const topics = wish['event_types'] === undefined ? one.topics : eventsOf(wish);
  const problem = problemOf(url, topics);
  if (problem !== null) return problem;
  Object.assign(one, { url, topics, updatedAtMs: sandbox.now() });
  if (typeof wish['enabled'] === 'boolean') one.state = wish['enabled'] ? 'active' : 'disabled';
  sandbox.changed();
  return json(200, { subscription: rendered(one, false) });
}

/** The key is told where one subscription is asked for, not in lists [unverified]. */
function rendered(one: Subscription, withKey: boolean) {
  return {
    id: one.id,
    name: one.facts['name'],
    enabled: one.state === 'active',
    event_types: one.topics,
    notification_url: one.url,
    api_version: one.facts['version'],
    ...(withKey ? { signature_key: one.secret } : {}),
    created_at: iso(one.createdAtMs),
    updated_at: iso(one.updatedAtMs),
  };
}
