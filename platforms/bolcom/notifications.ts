// What bol pushes, as data: which object had which event, signed by a key of bol's own over the body. One subscription holds all events, and is made a moment after it was asked for.
// Facts: bol's OpenAPI of v10 and api.bol.com's page on subscriptions.
import type { Json, Notifications } from '../../domain/platform.ts';
import { isList, listAt, textOf, valueAt } from '../json.ts';

const MEDIA_TYPE = 'application/vnd.retailer.v10+json';

export const NOTIFICATIONS: Notifications = {
  delivery: 'http',
  subscribedBy: 'shop',
  topics: { ORDER: 'orders', SHIPMENT: 'orders' },
  topicIn: { json: 'event.resource' },
  shopIn: { json: 'retailerId' },
  // A shipment's id is digits; of it a sync is asked for.
  objectIn: {
    orders: [{ in: { json: 'event.resourceId' }, pattern: '^([A-Z0-9]{0,20}[A-Z][A-Z0-9]{0,20})$' }],
  },
  signature: {
    kind: 'public_key',
    header: 'signature',
    algorithm: 'rsa-sha256',
    form: 'parameters',
    key: {
      path: '/subscriptions/signature-keys',
      at: 'publicKey',
      list: { at: 'signatureKeys', id: 'id' },
    },
  },
  subscribe: {
    secret: 'none',
    together: true,
    create: ({ topics, address }) => ({
      method: 'POST',
      path: '/subscriptions',
      headers: { 'content-type': MEDIA_TYPE },
      body: { resources: [...topics], url: address, subscriptionType: 'WEBHOOK', enabled: true },
      endpoint: 'POST /subscriptions',
    }),
    // What is answered is a process, which names the subscription where it has ended already.
    created: ({ body }) => ({
      ref: textOf(valueAt(body, 'status')) === 'SUCCESS' ? textOf(valueAt(body, 'entityId')) : null,
    }),
    list: () => ({ method: 'GET', path: '/subscriptions', endpoint: 'GET /subscriptions' }),
    listed: ({ body }) => ({
      found: listAt(body, 'subscriptions').flatMap(topicsOf),
      isLast: true,
    }),
    remove: (ref) => ({
      method: 'DELETE',
      path: `/subscriptions/${encodeURIComponent(ref)}`,
      endpoint: 'DELETE /subscriptions/{subscription-id}',
    }),
  },
  note: 'At least once; 10 tries in 10 minutes, then the subscription is disabled. Also to Google Pub/Sub or SQS. Keys: {signatureKeys: [{id, type, publicKey}]}, base64, ten reads an hour.',
};

function topicsOf(one: Json) {
  const resources = valueAt(one, 'resources');
  return (isList(resources) ? resources : []).map((resource) => ({
    ref: textOf(valueAt(one, 'id')) ?? '',
    topic: textOf(resource) ?? '',
    address: textOf(valueAt(one, 'url')) ?? '',
    isEnabled: valueAt(one, 'enabled') !== false,
  }));
}
