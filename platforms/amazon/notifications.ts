// What Amazon delivers to a queue of ours, as data: to an SQS queue, or by an EventBridge bus, that is a destination of our app, made once. A seller is subscribed to by the seller's own
// grant; a subscription is ended by our app alone. Facts: amzn/selling-partner-api-models (notifications v1 and its schemas).
import type { Json, Notifications } from '../../domain/platform.ts';
import { answerInvalid, listAt, textOf, valueAt } from '../json.ts';

const PATH = '/notifications/v1/subscriptions';
const LIMIT = 100;

/** Type of notification → what changed, and the version of its payload. */
const TYPES = {
  ORDER_CHANGE: 'orders',
  LISTINGS_ITEM_STATUS_CHANGE: 'products',
  FBA_INVENTORY_AVAILABILITY_CHANGES: 'inventory',
} as const;
const NAMES = Object.keys(TYPES);
const VERSION = '1.0';

/** A subscription does not tell its type: each is asked for by itself, and has its place in what is removed. */
const typeOf = (page: number): string => NAMES[page - 1] ?? '';

export const NOTIFICATIONS: Notifications = {
  delivery: 'queue',
  subscribedBy: 'shop',
  topics: TYPES,
  topicIn: { json: 'notificationType' },
  idIn: { json: 'notificationMetadata.notificationId' },
  // Where the seller and the order stand is from clients of it, as is that the names' case differs [unverified].
  queue: {
    shopIn: [{ json: 'payload.orderChangeNotification.sellerId' }, { json: 'payload.sellerId' }],
    capitals: true,
  },
  objectIn: { orders: [{ in: { json: 'payload.orderChangeNotification.amazonOrderId' } }] },
  signature: null,
  subscribe: {
    secret: 'none',
    destination: 'destinationId',
    create: ({ topic, address }) => ({
      method: 'POST',
      path: `${PATH}/${topic}`,
      body: { payloadVersion: VERSION, destinationId: address },
      endpoint: `POST ${PATH}/{notificationType}`,
    }),
    created: ({ body }, { topic }) => {
      const id = textOf(valueAt(body, 'payload.subscriptionId'));
      if (id === null) throw answerInvalid('/payload/subscriptionId', 'is missing');
      return { ref: `${topic}/${id}` };
    },
    list: (page) => ({
      method: 'GET',
      path: PATH,
      query: { notificationTypes: typeOf(page), pageSize: String(LIMIT) },
      endpoint: `GET ${PATH}`,
    }),
    listed: ({ body }, page) => ({
      found: listAt(body, 'payload.subscriptions').map((one: Json) => ({
        ref: `${typeOf(page)}/${textOf(valueAt(one, 'subscriptionId')) ?? ''}`,
        topic: typeOf(page),
        address: textOf(valueAt(one, 'destinationId')) ?? '',
        isEnabled: true,
      })),
      isLast: page >= NAMES.length,
    }),
    remove: (ref) => ({
      method: 'DELETE',
      path: `${PATH}/${ref}`,
      asApp: true,
      endpoint: `DELETE ${PATH}/{notificationType}/{subscriptionId}`,
    }),
  },
  note: 'To an SQS queue or an EventBridge bus of our own AWS account, never by HTTP; who may write there is all the proof. The destination is made once by whoever runs Mooring (POST /notifications/v1/destinations with the app’s own token), and its id kept in the registration. Amazon advises to poll besides. No type tells an uninstall.',
};
