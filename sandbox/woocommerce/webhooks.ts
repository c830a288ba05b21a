/** WooCommerce's webhooks by its REST API. One whose ping is not answered with 200 is left disabled [unverified]. */
import { type Answer, bodyFields, json, textField } from '../exchange.ts';
import { randomHex } from '../grants.ts';
import type { Subscription } from '../state.ts';
import { isPushable, subscribe, subscriptionBy, subscriptionsOf, unsubscribe } from '../subscriptions.ts';
import { ping } from './push.ts';
import { siteUrl, type WooCall, wpError } from './site.ts';

const TOPIC = /^((order|product|customer|coupon)\.(created|updated|deleted|restored)|action\.[a-z0-9_]+)$/;
const STATUSES = ['active', 'paused', 'disabled'] as const;

/** Null: it is another resource. */
export function answerWebhooks(call: WooCall): Answer | Promise<Answer> | null {
  const path = /^\/webhooks(?:\/(\d+))?\/?$/.exec(call.resource);
  if (path === null) return null;
  const { sandbox, shop, exchange } = call;
  if (path[1] === undefined) {
    if (exchange.method === 'POST') return create(call);
    if (exchange.method !== 'GET') return noRoute();
    return list(call);
  }
  const one = subscriptionBy(sandbox, 'woocommerce', shop.key, path[1]);
  if (one === null) return wpError(404, 'woocommerce_rest_shop_webhook_invalid_id', 'Invalid ID.');
  switch (exchange.method) {
    case 'GET':
      return json(200, rendered(call, one));
    case 'PUT':
    case 'POST':
    case 'PATCH':
      return update(call, one);
    case 'DELETE':
      if (!['true', '1'].includes(exchange.query.get('force') ?? ''))
        return wpError(501, 'woocommerce_rest_trash_not_supported', 'Webhooks do not support trashing.');
      unsubscribe(sandbox, one);
      return json(200, rendered(call, one));
    default:
      return noRoute();
  }
}

function noRoute(): Answer {
  return wpError(404, 'rest_no_route', 'No route was found matching the URL and request method.');
}

function list(call: WooCall): Answer {
  const { query } = call.exchange;
  const [page, perPage] = [Number(query.get('page') ?? 1), Number(query.get('per_page') ?? 10)];
  if (!Number.isInteger(perPage) || perPage < 1 || perPage > 100)
    return wpError(400, 'rest_invalid_param', 'Invalid parameter(s): per_page');
  const status = query.get('status') ?? 'all';
  const all = subscriptionsOf(call.sandbox, 'woocommerce', call.shop.key)
    .filter((one) => status === 'all' || one.state === status)
    .reverse();
  const shown = all.slice((page - 1) * perPage, page * perPage).map((one) => rendered(call, one));
  const pages = Math.ceil(all.length / perPage);
  return json(200, shown, { 'x-wp-total': String(all.length), 'x-wp-totalpages': String(pages) });
}

async function create(call: WooCall): Promise<Answer> {
  const { sandbox, shop, grant, exchange } = call;
  const fields = bodyFields(exchange);
  const [topic, url] = [textField(fields, 'topic'), textField(fields, 'delivery_url')];
  if (!TOPIC.test(topic))
    return wpError(400, 'woocommerce_rest_webhook_invalid_topic', 'Webhook topic must be valid.');
  if (!isPushable(url) && !/^http:\/\//.test(url))
    return wpError(
      400,
      'woocommerce_rest_webhook_invalid_delivery_url',
      'Webhook delivery URL must be valid.',
    );
  const secret = textField(fields, 'secret') || randomHex(25);
  const facts = { name: textField(fields, 'name') || `Webhook created on ${shop.name}` };
  const wish = { platform: 'woocommerce', shopKey: shop.key, topics: [topic], url, secret, facts } as const;
  const webhook = subscribe(sandbox, { ...wish, topics: [topic], grantId: grant.id });
  const status = STATUSES.find((one) => one === fields['status']) ?? 'active';
  webhook.state = !(await ping(sandbox, webhook)) ? 'disabled' : status;
  sandbox.changed();
  return json(201, rendered(call, webhook));
}

function update(call: WooCall, webhook: Subscription): Answer {
  const fields = bodyFields(call.exchange);
  const topic = textField(fields, 'topic');
  if (topic !== '' && !TOPIC.test(topic))
    return wpError(400, 'woocommerce_rest_webhook_invalid_topic', 'Webhook topic must be valid.');
  if (topic !== '') webhook.topics = [topic];
  webhook.url = textField(fields, 'delivery_url') || webhook.url;
  webhook.secret = textField(fields, 'secret') || webhook.secret;
  const status = STATUSES.find((one) => one === fields['status']);
  // That the count starts anew is unverified.
  if (status === 'active' && webhook.state !== 'active') webhook.failures = 0;
  webhook.state = status ?? webhook.state;
  webhook.updatedAtMs = call.sandbox.now();
  call.sandbox.changed();
  return json(200, rendered(call, webhook));
}

/** The secret is never told. */
function rendered({ shop }: WooCall, one: Subscription) {
  const [resource, event] = (one.topics[0] ?? '').split('.');
  const at = (ms: number) => new Date(ms).toISOString().slice(0, 19);
  const href = `${siteUrl(shop)}/wp-json/wc/v3/webhooks`;
  return {
    id: Number(one.id),
    name: one.facts['name'],
    status: one.state,
    topic: one.topics[0],
    resource,
    event,
    hooks: [],
    delivery_url: one.url,
    date_created: at(one.createdAtMs + shop.timeZoneOffsetMinutes * 60_000),
    date_created_gmt: at(one.createdAtMs),
    date_modified: at(one.updatedAtMs + shop.timeZoneOffsetMinutes * 60_000),
    date_modified_gmt: at(one.updatedAtMs),
    _links: { self: [{ href: `${href}/${one.id}` }], collection: [{ href }] },
  };
}
