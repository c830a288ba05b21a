/** Control over what platforms tell us: change one record and push, push a topic by name, see what was sent, take subscriptions away. */
import { add, exists, listed, remove, touch } from './collection.ts';
import { type Answer, type Exchange, isRecord, json, textField } from './exchange.ts';
import { SIMULATED } from './platforms.ts';
import { maskedUrl } from './push-record.ts';
import { announce } from './pushing.ts';
import type { Sandbox } from './sandbox.ts';
import type { ResourceName, Shop } from './state.ts';
import { unsubscribe } from './subscriptions.ts';

const RESOURCES: readonly ResourceName[] = ['orders', 'products', 'customers', 'inventory'];
type ChangeKind = 'create' | 'update' | 'delete';
const KINDS: readonly ChangeKind[] = ['create', 'update', 'delete'];

/** Tells of changes that were made, where the platform does; how many pushes there are to be. */
export function push(
  sandbox: Sandbox,
  shop: Shop,
  resource: ResourceName,
  act: ChangeKind,
  positions: Iterable<number>,
): number {
  const { pushing } = SIMULATED[shop.platform];
  if (pushing === undefined) return 0;
  let count = 0;
  for (const index of positions)
    count += announce(sandbox, pushing, { kind: 'changed', shop, resource, act, index });
  return count;
}

/** `{ resource, act, id? }`; answers with what it is called there and how many pushes there are to be. */
export function changeOne(sandbox: Sandbox, shop: Shop, fields: Record<string, unknown>): Answer | string {
  const resource = RESOURCES.find((one) => one === (fields['resource'] ?? 'orders'));
  const act = KINDS.find((one) => one === (fields['act'] ?? 'update'));
  if (resource === undefined || act === undefined)
    return `resource is one of ${RESOURCES.join(', ')}, act one of ${KINDS.join(', ')}`;
  const index = act === 'create' ? add(shop, resource, 1, sandbox.now())[0] : indexOf(shop, resource, fields);
  if (index === undefined) return `there is no such record in "${resource}"`;
  if (act === 'update') touch(shop, resource, [index], sandbox.now());
  if (act === 'delete') remove(shop, resource, [index], sandbox.now());
  const id = SIMULATED[shop.platform].pushing?.idOf(shop, resource, index) ?? null;
  return json(200, { resource, act, id, pushes: push(sandbox, shop, resource, act, [index]) });
}

function indexOf(shop: Shop, resource: ResourceName, fields: Record<string, unknown>): number | undefined {
  const id = textField(fields, 'id');
  const present = listed(shop, resource, 'position');
  if (id === '') return present.at(-1);
  const { pushing } = SIMULATED[shop.platform];
  const index = present.find((one) => pushing?.idOf(shop, resource, one) === id);
  return index !== undefined && exists(shop, resource, index) ? index : undefined;
}

/** `{ topic, payload? }`, as the platform writes them. */
export function notifyNamed(sandbox: Sandbox, shop: Shop, fields: Record<string, unknown>): Answer | string {
  const { pushing } = SIMULATED[shop.platform];
  if (pushing === undefined) return 'this platform pushes nothing';
  const topic = textField(fields, 'topic');
  if (topic === '') return 'topic is the platform’s own word';
  const payload = isRecord(fields['payload']) ? fields['payload'] : {};
  return json(200, { topic, pushes: announce(sandbox, pushing, { kind: 'named', shop, topic, payload }) });
}

/** The platform takes subscriptions away, or disables them (`as: "disabled"`), and tells nobody. `topic`: that one alone. */
export function unsubscribeShop(
  sandbox: Sandbox,
  shop: Shop,
  fields: Record<string, unknown>,
): Answer | string {
  const topic = textField(fields, 'topic');
  const found = Object.values(sandbox.state.subscriptions).filter(
    (one) =>
      one.platform === shop.platform &&
      (one.shopKey === shop.key || one.shopKey === null) &&
      // What has none is where others are told.
      one.topics.length > 0 &&
      (topic === '' || one.topics.includes(topic)),
  );
  for (const one of found) {
    if (fields['as'] === 'disabled') one.state = 'disabled';
    else unsubscribe(sandbox, one);
  }
  sandbox.changed();
  return json(200, { subscriptions: found.length });
}

export function answerPushes(sandbox: Sandbox, exchange: Exchange): Answer {
  if (exchange.method === 'DELETE') {
    sandbox.pushes = [];
    sandbox.pushLine.waiting = [];
    return json(200, { ok: true });
  }
  const { query } = exchange;
  const [shop, topic, after] = [query.get('shop'), query.get('topic'), Number(query.get('after') ?? 0)];
  const data = sandbox.pushes.filter(
    (one) => one.n > after && (shop === null || one.shop === shop) && (topic === null || one.topic === topic),
  );
  const { waiting, busy } = sandbox.pushLine;
  return json(200, { total: sandbox.pushCount, waiting: waiting.length, sending: busy.size, data });
}

/** Without secrets. DELETE: the platform forgets it. */
export function answerSubscriptions(sandbox: Sandbox, exchange: Exchange, id: string | undefined): Answer {
  if (exchange.method === 'DELETE') {
    const found = sandbox.state.subscriptions[id ?? ''];
    if (found !== undefined) unsubscribe(sandbox, found);
    return json(found === undefined ? 404 : 200, { ok: found !== undefined });
  }
  const shop = exchange.query.get('shop');
  const data = Object.values(sandbox.state.subscriptions)
    .filter((one) => shop === null || one.shopKey === shop)
    .map(({ secret: _secret, facts: _facts, ...one }) => ({ ...one, url: maskedUrl(one.url) }));
  return json(200, { data });
}
