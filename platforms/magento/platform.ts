// Magento 2 and Adobe Commerce on a merchant's own server, as data. Facts: AdobeDocs/commerce-webapi (its pages, and its schema of 2.4.9), the ACL of magento/inventory and
// the defaults of magento2's Integration module. Adobe Commerce as a Cloud Service has neither these integrations nor these addresses: it is another platform.
import type { AuthMethod, OAuth1Sign, Platform } from '../../domain/platform.ts';
import { factsOf } from '../facts.ts';
import { listAt, textOf, valueAt } from '../json.ts';
import { RESOURCES } from './resources.ts';

/** The only method taken; HMAC-SHA1 is answered with signature_method_rejected. */
const SIGN: OAuth1Sign = {
  scheme: 'oauth1',
  method: 'HMAC-SHA256',
  consumerKey: '{consumerKey}',
  consumerSecret: '{consumerSecret}',
  token: '{accessToken}',
  tokenSecret: '{tokenSecret}',
  place: 'header',
  version: true,
};

/**
 * The merchant makes an integration with our two addresses and activates it: the shop's server posts a consumer and a verifier, unsigned, and then opens our page in the
 * merchant's browser. That the exchange succeeds at the shop that was named is all the proof there is.
 */
const activated: AuthMethod = {
  credentialKind: 'integration',
  obtain: {
    kind: 'oauth1',
    temporary: 'after_callback',
    requestTokenUrl: '{url}/oauth/token/request',
    accessTokenUrl: '{url}/oauth/token/access',
    authorizeUrl: '',
    authorizeParameters: {},
    sign: {
      scheme: 'oauth1',
      method: 'HMAC-SHA256',
      consumerKey: '{oauth_consumer_key}',
      consumerSecret: '{oauth_consumer_secret}',
      place: 'header',
      version: true,
    },
    verifierParameter: 'oauth_verifier',
    callback: [
      {
        // The Callback URL. It carries our state where the merchant was given it on our page; the shop waits 5 s for the answer and follows no redirect.
        step: 'activate',
        method: 'POST',
        from: 'server',
        stateParameter: 'state',
        required: ['store_base_url', 'oauth_verifier', 'oauth_consumer_key', 'oauth_consumer_secret'],
        shopFields: { url: 'store_base_url' },
        credentialFields: { consumerKey: 'oauth_consumer_key', consumerSecret: 'oauth_consumer_secret' },
        grants: true,
        startsAt: 'either',
        correlatedBy: 'oauth_consumer_key',
        // The consumer is good for an exchange for 300 s.
        exchange: 'at_once',
      },
      {
        // The Identity link URL, in a window of the merchant's.
        step: 'identity',
        method: 'GET',
        from: 'browser',
        stateParameter: 'state',
        required: ['oauth_consumer_key', 'success_call_back'],
        grants: false,
        startsAt: 'either',
        correlatedBy: 'oauth_consumer_key',
        continueAt: { parameter: 'success_call_back', hostOf: 'url' },
      },
    ],
  },
  renew: { kind: 'none' },
  sign: [SIGN],
  defaultLifetimeS: null,
};

const WHERE = 'System > Extensions > Integrations, shown once the integration is active';

/** What an active integration shows in the Admin, copied by hand: the usual way into a shop that our server cannot be reached from. */
const pasted: AuthMethod = {
  credentialKind: 'integration_pasted',
  obtain: {
    kind: 'pasted',
    fields: [
      {
        name: 'consumerKey',
        label: 'Consumer key',
        secret: false,
        help: WHERE,
        pattern: '^[A-Za-z0-9]{16,64}$',
      },
      {
        name: 'consumerSecret',
        label: 'Consumer secret',
        secret: true,
        help: WHERE,
        pattern: '^[A-Za-z0-9]{16,64}$',
      },
      {
        name: 'accessToken',
        label: 'Access token',
        secret: true,
        help: WHERE,
        pattern: '^[A-Za-z0-9]{16,64}$',
      },
      {
        name: 'tokenSecret',
        label: 'Access token secret',
        secret: true,
        help: WHERE,
        pattern: '^[A-Za-z0-9]{16,64}$',
      },
    ],
  },
  renew: { kind: 'none' },
  sign: [SIGN],
  defaultLifetimeS: null,
};

/** The same access token alone, where the shop allows it (oauth/consumer/enable_integration_as_bearer, off by default). */
const bearer: AuthMethod = {
  credentialKind: 'integration_bearer',
  obtain: {
    kind: 'pasted',
    fields: [
      {
        name: 'integrationToken',
        label: 'Access token',
        secret: true,
        help: 'Of an integration; the shop must allow integration tokens as bearer tokens, which it does not by default',
        pattern: '^[A-Za-z0-9._-]{16,2048}$',
      },
    ],
  },
  renew: { kind: 'none' },
  sign: [{ scheme: 'bearer', token: '{integrationToken}' }],
  defaultLifetimeS: null,
};

