/** Trendyol's webhooks: fifteen of a seller, each for some statuses or for all, proved by a key or by a password of the seller's choice. */
import type { Call } from '../calls.ts';
import { type Answer, bodyFields, json, textField } from '../exchange.ts';
import type { Subscription } from '../state.ts';
import { isPushable, subscribe, subscriptionBy, subscriptionsOf, unsubscribe } from '../subscriptions.ts';
import { STATUSES } from './push.ts';
import { trendyolError } from './trendyol.ts';

const PATH =
  /^\/integration\/webhook\/sellers\/\d+\/webhooks(?:\/([0-9a-f-]{36})(?:\/(activate|deactivate))?)?$/;
const MOST = 15;
const bad = (key: string) => trendyolError(400, 'TrendyolBusinessException', key);

/** Null: it is another resource. */
export function answerWebhooks(call: Call): Answer | null {
  const { exchange, sandbox, shop } = call;
  const path = PATH.exec(exchange.path);
  if (path === null) return null;
  const [, id, act] = path;
  if (id === undefined) {
    if (exchange.method === 'POST') return create(call);
    return json(200, subscriptionsOf(sandbox, 'trendyol', shop.key).map(rendered));
  }
  const one = subscriptionBy(sandbox, 'trendyol', shop.key, id);
  if (one === null) return trendyolError(404, 'NotFound', 'webhook.not.found');
  if (exchange.method === 'PUT' && act !== undefined) {
    one.state = act === 'activate' ? 'active' : 'disabled';
    one.failures = 0;
    sandbox.changed();
    return json(200, {});
  }
  if (exchange.method !== 'DELETE') return trendyolError(405, 'MethodNotAllowed', 'method.not.allowed');
  unsubscribe(sandbox, one);
  return json(200, {});
}

function create({ exchange, sandbox, shop, grant }: Call): Answer {
  const fields = bodyFields(exchange);
  const [url, kind] = [textField(fields, 'url'), textField(fields, 'authenticationType')];
  const asked = fields['subscribedStatuses'];
  const statuses = Array.isArray(asked) ? asked.map(String) : [];
  const secret = textField(fields, kind === 'API_KEY' ? 'apiKey' : 'password');
  const userName = textField(fields, 'username');
  if (!isPushable(url)) return bad('webhook.url.invalid');
  if (kind !== 'API_KEY' && kind !== 'BASIC_AUTHENTICATION')
    return bad('webhook.authentication.type.invalid');
  if (secret === '' || (kind === 'BASIC_AUTHENTICATION' && userName === ''))
    return bad('webhook.authentication.missing');
  if (statuses.some((one) => !STATUSES.includes(one))) return bad('webhook.status.invalid');
  if (subscriptionsOf(sandbox, 'trendyol', shop.key).length >= MOST) return bad('webhook.limit.exceeded');
  const one = subscribe(sandbox, {
    platform: 'trendyol',
    shopKey: shop.key,
    topics: statuses.length === 0 ? [...STATUSES] : statuses,
    url,
    secret,
    facts: { kind, userName, all: String(statuses.length === 0) },
    grantId: grant.id,
    id: crypto.randomUUID(),
  });
  return json(200, { id: one.id });
}

/** Neither key nor password is told. */
function rendered(one: Subscription) {
  return {
    id: one.id,
    createdDate: one.createdAtMs,
    lastModifiedDate: one.updatedAtMs,
    url: one.url,
    username: one.facts['userName'] || null,
    authenticationType: one.facts['kind'],
    status: one.state === 'active' ? 'ACTIVE' : 'PASSIVE',
    subscribedStatuses: one.facts['all'] === 'true' ? null : one.topics,
  };
}
