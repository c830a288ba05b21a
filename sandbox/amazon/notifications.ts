/**
 * Amazon's notifications: destinations are the application's, and need its own token; a seller is subscribed to with the seller's; a subscription is ended with the
 * application's. That anything is delivered to a queue is not played: what stands in one is for whoever reads it (docs/queues.md).
 */
import { type Answer, bodyFields, isRecord, json, textField } from '../exchange.ts';
import type { Subscription } from '../state.ts';
import { subscribe, subscriptionsOf, unsubscribe } from '../subscriptions.ts';
import type { AmazonCall } from './amazon.ts';
import { amazonError } from './asking.ts';

export const APPLICATION = 'application';
const TYPE = /^[A-Z][A-Z_]{3,60}$/;
const ARN = /^arn:aws:sqs:\S+:\S+:\S+/;

const isOfApplication = ({ grant }: AmazonCall) => grant.scopes.includes(APPLICATION);
const denied = (details: string) =>
  amazonError(403, 'Unauthorized', 'Access to requested resource is denied.', details);
const destinationsOf = ({ sandbox }: AmazonCall) =>
  subscriptionsOf(sandbox, 'amazon', null).filter((one) => one.topics.length === 0);

export function listDestinations(call: AmazonCall): Answer {
  if (!isOfApplication(call)) return denied('The operation is grantless.');
  return json(200, { payload: destinationsOf(call).map(renderedDestination) });
}

export function createDestination(call: AmazonCall): Answer {
  if (!isOfApplication(call)) return denied('The operation is grantless.');
  const fields = bodyFields(call.exchange);
  const given = isRecord(fields['resourceSpecification']) ? fields['resourceSpecification'] : {};
  const sqs = isRecord(given['sqs']) ? given['sqs'] : {};
  const arn = textField(sqs, 'arn');
  if (textField(fields, 'name') === '' || !ARN.test(arn))
    return amazonError(400, 'InvalidInput', 'A destination has a name and the ARN of a queue.');
  if (destinationsOf(call).some((one) => one.url === arn))
    return amazonError(409, 'ResourceConflict', 'There is such a destination already.');
  const facts = { name: textField(fields, 'name') };
  const wish = { platform: 'amazon', shopKey: null, url: arn, facts, id: crypto.randomUUID() } as const;
  return json(200, { payload: renderedDestination(subscribe(call.sandbox, { ...wish, topics: [] })) });
}

function renderedDestination({ id, url, facts }: Subscription) {
  return { destinationId: id, name: facts['name'], resource: { sqs: { arn: url } } };
}

const typesOf = (call: AmazonCall, type: string) =>
  subscriptionsOf(call.sandbox, 'amazon', call.shop.key).filter((one) => one.topics[0] === type);

/** Of one type a call; a subscription does not name its type. */
export function listSubscriptions(call: AmazonCall): Answer {
  if (isOfApplication(call)) return denied('The operation needs a seller.');
  const [type, ...more] = call.exchange.query.getAll('notificationTypes');
  if (type === undefined || more.length > 0 || !TYPE.test(type))
    return amazonError(400, 'InvalidInput', 'notificationTypes is one type.');
  return json(200, { payload: { subscriptions: typesOf(call, type).map(renderedSubscription) } });
}

export function createSubscription(call: AmazonCall, found: RegExpExecArray): Answer {
  if (isOfApplication(call)) return denied('The operation needs a seller.');
  const [, type = ''] = found;
  const fields = bodyFields(call.exchange);
  const destinationId = textField(fields, 'destinationId');
  if (!TYPE.test(type) || textField(fields, 'payloadVersion') === '')
    return amazonError(400, 'InvalidInput', 'A subscription has a type and a payloadVersion.');
  const destination = destinationsOf(call).find((one) => one.id === destinationId);
  if (destination === undefined) return amazonError(404, 'NotFound', 'There is no such destination.');
  if (typesOf(call, type).length > 0)
    return amazonError(409, 'ResourceConflict', 'The type is subscribed to already.');
  const one = subscribe(call.sandbox, {
    platform: 'amazon',
    shopKey: call.shop.key,
    topics: [type],
    url: destination.url,
    facts: { destinationId, payloadVersion: textField(fields, 'payloadVersion') },
    grantId: call.grant.id,
    id: crypto.randomUUID(),
  });
  return json(200, { payload: renderedSubscription(one) });
}

export function deleteSubscription(call: AmazonCall, found: RegExpExecArray): Answer {
  if (!isOfApplication(call)) return denied('The operation is grantless.');
  const [, type = '', id = ''] = found;
  const all = call.sandbox.state.subscriptions;
  const one = Object.hasOwn(all, id) ? all[id] : undefined;
  if (one?.platform !== 'amazon' || one.topics[0] !== type)
    return amazonError(404, 'NotFound', 'There is no such subscription.');
  unsubscribe(call.sandbox, one);
  return json(200, {});
}

function renderedSubscription({ id, facts }: Subscription) {
  return {
    subscriptionId: id,
    payloadVersion: facts['payloadVersion'],
    destinationId: facts['destinationId'],
  };
}
