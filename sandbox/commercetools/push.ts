/**
 * What commercetools tells: never over HTTP to us, but into a queue of ours, here Amazon SQS with the key pair the subscription came with.
 * The messages' words are from memory [unverified]; that it repeats for two days is shortened to an hour.
 */
import { createHash, createHmac } from 'node:crypto';
import { updatedAtMs } from '../collection.ts';
import type { Attempt, Happening, Pushing, Telling } from '../pushing.ts';
import type { Sandbox } from '../sandbox.ts';
import type { ResourceName, Subscription } from '../state.ts';
import { subscriptionsOf } from '../subscriptions.ts';
import { idOf } from './render.ts';

export const TYPES: Record<ResourceName, string> = {
  orders: 'order',
  products: 'product',
  customers: 'customer',
  inventory: 'inventory-entry',
};
const NOTIFICATION = {
  create: 'ResourceCreated',
  update: 'ResourceUpdated',
  delete: 'ResourceDeleted',
} as const;

export const pushing: Pushing = {
  platform: 'commercetools',
  retryS: [60, 300, 900, 2_340],
  timeoutMs: 5_000,
  accepts: (status) => status === 200,
  tellings,
  idOf: (_, resource, index) => idOf(resource, index),
};

function tellings(sandbox: Sandbox, happening: Happening): Telling[] {
  if (happening.kind === 'named') return [];
  const { shop, resource, act, index } = happening;
  const typeId = TYPES[resource];
  const id = idOf(resource, index);
  const version = (shop.collections[resource].changes[index]?.version ?? 0) + 1;
  const message = {
    notificationType: NOTIFICATION[act],
    projectKey: shop.key,
    resource: { typeId, id },
    version,
    ...(act === 'update' ? { oldVersion: version - 1 } : {}),
    modifiedAt: new Date(updatedAtMs(shop, resource, index)).toISOString(),
  };
  return subscriptionsOf(sandbox, 'commercetools', shop.key)
    .filter((one) => one.state === 'active' && one.topics.includes(typeId))
    .map((one) => ({
      subscription: one,
      url: new URL('/', one.url).toString(),
      topic: `${typeId}.${act}`,
      objectId: id,
      request: (attempt) => sendMessage(one, JSON.stringify(message), attempt),
    }));
}

/** SQS's JSON protocol, signed with Signature Version 4 over host, date and target. Forged: with another secret. */
export function sendMessage({ url, secret, facts }: Subscription, text: string, { nowMs, forged }: Attempt) {
  const body = JSON.stringify({ QueueUrl: url, MessageBody: text });
  const at = new Date(nowMs).toISOString().replace(/[-:]|\.\d+/g, '');
  const scope = `${at.slice(0, 8)}/${facts['region']}/sqs/aws4_request`;
  const headers = { 'x-amz-date': at, 'x-amz-target': 'AmazonSQS.SendMessage' };
  const signed = 'host;x-amz-date;x-amz-target';
  const sha256 = (value: string) => createHash('sha256').update(value).digest('hex');
  const lines = [
    'POST',
    '/',
    '',
    `host:${new URL(url).host}`,
    `x-amz-date:${at}`,
    'x-amz-target:AmazonSQS.SendMessage',
    '',
  ];
  const toSign = ['AWS4-HMAC-SHA256', at, scope, sha256([...lines, signed, sha256(body)].join('\n'))].join(
    '\n',
  );
  const hmac = (key: string | Buffer, value: string) => createHmac('sha256', key).update(value).digest();
  const key = scope.split('/').reduce<string | Buffer>(hmac, `AWS4${forged ? 'another' : secret}`);
  const credential = `Credential=${facts['accessKey']}/${scope}`;
  const authorization = `AWS4-HMAC-SHA256 ${credential}, SignedHeaders=${signed}, Signature=${hmac(key, toSign).toString('hex')}`;
  return { headers: { ...headers, authorization, 'content-type': 'application/x-amz-json-1.0' }, body };
}