export const magento = {
  id: 'magento',
  name: 'Magento 2 and Adobe Commerce',
  certainty: 'vendor',
  documentation: 'https://developer.adobe.com/commerce/webapi/rest/',
  shop: [
    {
      name: 'url',
      label: 'Store address',
      pattern: '^https://[a-z0-9.-]+(:[0-9]{1,5})?(/[A-Za-z0-9._~-]+)*$',
      help: 'The base URL of the store, https, with its folder if it has one',
      example: 'https://shop.example',
      normalize: 'url',
    },
  ],
  // "all" is every store view; V1 is stable.
  baseUrl: '{url}/rest/all/V1',
  apiVersion: { name: 'V1', sunset: null },
  needsRegistration: false,
  auth: [activated, pasted, bearer],
  proof: {
    // Needs the right to see orders. The store's own settings would tell more, and need a further right.
    request: () => ({
      method: 'GET',
      path: '/orders',
      endpoint: 'GET /orders',
      query: {
        'searchCriteria[sortOrders][0][field]': 'entity_id',
        'searchCriteria[sortOrders][0][direction]': 'DESC',
        'searchCriteria[pageSize]': '1',
        'searchCriteria[currentPage]': '1',
      },
    }),
    read: ({ body }) => {
      const [latest] = listAt(body, 'items');
      // Nothing names an installation for good: its address is all there is, and an operator confirms a move. Prices of products are in the base currency.
      const currency = textOf(valueAt(latest, 'base_currency_code'));
      return { shopKey: null, shopName: null, scopes: null, facts: factsOf({ currency }) };
    },
  },
  // ACL resources the merchant ticks for the integration; the API tells none of them. Customers and inventory: read in the vendor's own files; the others in copies.
  permissions: {
    'orders:read': ['Magento_Sales::actions_view'],
    'orders:write': ['Magento_Sales::sales'],
    'products:read': ['Magento_Catalog::products'],
    'products:write': ['Magento_Catalog::products'],
    'customers:read': ['Magento_Customer::customer'],
    'customers:write': ['Magento_Customer::manage', 'Magento_Customer::customer'],
    'inventory:read': ['Magento_InventoryApi::source'],
    'inventory:write': ['Magento_InventoryApi::stock_source_item_assign', 'Magento_InventoryApi::source'],
  },
  impliedScopes: { 'Magento_Sales::sales': ['Magento_Sales::actions_view'] },
  answers: [
    {
      body: { path: 'oauth_problem', equals: ['nonce_used'] },
      means: 'platform_down',
      note: 'a new request has a new nonce',
    },
    {
      body: {
        path: 'oauth_problem',
        equals: [
          ...['version_rejected', 'parameter_absent', 'parameter_rejected', 'timestamp_refused'],
          ...['signature_method_rejected', 'method_not_allowed'],
        ],
      },
      means: 'rejected',
    },
    {
      body: { path: 'oauth_problem', equals: ['permission_unknown', 'permission_denied'] },
      means: 'scope_missing',
    },
    {
      body: { path: 'oauth_problem' },
      means: 'credential_dead',
      note: 'consumer_key_rejected, token_revoke, token_rejected, signature_invalid…: nothing here expires, so it was revoked or copied wrongly',
    },
    {
      at: 'api',
      status: [401, 403],
      credentialKind: 'integration_bearer',
      body: { path: 'message', matches: "isn't authorized to access" },
      means: 'credential_dead',
      note: 'said of a bearer token that is not known, too; which, is not told apart (unverified)',
    },
    {
      at: 'api',
      status: [401, 403],
      body: { path: 'message', matches: "isn't authorized to access" },
      means: 'scope_missing',
    },
    { status: 401, means: 'credential_dead', note: 'integrations do not expire' },
    { at: 'api', status: 403, means: 'scope_missing' },
    { at: 'api', status: 404, body: { path: 'message' }, means: 'not_found' },
    { status: 404, means: 'shop_unavailable', note: 'the server answers, but not with Magento' },
    {
      status: [301, 302, 307, 308],
      means: 'shop_unavailable',
      note: 'the shop has moved; redirects are not followed',
    },
  ],
  // None by default: it is somebody's one server (a courteous bound).
  rateLimits: [{ scope: 'connection', burst: 20, perSecond: 5, certainty: 'unverified' }],
  resources: RESOURCES,
  notifications: {
    delivery: 'none',
    subscribedBy: 'merchant',
    topics: {},
    signature: null,
    note: 'Magento Open Source pushes nothing. Adobe Commerce can, by its webhooks module or through Adobe I/O Events, where the merchant installs and configures it.',
  },
  explains: {
    credential_dead:
      'The integration was deactivated or reauthorized in the Admin, a key was copied wrongly, or the shop does not allow integration tokens as bearer tokens.',
    scope_missing: 'The integration was not given the right in its API tab in the Admin.',
    shop_unavailable:
      'The server answers, but not with the REST API: an address, a rewrite rule or a firewall.',
  },
  unsupported: [
    'Stores over plain http.',
    'Tokens of admin users: they live for hours and belong to a person.',
    'Revoking: only the merchant can, by deleting the integration.',
    'Stock of shops without the Inventory (MSI) modules.',
    'Adobe Commerce as a Cloud Service (Adobe IMS).',
  ],
  unverified: [
    'The JSON form of OAuth errors at the API; the codes are documented.',
    'The ACL names for orders and products.',
    'That a change of a source item moves no update time that could be filtered by; every pass reads all.',
    'That the order payment words, which Magento does not have, follow from total_paid, total_due and total_refunded.',
  ],
} as const satisfies Platform;
