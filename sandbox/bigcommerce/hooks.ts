/** BigCommerce's hooks: at most ten of a scope, only to https at port 443, only what the token may read [the refusals' words are unverified]. */

import { isLoopbackUrl } from '../apps.ts';
import type { Call } from '../calls.ts';
import { type Answer, bodyFields, isRecord, json, textField } from '../exchange.ts';
import type { Subscription } from '../state.ts';
import { subscribe, subscriptionBy, subscriptionsOf, unsubscribe } from '../subscriptions.ts';
import { apiError, missingScope } from './bigcommerce.ts';

const MOST_OF_A_SCOPE = 10;
const SCOPE = /^store\/[a-z]+(\/[a-zA-Z*]+){1,3}$/;
const NEEDS: Record<string, string> = {
  order: 'store_v2_orders_read_only',
  product: 'store_v2_products_read_only',
  sku: 'store_v2_products_read_only',
  customer: 'store_v2_customers_read_only',
};

/** Null: it is another resource. */
export function answerHooks(call: Call, resource: string): Answer | null {
  const path = /^\/v3\/hooks(?:\/(\d+))?$/.exec(resource);
  if (path === null) return null;
  const { sandbox, shop, exchange } = call;
  if (path[1] === undefined) {
    if (exchange.method === 'POST') return create(call);
    return exchange.method === 'GET' ? list(call) : apiError(405, 'Method not allowed');
  }
  const hook = subscriptionBy(sandbox, 'bigcommerce', shop.key, path[1]);
  if (hook === null) return apiError(404, 'Not Found');
  switch (exchange.method) {
    case 'GET':
      return found(call, hook);
    case 'PUT':
      return update(call, hook);
    case 'DELETE':
      unsubscribe(sandbox, hook);
      return found(call, hook);
    default:
      return apiError(405, 'Method not allowed');
  }
}

const ours = ({ sandbox, shop }: Call) => subscriptionsOf(sandbox, 'bigcommerce', shop.key);

function list(call: Call): Answer {
  const { query } = call.exchange;
  const [scope, destination, active] = ['scope', 'destination', 'is_active'].map((name) => query.get(name));
  const all = ours(call).filter(
    (one) =>
      (scope === null || one.topics[0] === scope) &&
      (destination === null || one.url === destination) &&
      (active === null || (active === 'true') === (one.state === 'active')),
  );
  const [limit, page] = [Number(query.get('limit') ?? 50), Number(query.get('page') ?? 1)];
  const data = all.slice((page - 1) * limit, page * limit).map((one) => rendered(call, one));
  const total_pages = Math.max(1, Math.ceil(all.length / limit));
  const pagination = {
    total: all.length,
    count: data.length,
    per_page: limit,
    current_page: page,
    total_pages,
  };
  return json(200, {
    data,
    meta: { pagination: { ...pagination, links: { current: `?page=${page}&limit=${limit}` } } },
  });
}

function isDestination(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, port } = new URL(url);
  return (protocol === 'https:' && port === '') || isLoopbackUrl(url);
}

function create(call: Call): Answer {
  const { sandbox, shop, grant, exchange } = call;
  const fields = bodyFields(exchange);
  const [scope, destination] = [textField(fields, 'scope'), textField(fields, 'destination')];
  if (!SCOPE.test(scope)) return apiError(422, 'scope is not valid');
  if (!isDestination(destination)) return apiError(422, 'destination must be an https address at port 443');
  const needed = NEEDS[scope.split('/')[1] ?? ''];
  const denied = needed === undefined ? null : missingScope(grant, needed);
  if (denied !== null) return denied;
  const ofScope = ours(call).filter((one) => one.topics[0] === scope);
  if (ofScope.length >= MOST_OF_A_SCOPE) return apiError(422, 'the limit of hooks of this scope is reached');
  if (ofScope.some((one) => one.url === destination)) return apiError(409, 'The hook exists already.');
  const headers = isRecord(fields['headers']) ? JSON.stringify(fields['headers']) : '{}';
  const wish = { platform: 'bigcommerce', shopKey: shop.key, url: destination, facts: { headers } } as const;
  const hook = subscribe(sandbox, { ...wish, topics: [scope], grantId: grant.id });
  if (fields['is_active'] === false) hook.state = 'disabled';
  return found(call, hook);
}

function update(call: Call, hook: Subscription): Answer {
  const fields = bodyFields(call.exchange);
  const destination = textField(fields, 'destination') || hook.url;
  if (!isDestination(destination)) return apiError(422, 'destination must be an https address at port 443');
  hook.url = destination;
  if (isRecord(fields['headers'])) hook.facts['headers'] = JSON.stringify(fields['headers']);
  if (typeof fields['is_active'] === 'boolean') {
    hook.state = fields['is_active'] ? 'active' : 'disabled';
    hook.failures = 0;
  }
  hook.updatedAtMs = call.sandbox.now();
  call.sandbox.changed();
  return found(call, hook);
}

function found(call: Call, hook: Subscription): Answer {
  return json(200, { data: rendered(call, hook), meta: {} });
}

function rendered({ shop, grant }: Call, hook: Subscription) {
  return {
    id: Number(hook.id),
    client_id: grant.clientId,
    store_hash: shop.key,
    scope: hook.topics[0],
    destination: hook.url,
    headers: JSON.parse(hook.facts['headers'] ?? '{}'),
    is_active: hook.state === 'active',
    created_at: Math.floor(hook.createdAtMs / 1000),
    updated_at: Math.floor(hook.updatedAtMs / 1000),
  };
}
