// What Walmart pushes, as data: an event with its details, and a password of ours in a header. Of its three ways to prove one (Basic, HMAC, OAuth) Basic alone is told to the byte. One
// subscription an event. Facts: developer.walmart.com (Notifications, June 2026) and the specification in highsidelabs/walmart-api-php.
import type { Json, Notifications } from '../../domain/platform.ts';
import { answerInvalid, isList, textOf, valueAt } from '../json.ts';

const USER_NAME = 'mooring';

/** Event → the delegated resource that it is of. */
const RESOURCE_OF: Readonly<Record<string, string>> = {
  PO_CREATED: 'ORDER',
  PO_LINE_AUTOCANCELLED: 'ORDER',
  OFFER_UNPUBLISHED: 'ITEM',
  INVENTORY_OOS: 'INVENTORY',
};

/** The schema says "event", every example "events". */
function eventsIn(body: Json): readonly Json[] {
  const events = valueAt(body, 'events') ?? valueAt(body, 'event');
  if (!isList(events)) throw answerInvalid('/events', 'is not a list');
  return events;
}

export const NOTIFICATIONS: Notifications = {
  delivery: 'http',
  subscribedBy: 'shop',
  topics: {
    PO_CREATED: 'orders',
    PO_LINE_AUTOCANCELLED: 'orders',
    OFFER_UNPUBLISHED: 'products',
    INVENTORY_OOS: 'inventory',
  },
  topicIn: { json: 'source.eventType' },
  idIn: { json: 'source.eventId' },
  objectIn: {
    orders: [{ in: { json: 'payload.purchaseOrderId' } }],
    products: [{ in: { json: 'payload.sku' } }],
  },
  signature: { kind: 'basic', username: USER_NAME },
  subscribe: {
    secret: 'ours',
    create: ({ topic, address, secret }) => ({
      method: 'POST',
      path: '/webhooks/subscriptions',
      body: {
        events: [
          {
            eventType: topic,
            eventVersion: 'V1',
            resourceName: RESOURCE_OF[topic] ?? '',
            eventUrl: address,
            authDetails: {
              authMethod: 'BASIC_AUTH',
              userName: USER_NAME,
              password: secret ?? '',
              authHeaderName: 'Authorization',
            },
            headers: { 'content-type': 'application/json' },
            status: 'ACTIVE',
          },
        ],
      },
      endpoint: 'POST /webhooks/subscriptions',
    }),
    created: ({ body }) => {
      const ref = textOf(valueAt(eventsIn(body)[0], 'subscriptionId'));
      if (ref === null) throw answerInvalid('/events/0/subscriptionId', 'is missing');
      return { ref };
    },
    list: () => ({
      method: 'GET',
      path: '/webhooks/subscriptions',
      endpoint: 'GET /webhooks/subscriptions',
    }),
    listed: ({ body }) => {
      const text = (one: Json, name: string): string => textOf(valueAt(one, name)) ?? '';
      return {
        found: eventsIn(body).map((one) => ({
          ref: text(one, 'subscriptionId'),
          topic: text(one, 'eventType'),
          address: text(one, 'eventUrl'),
          isEnabled: text(one, 'status') === 'ACTIVE',
        })),
        isLast: true,
      };
    },
    remove: (ref) => ({
      method: 'DELETE',
      path: `/webhooks/subscriptions/${encodeURIComponent(ref)}`,
      endpoint: 'DELETE /webhooks/subscriptions/{subscriptionId}',
    }),
  },
  note: 'Proved by a password of ours alone, which Walmart also tells whoever may list the subscriptions. No event tells of an uninstall, nor of most changes of an order.',
};
