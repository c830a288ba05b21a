/** commercetools' subscriptions: a queue and the types whose changes go into it. The sandbox reaches Amazon SQS alone, with a key pair. */
import { randomUUID } from 'node:crypto';
import { type Call, hasScope } from '../calls.ts';
import { type Answer, bodyFields, isRecord, json, textField } from '../exchange.ts';
import type { Subscription } from '../state.ts';
import { isPushable, subscribe, subscriptionBy, subscriptionsOf, unsubscribe } from '../subscriptions.ts';
import { ctError } from './commercetools.ts';
import { TYPES } from './push.ts';

/** Null: it is another resource. */
export function answerSubscriptions(call: Call): Answer | null {
  const { exchange, shop, sandbox, grant } = call;
  const [, , name, id] = exchange.path.split('/');
  if (name !== 'subscriptions') return null;
  if (!hasScope(grant, `manage_subscriptions:${shop.key}`, `manage_project:${shop.key}`))
    return ctError(
      403,
      'insufficient_scope',
      `Insufficient scope. manage_subscriptions:${shop.key} is missing.`,
    );
  if (id === undefined) {
    if (exchange.method === 'POST') return create(call);
    const results = subscriptionsOf(sandbox, 'commercetools', shop.key).map(rendered);
    return json(200, { limit: 20, offset: 0, count: results.length, total: results.length, results });
  }
  const one = subscriptionBy(sandbox, 'commercetools', shop.key, id);
  if (one === null) return ctError(404, 'ResourceNotFound', `The Resource with ID '${id}' was not found.`);
  if (exchange.method === 'GET') return json(200, rendered(one));
  if (exchange.method !== 'DELETE') return ctError(405, 'InvalidOperation', 'Method not allowed.');
  if (exchange.query.get('version') !== '1')
    return ctError(409, 'ConcurrentModification', 'The version is another one.');
  unsubscribe(sandbox, one);
  return json(200, rendered(one));
}

function create({ sandbox, shop, grant, exchange }: Call): Answer {
  const fields = bodyFields(exchange);
  const to = isRecord(fields['destination']) ? fields['destination'] : {};
  const url = textField(to, 'queueUrl');
  if (to['type'] !== 'SQS' || !isPushable(url))
    return ctError(400, 'InvalidInput', 'destination: the sandbox reaches SQS alone, at its queueUrl.');
  const changes = Array.isArray(fields['changes']) ? fields['changes'] : [];
  const topics = changes.map((one) => (isRecord(one) ? textField(one, 'resourceTypeId') : ''));
  if (topics.length === 0 || topics.some((one) => !Object.values(TYPES).includes(one)))
    return ctError(
      400,
      'InvalidInput',
      `changes: resourceTypeId is one of ${Object.values(TYPES).join(', ')}.`,
    );
  const facts = {
    key: textField(fields, 'key'),
    accessKey: textField(to, 'accessKey'),
    region: textField(to, 'region') || 'us-east-1',
  };
  const wish = {
    platform: 'commercetools',
    shopKey: shop.key,
    url,
    secret: textField(to, 'accessSecret'),
  } as const;
  const one = subscribe(sandbox, { ...wish, topics, facts, grantId: grant.id, id: randomUUID() });
  return json(201, rendered(one));
}

function rendered(one: Subscription) {
  const { key, region } = one.facts;
  return {
    id: one.id,
    version: 1,
    createdAt: new Date(one.createdAtMs).toISOString(),
    lastModifiedAt: new Date(one.updatedAtMs).toISOString(),
    ...(key === '' ? {} : { key }),
    destination: { type: 'SQS', queueUrl: one.url, region, authenticationMode: 'Credentials' },
    changes: one.topics.map((resourceTypeId) => ({ resourceTypeId })),
    messages: [],
    status: one.state === 'active' ? 'Healthy' : 'ConfigurationError',
  };
}
