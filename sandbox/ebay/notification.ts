/** eBay's Notification API: a destination that must answer a challenge, subscriptions to topics, the public keys [numbers of errors unverified]. */
import { createHash, randomUUID } from 'node:crypto';
import { type Call, hasScope } from '../calls.ts';
import { type Answer, bodyFields, isRecord, json, textField } from '../exchange.ts';
import { randomHex, sameText } from '../grants.ts';
import { iso } from '../listing.ts';
import { askText } from '../pushing.ts';
import type { Subscription } from '../state.ts';
import { isPushable, subscribe, subscriptionBy, subscriptionsOf, unsubscribe } from '../subscriptions.ts';
import { ebayError } from './ebay.ts';
import { signingKey, TOPICS } from './push.ts';

const BASE = '/commerce/notification/v1/';
const SCOPE = 'https://api.ebay.com/oauth/api_scope/commerce.notification.subscription';
const CHALLENGE_TIMEOUT_MS = 3_000;

const refuse = (status: number, errorId: number, message: string) =>
  ebayError(status, errorId, message, { domain: 'API_NOTIFICATION' });
const done = (status: number, headers: Record<string, string> = {}): Answer => ({
  status,
  headers,
  body: '',
});

/** Null: another API's path. */
export function answerNotification(call: Call): Answer | Promise<Answer> | null {
  const { exchange, sandbox } = call;
  if (!exchange.path.startsWith(BASE)) return null;
  const [noun = '', id, act] = exchange.path.slice(BASE.length).split('/');
  switch (noun) {
    case 'public_key': {
      const { kid, pair } = signingKey(sandbox);
      if (!isOfApplication(call)) return refuse(403, 195_000, 'An application token is needed.');
      if (id !== kid) return refuse(404, 195_001, 'There is no such key.');
      return json(200, { key: pair.publicKey.trim(), algorithm: 'ECDSA', digest: 'SHA1' });
    }
    case 'config':
      return exchange.method === 'PUT' ? done(204) : refuse(405, 195_002, 'Method not allowed.');
    case 'topic':
      return json(200, { topics: Object.entries(TOPICS).map(([topicId, scope]) => ({ topicId, scope })) });
    case 'destination':
      return isOfApplication(call)
        ? answerDestinations(call, id)
        : refuse(403, 195_000, 'An application token is needed.');
    case 'subscription':
      return answerSubscriptions(call, id, act);
    default:
      return refuse(404, 2002, 'Resource not found');
  }
}

const isOfApplication = ({ grant }: Call) => grant.scopes.includes('application');
const destinationsOf = ({ sandbox }: Call) =>
  subscriptionsOf(sandbox, 'ebay', null).filter((one) => one.facts['kind'] === 'destination');

function answerDestinations(call: Call, id: string | undefined): Answer | Promise<Answer> {
  const { exchange, sandbox } = call;
  if (id === undefined) {
    if (exchange.method === 'POST') return saveDestination(call, null);
    const destinations = destinationsOf(call).map(renderedDestination);
    return json(200, { total: destinations.length, destinations });
  }
  const one = destinationsOf(call).find((destination) => destination.id === id);
  if (one === undefined) return refuse(404, 195_010, 'There is no such destination.');
  if (exchange.method === 'PUT') return saveDestination(call, one);
  if (exchange.method !== 'DELETE') return json(200, renderedDestination(one));
  const all = Object.values(sandbox.state.subscriptions);
  if (all.some((other) => other.facts['destinationId'] === id))
    return refuse(409, 195_011, 'The destination has subscriptions.');
  unsubscribe(sandbox, one);
  return done(204);
}

