// What Lightspeed Retail pushes, as data: a form whose field `payload` is the object as JSON, signed over the whole body by our app's secret, where an app was authorized. It
// names no type: which it is, its members say. Subscribed to by API with a scope of its own, one type and address a webhook.
import type { Notifications, OneObject } from '../../domain/platform.ts';
import { answerInvalid, listAt, objectAt, textOf, valueAt } from '../json.ts';

const UUID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
const OBJECT = { in: { json: 'payload.id' }, pattern: `^(${UUID})$` } as const;

/** A record by its id; one that was deleted says so. */
export function oneAt(path: string): OneObject {
  return {
    id: `^${UUID}$`,
    request: (_pass, id) => ({ method: 'GET', path: `${path}/${id}`, endpoint: `GET ${path}/{id}` }),
    read: ({ body }) => {
      const found = objectAt(body, 'data');
      return typeof found['deleted_at'] === 'string' ? [] : [found];
    },
  };
}

export const NOTIFICATIONS: Notifications = {
  delivery: 'http',
  subscribedBy: 'shop',
  topics: { 'product.update': 'products', 'customer.update': 'customers' },
  objectIn: { products: [OBJECT], customers: [OBJECT] },
  bodyOf: {
    'product.update': ['payload.id', 'payload.handle'],
    'customer.update': ['payload.id', 'payload.customer_code'],
  },
  signature: {
    kind: 'hmac',
    in: { header: 'x-signature' },
    // "signature=…,algorithm=HMAC-SHA256"
    pattern: '^signature=([A-Za-z0-9+/=_-]+), ?algorithm=HMAC-SHA256$',
    algorithm: 'sha256',
    encoding: 'hex_or_base64',
    message: ['{body}'],
  },
  subscribe: {
    secret: 'registration',
    // What a personal token subscribes to is not signed.
    credentialKinds: ['oauth_token'],
    create: ({ topic, address }) => ({
      method: 'POST',
      path: '/webhooks',
      body: { active: true, type: topic, url: address },
      endpoint: 'POST /webhooks',
    }),
    created: ({ body }) => {
      const ref = textOf(valueAt(body, 'data.id'));
      if (ref === null) throw answerInvalid('/data/id', 'is missing');
      return { ref };
    },
    list: () => ({ method: 'GET', path: '/webhooks', endpoint: 'GET /webhooks' }),
    listed: ({ body }) => ({
      found: listAt(body, 'data').map((one) => ({
        ref: textOf(valueAt(one, 'id')) ?? '',
        topic: textOf(valueAt(one, 'type')) ?? '',
        address: textOf(valueAt(one, 'url')) ?? '',
        isEnabled: valueAt(one, 'active') === true,
      })),
      isLast: true,
    }),
    remove: (ref) => ({
      method: 'DELETE',
      path: `/webhooks/${encodeURIComponent(ref)}`,
      endpoint: 'DELETE /webhooks/{id}',
    }),
  },
  answerWithinMs: 5_000,
  note: 'Tried 20 times over 48 h. What is subscribed to with a personal token is not signed, so that such a retailer is polled; so is one that approved before the scope "webhooks" was asked for. Nothing is told of the add-on’s removal.',
};
