/** Shoptet's webhooks: one address for an event, up to fifty in one call, and one key for all that an e-shop is told of, which a call gives and renews. The log of what was sent is left out. */
import type { Call } from '../calls.ts';
import { type Answer, bodyFields, isRecord, json, textField } from '../exchange.ts';
import { randomHex } from '../grants.ts';
import { wholeIn } from '../listing.ts';
import type { Subscription } from '../state.ts';
import { isPushable, subscribe, subscriptionBy, subscriptionsOf, unsubscribe } from '../subscriptions.ts';
import { at } from './render.ts';
import { shoptetError } from './shoptet.ts';

const MOST_IN_A_CALL = 50;
const LONGEST_URL = 2_000;
const PER_PAGE = 50;
/** Of the long list of events those of the records that the sandbox has; an add-on's own are not registered by API. */
const EVENT =
  /^((order|product|productVariant|customer):(create|update|delete)|order:(cancel|paid)|stock:movement)$/;
/** One that says it all beside one that says a part. */
const APART: readonly [string, string][] = [['order:update', 'order:cancel']];

const told = (status: number, data: unknown): Answer =>
  json(status, { data, errors: null, metadata: { requestId: 'sandbox_0' } });

const invalid = (message: string) => shoptetError(422, 'invalid-request-data', message);

/** `id`: what stands behind /api/webhooks/. */
export function answerWebhooks(call: Call, id: string | undefined): Answer {
  const { sandbox, shop, exchange } = call;
  if (id === 'renew-signature-key') return exchange.method === 'POST' ? renewKey(call) : notAllowed();
  if (id === undefined) {
    if (exchange.method === 'POST') return register(call);
    return exchange.method === 'GET' ? list(call) : notAllowed();
  }
  const one = subscriptionBy(sandbox, 'shoptet', shop.key, id);
  if (one === null) return shoptetError(404, 'webhook-not-found', `Webhook with id "${id}" not found.`);
  switch (exchange.method) {
    case 'GET':
      return told(200, { webhook: rendered(one) });
    case 'PATCH':
      return update(call, one);
    case 'DELETE':
      unsubscribe(sandbox, one);
      return told(200, null);
    default:
      return notAllowed();
  }
}

const notAllowed = () => shoptetError(405, 'method-not-allowed', 'Method not allowed');

/** The key ends the one before it. */
function renewKey({ sandbox, grant }: Call): Answer {
  const signatureKey = randomHex(16);
  // The grant in the state: a token's own may be a copy.
  const kept = sandbox.state.grants[grant.id];
  if (kept !== undefined) kept.facts = { ...kept.facts, signatureKey };
  sandbox.changed();
  return told(200, { signatureKey });
}

function list({ sandbox, shop, exchange }: Call): Answer {
  const page = wholeIn(exchange.query, 'page', { otherwise: 1, min: 1, max: 1_000 });
  if (page === null) return shoptetError(400, 'invalid-parameter', 'A parameter is invalid');
  const all = subscriptionsOf(sandbox, 'shoptet', shop.key);
  const rows = all.slice((page - 1) * PER_PAGE, page * PER_PAGE).map(rendered);
  const paginator = {
    totalCount: all.length,
    page,
    pageCount: Math.max(1, Math.ceil(all.length / PER_PAGE)),
    itemsOnPage: rows.length,
    itemsPerPage: PER_PAGE,
  };
  return told(200, { webhooks: rows, paginator });
}

/** All of a call or none. */
function register(call: Call): Answer {
  const { sandbox, shop, grant, exchange } = call;
  const { data } = bodyFields(exchange);
  if (!Array.isArray(data) || data.length === 0 || data.length > MOST_IN_A_CALL)
    return invalid(`data has from 1 to ${MOST_IN_A_CALL} webhooks`);
  const wishes = data.map((one) => (isRecord(one) ? one : {}));
  const taken = subscriptionsOf(sandbox, 'shoptet', shop.key).map(({ topics }) => topics[0] ?? '');
  for (const wish of wishes) {
    const [event, url] = [textField(wish, 'event'), textField(wish, 'url')];
    if (!EVENT.test(event)) return invalid(`Event "${event}" is not known`);
    if (!isPushable(url) || url.length > LONGEST_URL) return invalid('url is not valid');
    if (taken.includes(event)) return invalid('Webhook already exists for this event');
    const isApart = APART.some(
      ([whole, part]) =>
        (event === whole && taken.includes(part)) || (event === part && taken.includes(whole)),
    );
    if (isApart) return shoptetError(409, 'conflict', `"${event}" conflicts with another webhook`);
    taken.push(event);
  }
  const made = wishes.map((wish) => {
    const base = { platform: 'shoptet', shopKey: shop.key, url: textField(wish, 'url') } as const;
    return subscribe(sandbox, { ...base, topics: [textField(wish, 'event')], grantId: grant.id });
  });
  return told(201, { webhooks: made.map(rendered) });
}

function update({ sandbox, exchange }: Call, one: Subscription): Answer {
  const { data } = bodyFields(exchange);
  const url = isRecord(data) ? textField(data, 'url') : '';
  if (!isPushable(url) || url.length > LONGEST_URL) return invalid('url is not valid');
  one.url = url;
  one.updatedAtMs = sandbox.now();
  sandbox.changed();
  return told(200, null);
}

function rendered(one: Subscription) {
  return {
    id: Number(one.id),
    event: one.topics[0],
    url: one.url,
    created: at(one.createdAtMs),
    updated: one.updatedAtMs === one.createdAtMs ? null : at(one.updatedAtMs),
    sendPayload: null,
  };
}
