// What TikTok Shop pushes, as data: a numbered type, signed over app key and body by our app's secret. Subscribed to a shop and an event type at a time, each with one
// address, which a later one replaces: all connections of our app are told at its own address, where the signed shop says whose it is.
import type { Notifications } from '../../domain/platform.ts';
import { listAt, textOf, valueAt } from '../json.ts';

const PATH = '/event/202309/webhooks';

/** What the API calls the numbers that are pushed. */
const EVENT_TYPES: Readonly<Record<string, string>> = {
  '1': 'ORDER_STATUS_CHANGE',
  '3': 'RECIPIENT_ADDRESS_UPDATE',
  '4': 'PACKAGE_UPDATE',
  '5': 'PRODUCT_STATUS_CHANGE',
  '6': 'SELLER_DEAUTHORIZATION',
  '7': 'UPCOMING_AUTHORIZATION_EXPIRATION',
  '11': 'CANCELLATION_STATUS_CHANGE',
  '12': 'RETURN_STATUS_CHANGE',
};
const topicOf = (name: string): string =>
  Object.keys(EVENT_TYPES).find((topic) => EVENT_TYPES[topic] === name) ?? name;
const eventTypeOf = (topic: string): string => EVENT_TYPES[topic] ?? topic;

const id = (json: string) => [{ in: { json }, pattern: '^(\\d{1,30})$' }] as const;

export const NOTIFICATIONS: Notifications = {
  delivery: 'http',
  subscribedBy: 'shop',
  topics: {
    '1': 'orders',
    '2': 'orders',
    '3': 'orders',
    '4': 'orders',
    '5': 'products',
    '6': 'uninstalled',
    '7': 'consent_expiring',
    '11': 'orders',
    '12': 'orders',
  },
  topicIn: { json: 'type' },
  idIn: { json: 'tts_notification_id' },
  shopIn: { json: 'shop_id' },
  // A package names orders in a list, or none: all that changed is read then.
  objectIn: { orders: id('data.order_id'), products: id('data.product_id') },
  signature: {
    kind: 'hmac',
    in: { header: 'authorization' },
    algorithm: 'sha256',
    encoding: 'hex',
    message: ['{clientId}', '{body}'],
  },
  subscribe: {
    secret: 'registration',
    shared: true,
    // Has given way to 11 and 12.
    except: ['2'],
    create: ({ topic, address }) => ({
      method: 'PUT',
      path: PATH,
      body: { address, event_type: eventTypeOf(topic) },
      endpoint: `PUT ${PATH}`,
    }),
    // The answer names nothing: what was made is known by its event type.
    created: (_answer, { topic }) => ({ ref: eventTypeOf(topic) }),
    list: () => ({ method: 'GET', path: PATH, endpoint: `GET ${PATH}` }),
    listed: ({ body }) => {
      const none = valueAt(body, 'data.webhooks') === undefined;
      return {
        found: (none ? [] : listAt(body, 'data.webhooks')).map((one) => ({
          ref: textOf(valueAt(one, 'event_type')) ?? '',
          topic: topicOf(textOf(valueAt(one, 'event_type')) ?? ''),
          address: textOf(valueAt(one, 'address')) ?? '',
          isEnabled: true,
        })),
        // An event type has one.
        isLast: true,
      };
    },
    remove: (eventType) => ({
      method: 'DELETE',
      path: PATH,
      body: { event_type: eventType },
      endpoint: `DELETE ${PATH}`,
    }),
  },
  answerWithinMs: 3_000,
  note: 'No timestamp is signed apart from the body. An event type has one address a shop: what another app of the same client id set is replaced.',
};
