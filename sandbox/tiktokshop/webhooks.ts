/** TikTok Shop's webhooks of a shop: one address an event type, put in the place of the one before it; to remove what is not there is no fault. */
import type { Call } from '../calls.ts';
import { type Answer, bodyFields, textField } from '../exchange.ts';
import type { Subscription } from '../state.ts';
import { isPushable, subscribe, subscriptionsOf, unsubscribe } from '../subscriptions.ts';
import { TYPES } from './push.ts';
import { answered, refuse } from './tiktokshop.ts';

const EVENT_TYPES = [...Object.values(TYPES), 'NEW_CONVERSATION', 'NEW_MESSAGE', 'PRODUCT_CREATION'];

const bad = (message: string) => refuse(400, 36009004, message);

export function listWebhooks(call: Call): Answer {
  const webhooks = ours(call).map(rendered);
  return answered({ webhooks, total_count: webhooks.length });
}

export function putWebhook(call: Call): Answer {
  const { sandbox, shop, grant, exchange } = call;
  const fields = bodyFields(exchange);
  const [eventType, url] = [textField(fields, 'event_type'), textField(fields, 'address')];
  if (!EVENT_TYPES.includes(eventType)) return bad('event_type is invalid');
  if (!isPushable(url)) return bad('address must be an https address');
  const before = of(call, eventType);
  if (before === undefined)
    subscribe(sandbox, {
      platform: 'tiktokshop',
      shopKey: shop.key,
      topics: [eventType],
      url,
      grantId: grant.id,
    });
  else {
    Object.assign(before, { url, grantId: grant.id, updatedAtMs: sandbox.now() });
    sandbox.changed();
  }
  return answered({});
}

export function deleteWebhook(call: Call): Answer {
  const one = of(call, textField(bodyFields(call.exchange), 'event_type'));
  if (one !== undefined) unsubscribe(call.sandbox, one);
  return answered({});
}

const ours = ({ sandbox, shop }: Call) => subscriptionsOf(sandbox, 'tiktokshop', shop.key);
const of = (call: Call, eventType: string) => ours(call).find(({ topics }) => topics[0] === eventType);

function rendered(one: Subscription) {
  return {
    event_type: one.topics[0],
    address: one.url,
    create_time: Math.floor(one.createdAtMs / 1000),
    update_time: Math.floor(one.updatedAtMs / 1000),
  };
}
