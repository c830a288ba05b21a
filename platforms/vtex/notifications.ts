// What VTEX pushes, as data: the orders hook, of which an API key has one. Nothing signs it: a header of ours is all the proof. Facts: vtex/openapi-schemas (orders) and the guide to feed
// and hook. It needs a resource in the key's role that nothing else needs; without it the account is polled.
import type { Notifications } from '../../domain/platform.ts';
import { answerInvalid, isObject, textOf, valueAt } from '../json.ts';

const HEADER = 'x-mooring-notification';
/** There is one, and it has no id. */
const REF = 'hook';
const PATH = '/api/orders/hook/config';

const TOPICS = { Fulfillment: 'orders', Marketplace: 'orders' } as const;

/** Of the workflow, as far as they are known. */
const STATES = [
  'waiting-for-sellers-confirmation',
  'payment-pending',
  'payment-approved',
  'window-to-cancel',
  'ready-for-handling',
  'handling',
  'invoiced',
  'cancel',
  'canceled',
] as const;

export const NOTIFICATIONS: Notifications = {
  delivery: 'http',
  subscribedBy: 'shop',
  topics: TOPICS,
  topicIn: { json: 'Domain' },
  shopIn: { json: 'Origin.Account' },
  objectIn: { orders: [{ in: { json: 'OrderId' } }] },
  signature: { kind: 'basic', header: HEADER },
  challenges: [{ kind: 'ping', field: 'hookConfig' }],
  subscribe: {
    secret: 'ours',
    together: true,
    // What somebody else has set up with this key is never written over.
    most: 1,
    create: ({ address, secret }) => ({
      method: 'POST',
      path: PATH,
      body: {
        filter: { type: 'FromWorkflow', status: [...STATES] },
        hook: { url: address, headers: { [HEADER]: secret ?? '' } },
      },
      endpoint: `POST ${PATH}`,
    }),
    created: () => ({ ref: REF }),
    list: () => ({ method: 'GET', path: PATH, endpoint: `GET ${PATH}` }),
    listed: ({ body }) => {
      if (body !== null && !isObject(body)) throw answerInvalid('/', 'is not an object');
      const address = textOf(valueAt(body, 'hook.url'));
      const found = Object.keys(TOPICS).map((topic) => ({
        ref: REF,
        topic,
        address: address ?? '',
        isEnabled: true,
      }));
      return { found: address === null ? [] : found, isLast: true };
    },
    remove: () => ({ method: 'DELETE', path: PATH, endpoint: `DELETE ${PATH}` }),
  },
  answerWithinMs: 5_000,
  note: 'One hook for each API key, which needs the resource “Feed v3 and Hook Admin”. One event is OrderId, State and LastChange.',
};
