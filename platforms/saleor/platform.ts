// Saleor 3, as data. Facts: saleor/saleor (its GraphQL schema and how it refuses; August 2026) and saleor/saleor-docs. A merchant makes an app of the shop's own with its permissions
// and gives us its token. A token that is dead is not refused: it is a stranger's, who may see little.
import type { AuthMethod, Platform } from '../../domain/platform.ts';
import { factsOf } from '../facts.ts';
import { listAt, objectAt, textOf, valueAt } from '../json.ts';
import { graphqlRequest } from './listing.ts';
import { NOTIFICATIONS } from './notifications.ts';
import { RESOURCES } from './resources.ts';

const appToken: AuthMethod = {
  credentialKind: 'app_token',
  obtain: {
    kind: 'pasted',
    fields: [
      {
        name: 'appToken',
        label: 'App token',
        secret: true,
        help: 'Dashboard > Extensions > Add extension > Provide details manually; shown once',
        pattern: '^[A-Za-z0-9._-]{20,2048}$',
      },
    ],
  },
  renew: { kind: 'none' },
  sign: [{ scheme: 'bearer', token: '{appToken}' }],
  // "Long-lived"; no end is documented.
  defaultLifetimeS: null,
};

const PROOF_QUERY = 'query Mooring { app { id permissions { code } } shop { name channelCurrencies } }';

export const saleor = {
  id: 'saleor',
  name: 'Saleor',
  certainty: 'vendor',
  documentation: 'https://docs.saleor.io/api-usage/overview',
  shop: [
    {
      name: 'url',
      label: 'API address',
      pattern: '^https://[a-z0-9.-]+(:[0-9]{1,5})?$',
      help: 'Where the API answers, without /graphql/',
      example: 'https://shop.saleor.cloud',
      normalize: 'url',
    },
  ],
  baseUrl: '{url}',
  // The schema is not versioned: what is deprecated goes with the next major version.
  apiVersion: { name: '3', sunset: null },
  auth: [appToken],
  needsRegistration: false,
  proof: {
    request: () => graphqlRequest('query shop', PROOF_QUERY, {}),
    read: ({ body }) => {
      objectAt(body, 'data.app');
      const scopes = listAt(body, 'data.app.permissions').flatMap(
        (one) => textOf(valueAt(one, 'code')) ?? [],
      );
      const shop = objectAt(body, 'data.shop');
      const currencies = listAt(body, 'data.shop.channelCurrencies').flatMap((one) => textOf(one) ?? []);
      const [currency, ...others] = currencies;
      return {
        // The shop's id is the same on most servers; the address is all that names one, and an operator confirms a move.
        shopKey: null,
        shopName: textOf(shop['name']),
        scopes,
        facts: factsOf({ currency: others.length === 0 ? currency : null }),
      };
    },
  },
  permissions: {
    'orders:read': ['MANAGE_ORDERS'],
    'orders:write': ['MANAGE_ORDERS'],
    'products:read': ['MANAGE_PRODUCTS'],
    'products:write': ['MANAGE_PRODUCTS'],
    'customers:read': ['MANAGE_USERS'],
    'customers:write': ['MANAGE_USERS'],
    'inventory:read': ['MANAGE_PRODUCTS'],
    'inventory:write': ['MANAGE_PRODUCTS'],
  },
  answers: [
    {
      at: 'api',
      body: { path: 'errors.*.message', matches: 'AUTHENTICATED_APP' },
      means: 'credential_dead',
      note: 'said of what every app may see: the token was deleted, or the app was removed or deactivated',
    },
    {
      at: 'api',
      body: {
        path: 'errors.*.extensions.exception.code',
        equals: ['InvalidTokenError', 'InvalidSignatureError', 'DecodeError', 'ExpiredSignatureError'],
      },
      means: 'credential_dead',
      note: 'it has the form of a person’s token, or is none',
    },
    {
      at: 'api',
      body: { path: 'errors.*.extensions.exception.code', equals: ['PermissionDenied'] },
      means: 'scope_missing',
    },
    { at: 'api', status: 401, means: 'credential_dead' },
    { at: 'api', status: 404, means: 'shop_unavailable', note: 'the server answers, but not with Saleor' },
    {
      at: 'api',
      status: 200,
      body: { path: 'errors.*.message' },
      means: 'rejected',
      note: 'HTTP says 200 all the same',
    },
    {
      status: [301, 302, 307, 308],
      means: 'shop_unavailable',
      note: 'the shop has moved; redirects are not followed',
    },
  ],
  // Sandboxes in Saleor's cloud: 120 a minute, then 429; others have none (a courteous bound).
  rateLimits: [{ scope: 'connection', burst: 60, perSecond: 5, certainty: 'unverified' }],
  resources: RESOURCES,
  notifications: NOTIFICATIONS,
  explains: {
    credential_dead:
      'The app or its token was deleted in the Dashboard, or the app was deactivated: Saleor does not tell them apart.',
    scope_missing: 'The app was not given the permission in the Dashboard.',
    shop_unavailable: 'The server answers, but not with Saleor: an address or a proxy before it.',
  },
  unsupported: [
    'Installing us as an app by a manifest of ours, where the shop’s server posts us the token.',
    'Tokens of staff users: they live for minutes and belong to a person.',
    'Descriptions of products, which are documents of an editor; discounts of orders.',
    'Draft orders.',
    'Servers over plain http, and an API under another path than /graphql/.',
    'Revoking: only the merchant can, by deleting the app or its token.',
  ],
  unverified: [
    'That app tokens have no end of their own.',
    'How often a sandbox says when to come again.',
    'The form of an app token.',
  ],
} as const satisfies Platform;
