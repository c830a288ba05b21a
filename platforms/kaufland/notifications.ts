// What Kaufland pushes, as data: what changed and where it is read, signed as our own requests are, with the seller's own secret over our address as it is called. One subscription an
// event and a storefront. Facts: sellerapi.kaufland.com/?page=push-notifications and the vendor's clients.
import type { Json, Notifications } from '../../domain/platform.ts';
import { answerInvalid, listAt, textOf, valueAt } from '../json.ts';

const PAGE = 100;

export const NOTIFICATIONS: Notifications = {
  delivery: 'http',
  subscribedBy: 'shop',
  topics: {
    order_new: 'orders',
    order_unit_new: 'orders',
    order_unit_status_changed: 'orders',
    item_unit_changed: 'inventory',
  },
  topicIn: { json: 'event_name' },
  idIn: { json: 'id_message' },
  // Of a unit's event the order is not told.
  objectIn: {
    orders: [
      { in: { json: 'resource' }, pattern: '^(?:https://[a-z.-]{1,60}/v2)?/orders/([A-Z0-9]{1,20})/?$' },
    ],
  },
  challenges: [{ kind: 'echo', parameter: 'challenge' }],
  signature: {
    kind: 'hmac',
    in: { header: 'shop-signature' },
    algorithm: 'sha256',
    encoding: 'hex',
    key: '{secretKey}',
    message: ['{method}', '{url}', '{body}', '{header:shop-timestamp}'],
    separator: '\n',
    timestamp: { in: { header: 'shop-timestamp' }, unit: 'seconds', toleranceS: 300 },
  },
  subscribe: {
    secret: 'none',
    // order_new tells of the same order, and by its id.
    except: ['order_unit_new'],
    create: ({ topic, address }, { storefront = '' }) => ({
      method: 'POST',
      path: '/subscriptions',
      query: { storefront },
      // Who is written to when we have not answered for hours: it must be somebody.
      body: {
        callback_url: address,
        fallback_email: `notifications@${new URL(address).hostname}`,
        event_name: topic,
      },
      endpoint: 'POST /subscriptions',
    }),
    created: ({ body }) => {
      const ref = textOf(valueAt(body, 'data.id_subscription'));
      if (ref === null) throw answerInvalid('/data/id_subscription', 'is missing');
      return { ref };
    },
    list: (page, { storefront = '' }) => ({
      method: 'GET',
      path: '/subscriptions',
      query: { storefront, limit: String(PAGE), offset: String((page - 1) * PAGE) },
      endpoint: 'GET /subscriptions',
    }),
    listed: ({ body }) => {
      const rows = listAt(body, 'data');
      const text = (row: Json, name: string): string => textOf(valueAt(row, name)) ?? '';
      return {
        found: rows.map((row) => ({
          ref: text(row, 'id_subscription'),
          topic: text(row, 'event_name'),
          address: text(row, 'callback_url'),
          isEnabled: valueAt(row, 'is_active') !== false,
        })),
        isLast: rows.length < PAGE,
      };
    },
    remove: (ref) => ({
      method: 'DELETE',
      path: `/subscriptions/${encodeURIComponent(ref)}`,
      endpoint: 'DELETE /subscriptions/{id_subscription}',
    }),
  },
  answerWithinMs: 5_000,
  note: '200, 201, 202 or 204 is an answer; after 12 hours of others the subscription is disabled, and the fallback address is written to.',
};
