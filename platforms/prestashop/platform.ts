// PrestaShop's webservice (1.6 to 9) on a merchant's own server, as data. Facts: PrestaShop/docs, webservice (2024-03), and devdocs.prestashop-project.org for version 9.
import type { AuthMethod, Platform } from '../../domain/platform.ts';
import { factsOf } from '../facts.ts';
import { textOf, valueAt } from '../json.ts';
import { rowsOf } from './listing.ts';
import { RESOURCES } from './resources.ts';

const WHERE =
  'Advanced Parameters > Webservice; 32 characters, with the right to view each resource that you share';
const PATTERN = '^[A-Za-z0-9]{32}$';

/** A key as user name of HTTP Basic, with an empty password. */
const key: AuthMethod = {
  credentialKind: 'webservice_key',
  obtain: {
    kind: 'pasted',
    fields: [{ name: 'key', label: 'Webservice key', secret: true, help: WHERE, pattern: PATTERN }],
  },
  renew: { kind: 'none' },
  sign: [{ scheme: 'basic', username: '{key}', password: '' }],
  defaultLifetimeS: null,
};

/** For servers that keep the Authorization header from PHP (Apache without CGIPassAuth). */
const keyInQuery: AuthMethod = {
  credentialKind: 'webservice_key_in_query',
  obtain: {
    kind: 'pasted',
    fields: [
      {
        name: 'wsKey',
        label: 'Webservice key, sent in the address',
        secret: true,
        help: `${WHERE}. Only where the server drops the Authorization header: an address is in its logs`,
        pattern: PATTERN,
      },
    ],
  },
  renew: { kind: 'none' },
  sign: [{ scheme: 'query', name: 'ws_key', value: '{wsKey}' }],
  defaultLifetimeS: null,
};

/** What a key is given is by resource and method. The proof reads the currencies. */
const COMMON = ['GET currencies'];
const READS = {
  orders: [...COMMON, 'GET orders', 'GET order_states'],
  products: [...COMMON, 'GET products', 'GET combinations'],
  customers: [...COMMON, 'GET customers'],
  inventory: [...COMMON, 'GET stock_availables'],
};

export const prestashop = {
  id: 'prestashop',
  name: 'PrestaShop',
  certainty: 'vendor',
  documentation: 'https://devdocs.prestashop-project.org/9/webservice/',
  shop: [
    {
      name: 'url',
      label: 'Store address',
      pattern: '^https://[a-z0-9.-]+(:[0-9]{1,5})?(/[A-Za-z0-9._~-]+)*$',
      help: 'The address of the shop, https, with its folder if it has one',
      example: 'https://shop.example',
      normalize: 'url',
    },
    {
      name: 'shopId',
      label: 'Shop id',
      pattern: '^[1-9][0-9]{0,5}$',
      help: 'Only with several shops in one installation: Advanced Parameters > Multistore',
      example: '2',
      optional: true,
    },
  ],
  baseUrl: '{url}/api',
  apiVersion: { name: 'webservice', sunset: null },
  needsRegistration: false,
  auth: [key, keyInQuery],
  proof: {
    request: (shop) => ({
      method: 'GET',
      path: '/currencies',
      endpoint: 'GET /currencies',
      query: {
        output_format: 'JSON',
        display: '[id,iso_code,conversion_rate]',
        ...(shop['shopId'] === undefined ? {} : { id_shop: shop['shopId'] }),
      },
    }),
    read: ({ body }) => {
      // Nothing names an installation for good: its address is all there is, and an operator confirms a move.
      const rows = rowsOf(body, 'currencies');
      // Others are converted from the shop's own, in which products are priced.
      const own = rows.filter((one) => Number(textOf(valueAt(one, 'conversion_rate')) ?? Number.NaN) === 1);
      const currency = own.length === 1 ? textOf(valueAt(own[0], 'iso_code')) : null;
      return { shopKey: null, shopName: null, scopes: null, facts: factsOf({ currency }) };
    },
  },
  permissions: {
    'orders:read': READS.orders,
    'orders:write': [...READS.orders, 'POST order_histories', 'PUT order_carriers'],
    'products:read': READS.products,
    'products:write': [...READS.products, 'PUT products'],
    'customers:read': READS.customers,
    'customers:write': [...READS.customers, 'PUT customers'],
    'inventory:read': READS.inventory,
    'inventory:write': [...READS.inventory, 'PUT stock_availables'],
  },
  answers: [
    {
      at: 'api',
      status: 401,
      means: 'credential_dead',
      note: 'a key does not expire: deleted or switched off',
    },
    {
      at: 'api',
      status: 405,
      means: 'scope_missing',
      note: 'the key may use this resource, but not in this way (unverified)',
    },
    { at: 'api', status: 404, body: { path: 'errors.0.code' }, means: 'not_found' },
    { status: 404, means: 'shop_unavailable', note: 'the server answers, but not with the webservice' },
    {
      status: [301, 302, 307, 308],
      means: 'shop_unavailable',
      note: 'the shop has moved; redirects are not followed',
    },
    {
      at: 'api',
      status: 503,
      means: 'platform_down',
      note: 'also where the webservice is switched off (unverified)',
    },
  ],
  // None: it is somebody's one server (a courteous bound).
  rateLimits: [{ scope: 'connection', burst: 20, perSecond: 5, certainty: 'unverified' }],
  resources: RESOURCES,
  notifications: {
    delivery: 'none',
    subscribedBy: 'merchant',
    topics: {},
    signature: null,
    note: 'PrestaShop pushes nothing without a module of its own, and tells nobody that a key was deleted.',
  },
  explains: {
    credential_dead:
      'The key was deleted or switched off, or the server keeps the Authorization header from PHP.',
    scope_missing: 'The key has not the right to this resource.',
    shop_unavailable:
      'The server answers, but not with the webservice: an address, a rewrite rule or a firewall.',
  },
  unsupported: [
    'Shops over plain http.',
    'The Admin API of PrestaShop 9 (OAuth 2): it does not cover orders and stock.',
    'Addresses, and the e-mail of an order: an order names its customer, who has one.',
    'Update times: the shop tells its own time and no zone.',
    'Revoking: only the merchant can, by deleting the key.',
  ],
  unverified: [
    'That update times are the time of the shop; each pass reads what changed 12 hours before, too.',
    'That an empty list is [], and the status of a right that is missing.',
    'That the currency whose conversion rate is 1 is the one products are priced in.',
    'That the names of mails (order_canceled, refund) are as PrestaShop installs them; a merchant may change them.',
    'That a change of a combination changes the update time of its product.',
  ],
} as const satisfies Platform;
