// VTEX, as data. Facts: vtex/openapi-schemas (orders, catalog, logistics, Master Data v1; August 2026). A merchant makes an API key, which is a pair, with roles that say what
// it may do. Sessions of persons (VtexIdclientAutCookie, 24 h) are not here.
import type { AuthMethod, Platform } from '../../domain/platform.ts';
import { factsOf } from '../facts.ts';
import { listAt, textOf, valueAt } from '../json.ts';
import { NOTIFICATIONS } from './notifications.ts';
import { RESOURCES } from './resources.ts';

const apiKey: AuthMethod = {
  credentialKind: 'api_key',
  obtain: {
    kind: 'pasted',
    fields: [
      {
        name: 'appKey',
        label: 'API key (app key)',
        secret: false,
        help: 'VTEX Admin > Account settings > API keys; begins with vtexappkey-',
        pattern: '^vtexappkey-[A-Za-z0-9-]{3,100}$',
      },
      {
        name: 'appToken',
        label: 'API token (app token)',
        secret: true,
        help: 'Shown once, beside the key',
        pattern: '^[A-Z0-9]{20,200}$',
      },
    ],
  },
  renew: { kind: 'none' },
  sign: [
    { scheme: 'header', name: 'x-vtex-api-appkey', value: '{appKey}' },
    { scheme: 'header', name: 'x-vtex-api-apptoken', value: '{appToken}' },
  ],
  defaultLifetimeS: null,
};

export const vtex = {
  id: 'vtex',
  name: 'VTEX',
  certainty: 'vendor',
  documentation: 'https://developers.vtex.com/docs/api-reference',
  shop: [
    {
      name: 'account',
      label: 'Account name',
      pattern: '^[a-z0-9][a-z0-9-]{1,62}$',
      help: 'The first part of the address of the Admin: account.myvtex.com',
      example: 'apiexamples',
      normalize: 'lower',
    },
  ],
  baseUrl: 'https://{account}.vtexcommercestable.com.br',
  // Not versioned as a whole.
  apiVersion: { name: '1.0', sunset: null },
  auth: [apiKey],
  needsRegistration: false,
  proof: {
    // Needs the resource "List Orders". Nothing that a key may always read names the account; it is in the host that answers.
    request: () => ({
      method: 'GET',
      path: '/api/oms/pvt/orders',
      endpoint: 'GET /api/oms/pvt/orders',
      query: { orderBy: 'creationDate,desc', page: '1', per_page: '1' },
    }),
    read: ({ body }, { account }) => {
      const [latest] = listAt(body, 'list');
      return {
        shopKey: account ?? null,
        shopName: null,
        scopes: null,
        facts: factsOf({ currency: textOf(valueAt(latest, 'currencyCode')) }),
      };
    },
  },
  // License Manager resources that the merchant puts into the role of the key; the API tells none of them.
  permissions: {
    'orders:read': ['List Orders', 'View order'],
    'orders:write': ['Orders Full Access'],
    'products:read': ['Product management'],
    'products:write': ['Product management'],
    'customers:read': ['Dynamic storage generic resources'],
    'inventory:read': ['Logistics viewer', 'Product management'],
    'inventory:write': ['Logistics inventory full access', 'Logistics viewer', 'Product management'],
  },
  impliedScopes: { 'Orders Full Access': ['List Orders', 'View order'] },
  answers: [
    {
      at: 'api',
      status: 401,
      means: 'credential_dead',
      note: 'a key does not expire: it was deleted, deactivated or copied wrongly',
    },
    { at: 'api', status: 403, means: 'scope_missing', note: 'a resource that the key’s role does not have' },
    {
      at: 'api',
      status: 400,
      body: { path: 'Message', matches: 'simultaneous scrolls rate exceeded' },
      means: 'retry_after',
    },
  ],
  rateLimits: [
    {
      scope: 'connection',
      endpoints: ['GET /api/oms/pvt/orders/{orderId}'],
      burst: 100,
      // 6,000 a minute and account, which others share; half of it.
      perSecond: 50,
      certainty: 'vendor',
    },
    { scope: 'connection', burst: 40, perSecond: 20, certainty: 'unverified' },
  ],
  resources: RESOURCES,
  notifications: NOTIFICATIONS,
  explains: {
    credential_dead: 'The API key was deleted or deactivated in the Admin, or copied wrongly.',
    scope_missing: 'The role of the API key lacks a License Manager resource for this call.',
  },
  unsupported: [
    'The orders feed: it forgets what is acknowledged, which a pass may do only after it was stored.',
    'A cancellation of an order older than 14 days, or an edit that neither pays nor invoices, before the next full pass.',
    'Orders older than two years, which VTEX does not serve.',
    'Prices of SKUs, which are in the Pricing API; brands and barcodes.',
    'Addresses of shoppers, and writing them.',
    'Sessions of persons, and environments other than vtexcommercestable.',
    'Revoking: only the merchant can, by deleting the key.',
  ],
  unverified: [
    'That _from and _to count records from 1, and page numbers of SKU ids begin at 1.',
    'The names of a shopper’s fields in the data entity CL.',
    'What 401 and 403 carry in their bodies, and the form of a token.',
    'That amounts of every currency are in hundredths.',
    'Words of the workflow beyond the seven that the search takes; a hook tells of those that it was set up with.',
    'What the hook’s configuration is answered with where there is none, and that its address is pinged with {hookConfig}.',
  ],
} as const satisfies Platform;
