// WooCommerce, as data. Facts: the plugin's own source (class-wc-auth, class-wc-rest-authentication) and its REST documentation.
// Over https alone: over http WooCommerce wants OAuth 1.0a, which is not here.
import type { AuthMethod, Platform, Sign } from '../../domain/platform.ts';
import { answerInvalid, isList, textOf, valueAt } from '../json.ts';
import { NOTIFICATIONS } from './notifications.ts';
import { RESOURCES } from './resources.ts';

const BASIC: readonly Sign[] = [{ scheme: 'basic', username: '{consumerKey}', password: '{consumerSecret}' }];

/** The shop makes the keys itself, and its server posts them to us. The post is unsigned: our nonce in user_id is all that ties it. */
const handshake: AuthMethod = {
  credentialKind: 'consumer_key',
  obtain: {
    kind: 'key_handshake',
    authorizeUrl: '{url}/wc-auth/v1/authorize',
    authorizeParameters: {
      app_name: '{appName}',
      scope: '{access}',
      user_id: '{state}',
      return_url: '{returnUrl}',
      callback_url: '{callbackUrl}',
    },
    // "write" alone cannot read.
    access: { read: 'read', write: 'read_write' },
    keys: { consumerKey: 'consumer_key', consumerSecret: 'consumer_secret' },
    callback: [
      {
        step: 'keys',
        method: 'POST',
        from: 'server',
        stateParameter: 'user_id',
        required: ['user_id', 'consumer_key', 'consumer_secret'],
        grants: true,
      },
      {
        step: 'return',
        method: 'GET',
        from: 'browser',
        stateParameter: 'user_id',
        required: ['user_id', 'success'],
        denied: { parameter: 'success', values: ['0'] },
        grants: false,
      },
    ],
  },
  renew: { kind: 'none' },
  sign: BASIC,
  defaultLifetimeS: null,
};

const pasted: AuthMethod = {
  credentialKind: 'consumer_key_pasted',
  obtain: {
    kind: 'pasted',
    fields: [
      {
        name: 'consumerKey',
        label: 'Consumer key',
        secret: false,
        help: 'WooCommerce > Settings > Advanced > REST API; begins with ck_',
        pattern: '^ck_[A-Za-z0-9]{8,128}$',
      },
      {
        name: 'consumerSecret',
        label: 'Consumer secret',
        secret: true,
        help: 'Shown once, beside the consumer key; begins with cs_',
        pattern: '^cs_[A-Za-z0-9]{8,128}$',
      },
    ],
  },
  renew: { kind: 'none' },
  sign: BASIC,
  defaultLifetimeS: null,
};

export const woocommerce = {
  id: 'woocommerce',
  name: 'WooCommerce',
  certainty: 'vendor',
  documentation: 'https://woocommerce.github.io/woocommerce-rest-api-docs/',
  shop: [
    {
      name: 'url',
      label: 'Site address',
      pattern: '^https://[a-z0-9.-]+(:[0-9]{1,5})?(/[A-Za-z0-9._~-]+)*$',
      help: 'Where WordPress answers, with its subdirectory if it has one; permalinks must not be «plain»',
      example: 'https://shop.example/store',
      normalize: 'url',
    },
  ],
  baseUrl: '{url}/wp-json/wc/v3',
  // Undated; current since WooCommerce 3.5.
  apiVersion: { name: 'wc/v3', sunset: null },
  needsRegistration: false,
  auth: [handshake, pasted],
  proof: {
    // Any key that may read may read this; the settings with name and currency need an administrator's.
    request: () => ({
      method: 'GET',
      path: '/orders',
      query: { per_page: '1', orderby: 'id', order: 'desc' },
      endpoint: 'GET /orders',
    }),
    read: ({ body }) => {
      if (!isList(body)) throw answerInvalid('/', 'is not a list');
      const currency = textOf(valueAt(body[0], 'currency'));
      // Nothing in the API names a site for good: its address is all there is, and an operator confirms a move.
      return { shopKey: null, shopName: null, scopes: null, facts: currency === null ? {} : { currency } };
    },
  },
  permissions: {
    'orders:read': ['read'],
    'orders:write': ['read_write'],
    'products:read': ['read'],
    'products:write': ['read_write'],
    'customers:read': ['read'],
    'customers:write': ['read_write'],
    'inventory:read': ['read'],
    'inventory:write': ['read_write'],
  },
  impliedScopes: { read_write: ['read'] },
  answers: [
    {
      at: 'api',
      status: 401,
      body: { path: 'message', matches: 'does not have (read|write) permissions' },
      means: 'scope_missing',
    },
    {
      at: 'api',
      status: 401,
      body: { path: 'code', matches: '^woocommerce_rest_(authentication_error|cannot_)' },
      means: 'credential_dead',
      note: 'keys do not expire: deleted, or its WordPress user is',
    },
    {
      at: 'api',
      status: 403,
      body: { path: 'code', matches: '^(woocommerce_)?rest_' },
      means: 'scope_missing',
    },
    { at: 'api', status: 403, means: 'shop_unavailable', note: 'a firewall before the shop' },
    {
      at: 'api',
      status: 404,
      body: { path: 'code', equals: ['rest_no_route'] },
      means: 'shop_unavailable',
      note: 'the plugin is switched off, or permalinks are plain',
    },
    { at: 'api', status: [404, 410], body: { path: 'code' }, means: 'not_found' },
    { at: 'api', status: 404, means: 'shop_unavailable', note: 'WordPress is not there' },
    {
      status: [301, 302, 307, 308],
      means: 'shop_unavailable',
      note: 'the site has moved; redirects are not followed',
    },
  ],
  // None of its own: it is somebody's one server (a courteous bound, unverified).
  rateLimits: [{ scope: 'connection', burst: 20, perSecond: 10, certainty: 'unverified' }],
  resources: RESOURCES,
  notifications: NOTIFICATIONS,
  explains: {
    credential_dead: 'The key was deleted in WooCommerce, or the WordPress user it belonged to.',
    shop_unavailable: 'The site answers, but not WooCommerce: plugin, permalinks or a firewall.',
  },
  demo: { shop: { url: 'https://mooring-demo.woo.example' }, how: 'browser' },
} as const satisfies Platform;
