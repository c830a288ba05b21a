// Shopware 6, on a merchant's own server or Shopware's, as data. Facts: shopware/docs of 2026-08 (app lifecycle, search criteria, webhooks) and the defaults in shopware.yaml.
// An app is registered by the shop's own server in three messages, each signed; an integration is a pair of keys that a merchant makes. Both mint tokens that live for minutes.
import type { AuthMethod, Platform, Renew } from '../../domain/platform.ts';
import { factsOf } from '../facts.ts';
import { listAt, textOf, valueAt } from '../json.ts';
import { SYSTEM_CURRENCY } from './mapper.ts';
import { RESOURCES } from './resources.ts';

const mintedBy = (id: string, secret: string): Renew => ({
  kind: 'client_credentials',
  // Ten minutes, and a limit on logins.
  when: 'on_use',
  token: {
    url: '{url}/api/oauth/token',
    method: 'POST',
    format: 'json',
    parameters: { grant_type: 'client_credentials' },
    clientAuthentication: 'body',
    client: { id, secret },
  },
});

const COMMON = {
  sign: [{ scheme: 'bearer' }],
  defaultLifetimeS: 600,
  tokenAnswer: { accessToken: 'access_token', expiresIn: { path: 'expires_in', unit: 'seconds' } },
} as const;

/** A shop signs by the secret that we answered its registration with. */
const byShop = {
  kind: 'hmac',
  in: { header: 'shopware-shop-signature' },
  algorithm: 'sha256',
  encoding: 'hex',
  key: '{shopSecret}',
} as const;

/** The app's name is our client id, the app's secret our client secret. */
const app: AuthMethod = {
  credentialKind: 'app',
  obtain: {
    kind: 'key_handshake',
    authorizeUrl: '',
    authorizeParameters: {},
    // What the app may do is in its manifest.
    access: { read: '', write: '' },
    keys: { apiKey: 'apiKey', secretKey: 'secretKey' },
    callback: [
      {
        // The registration URL of the manifest: the shop waits 5 s for the answer.
        step: 'register',
        method: 'GET',
        from: 'server',
        // Never sent; the address that it is told to confirm at carries one.
        stateParameter: 'state',
        required: ['shop-id', 'shop-url', 'timestamp'],
        shopFields: { url: 'shop-url', shopId: 'shop-id' },
        grants: false,
        startsAt: 'platform',
        // The query exactly as it came. A shop that registers again signs with its own secret besides: both must hold.
        signature: {
          kind: 'hmac',
          in: { header: 'shopware-app-signature' },
          algorithm: 'sha256',
          encoding: 'hex',
          message: ['{rawQuery}'],
          timestamp: { in: { parameter: 'timestamp' }, unit: 'seconds', toleranceS: 300 },
        },
        reply: {
          json: { proof: '{proof}', secret: '{newSecret}', confirmation_url: '{stepUrl:confirm}' },
          proof: { key: '{clientSecret}', message: '{shop-id}{shop-url}{clientId}' },
        },
        again: { shopField: 'shopId', signature: { ...byShop, message: ['{rawQuery}'] } },
      },
      {
        // Only what comes here, signed with the new secret, makes that secret and a new address hold.
        step: 'confirm',
        method: 'POST',
        from: 'server',
        stateParameter: 'state',
        required: ['apiKey', 'secretKey', 'timestamp', 'shopUrl', 'shopId'],
        shopFields: { url: 'shopUrl', shopId: 'shopId' },
        grants: true,
        startsAt: 'platform',
        // Nobody's browser comes with it: an operator says whose it is.
        claimWithinS: 604_800,
        signature: {
          ...byShop,
          message: ['{body}'],
          timestamp: { in: { json: 'timestamp' }, unit: 'seconds', toleranceS: 300 },
        },
        again: {
          shopField: 'shopId',
          signature: { ...byShop, in: { header: 'shopware-shop-signature-previous' }, message: ['{body}'] },
        },
      },
    ],
  },
  renew: mintedBy('{apiKey}', '{secretKey}'),
  ...COMMON,
  needsRegistration: true,
};

const WHERE = 'Settings > System > Integrations, shown once when it is made';

const integration: AuthMethod = {
  credentialKind: 'integration',
  obtain: {
    kind: 'client_credentials',
    fields: [
      {
        name: 'accessKeyId',
        label: 'Access key ID',
        secret: false,
        help: WHERE,
        pattern: '^SWIA[A-Z0-9]{10,60}$',
      },
      {
        name: 'secretAccessKey',
        label: 'Secret access key',
        secret: true,
        help: WHERE,
        pattern: '^[A-Za-z0-9]{20,128}$',
      },
    ],
  },
  renew: mintedBy('{accessKeyId}', '{secretAccessKey}'),
  ...COMMON,
};

const READS = {
  orders: [
    ...['order', 'order_line_item', 'order_customer', 'order_address', 'order_transaction', 'order_delivery'],
    ...['state_machine_state', 'currency', 'country', 'country_state'],
  ],
  products: ['product', 'product_manufacturer', 'product_option', 'property_group_option', 'currency'],
  customers: ['customer', 'customer_address', 'country', 'country_state', 'currency'],
  inventory: ['product', 'currency'],
} as const;

