/** bol.com's subscriptions: one holds several events; each change of them is a process that is told first, and has its effect at once here. The keys that pushes are signed with, ten reads an hour. */

import { isLoopbackUrl } from '../apps.ts';
import type { Call } from '../calls.ts';
import { type Answer, bodyFields, json, textField } from '../exchange.ts';
import { take } from '../grants.ts';
import type { Subscription } from '../state.ts';
import { subscribe, subscriptionBy, subscriptionsOf, unsubscribe } from '../subscriptions.ts';
import { problem } from './bolcom.ts';
import { signingKey } from './push.ts';

const JSON_TYPE = { 'content-type': 'application/vnd.retailer.v10+json' };
const EVENTS = [
  'PROCESS_STATUS',
  'SHIPMENT',
  'PRICE_STAR_BOUNDARY',
  'COMPETING_OFFER',
  'OFFER_FOR_SALE',
  'OFFER_NOT_FOR_SALE',
  'ORDER',
];
const KEY_READS = { size: 10, perS: 10 / 3_600 };

/** Null: it is another resource. */
export function answerSubscriptions(call: Call): Answer | null {
  const { exchange, sandbox, shop } = call;
  const found = /^\/retailer\/subscriptions(?:\/(\d+|signature-keys))?$/.exec(exchange.path);
  if (found === null) return null;
  if (found[1] === 'signature-keys') return keys(call);
  if (found[1] === undefined) {
    if (exchange.method === 'POST') return create(call);
    const subscriptions = subscriptionsOf(sandbox, 'bolcom', shop.key).map(rendered);
    return json(200, { subscriptions }, JSON_TYPE);
  }
  const one = subscriptionBy(sandbox, 'bolcom', shop.key, found[1]);
  if (one === null) return problem(404, 'Not Found', `Subscription "${found[1]}" is not found.`);
  if (exchange.method === 'PUT') return update(call, one);
  if (exchange.method !== 'DELETE') return json(200, rendered(one), JSON_TYPE);
  unsubscribe(sandbox, one);
  return accepted(call, 'DELETE_SUBSCRIPTION');
}

function keys({ sandbox, shop }: Call): Answer {
  if (!take(sandbox, `bolcom keys ${shop.key}`, KEY_READS, 1).allowed)
    return problem(429, 'Too Many Requests', 'Too many requests, retry later.', { 'retry-after': '360' });
  const { keyId, pair } = signingKey(sandbox);
  const publicKey = pair.publicKey.replace(/-----[A-Z ]+-----|\s/g, '');
  return json(200, { signatureKeys: [{ id: keyId, type: 'RSA', publicKey }] }, JSON_TYPE);
}

/** What is wrong with a wish; null: nothing. */
function problemOf({ exchange }: Call): Answer | null {
  const bad = (text: string) => problem(400, 'Bad Request', text);
  if (!/^application\/vnd\.retailer\.v(10|11)\+json/.test(exchange.headers['content-type'] ?? ''))
    return problem(415, 'Unsupported Media Type', 'The Content-Type header must name a version.');
  const fields = bodyFields(exchange);
  const events = topicsIn(fields);
  if (events.length === 0 || events.some((one) => !EVENTS.includes(one)))
    return bad(`resources are of ${EVENTS.join(', ')}.`);
  if (fields['subscriptionType'] !== 'WEBHOOK') return bad('The sandbox pushes to a WEBHOOK alone.');
  const url = textField(fields, 'url');
  const isSafe = URL.canParse(url) && (new URL(url).protocol === 'https:' || isLoopbackUrl(url));
  return isSafe ? null : bad('url is an https address.');
}

function topicsIn(fields: Record<string, unknown>): string[] {
  return Array.isArray(fields['resources']) ? fields['resources'].map(String) : [];
}

function create(call: Call): Answer {
  const wrong = problemOf(call);
  if (wrong !== null) return wrong;
  const { sandbox, shop, grant, exchange } = call;
  const fields = bodyFields(exchange);
  const one = subscribe(sandbox, {
    platform: 'bolcom',
    shopKey: shop.key,
    topics: topicsIn(fields),
    url: textField(fields, 'url'),
    grantId: grant.id,
  });
  if (fields['enabled'] === false) one.state = 'disabled';
  return accepted(call, 'CREATE_SUBSCRIPTION');
}

function update(call: Call, one: Subscription): Answer {
  const wrong = problemOf(call);
  if (wrong !== null) return wrong;
  const fields = bodyFields(call.exchange);
  one.topics = topicsIn(fields);
  one.url = textField(fields, 'url');
  one.state = fields['enabled'] === false ? 'disabled' : 'active';
  one.failures = 0;
  one.updatedAtMs = call.sandbox.now();
  call.sandbox.changed();
  return accepted(call, 'UPDATE_SUBSCRIPTION');
}

/** The id of the subscription is told by the process once it has ended, which is not played. */
function accepted({ sandbox }: Call, eventType: string): Answer {
  const status = {
    processStatusId: String(sandbox.now()),
    eventType,
    description: 'A change of subscriptions',
    status: 'PENDING',
    createTimestamp: new Date(sandbox.now()).toISOString(),
    links: [],
  };
  return json(202, status, JSON_TYPE);
}

function rendered(one: Subscription) {
  return {
    id: one.id,
    resources: one.topics,
    url: one.url,
    subscriptionType: 'WEBHOOK',
    enabled: one.state === 'active',
  };
}
