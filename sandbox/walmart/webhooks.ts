/** Walmart's subscriptions: one an event, of the resources that were delegated alone; where a password is told with it, it is told back to whoever lists. */
import type { Call } from '../calls.ts';
import { type Answer, bodyFields, isRecord, json, textField } from '../exchange.ts';
import type { Subscription } from '../state.ts';
import { isPushable, subscribe, subscriptionBy, subscriptionsOf, unsubscribe } from '../subscriptions.ts';
import { walmartError } from './walmart.ts';

const PATH = /^\/v3\/webhooks\/(?:eventTypes|subscriptions(?:\/([0-9a-f-]{36}))?)$/;

/** Event → its resource, and what the seller must have delegated. */
const EVENTS: Readonly<Record<string, { resource: string; scope: string }>> = {
  PO_CREATED: { resource: 'ORDER', scope: 'orders' },
  PO_LINE_AUTOCANCELLED: { resource: 'ORDER', scope: 'orders' },
  OFFER_UNPUBLISHED: { resource: 'ITEM', scope: 'items' },
  INVENTORY_OOS: { resource: 'INVENTORY', scope: 'inventory' },
};
const METHODS = ['BASIC_AUTH', 'HMAC', 'OAUTH'];

const bad = (text: string) => walmartError(400, 'INVALID_REQUEST_PARAM.GMP_NOTIFICATION_API', text);

/** Null: it is another resource. */
export function answerWebhooks(call: Call): Answer | null {
  const { exchange, sandbox, shop } = call;
  const path = PATH.exec(exchange.path);
  if (path === null) return null;
  if (exchange.path.endsWith('/eventTypes')) return json(200, { events: eventTypes() });
  if (path[1] === undefined) {
    if (exchange.method === 'POST') return create(call);
    return json(200, { events: subscriptionsOf(sandbox, 'walmart', shop.key).map(rendered) });
  }
  const one = subscriptionBy(sandbox, 'walmart', shop.key, path[1]);
  if (one === null)
    return walmartError(404, 'CONTENT_NOT_FOUND.GMP_NOTIFICATION_API', 'There is no such subscription.');
  if (exchange.method === 'PATCH') return update(call, one);
  if (exchange.method !== 'DELETE')
    return walmartError(405, 'METHOD_NOT_ALLOWED.GMP_GATEWAY_API', 'Not allowed.');
  unsubscribe(sandbox, one);
  return json(200, { subscriptionId: one.id, message: 'Successfully deleted subscription' });
}

const eventTypes = () =>
  Object.entries(EVENTS).map(([eventType, { resource }]) => ({
    resourceName: resource,
    eventType,
    eventVersion: 'V1',
    description: `Notification for ${eventType}`,
  }));

function create(call: Call): Answer {
  const wishes = bodyFields(call.exchange)['events'];
  if (!Array.isArray(wishes) || wishes.length === 0) return bad('events is a list');
  const problem = wishes.map((wish) => problemOf(call, wish)).find((one) => one !== null);
  if (problem !== undefined && problem !== null) return problem;
  const events = wishes.filter(isRecord).map((wish) => made(call, wish));
  return json(200, { events });
}

function problemOf({ grant }: Call, wish: unknown): Answer | null {
  if (!isRecord(wish)) return bad('an event is an object');
  const name = textField(wish, 'eventType');
  const event = Object.hasOwn(EVENTS, name) ? EVENTS[name] : undefined;
  if (event === undefined) return bad(`there is no event "${name}"`);
  if (wish['eventVersion'] !== 'V1' || wish['resourceName'] !== event.resource)
    return bad(`eventVersion and resourceName are not those of "${name}"`);
  if (!grant.scopes.includes(event.scope))
    return walmartError(403, 'FORBIDDEN.GMP_GATEWAY_API', `The app has no access to ${event.scope}.`);
  if (!isPushable(textField(wish, 'eventUrl'))) return bad('eventUrl cannot be called');
  if (wish['status'] !== 'ACTIVE') return bad('status is ACTIVE');
  const auth = wish['authDetails'];
  if (auth === undefined) return null;
  const isWhole = isRecord(auth) && METHODS.includes(textField(auth, 'authMethod'));
  return isWhole ? null : bad('authDetails is not whole');
}

function made({ sandbox, shop, grant }: Call, wish: Record<string, unknown>) {
  const auth = isRecord(wish['authDetails']) ? wish['authDetails'] : {};
  const facts = {
    method: textField(auth, 'authMethod'),
    userName: textField(auth, 'userName'),
    header: textField(auth, 'authHeaderName') || 'Authorization',
  };
  const one = subscribe(sandbox, {
    platform: 'walmart',
    shopKey: shop.key,
    topics: [textField(wish, 'eventType')],
    url: textField(wish, 'eventUrl'),
    secret: textField(auth, facts.method === 'HMAC' ? 'clientSecret' : 'password'),
    facts,
    grantId: grant.id,
    id: crypto.randomUUID(),
  });
  const { eventUrl: _url, headers: _headers, authDetails: _auth, ...told } = rendered(one);
  return told;
}

function update({ exchange, sandbox }: Call, one: Subscription): Answer {
  const fields = bodyFields(exchange);
  const url = textField(fields, 'eventUrl');
  if (url !== '') one.url = url;
  if (fields['status'] === 'ACTIVE') one.state = 'active';
  if (fields['status'] === 'INACTIVE') one.state = 'disabled';
  one.updatedAtMs = sandbox.now();
  sandbox.changed();
  return json(200, rendered(one));
}

function rendered(one: Subscription) {
  const [eventType = ''] = one.topics;
  const { method = '', userName = '', header = '' } = one.facts;
  return {
    eventType,
    subscriptionId: one.id,
    partnerId: one.shopKey,
    eventVersion: 'V1',
    resourceName: EVENTS[eventType]?.resource,
    eventUrl: one.url,
    headers: { 'content-type': 'application/json' },
    authDetails: { authHeaderName: header, authMethod: method, userName, password: one.secret },
    status: one.state === 'active' ? 'ACTIVE' : 'INACTIVE',
  };
}
