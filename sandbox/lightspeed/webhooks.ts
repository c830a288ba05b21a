/** Lightspeed's webhooks: a type and an address each, which are there once; switched on and off. */
import type { Call } from '../calls.ts';
import { type Answer, bodyFields, json, textField } from '../exchange.ts';
import type { Shop, Subscription } from '../state.ts';
import { isPushable, subscribe, subscriptionBy, subscriptionsOf, unsubscribe } from '../subscriptions.ts';
import { lsError } from './lightspeed.ts';

const TYPES = [
  'sale.update',
  'product.update',
  'customer.update',
  'inventory.update',
  'register_closure.create',
  'consignment.send',
  'consignment.receive',
];

/** `id`: what stands behind /webhooks/. */
export function answerWebhooks(call: Call, id: string | undefined): Answer {
  const { sandbox, shop, exchange } = call;
  if (id === undefined) {
    if (exchange.method === 'POST') return create(call);
    const all = subscriptionsOf(sandbox, 'lightspeed', shop.key);
    return exchange.method === 'GET'
      ? json(200, { data: all.map((one) => rendered(shop, one)) })
      : notAllowed();
  }
  const one = subscriptionBy(sandbox, 'lightspeed', shop.key, id);
  if (one === null) return lsError(404, 'Not Found');
  switch (exchange.method) {
    case 'GET':
      return json(200, { data: rendered(shop, one) });
    case 'PUT':
      return update(call, one);
    case 'DELETE':
      unsubscribe(sandbox, one);
      return json(200, {});
    default:
      return notAllowed();
  }
}

const notAllowed = () => lsError(405, 'Method Not Allowed');

interface Wish {
  type: string;
  url: string;
  active: boolean;
}

function wishOf({ exchange }: Call): Wish | Answer {
  const fields = bodyFields(exchange);
  const [type, url, { active }] = [textField(fields, 'type'), textField(fields, 'url'), fields];
  if (!TYPES.includes(type)) return lsError(422, 'type is invalid');
  if (!isPushable(url)) return lsError(422, 'url is invalid');
  return typeof active === 'boolean' ? { type, url, active } : lsError(422, 'active is needed');
}

function create(call: Call): Answer {
  const { sandbox, shop, grant } = call;
  const wish = wishOf(call);
  if ('status' in wish) return wish;
  const isThere = subscriptionsOf(sandbox, 'lightspeed', shop.key).some(
    (one) => one.topics[0] === wish.type && one.url === wish.url,
  );
  if (isThere) return lsError(409, 'A webhook with this type and URL already exists.');
  const one = subscribe(sandbox, {
    platform: 'lightspeed',
    shopKey: shop.key,
    id: crypto.randomUUID(),
    topics: [wish.type],
    url: wish.url,
    grantId: grant.id,
  });
  if (!wish.active) one.state = 'disabled';
  return json(201, { data: rendered(shop, one) });
}

function update(call: Call, one: Subscription): Answer {
  const wish = wishOf(call);
  if ('status' in wish) return wish;
  one.topics = [wish.type];
  one.url = wish.url;
  one.state = wish.active ? 'active' : 'disabled';
  one.updatedAtMs = call.sandbox.now();
  call.sandbox.changed();
  return json(200, { data: rendered(call.shop, one) });
}

function rendered(shop: Shop, one: Subscription) {
  return {
    id: one.id,
    retailer_id: `06bf537b-c783-11e6-f6b9-${String(shop.id).padStart(12, '0')}`,
    type: one.topics[0],
    url: one.url,
    active: one.state === 'active',
  };
}
