/** Shopify's subscriptions by both APIs: a topic and an address once, and only topics whose scope was granted [its refusal's words are unverified]. */
import { type Answer, bodyFields, isRecord, json, textField } from '../exchange.ts';
import type { Subscription } from '../state.ts';
import { isPushable, subscribe, subscriptionBy, subscriptionsOf, unsubscribe } from '../subscriptions.ts';
import { effectiveScopes, type ShopifyCall } from './call.ts';
import { enumOf, TOPICS } from './push.ts';
import { gid, iso, listPage } from './render.ts';

interface Wish {
  topic: string;
  url: string;
}

/** Why not, in the platform's words; null: it may be made. */
function refusal(call: ShopifyCall, { topic, url }: Wish, but?: Subscription): string | null {
  const scope = Object.hasOwn(TOPICS, topic) ? TOPICS[topic] : undefined;
  const scopes = effectiveScopes(call.grant.scopes);
  if (scope === undefined || (scope !== null && !scopes.has(scope)))
    return 'You cannot create a webhook subscription with the specified topic';
  if (!isPushable(url)) return 'Address protocol http:// is not supported';
  const taken = ours(call).some((one) => one.id !== but?.id && one.topics[0] === topic && one.url === url);
  return taken ? 'Address for this topic has already been taken' : null;
}

const ours = ({ sandbox, shop }: ShopifyCall) => subscriptionsOf(sandbox, 'shopify', shop.key);

function make({ sandbox, shop, grant }: ShopifyCall, { topic, url }: Wish): Subscription {
  return subscribe(sandbox, {
    platform: 'shopify',
    shopKey: shop.key,
    topics: [topic],
    url,
    grantId: grant.id,
  });
}

function find({ sandbox, shop }: ShopifyCall, id: string): Subscription | null {
  return subscriptionBy(sandbox, 'shopify', shop.key, id.split('/').at(-1) ?? '');
}

function rendered(call: ShopifyCall, one: Subscription) {
  return {
    __typename: 'WebhookSubscription',
    id: gid('WebhookSubscription', Number(one.id)),
    legacyResourceId: one.id,
    topic: enumOf(one.topics[0] ?? ''),
    uri: one.url,
    callbackUrl: one.url,
    endpoint: { __typename: 'WebhookHttpEndpoint', callbackUrl: one.url },
    format: 'JSON',
    includeFields: [],
    filter: null,
    apiVersion: { handle: call.version, displayName: call.version, supported: true },
    createdAt: iso(one.createdAtMs),
    updatedAt: iso(one.updatedAtMs),
  };
}

interface Input {
  uri?: string | null;
  callbackUrl?: string | null;
}

const topicOf = (name: string) => Object.keys(TOPICS).find((topic) => enumOf(topic) === name) ?? '';

/** The resolvers of webhook subscriptions, at the roots of queries and mutations. */
export function webhookRoot(call: ShopifyCall) {
  const problem = (field: string, message: string) => ({ field: ['webhookSubscription', field], message });
  const missing = { field: ['id'], message: 'Webhook subscription does not exist' };
  const save = (input: Input, topic: string, before?: Subscription) => {
    const url = input.uri ?? input.callbackUrl ?? before?.url ?? '';
    const wrong = refusal(call, { topic, url }, before);
    const field = input.uri === undefined || input.uri === null ? 'callbackUrl' : 'uri';
    if (wrong !== null) return { webhookSubscription: null, userErrors: [problem(field, wrong)] };
    const one = before ?? make(call, { topic, url });
    Object.assign(one, { url, updatedAtMs: call.sandbox.now() });
    call.sandbox.changed();
    return { webhookSubscription: rendered(call, one), userErrors: [] };
  };
  return {
    webhookSubscription: ({ id }: { id: string }) => {
      const one = find(call, id);
      return one === null ? null : rendered(call, one);
    },
    webhookSubscriptions: (args: { first?: number; after?: string; topics?: string[]; uri?: string }) => {
      const listed = ours(call).filter(
        (one) =>
          (args.topics?.includes(enumOf(one.topics[0] ?? '')) ?? true) &&
          (args.uri === undefined || args.uri === one.url),
      );
      return listPage(
        listed.map((one) => () => rendered(call, one)),
        args,
      );
    },
    webhookSubscriptionCreate: (args: { topic: string; webhookSubscription: Input }) =>
      save(args.webhookSubscription, topicOf(args.topic)),
    webhookSubscriptionUpdate: (args: { id: string; webhookSubscription: Input }) => {
      const one = find(call, args.id);
      if (one === null) return { webhookSubscription: null, userErrors: [missing] };
      return save(args.webhookSubscription, one.topics[0] ?? '', one);
    },
    webhookSubscriptionDelete: (args: { id: string }) => {
      const one = find(call, args.id);
      if (one === null) return { deletedWebhookSubscriptionId: null, userErrors: [missing] };
      unsubscribe(call.sandbox, one);
      return { deletedWebhookSubscriptionId: args.id, userErrors: [] };
    },
  };
}

function inRest(call: ShopifyCall, one: Subscription) {
  return {
    id: Number(one.id),
    address: one.url,
    topic: one.topics[0],
    created_at: iso(one.createdAtMs),
    updated_at: iso(one.updatedAtMs),
    format: 'json',
    fields: [],
    metafield_namespaces: [],
    api_version: call.version,
    private_metafield_namespaces: [],
  };
}

/** `webhooks.json` of the legacy API; null: it is another resource. */
export function answerWebhooks(call: ShopifyCall, resource: string): Answer | null {
  const path = /^webhooks(?:\/(\d+|count))?\.json$/.exec(resource);
  if (path === null) return null;
  const { method, query } = call.exchange;
  const sent = bodyFields(call.exchange)['webhook'];
  const fields = isRecord(sent) ? sent : {};
  if (path[1] === undefined && method === 'POST') {
    const wish = { topic: textField(fields, 'topic'), url: textField(fields, 'address') };
    const wrong = refusal(call, wish);
    if (wrong !== null) return json(422, { errors: { address: [wrong] } });
    return json(201, { webhook: inRest(call, make(call, wish)) });
  }
  const [topic, address] = [query.get('topic'), query.get('address')];
  const listed = ours(call).filter(
    (one) => (topic === null || one.topics[0] === topic) && (address === null || one.url === address),
  );
  if (path[1] === 'count' && method === 'GET') return json(200, { count: listed.length });
  if (path[1] === undefined && method === 'GET')
    return json(200, { webhooks: listed.map((one) => inRest(call, one)) });
  const one = find(call, path[1] ?? '');
  if (one === null) return json(404, { errors: 'Not Found' });
  if (method === 'GET') return json(200, { webhook: inRest(call, one) });
  if (method !== 'DELETE') return null;
  unsubscribe(call.sandbox, one);
  return json(200, {});
}
