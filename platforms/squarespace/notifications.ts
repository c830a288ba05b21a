// What Squarespace pushes, as data: an order's id, signed over the body by the subscription's secret, which is told once and read as hex. Subscribed to with an OAuth
// token alone; one topic a subscription here, of 25 that a website may have.
import type { Notifications } from '../../domain/platform.ts';
import { answerInvalid, listAt, textOf, valueAt } from '../json.ts';

const PATH = '/1.0/webhook_subscriptions';

export const NOTIFICATIONS: Notifications = {
  delivery: 'http',
  subscribedBy: 'shop',
  topics: { 'order.create': 'orders', 'order.update': 'orders', 'extension.uninstall': 'uninstalled' },
  topicIn: { json: 'topic' },
  idIn: { json: 'id' },
  shopIn: { json: 'websiteId' },
  objectIn: { orders: [{ in: { json: 'data.orderId' }, pattern: '^([A-Za-z0-9-]{1,64})$' }] },
  signature: {
    kind: 'hmac',
    in: { header: 'squarespace-signature' },
    algorithm: 'sha256',
    encoding: 'hex',
    key: '{notificationSecret}',
    keyEncoding: 'hex',
    message: ['{body}'],
  },
  subscribe: {
    secret: 'told',
    credentialKinds: ['oauth_token'],
    create: ({ topics, address }) => ({
      method: 'POST',
      path: PATH,
      body: { endpointUrl: address, topics: [...topics] },
      endpoint: `POST ${PATH}`,
    }),
    created: ({ body }) => {
      const [ref, secret] = [textOf(valueAt(body, 'id')), textOf(valueAt(body, 'secret'))];
      if (ref === null || secret === null) throw answerInvalid('/', 'has no id or no secret');
      return { ref, secret };
    },
    list: () => ({ method: 'GET', path: PATH, endpoint: `GET ${PATH}` }),
    listed: ({ body }) => ({
      found: listAt(body, 'webhookSubscriptions').flatMap((one) =>
        listAt(one, 'topics').map((topic) => ({
          ref: textOf(valueAt(one, 'id')) ?? '',
          topic: textOf(topic) ?? '',
          address: textOf(valueAt(one, 'endpointUrl')) ?? '',
          isEnabled: true,
        })),
      ),
      // 25 at most, in one answer.
      isLast: true,
    }),
    remove: (ref) => ({
      method: 'DELETE',
      path: `${PATH}/${encodeURIComponent(ref)}`,
      endpoint: `DELETE ${PATH}/{id}`,
    }),
    most: 25,
  },
  note: 'Subscriptions are made with an OAuth token, never with an API key: a website that gave a key is polled. Thin, unordered, no time is signed; repeated for up to 48 h, after which the subscription may be deleted. None for products and stock.',
};
