// BigCommerce, as data. Facts: bigcommerce/docs (apps, authentication, webhooks, rate limits; April 2026) and the vendor's own specifications (bigcommerce/api-specs: orders V2, catalog and
// customers V3, store information V2). An install begins in the merchant's control panel: no state of ours can be in it, and the exchange of its code is the proof.
import type { AuthMethod, Json, Platform, RateLimit, Sign } from '../../domain/platform.ts';
import { factsOf } from '../facts.ts';
import { answerInvalid, listAt, objectAt, textOf, valueAt } from '../json.ts';
import { RESOURCES } from './resources.ts';

const SIGN: readonly Sign[] = [{ scheme: 'header', name: 'X-Auth-Token', value: '{accessToken}' }];

/** "stores/abc123" */
const STORE = '^stores/([a-z0-9]{4,32})$';

/** A single-click app. Its tokens never expire; a change of the app's scopes or of the store's owner brings another one, and the old one is over. */
const app: AuthMethod = {
  credentialKind: 'app_token',
  obtain: {
    kind: 'authorization_code',
    authorizeUrl: '',
    authorizeParameters: {},
    // Fixed in the app's profile, all or nothing.
    scopeSeparator: ' ',
    pkce: 'unsupported',
    token: {
      url: 'https://login.bigcommerce.com/oauth2/token',
      method: 'POST',
      format: 'json',
      parameters: {
        grant_type: 'authorization_code',
        code: '{code}',
        context: '{context}',
        scope: '{scope}',
        redirect_uri: '{redirectUri}',
      },
      clientAuthentication: 'body',
    },
    callback: [
      {
        step: 'auth',
        method: 'GET',
        from: 'browser',
        // Never sent.
        stateParameter: 'state',
        required: ['code', 'context', 'scope'],
        shopFields: { storeHash: { from: 'context', pattern: STORE } },
        grants: true,
        startsAt: 'platform',
        exchange: 'at_once',
      },
    ],
  },
  renew: { kind: 'none' },
  sign: SIGN,
  defaultLifetimeS: null,
  tokenAnswer: {
    accessToken: 'access_token',
    scope: { path: 'scope', separator: ' ' },
    shopFields: { storeHash: { from: 'context', pattern: STORE } },
  },
};

/** A store-level API account, made by the merchant for us. */
const account: AuthMethod = {
  credentialKind: 'store_token',
  obtain: {
    kind: 'pasted',
    fields: [
      {
        name: 'accessToken',
        label: 'Access token',
        secret: true,
        help: 'Settings > API > Store-level API accounts; shown once',
        pattern: '^[A-Za-z0-9]{20,128}$',
      },
    ],
  },
  renew: { kind: 'none' },
  sign: SIGN,
  defaultLifetimeS: null,
  needsRegistration: false,
};

/** One quota of the store, that all its apps share. */
const observe: NonNullable<RateLimit['observe']> = ({ headers }) => {
  const [left, quota, windowMs] = ['requests-left', 'requests-quota', 'time-window-ms'].map((name) =>
    Number(headers[`x-rate-limit-${name}`] ?? Number.NaN),
  );
  if (left === undefined || quota === undefined || windowMs === undefined) return null;
  if (!(left >= 0 && quota > 0 && windowMs > 0)) return null;
  return { available: left, burst: quota, perSecond: (quota * 1_000) / windowMs };
};

