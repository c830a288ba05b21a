// What Tiendanube pushes, as data: signed over the body by our app's secret. It names a store, an event and an id, and nothing more. Subscribed to by API, one event a
// subscription; the three duties of privacy come to addresses that are set in the app, and their bodies name no event.
import type { Notifications } from '../../domain/platform.ts';
import { answerInvalid, isList, textOf, valueAt } from '../json.ts';

const OBJECT = { in: { json: 'id' }, pattern: '^(\\d{1,20})$' } as const;
const PAGE = 100;

export const NOTIFICATIONS: Notifications = {
  delivery: 'http',
  subscribedBy: 'shop',
  topics: {
    'order/created': 'orders',
    'order/updated': 'orders',
    'order/paid': 'orders',
    'order/packed': 'orders',
    'order/fulfilled': 'orders',
    'order/cancelled': 'orders',
    'order/edited': 'orders',
    'order/pending': 'orders',
    'order/voided': 'orders',
    'product/created': 'products',
    'product/updated': 'products',
    'product/deleted': 'products',
    'app/uninstalled': 'uninstalled',
    'store/redact': 'erase_shop',
    'customers/redact': 'erase_customer',
    'customers/data_request': 'customer_data',
  },
  topicIn: { json: 'event' },
  shopIn: { json: 'store_id' },
  objectIn: { orders: [OBJECT], products: [OBJECT] },
  bodyOf: {
    'customers/redact': ['store_id', 'customer.id', 'orders_to_redact'],
    'customers/data_request': ['store_id', 'customer.id', 'data_request.id'],
  },
  // The store’s id and nothing else.
  bodyIs: { 'store/redact': ['store_id'] },
  subjectIn: {
    customer: [{ ...OBJECT, in: { json: 'customer.id' } }],
    orders: [
      { ...OBJECT, in: { json: 'orders_to_redact.*' } },
      { ...OBJECT, in: { json: 'orders_requested.*' } },
    ],
  },
  signature: {
    kind: 'hmac',
    in: { header: 'x-linkedstore-hmac-sha256' },
    algorithm: 'sha256',
    encoding: 'hex',
    message: ['{body}'],
  },
  subscribe: {
    secret: 'registration',
    create: ({ topic, address }) => ({
      method: 'POST',
      path: '/webhooks',
      body: { event: topic, url: address },
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
      query: { page: String(page), per_page: String(PAGE) },
      endpoint: 'GET /webhooks',
    }),
    listed: ({ body }) => {
      if (!isList(body)) throw answerInvalid('/', 'is not a list');
      return {
        found: body.map((one) => ({
          ref: textOf(valueAt(one, 'id')) ?? '',
          topic: textOf(valueAt(one, 'event')) ?? '',
          address: textOf(valueAt(one, 'url')) ?? '',
          isEnabled: true,
        })),
        isLast: body.length < PAGE,
      };
    },
    remove: (ref) => ({ method: 'DELETE', path: `/webhooks/${ref}`, endpoint: 'DELETE /webhooks/{id}' }),
  },
  // 40 s until 2025, 10 s then; 3 s since February 2026.
  answerWithinMs: 3_000,
  note: 'Has no id, comes in no order, and says the same of each change of an object; tried 18 times within 48 h. The addresses of the duties are set in the app: /notify/tiendanube.',
};
