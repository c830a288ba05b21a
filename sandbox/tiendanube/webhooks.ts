/** Tiendanube's webhooks: one event and one https address each, never at a host of its own. A list of nothing is 404, as a page past the end is [unverified]. */
import type { Call } from '../calls.ts';
import { type Answer, bodyFields, json, textField } from '../exchange.ts';
import { wholeIn } from '../listing.ts';
import type { Subscription } from '../state.ts';
import { isPushable, subscribe, subscriptionBy, subscriptionsOf, unsubscribe } from '../subscriptions.ts';
import { missingScope, tnError } from './tiendanube.ts';

const EVENTS: Record<string, readonly string[]> = {
  app: ['uninstalled', 'suspended', 'resumed'],
  category: ['created', 'updated', 'deleted'],
  order: ['created', 'updated', 'paid', 'packed', 'fulfilled', 'cancelled', 'edited', 'pending', 'voided'],
  product: ['created', 'updated', 'deleted'],
  domain: ['updated'],
  theme: ['updated'],
};
const NEEDS: Record<string, string> = { order: 'read_orders', product: 'read_products' };

/** `id`: what stands behind /webhooks/. */
export function answerWebhooks(call: Call, id: string | undefined): Answer {
  const { sandbox, shop, exchange } = call;
  if (id === undefined) {
    if (exchange.method === 'POST') return create(call);
    return exchange.method === 'GET' ? list(call) : notAllowed();
  }
  const one = subscriptionBy(sandbox, 'tiendanube', shop.key, id);
  if (one === null) return tnError(404, 'Not Found', 'Webhook not found');
  switch (exchange.method) {
    case 'GET':
      return json(200, rendered(one));
    case 'PUT':
      return update(call, one);
    case 'DELETE':
      unsubscribe(sandbox, one);
      return json(200, {});
    default:
      return notAllowed();
  }
}

const notAllowed = () => tnError(405, 'Method Not Allowed', 'The method is not allowed');

function list({ sandbox, shop, exchange: { query } }: Call): Answer {
  const page = wholeIn(query, 'page', { otherwise: 1, min: 1, max: 1_000_000 });
  const size = wholeIn(query, 'per_page', { otherwise: 30, min: 1, max: 200 });
  if (page === null || size === null) return tnError(422, 'Unprocessable Entity', 'A parameter is invalid');
  const [event, url] = [query.get('event'), query.get('url')];
  const all = subscriptionsOf(sandbox, 'tiendanube', shop.key).filter(
    (one) => (event === null || one.topics.includes(event)) && (url === null || one.url === url),
  );
  const pages = Math.ceil(all.length / size);
  if (page > pages) return tnError(404, 'Not Found', `Last page is ${pages}`);
  return json(200, all.slice((page - 1) * size, page * size).map(rendered));
}

/** What is wrong, field by field; none: nothing is. */
function wrongs(event: string, url: string): Record<string, string[]> {
  const [noun = '', verb = ''] = event.split('/');
  const isEvent = Object.hasOwn(EVENTS, noun) && EVENTS[noun]?.includes(verb) === true;
  const isUrl = isPushable(url) && !/(^|\.)(tiendanube|nuvemshop)\.com/.test(new URL(url).hostname);
  return {
    ...(isEvent ? {} : { event: ['Invalid event specified'] }),
    ...(isUrl ? {} : { url: ['invalid url specified'] }),
  };
}

function create(call: Call): Answer {
  const { sandbox, shop, grant, exchange } = call;
  const fields = bodyFields(exchange);
  const [event, url] = [textField(fields, 'event'), textField(fields, 'url')];
  const wrong = wrongs(event, url);
  if (Object.keys(wrong).length > 0) return json(422, wrong);
  const scope = NEEDS[event.split('/')[0] ?? ''];
  const denied = scope === undefined ? null : missingScope(grant, scope);
  if (denied !== null) return denied;
  const wish = { platform: 'tiendanube', shopKey: shop.key, url, grantId: grant.id } as const;
  return json(201, rendered(subscribe(sandbox, { ...wish, topics: [event] })));
}

function update(call: Call, one: Subscription): Answer {
  const fields = bodyFields(call.exchange);
  const event = textField(fields, 'event') || (one.topics[0] ?? '');
  const url = textField(fields, 'url') || one.url;
  const wrong = wrongs(event, url);
  if (Object.keys(wrong).length > 0) return json(422, wrong);
  one.topics = [event];
  one.url = url;
  one.updatedAtMs = call.sandbox.now();
  call.sandbox.changed();
  return json(200, rendered(one));
}

const at = (ms: number) => `${new Date(ms).toISOString().slice(0, 19)}+00:00`;

function rendered(one: Subscription) {
  return {
    id: Number(one.id),
    event: one.topics[0],
    url: one.url,
    created_at: at(one.createdAtMs),
    updated_at: at(one.updatedAtMs),
  };
}
