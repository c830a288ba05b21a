// Mirakl's marketplaces, for their sellers, as data. Facts: Mirakl's own OpenAPI of the seller's API (MMP), as kept in api-evangelist/mirakl. Each operator has an instance, and a seller a
// key for each; a user may have several shops there.
import type { AuthMethod, Platform } from '../../domain/platform.ts';
import { factsOf } from '../facts.ts';
import { answerInvalid, objectAt, textOf } from '../json.ts';
import { RESOURCES } from './resources.ts';

const apiKey: AuthMethod = {
  credentialKind: 'shop_api_key',
  obtain: {
    kind: 'pasted',
    fields: [
      {
        name: 'apiKey',
        label: 'API key',
        secret: true,
        help: 'In the marketplace’s back office: your name > API key',
        pattern: '^[A-Za-z0-9-]{16,100}$',
      },
    ],
  },
  renew: { kind: 'none' },
  // Without a scheme word.
  sign: [{ scheme: 'header', name: 'Authorization', value: '{apiKey}' }],
  defaultLifetimeS: null,
};

export const mirakl = {
  id: 'mirakl',
  name: 'Mirakl (sellers)',
  certainty: 'vendor',
  documentation: 'https://developer.mirakl.com/content/product/mmp/rest/seller/openapi3',
  shop: [
    {
      name: 'instance',
      label: 'Marketplace address',
      pattern: '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.mirakl\\.net$',
      help: 'The host of the marketplace’s back office',
      example: 'operator-prod.mirakl.net',
      normalize: 'lower',
    },
    {
      name: 'shopId',
      label: 'Shop id',
      pattern: '^[0-9]{1,12}$',
      help: 'Where your user has several shops in this marketplace: the one that is meant',
      example: '2003',
      optional: true,
    },
  ],
  baseUrl: 'https://{instance}',
  apiVersion: { name: 'unversioned', sunset: null },
  endpoints: [
    {
      endpoint: 'GET /api/messages',
      version: 'unversioned',
      sunset: null,
      note: 'not called by us; closed to new integrations in favour of inbox threads',
    },
  ],
  needsRegistration: false,
  auth: [apiKey],
  proof: {
    request: ({ shopId }) => ({
      method: 'GET',
      path: '/api/account',
      endpoint: 'GET /api/account',
      ...(shopId === undefined ? {} : { query: { shop_id: shopId } }),
    }),
    read: ({ body }, shop) => {
      const account = objectAt(body, '');
      const id = textOf(account['shop_id']);
      if (id === null || id === '') throw answerInvalid('/shop_id', 'is missing');
      return {
        // Ids are the instance's own.
        shopKey: `${shop['instance'] ?? ''}/${id}`,
        shopName: textOf(account['shop_name']),
        scopes: null,
        facts: factsOf({
          currency: textOf(account['currency_iso_code']),
          state: textOf(account['shop_state']),
        }),
      };
    },
  },
  // A key may do what its user may.
  permissions: {
    'orders:read': [],
    'orders:write': [],
    'products:read': [],
    'products:write': [],
    'inventory:read': [],
    'inventory:write': [],
  },
  answers: [
    {
      at: 'api',
      status: 401,
      means: 'credential_dead',
      note: 'keys do not expire: it was renewed, or copied wrongly',
    },
    {
      status: [301, 302, 307, 308],
      means: 'shop_unavailable',
      note: 'the marketplace has moved or left Mirakl',
    },
  ],
  // Orders once a minute at most (external partners are told every 15 minutes); of others no figure is told.
  rateLimits: [
    { scope: 'connection', endpoints: ['GET /api/orders'], burst: 2, perSecond: 1 / 60, certainty: 'vendor' },
    { scope: 'connection', burst: 5, perSecond: 1, certainty: 'unverified' },
  ],
  resources: RESOURCES,
  notifications: {
    delivery: 'none',
    subscribedBy: 'shop',
    topics: {},
    signature: null,
    note: 'Mirakl pushes nothing to sellers.',
  },
  explains: {
    credential_dead: 'The API key was renewed in the marketplace’s back office, or copied wrongly.',
    shop_unavailable: 'The marketplace has moved to another address, or left Mirakl.',
  },
  unsupported: [
    'Customers: Mirakl lists none.',
    'Marketplaces at a domain of their own: only addresses under mirakl.net.',
    'Mirakl Connect and operators (auth.mirakl.net): for partners of Mirakl.',
    'Orders by the asynchronous export (OR13 to OR15), for more than a page a minute brings.',
    'Revoking: only the seller can, by renewing the key.',
    'Cdiscount (Octopia) and Fnac Darty, which are not on Mirakl for sellers any more.',
  ],
  unverified: [
    'The form of API keys.',
    'How a wrong key is refused beside its 401.',
    'A limit for the list of offers.',
  ],
} as const satisfies Platform;