export const bigcommerce = {
  id: 'bigcommerce',
  name: 'BigCommerce',
  certainty: 'vendor',
  documentation: 'https://developer.bigcommerce.com/docs/rest-management',
  shop: [
    {
      name: 'storeHash',
      label: 'Store hash',
      pattern: '^[a-z0-9]{4,32}$',
      help: 'The part after store- in the address of the control panel; an install tells it by itself',
      example: 'abc123',
      normalize: 'lower',
    },
  ],
  baseUrl: 'https://api.bigcommerce.com/stores/{storeHash}',
  // V2 and V3 stand side by side, without dates.
  apiVersion: { name: 'v3', sunset: null },
  endpoints: [
    { endpoint: 'GET /v2/orders', version: 'v2', sunset: null, note: 'V3 does not list orders' },
    { endpoint: 'GET /v2/orders/{id}/products', version: 'v2', sunset: null },
    { endpoint: 'GET /v2/store', version: 'v2', sunset: null },
  ],
  auth: [app, account],
  needsRegistration: true,
  proof: {
    request: () => ({ method: 'GET', path: '/v2/store', endpoint: 'GET /v2/store' }),
    read: ({ body }, shop) => {
      const store = objectAt(body, '');
      if (textOf(store['name']) === null) throw answerInvalid('/name', 'is not told');
      return {
        // A token is good for the store in the path alone.
        shopKey: shop['storeHash'] ?? null,
        shopName: textOf(store['name']),
        scopes: null,
        facts: factsOf({
          currency: textOf(store['currency']),
          timeZone: textOf(valueAt(store, 'timezone.name')),
          url: textOf(store['secure_url']),
        }),
      };
    },
  },
  permissions: {
    'orders:read': ['store_v2_orders_read_only'],
    'orders:write': ['store_v2_orders'],
    'products:read': ['store_v2_products_read_only'],
    'products:write': ['store_v2_products'],
    'customers:read': ['store_v2_customers_read_only'],
    'customers:write': ['store_v2_customers'],
    'inventory:read': ['store_inventory_read_only'],
    'inventory:write': ['store_inventory'],
  },
  alwaysScopes: ['store_v2_information_read_only'],
  impliedScopes: {
    store_v2_orders: ['store_v2_orders_read_only'],
    store_v2_products: ['store_v2_products_read_only'],
    store_v2_customers: ['store_v2_customers_read_only'],
    store_inventory: ['store_inventory_read_only'],
    store_v2_information: ['store_v2_information_read_only'],
    // Comes with every grant (unverified).
    store_v2_information_read_only: ['store_v2_default'],
  },
  answers: [
    {
      at: 'api',
      status: 401,
      means: 'credential_dead',
      note: 'a token does not expire: the app was uninstalled, or a newer token replaced it (unverified)',
    },
    { at: 'api', status: 403, means: 'scope_missing' },
    { at: 'api', status: 429, means: 'retry_after' },
    { at: 'api', status: [400, 409, 422], means: 'rejected' },
  ],
  retryAfter: { header: 'x-rate-limit-time-reset-ms', unit: 'milliseconds' },
  // Standard and Plus: 150 in 30 s. Pro 450; every answer tells.
  rateLimits: [{ scope: 'connection', burst: 150, perSecond: 5, observe, certainty: 'vendor' }],
  resources: RESOURCES,
  notifications: {
    delivery: 'http',
    subscribedBy: 'shop',
    topics: {
      'store/order/created': 'orders',
      'store/order/updated': 'orders',
      'store/order/statusUpdated': 'orders',
      'store/order/archived': 'orders',
      'store/order/refund/created': 'orders',
      'store/product/created': 'products',
      'store/product/updated': 'products',
      'store/product/deleted': 'products',
      'store/product/inventory/updated': 'inventory',
      'store/sku/inventory/updated': 'inventory',
      'store/customer/created': 'customers',
      'store/customer/updated': 'customers',
      'store/customer/deleted': 'customers',
      'store/app/uninstalled': 'uninstalled',
    },
    topicIn: { json: 'scope' },
    idIn: { header: 'webhook-id' },
    shopIn: { json: 'producer' },
    shopIs: { pattern: '^stores/([a-z0-9]{4,32})$' },
    objectIn: {
      orders: [{ in: { json: 'data.id' } }],
      products: [{ in: { json: 'data.id' } }],
      customers: [{ in: { json: 'data.id' } }],
    },
    subscribe: {
      secret: 'registration',
      create: ({ topic, address }) => ({
        method: 'POST',
        path: '/v3/hooks',
        body: { scope: topic, destination: address, is_active: true, headers: {} },
        endpoint: 'POST /v3/hooks',
      }),
      created: ({ body }) => {
        const ref = textOf(valueAt(body, 'data.id'));
        if (ref === null) throw answerInvalid('/data/id', 'is missing');
        return { ref };
      },
      list: (page) => ({
        method: 'GET',
        path: '/v3/hooks',
        query: { page: String(page), limit: '250' },
        endpoint: 'GET /v3/hooks',
      }),
      listed: ({ body }) => {
        const hooks = listAt(body, 'data');
        const text = (one: Json, name: string): string => textOf(valueAt(one, name)) ?? '';
        return {
          found: hooks.map((one) => ({
            ref: text(one, 'id'),
            topic: text(one, 'scope'),
            address: text(one, 'destination'),
            isEnabled: valueAt(one, 'is_active') === true,
          })),
          isLast: hooks.length < 250,
        };
      },
      remove: (ref) => ({ method: 'DELETE', path: `/v3/hooks/${ref}`, endpoint: 'DELETE /v3/hooks/{id}' }),
      most: 10,
    },
    signature: {
      kind: 'standard_webhooks',
      key: '{clientSecret}',
      keyEncoding: 'utf8',
      toleranceS: 300,
    },
    calls: [
      {
        name: 'uninstall',
        method: 'GET',
        means: 'uninstalled',
        signature: {
          kind: 'jwt',
          in: { parameter: 'signed_payload_jwt' },
          jwt: {
            algorithms: ['HS256'],
            key: { kind: 'secret', secret: '{clientSecret}' },
            issuer: 'bc',
            audience: '{clientId}',
            required: ['sub', 'jti'],
          },
        },
        shopFields: { storeHash: { from: 'sub', pattern: STORE } },
      },
    ],
    note: 'Thin: what changed is read again. store/app/uninstalled tells that the store was closed; an uninstall by the merchant is the call. At most ten hooks a store, client and topic; a hook that fails for 48 h is switched off, and removed when the app is uninstalled.',
  },
  explains: {
    credential_dead:
      'The app was uninstalled, or the merchant opened it after its scopes or the store’s owner changed, which makes a new token.',
    scope_missing:
      'The app’s profile, or the API account, lacks the scope; the merchant must open the app again.',
  },
  unsupported: [
    'Connecting from our page: a merchant installs the app in the control panel, in the marketplace or at https://login.bigcommerce.com/app/{client id}/install, and the install is claimed.',
    'Telling BigCommerce how an install by its external button came out (install/succeeded, install/failed), and its callbacks load and remove_user.',
    'Where an order goes to: a list of its own, one more call an order.',
    'Archived orders, and orders of 250 lines or more, which are set aside.',
    'Revoking: tokens of an app end with its uninstall alone.',
  ],
  unverified: [
    'That a token that is over is answered 401.',
    'The algorithm of the uninstall callback’s JWT (HS256), and the tolerance of a notification’s time.',
    'The paging of stock levels.',
    'The words of payment_status.',
  ],
} as const satisfies Platform;
