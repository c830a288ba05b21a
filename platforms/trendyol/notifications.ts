// What Trendyol pushes, as data: a whole package each time its status changes, beside a key of ours in a header, since nothing is signed. One subscription holds all statuses. Facts:
// developers.trendyol.com (webhooks; October 2026). No call reads one package, so that a change asks for a sync of the stream.
import type { Json, Notifications } from '../../domain/platform.ts';
import { answerInvalid, isList, textOf, valueAt } from '../json.ts';

/** As a subscription writes a status → as a package does. */
const STATUSES = {
  CREATED: 'Created',
  PICKING: 'Picking',
  INVOICED: 'Invoiced',
  SHIPPED: 'Shipped',
  CANCELLED: 'Cancelled',
  DELIVERED: 'Delivered',
  UNDELIVERED: 'UnDelivered',
  RETURNED: 'Returned',
  UNSUPPLIED: 'UnSupplied',
  AWAITING: 'Awaiting',
  UNPACKED: 'UnPacked',
  AT_COLLECTION_POINT: 'AtCollectionPoint',
  VERIFIED: 'Verified',
} as const;

const TOLD: readonly string[] = Object.values(STATUSES);
const topics = Object.fromEntries(
  [...Object.keys(STATUSES), ...TOLD].map((word) => [word, 'orders'] as const),
);

const pathOf = (sellerId = '-') => `/webhook/sellers/${sellerId}/webhooks`;
const ENDPOINT = '/webhook/sellers/{sellerId}/webhooks';

export const NOTIFICATIONS: Notifications = {
  delivery: 'http',
  subscribedBy: 'shop',
  topics,
  topicIn: { json: 'status' },
  shopIn: { json: 'supplierId' },
  signature: { kind: 'basic', header: 'x-api-key' },
  subscribe: {
    secret: 'ours',
    together: true,
    except: TOLD,
    most: 15,
    create: ({ topics: statuses, address, secret }, { sellerId }) => ({
      method: 'POST',
      path: pathOf(sellerId),
      body: {
        url: address,
        authenticationType: 'API_KEY',
        apiKey: secret ?? '',
        subscribedStatuses: [...statuses],
      },
      endpoint: `POST ${ENDPOINT}`,
    }),
    created: ({ body }) => {
      const ref = textOf(valueAt(body, 'id'));
      if (ref === null) throw answerInvalid('/id', 'is missing');
      return { ref };
    },
    list: (_page, { sellerId }) => ({ method: 'GET', path: pathOf(sellerId), endpoint: `GET ${ENDPOINT}` }),
    listed: ({ body }) => {
      if (!isList(body)) throw answerInvalid('/', 'is not a list');
      return { found: body.flatMap(statusesOf), isLast: true };
    },
    remove: (ref, { sellerId }) => ({
      method: 'DELETE',
      path: `${pathOf(sellerId)}/${encodeURIComponent(ref)}`,
      endpoint: `DELETE ${ENDPOINT}/{id}`,
    }),
  },
  note: 'Tried every five minutes; after 13 errors the webhook is made passive, and the seller is written to. The body is a package.',
};

/** One that names no status is for all of them. */
function statusesOf(one: Json) {
  const told = valueAt(one, 'subscribedStatuses');
  const statuses =
    isList(told) && told.length > 0 ? told.flatMap((word) => textOf(word) ?? []) : Object.keys(STATUSES);
  return statuses.map((topic) => ({
    ref: textOf(valueAt(one, 'id')) ?? '',
    topic,
    address: textOf(valueAt(one, 'url')) ?? '',
    isEnabled: textOf(valueAt(one, 'status')) === 'ACTIVE',
  }));
}