/** Privileges of the manifest, or of the integration's role: to read these entities, and to write those. */
const privileges = (reads: readonly string[], writes: readonly string[] = []): readonly string[] => [
  ...reads.map((entity) => `${entity}:read`),
  ...writes.map((entity) => `${entity}:update`),
];

export const shopware6 = {
  id: 'shopware6',
  name: 'Shopware 6',
  certainty: 'vendor',
  documentation: 'https://developer.shopware.com/docs/guides/integrations-api/',
  shop: [
    {
      name: 'url',
      label: 'Shop address',
      pattern: '^https://[a-z0-9.-]+(:[0-9]{1,5})?(/[A-Za-z0-9._~-]+)*$',
      help: 'The address of the shop, https, with its folder if it has one',
      example: 'https://shop.example',
      normalize: 'url',
    },
    {
      name: 'shopId',
      label: 'Shop id',
      pattern: '^[A-Za-z0-9]{8,64}$',
      help: 'Left empty with an integration: a shop tells it when it registers an app',
      example: 'KIPf0Fz6BUkN',
      optional: true,
    },
  ],
  baseUrl: '{url}/api',
  apiVersion: { name: '6', sunset: null },
  // Without it the answer is in the form of JSON:API.
  headers: { accept: 'application/json' },
  needsRegistration: false,
  auth: [integration, app],
  proof: {
    request: () => ({
      method: 'POST',
      path: '/search/currency',
      endpoint: 'POST /search/currency',
      body: { limit: 1, ids: [SYSTEM_CURRENCY], includes: { currency: ['id', 'isoCode'] } },
    }),
    read: ({ body }, shop) => {
      const [currency] = listAt(body, 'data');
      return {
        // An integration is told no id of the shop: its address is all there is, and an operator confirms a move.
        shopKey: shop['shopId'] ?? null,
        shopName: null,
        scopes: null,
        facts: factsOf({ currency: textOf(valueAt(currency, 'isoCode')) }),
      };
    },
  },
  permissions: {
    'orders:read': privileges(READS.orders),
    'orders:write': privileges(READS.orders, ['order', 'order_delivery']),
    'products:read': privileges(READS.products),
    'products:write': privileges(READS.products, ['product']),
    'customers:read': privileges(READS.customers),
    'customers:write': privileges(READS.customers, ['customer']),
    'inventory:read': privileges(READS.inventory),
    'inventory:write': privileges(READS.inventory, ['product']),
  },
  answers: [
    {
      at: 'token',
      status: [400, 401],
      means: 'credential_dead',
      note: "the keys are the merchant's: app removed, or integration deleted",
    },
    { at: 'api', status: 404, body: { path: 'errors' }, means: 'not_found' },
    { at: 'api', status: 404, body: { path: 'errors.0.code' }, means: 'not_found' },
    { status: 404, means: 'shop_unavailable', note: 'the server answers, but not with the Admin API' },
    {
      status: [301, 302, 307, 308],
      means: 'shop_unavailable',
      note: 'the shop has moved; redirects are not followed',
    },
  ],
  // Of the API none is known (a courteous bound); logins are limited by time, and to 10 a minute at Shopware's own servers.
  rateLimits: [{ scope: 'connection', burst: 20, perSecond: 5, certainty: 'unverified' }],
  resources: RESOURCES,
  notifications: {
    delivery: 'http',
    subscribedBy: 'registration',
    topics: {
      'checkout.order.placed': 'orders',
      'order.written': 'orders',
      'state_enter.order_delivery.state.shipped': 'orders',
      'product.written': 'products',
      'customer.written': 'customers',
      'app.deleted': 'uninstalled',
    },
    topicIn: { json: 'data.event' },
    idIn: { json: 'source.eventId' },
    shopIn: { json: 'source.shopId' },
    signature: {
      kind: 'hmac',
      in: { header: 'shopware-shop-signature' },
      algorithm: 'sha256',
      encoding: 'hex',
      key: '{shopSecret}',
      message: ['{body}'],
      timestamp: { in: { json: 'timestamp' }, unit: 'seconds', toleranceS: 300 },
    },
    note: "Named in the manifest of the app, with onlyLiveVersion for order.written; what was written is told by id alone. Repeated a few times, in today's way within seconds. An integration has none.",
  },
  explains: {
    credential_dead: 'The app was removed, or the integration deleted or given new keys.',
    scope_missing: 'The manifest of the app, or the role of the integration, lacks a privilege.',
    shop_unavailable:
      'The server answers, but not with the Admin API: an address, a rewrite rule or a firewall.',
  },
  unsupported: [
    'Shops over plain http.',
    'Logins of admin users (grant_type=password): they belong to a person.',
    'Product addresses: they are of a sales channel, not of a product.',
    'Revoking: only the merchant can, by removing the app or deleting the integration.',
  ],
  unverified: [
    'That search criteria filter through associations as they do for fields, and the privileges that each association asks for.',
    'That autoIncrement can be filtered and sorted by on all three entities.',
    "That the id of the system's currency is the same in every installation.",
    'That an order leaves the update time of a product as it was; every pass over stock reads all.',
    'How far the timestamp of a registration may be from ours; 5 minutes are taken.',
    "The access key's form (SWIA…).",
  ],
} as const satisfies Platform;
