/** VTEX's orders hook: one for each API key, whose address is pinged when it is set up. A role without "Feed v3 and Hook Admin" is refused (the grant's scope `noHook`). */
import type { Call } from '../calls.ts';
import { type Answer, bodyFields, isRecord, json, textField } from '../exchange.ts';
import { post } from '../pushing.ts';
import type { Subscription } from '../state.ts';
import { isPushable, subscribe, subscriptionsOf, unsubscribe } from '../subscriptions.ts';
import { vtexError } from './vtex.ts';

const PATH = '/api/orders/hook/config';
const TIMEOUT_MS = 5_000;
const HEADER = /^[a-z0-9-]{1,60}$/i;

/** Null: it is another resource. */
export function answerHook(call: Call): Answer | Promise<Answer> | null {
  const { exchange, sandbox, grant } = call;
  if (exchange.path !== PATH) return null;
  if (grant.scopes.includes('noHook'))
    return vtexError(403, '1', 'The credentials are not enabled to access the service.');
  const hook = hookOf(call);
  if (exchange.method === 'POST') return configure(call, hook);
  if (hook === null) return vtexError(404, 'OMS009', 'Value not found.');
  if (exchange.method === 'GET') return json(200, rendered(hook));
  if (exchange.method !== 'DELETE') return vtexError(405, '405', 'Method not allowed');
  unsubscribe(sandbox, hook);
  return json(200, {});
}

function hookOf({ sandbox, shop, grant }: Call): Subscription | null {
  return subscriptionsOf(sandbox, 'vtex', shop.key).find((one) => one.grantId === grant.id) ?? null;
}

async function configure(call: Call, before: Subscription | null): Promise<Answer> {
  const { exchange, sandbox, shop, grant } = call;
  const fields = bodyFields(exchange);
  const filter = isRecord(fields['filter']) ? fields['filter'] : {};
  const hook = isRecord(fields['hook']) ? fields['hook'] : {};
  const url = textField(hook, 'url');
  const headers = isRecord(hook['headers']) ? hook['headers'] : {};
  if (!isPushable(url)) return vtexError(400, 'OMS007', 'hook.url is no address');
  if (Object.entries(headers).some(([name, value]) => !HEADER.test(name) || typeof value !== 'string'))
    return vtexError(400, 'OMS007', 'hook.headers are texts');
  const states = Array.isArray(filter['status']) ? filter['status'].map(String) : [];
  const isWhole =
    (filter['type'] === 'FromWorkflow' && states.length > 0) ||
    (filter['type'] === 'FromOrders' && textField(filter, 'expression') !== '');
  if (!isWhole) return vtexError(400, 'OMS007', 'filter is not whole');
  const all = { 'content-type': 'application/json', ...(headers as Record<string, string>) }; // texts, checked above
  const status = await post(sandbox, url, { headers: all, body: '{"hookConfig":"ping"}' }, TIMEOUT_MS);
  if (status !== 200) return vtexError(400, 'OMS010', 'hook.url did not answer the ping with 200');
  if (before !== null) unsubscribe(sandbox, before);
  const facts = { headers: JSON.stringify(headers), filter: JSON.stringify(filter) };
  const wish = { platform: 'vtex', shopKey: shop.key, url, facts, grantId: grant.id } as const;
  return json(200, rendered(subscribe(sandbox, { ...wish, topics: ['Fulfillment', 'Marketplace'] })));
}

function rendered({ url, facts }: Subscription) {
  return {
    filter: JSON.parse(facts['filter'] ?? '{}'),
    hook: { url, headers: JSON.parse(facts['headers'] ?? '{}') },
  };
}