/** Only an address that answers the challenge becomes one. */
async function saveDestination({ exchange, sandbox }: Call, before: Subscription | null): Promise<Answer> {
  const fields = bodyFields(exchange);
  const config = isRecord(fields['deliveryConfig']) ? fields['deliveryConfig'] : {};
  const [url, token] = [textField(config, 'endpoint'), textField(config, 'verificationToken')];
  if (!isPushable(url)) return refuse(400, 195_012, 'endpoint is an https address.');
  if (!/^[\w-]{32,80}$/.test(token))
    return refuse(400, 195_013, 'verificationToken has from 32 to 80 letters.');
  const code = randomHex(16);
  const asked = await askText(
    sandbox,
    `${url}${url.includes('?') ? '&' : '?'}challenge_code=${code}`,
    CHALLENGE_TIMEOUT_MS,
  );
  const expected = createHash('sha256').update(code).update(token).update(url).digest('hex');
  if (asked?.status !== 200 || !sameText(responseOf(asked.text), expected))
    return refuse(409, 195_014, 'The endpoint did not answer the challenge.');
  const facts = { kind: 'destination', name: textField(fields, 'name') };
  const wish = { platform: 'ebay', shopKey: null, topics: [], url, id: randomUUID() } as const;
  const one = before ?? subscribe(sandbox, { ...wish, topics: [], facts });
  Object.assign(one, { url, updatedAtMs: sandbox.now() });
  one.state = fields['status'] === 'DISABLED' ? 'disabled' : 'active';
  sandbox.changed();
  if (before !== null) return done(204);
  return done(201, { location: `https://api.ebay.com${BASE}destination/${one.id}` });
}

function responseOf(text: string): string {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? textField(value, 'challengeResponse') : '';
  } catch {
    return '';
  }
}

function renderedDestination(one: Subscription) {
  return {
    destinationId: one.id,
    name: one.facts['name'],
    status: one.state === 'active' ? 'ENABLED' : 'DISABLED',
    deliveryConfig: { endpoint: one.url },
  };
}

function answerSubscriptions(call: Call, id: string | undefined, act: string | undefined): Answer {
  const { exchange, sandbox, shop, grant } = call;
  const shopKey = isOfApplication(call) ? null : shop.key;
  if (shopKey !== null && !hasScope(grant, SCOPE, `${SCOPE}.readonly`))
    return ebayError(403, 1100, 'Access denied', { domain: 'ACCESS' });
  if (id === undefined) {
    if (exchange.method === 'POST') return create(call, shopKey);
    const subscriptions = subscriptionsOf(sandbox, 'ebay', shopKey)
      .filter((one) => one.facts['kind'] === 'subscription')
      .map(rendered);
    return json(200, { total: subscriptions.length, limit: 20, subscriptions });
  }
  const one = subscriptionBy(sandbox, 'ebay', shopKey, id);
  if (one === null || one.facts['kind'] !== 'subscription')
    return refuse(404, 195_020, 'There is no such subscription.');
  if (exchange.method === 'DELETE') {
    unsubscribe(sandbox, one);
    return done(204);
  }
  if (exchange.method === 'POST' && (act === 'enable' || act === 'disable')) {
    one.state = act === 'enable' ? 'active' : 'disabled';
    sandbox.changed();
    return done(204);
  }
  return exchange.method === 'GET' ? json(200, rendered(one)) : refuse(405, 195_002, 'Method not allowed.');
}

function create(call: Call, shopKey: string | null): Answer {
  const { exchange, sandbox, grant } = call;
  const fields = bodyFields(exchange);
  const [topic, destinationId] = [textField(fields, 'topicId'), textField(fields, 'destinationId')];
  const needs = Object.hasOwn(TOPICS, topic) ? TOPICS[topic] : undefined;
  if (needs === undefined) return refuse(404, 195_021, 'There is no such topic.');
  if ((needs === 'USER') !== (shopKey !== null))
    return refuse(403, 195_022, `The topic needs a token of scope ${needs}.`);
  const destination = destinationsOf(call).find((one) => one.id === destinationId);
  if (destination === undefined) return refuse(404, 195_010, 'There is no such destination.');
  const taken = subscriptionsOf(sandbox, 'ebay', shopKey).some((one) => one.topics.includes(topic));
  if (taken) return refuse(409, 195_023, 'The topic is subscribed to already.');
  const facts = { kind: 'subscription', destinationId };
  const wish = { platform: 'ebay', shopKey, topics: [topic], url: destination.url } as const;
  const one = subscribe(sandbox, { ...wish, topics: [topic], facts, grantId: grant.id, id: randomUUID() });
  if (fields['status'] === 'DISABLED') one.state = 'disabled';
  return done(201, { location: `https://api.ebay.com${BASE}subscription/${one.id}` });
}

function rendered(one: Subscription) {
  return {
    subscriptionId: one.id,
    status: one.state === 'active' ? 'ENABLED' : 'DISABLED',
    topicId: one.topics[0],
    creationDate: iso(one.createdAtMs),
    payload: { format: 'JSON', schemaVersion: '1.0', deliveryProtocol: 'HTTPS' },
    destinationId: one.facts['destinationId'],
  };
}
