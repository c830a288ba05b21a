// What Shoptet pushes, as data: the event and what it is about by its code alone, signed over the body by a key of the e-shop, which a call gives once. An event has one
// address at a time; the add-on's own events are set up in the partner's administration.
import type { Json, Notifications } from '../../domain/platform.ts';
import { answerInvalid, listAt, textOf, valueAt } from '../json.ts';

const PATH = '/api/webhooks';
const instance = (pattern: string) => ({ in: { json: 'eventInstance' }, pattern }) as const;
const GUID = instance('^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$');

function isLast(body: Json): boolean {
  const [page, pages] = ['page', 'pageCount'].map((name) => valueAt(body, `data.paginator.${name}`));
  return typeof page !== 'number' || typeof pages !== 'number' || page >= pages;
}

export const NOTIFICATIONS: Notifications = {
  delivery: 'http',
  subscribedBy: 'shop',
  topics: {
    'order:create': 'orders',
    'order:update': 'orders',
    'order:delete': 'orders',
    'product:create': 'products',
    'product:update': 'products',
    'product:delete': 'products',
    'customer:create': 'customers',
    'customer:update': 'customers',
    'customer:delete': 'customers',
    // Of a stock, not of what moved in it.
    'stock:movement': 'inventory',
    'addon:uninstall': 'uninstalled',
    'addon:terminate': 'uninstalled',
  },
  topicIn: { json: 'event' },
  shopIn: { json: 'eshopId' },
  objectIn: { orders: [instance('^([A-Za-z0-9_-]{1,40})$')], products: [GUID], customers: [GUID] },
  signature: {
    kind: 'hmac',
    in: { header: 'shoptet-webhook-signature' },
    algorithm: 'sha1',
    encoding: 'hex',
    key: '{notificationSecret}',
    message: ['{body}'],
  },
  subscribe: {
    secret: 'none',
    key: {
      request: () => ({
        method: 'POST',
        path: `${PATH}/renew-signature-key`,
        endpoint: `POST ${PATH}/renew-signature-key`,
      }),
      read: ({ body }) => {
        const key = textOf(valueAt(body, 'data.signatureKey'));
        if (key === null || key === '') throw answerInvalid('/data/signatureKey', 'is not told');
        return key;
      },
    },
    except: ['addon:uninstall', 'addon:terminate'],
    create: ({ topic, address }) => ({
      method: 'POST',
      path: PATH,
      body: { data: [{ event: topic, url: address }] },
      endpoint: `POST ${PATH}`,
    }),
    created: ({ body }) => {
      const ref = textOf(valueAt(body, 'data.webhooks.0.id'));
      if (ref === null) throw answerInvalid('/data/webhooks', 'has no webhook with an id');
      return { ref };
    },
    list: (page) => ({ method: 'GET', path: PATH, query: { page: String(page) }, endpoint: `GET ${PATH}` }),
    listed: ({ body }) => ({
      found: listAt(body, 'data.webhooks').map((one) => ({
        ref: textOf(valueAt(one, 'id')) ?? '',
        topic: textOf(valueAt(one, 'event')) ?? '',
        address: textOf(valueAt(one, 'url')) ?? '',
        isEnabled: true,
      })),
      isLast: isLast(body),
    }),
    remove: (ref) => ({ method: 'DELETE', path: `${PATH}/${ref}`, endpoint: `DELETE ${PATH}/{id}` }),
  },
  answerWithinMs: 4_000,
  note: 'From 185.184.254.0/24; three tries within 15 minutes. An add-on has one address for an event of an e-shop, and one key: two connections of it to one e-shop take them from each other. What is told of the add-on itself (addon:uninstall) is set up in the partner’s administration; how it is signed is not told.',
};
