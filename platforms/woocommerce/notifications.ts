// What WooCommerce pushes, as data: signed over the body by a secret of ours, one a connection. The delivery's id repeats within a second, so that the
// body's hash counts beside it; nothing tells an uninstall. A hook is switched off after some failures in a row, and nothing is tried again.
import type { Json, Notifications } from '../../domain/platform.ts';
import { answerInvalid, isList, textOf, valueAt } from '../json.ts';

const OBJECT = { in: { json: 'id' }, pattern: '^(\\d{1,20})$' } as const;

export const NOTIFICATIONS: Notifications = {
  delivery: 'http',
  subscribedBy: 'shop',
  topics: {
    'order.created': 'orders',
    'order.updated': 'orders',
    'order.deleted': 'orders',
    'product.created': 'products',
    'product.updated': 'products',
    'product.deleted': 'products',
    'customer.created': 'customers',
    'customer.updated': 'customers',
    'customer.deleted': 'customers',
  },
  topicIn: { header: 'x-wc-webhook-topic' },
  idIn: { header: 'x-wc-webhook-delivery-id' },
  objectIn: { orders: [OBJECT], products: [OBJECT], customers: [OBJECT] },
  signature: {
    kind: 'hmac',
    in: { header: 'x-wc-webhook-signature' },
    algorithm: 'sha256',
    encoding: 'base64',
    key: '{notificationSecret}',
    message: ['{body}'],
  },
  challenges: [{ kind: 'ping', field: 'webhook_id' }],
  subscribe: {
    secret: 'ours',
    create: ({ topic, address, secret }) => ({
      method: 'POST',
      path: '/webhooks',
      body: {
        name: `Mooring ${topic}`,
        topic,
        delivery_url: address,
        secret: secret ?? '',
        status: 'active',
      },
      endpoint: 'POST /webhooks',
    }),
    created: ({ body }) => {
      const ref = textOf(valueAt(body, 'id'));
      if (ref === null) throw answerInvalid('/id', 'is missing');
      return { ref };
    },
    list: (page) => ({
      method: 'GET',
      path: '/webhooks',
      query: { per_page: '100', page: String(page) },
      endpoint: 'GET /webhooks',
    }),
    listed: ({ body }) => {
      if (!isList(body)) throw answerInvalid('/', 'is not a list');
      const text = (one: Json, name: string): string => textOf(valueAt(one, name)) ?? '';
      return {
        found: body.map((one) => ({
          ref: text(one, 'id'),
          topic: text(one, 'topic'),
          address: text(one, 'delivery_url'),
          isEnabled: text(one, 'status') === 'active',
        })),
        isLast: body.length < 100,
      };
    },
    remove: (ref) => ({
      method: 'DELETE',
      path: `/webhooks/${ref}`,
      query: { force: 'true' },
      endpoint: 'DELETE /webhooks/{id}',
    }),
  },
  note: 'Subscribing needs a key that may write; with one that may only read nothing is subscribed to, and the shop is polled. Not tried again; switched off on the seventh failure in a row.',
};
