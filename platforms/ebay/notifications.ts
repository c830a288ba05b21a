// What eBay pushes, as data: signed with a key of eBay's own, which our app alone may read. Told at one address for all sellers, a destination that is made once for our app; a seller is
// subscribed to by the seller's own grant. Facts: commerce notification 1.2.0 and eBay's event-notification SDK.
import type { Json, Notifications } from '../../domain/platform.ts';
import { answerInvalid, listAt, textOf, valueAt } from '../json.ts';

const BASE = '/commerce/notification/v1';
const LIMIT = 100;

export const NOTIFICATIONS: Notifications = {
  delivery: 'http',
  subscribedBy: 'shop',
  topics: {
    ORDER_CONFIRMATION: 'orders',
    ITEM_MARKED_SHIPPED: 'orders',
    AUTHORIZATION_REVOCATION: 'uninstalled',
    MARKETPLACE_ACCOUNT_DELETION: 'erase_customer',
  },
  topicIn: { json: 'metadata.topic' },
  idIn: { json: 'notification.notificationId' },
  shopIn: { json: 'notification.data.userId' },
  otherwiseShopIn: { json: 'notification.data.user.userId' },
  objectIn: {
    // Where an order's notification names it is unverified: one that is not there asks for a sync.
    orders: [
      { in: { json: 'notification.data.order.orderId' } },
      { in: { json: 'notification.data.orderId' } },
    ],
  },
  erasesAcross: true,
  subjectIn: { customer: [{ in: { json: 'notification.data.username' } }] },
  challenges: [
    {
      kind: 'digest',
      parameter: 'challenge_code',
      algorithm: 'sha256',
      message: ['{challenge_code}', '{verificationToken}', '{address}'],
      answer: 'challengeResponse',
    },
  ],
  signature: {
    kind: 'public_key',
    header: 'x-ebay-signature',
    algorithm: 'ecdsa-told',
    form: 'json',
    key: { path: `${BASE}/public_key/{keyId}`, asApp: true },
  },
  subscribe: {
    secret: 'none',
    destination: 'destinationId',
    // Of the application, and subscribed to once for it where the destination is made.
    except: ['AUTHORIZATION_REVOCATION', 'MARKETPLACE_ACCOUNT_DELETION'],
    create: ({ topic, address }) => ({
      method: 'POST',
      path: `${BASE}/subscription`,
      body: {
        topicId: topic,
        status: 'ENABLED',
        destinationId: address,
        payload: { format: 'JSON', schemaVersion: '1.0', deliveryProtocol: 'HTTPS' },
      },
      endpoint: `POST ${BASE}/subscription`,
    }),
    // The id is told in a header alone: it is found in the list.
    created: () => ({ ref: null }),
    list: () => ({
      method: 'GET',
      path: `${BASE}/subscription`,
      query: { limit: String(LIMIT) },
      endpoint: `GET ${BASE}/subscription`,
    }),
    listed: ({ body }) => {
      const text = (one: Json, name: string): string => textOf(valueAt(one, name)) ?? '';
      // An account without any has no list.
      const found = valueAt(body, 'total') === 0 ? [] : listAt(body, 'subscriptions');
      if (found.length >= LIMIT) throw answerInvalid('/subscriptions', 'are more than a seller can have');
      return {
        found: found.map((one) => ({
          ref: text(one, 'subscriptionId'),
          topic: text(one, 'topicId'),
          address: text(one, 'destinationId'),
          isEnabled: text(one, 'status') === 'ENABLED',
        })),
        isLast: true,
      };
    },
    remove: (ref) => ({
      method: 'DELETE',
      path: `${BASE}/subscription/${encodeURIComponent(ref)}`,
      endpoint: `DELETE ${BASE}/subscription/{subscription_id}`,
    }),
  },
  note: 'The destination is made once, with the app’s own token, for /notify/ebay, and its id kept in the registration; so are the topics of the application. It is asked first: GET ?challenge_code=… wants {challengeResponse}, hex SHA-256 of code, verification token and address. An order is confirmed once a line item, and may be again. Every app that keeps users’ data must take MARKETPLACE_ACCOUNT_DELETION.',
};
