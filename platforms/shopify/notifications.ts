// What Shopify pushes, as data: signed by our app's secret over the body alone, so that the headers (topic, shop, id) are hints. Subscribed by GraphQL; the
// three duties of privacy come to the app's one address, and are believed by what their signed bodies hold.
import type { Json, Notifications } from '../../domain/platform.ts';
import { answerInvalid, listAt, objectAt, textOf, valueAt } from '../json.ts';
import { graphqlRequest } from './listing.ts';

/** "orders/create" is ORDERS_CREATE to GraphQL. */
const enumOf = (topic: string): string => topic.replace('/', '_').toUpperCase();
const TOPICS = {
  'orders/create': 'orders',
  'orders/updated': 'orders',
  'orders/cancelled': 'orders',
  'products/create': 'products',
  'products/update': 'products',
  'products/delete': 'products',
  'customers/create': 'customers',
  'customers/update': 'customers',
  'inventory_levels/update': 'inventory',
  'app/uninstalled': 'uninstalled',
  'customers/data_request': 'customer_data',
  'customers/redact': 'erase_customer',
  'shop/redact': 'erase_shop',
} as const;
const topicOf = (name: string): string => Object.keys(TOPICS).find((topic) => enumOf(topic) === name) ?? name;

const CREATE = `mutation Mooring($topic: WebhookSubscriptionTopic!, $address: String!) {
  webhookSubscriptionCreate(topic: $topic, webhookSubscription: { uri: $address, format: JSON }) { webhookSubscription { id } userErrors { message } } }`;
const LIST = '{ webhookSubscriptions(first: 100) { nodes { id topic uri } pageInfo { hasNextPage } } }';
const REMOVE =
  'mutation Mooring($id: ID!) { webhookSubscriptionDelete(id: $id) { deletedWebhookSubscriptionId userErrors { message } } }';

const gid = (kind: string, json: string) =>
  ({ in: { json }, pattern: '^(\\d{1,20})$', as: `gid://shopify/${kind}/{id}` }) as const;
const given = { in: { json: 'admin_graphql_api_id' }, pattern: '^(gid://shopify/[A-Za-z]+/\\d{1,20})$' };

export const NOTIFICATIONS: Notifications = {
  delivery: 'http',
  subscribedBy: 'shop',
  topics: TOPICS,
  topicIn: { header: 'x-shopify-topic' },
  idIn: { header: 'x-shopify-event-id' },
  shopIn: { header: 'x-shopify-shop-domain' },
  shopIs: { field: 'shop' },
  dutyShopIn: { json: 'shop_domain' },
  objectIn: {
    orders: [given, gid('Order', 'id')],
    products: [given, gid('Product', 'id')],
    customers: [given, gid('Customer', 'id')],
    inventory: [gid('InventoryItem', 'inventory_item_id')],
  },
  bodyOf: {
    'customers/data_request': ['shop_domain', 'customer.id', 'data_request.id'],
    'customers/redact': ['shop_domain', 'customer.id', 'orders_to_redact'],
    'shop/redact': ['shop_domain', 'shop_id'],
  },
  subjectIn: {
    customer: [gid('Customer', 'customer.id')],
    orders: [gid('Order', 'orders_to_redact.*'), gid('Order', 'orders_requested.*')],
  },
  signature: {
    kind: 'hmac',
    in: { header: 'x-shopify-hmac-sha256' },
    algorithm: 'sha256',
    encoding: 'base64',
    message: ['{body}'],
  },
  subscribe: {
    secret: 'registration',
    create: ({ topic, address }) =>
      graphqlRequest('mutation webhookSubscriptionCreate', CREATE, { topic: enumOf(topic), address }),
    created: ({ body }) => {
      const ref = textOf(valueAt(body, 'data.webhookSubscriptionCreate.webhookSubscription.id'));
      if (ref === null) throw answerInvalid('/data/webhookSubscriptionCreate', 'made no subscription');
      return { ref };
    },
    list: () => graphqlRequest('query webhookSubscriptions', LIST, {}),
    listed: ({ body }) => ({
      found: listAt(body, 'data.webhookSubscriptions.nodes').map((node: Json) => ({
        ref: textOf(valueAt(node, 'id')) ?? '',
        topic: topicOf(textOf(valueAt(node, 'topic')) ?? ''),
        address: textOf(valueAt(node, 'uri')) ?? '',
        isEnabled: true,
      })),
      // Ours are fewer than a page.
      isLast: objectAt(body, 'data.webhookSubscriptions.pageInfo')['hasNextPage'] !== null,
    }),
    remove: (id) => graphqlRequest('mutation webhookSubscriptionDelete', REMOVE, { id }),
  },
  answerWithinMs: 5_000,
  note: 'Tried 8 times over 4 hours; a subscription made by API is removed after 8 failures in a row (secondary). The name of the field "uri" and of the topics are unverified. customers/redact, customers/data_request and shop/redact go to the address that the app names, not to a connection’s.',
};
