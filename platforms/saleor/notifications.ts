// What Saleor pushes, as data: what our subscription query asks for (ids alone), signed by the shop's own key, the body detached. One webhook of the app holds all events;
// an app may make webhooks of its own without a further permission.
import type { Notifications } from '../../domain/platform.ts';
import { answerInvalid, listAt, textOf, valueAt } from '../json.ts';
import { graphqlRequest } from './listing.ts';

const TOPICS = {
  order_created: 'orders',
  order_updated: 'orders',
  order_cancelled: 'orders',
  order_fulfilled: 'orders',
  product_created: 'products',
  product_updated: 'products',
  product_deleted: 'products',
  product_variant_created: 'products',
  product_variant_updated: 'products',
  product_variant_deleted: 'products',
  product_variant_stock_updated: 'inventory',
  customer_created: 'customers',
  customer_updated: 'customers',
  customer_deleted: 'customers',
} as const;

const CREATE =
  'mutation Mooring($input: WebhookCreateInput!) { webhookCreate(input: $input) { webhook { id } errors { field message code } } }';
const LIST = 'query Mooring { app { id webhooks { id targetUrl isActive asyncEvents { eventType } } } }';
const REMOVE = 'mutation Mooring($id: ID!) { webhookDelete(id: $id) { errors { field message code } } }';

/** What is asked of an event, by what it is about. */
function fieldsOf(topic: string): string {
  if (topic.startsWith('order_')) return 'order { id }';
  if (topic === 'product_variant_stock_updated') return 'productVariant { id }';
  if (topic.startsWith('product_variant_')) return 'productVariant { product { id } }';
  return topic.startsWith('product_') ? 'product { id }' : 'user { id }';
}

/** "order_created" is OrderCreated as a type, and ORDER_CREATED as an event. */
function queryOf(topics: readonly string[]): string {
  const typeOf = (topic: string): string =>
    topic.replace(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase());
  const parts = topics.map((topic) => `... on ${typeOf(topic)} { ${fieldsOf(topic)} }`);
  return `subscription { event { ${parts.join(' ')} } }`;
}

const id = (json: string) => ({ in: { json }, pattern: '^([A-Za-z0-9+/_=-]{4,200})$' }) as const;

export const NOTIFICATIONS: Notifications = {
  delivery: 'http',
  subscribedBy: 'shop',
  topics: TOPICS,
  topicIn: { header: 'saleor-event' },
  shopIn: { header: 'saleor-api-url' },
  objectIn: {
    orders: [id('order.id')],
    products: [id('product.id'), id('productVariant.product.id')],
    // A variant: its stocks are read together.
    inventory: [id('productVariant.id')],
    customers: [id('user.id')],
  },
  signature: {
    kind: 'jwt',
    in: { header: 'saleor-signature' },
    isDetached: true,
    jwt: {
      algorithms: ['RS256'],
      key: { kind: 'jwks', url: '{url}/.well-known/jwks.json' },
      issuer: null,
      audience: null,
      exp: false,
    },
  },
  subscribe: {
    secret: 'none',
    together: true,
    // An update is told of all that happens to an order after it was made.
    except: ['order_cancelled', 'order_fulfilled'],
    create: ({ topics, address }) =>
      graphqlRequest('mutation webhookCreate', CREATE, {
        input: {
          name: 'Mooring',
          targetUrl: address,
          isActive: true,
          asyncEvents: topics.map((topic) => topic.toUpperCase()),
          query: queryOf(topics),
        },
      }),
    created: ({ body }) => {
      const ref = textOf(valueAt(body, 'data.webhookCreate.webhook.id'));
      if (ref === null) throw answerInvalid('/data/webhookCreate', 'made no webhook');
      return { ref };
    },
    list: () => graphqlRequest('query webhooks', LIST, {}),
    listed: ({ body }) => ({
      found: listAt(body, 'data.app.webhooks').flatMap((one) =>
        listAt(one, 'asyncEvents').map((event) => ({
          ref: textOf(valueAt(one, 'id')) ?? '',
          topic: (textOf(valueAt(event, 'eventType')) ?? '').toLowerCase(),
          address: textOf(valueAt(one, 'targetUrl')) ?? '',
          isEnabled: valueAt(one, 'isActive') === true,
        })),
      ),
      isLast: true,
    }),
    remove: (ref) => graphqlRequest('mutation webhookDelete', REMOVE, { id: ref }),
  },
  answerWithinMs: 18_000,
  note: 'Signed by the key of the shop where no secret was set for the webhook (HMAC by such a secret is deprecated); five retries at most. What the body holds, the subscription says. Nothing is told of the app’s own removal without a permission over all apps.',
};
