// Trendyol in Turkey, as data. Facts: developers.trendyol.com (the order stream's own specification and the guides to the second version of products; 2026). A seller finds a key pair in
// the panel; nothing is registered.
import type { AuthMethod, Platform } from '../../domain/platform.ts';
import { factsOf } from '../facts.ts';
import { listAt, textOf, valueAt } from '../json.ts';
import { NOTIFICATIONS } from './notifications.ts';
import { RESOURCES } from './resources.ts';

const WHERE = 'Seller panel > Account information > Integration information';

const keyPair: AuthMethod = {
  credentialKind: 'api_key',
  obtain: {
    kind: 'pasted',
    fields: [
      {
        name: 'apiKey',
        label: 'API key',
        secret: false,
        help: WHERE,
        pattern: '^[A-Za-z0-9]{10,100}$',
      },
      {
        name: 'apiSecret',
        label: 'API secret',
        secret: true,
        help: `${WHERE}, beside the key`,
        pattern: '^[A-Za-z0-9]{10,100}$',
      },
    ],
  },
  renew: { kind: 'none' },
  sign: [{ scheme: 'basic', username: '{apiKey}', password: '{apiSecret}' }],
  defaultLifetimeS: null,
};

export const trendyol = {
  id: 'trendyol',
  name: 'Trendyol',
  certainty: 'vendor',
  documentation: 'https://developers.trendyol.com/docs/intro',
  shop: [
    {
      name: 'sellerId',
      label: 'Seller id',
      pattern: '^[0-9]{1,12}$',
      help: WHERE,
      example: '123456',
    },
  ],
  baseUrl: 'https://apigw.trendyol.com/integration',
  apiVersion: { name: 'V2', sunset: null },
  endpoints: [
    {
      endpoint: 'GET /order/sellers/{sellerId}/orders/stream',
      version: 'stream',
      sunset: null,
      note: 'GET …/orders, which it stands in for, ends on 15 October 2026',
    },
  ],
  // Without it every call is answered with 403. The words are those for sellers who integrate themselves.
  headers: { 'user-agent': '{sellerId} - SelfIntegration' },
  auth: [keyPair],
  needsRegistration: false,
  proof: {
    request: ({ sellerId }) => ({
      method: 'GET',
      path: `/order/sellers/${sellerId ?? '-'}/orders/stream`,
      endpoint: 'GET /order/sellers/{sellerId}/orders/stream',
      query: { size: '1' },
    }),
    // The key is the seller's: a call for another is refused.
    read: ({ body }, { sellerId }) => {
      const [latest] = listAt(body, 'content');
      return {
        shopKey: sellerId ?? null,
        shopName: null,
        scopes: null,
        facts: factsOf({ currency: textOf(valueAt(latest, 'currencyCode')) }),
      };
    },
  },
  // A key may do all.
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
      note: 'ClientApiAuthenticationException: a key does not end; it was made anew or copied wrongly',
    },
    { at: 'api', status: 403, means: 'rejected', note: 'a call without a user agent that is told apart' },
    { at: 'api', status: 426, means: 'rejected', note: 'a version that is being switched off' },
  ],
  rateLimits: [
    // The guide says 1,000 a minute; a newer table counts 30 to 100 for some services.
    { scope: 'connection', burst: 10, perSecond: 0.5, certainty: 'unverified' },
  ],
  resources: RESOURCES,
  notifications: NOTIFICATIONS,
  explains: {
    credential_dead: 'The API key was made anew in the seller panel, or was copied wrongly.',
  },
  unsupported: [
    'Reading one package by itself: the list that did ends, and the stream does not. What is told asks for a sync.',
    'Customers: Trendyol lists none.',
    'Packages not changed for three months, which the stream does not serve.',
    'Products that wait for approval, or were refused.',
    'Trendyol beside Turkey (calls with a storefront), its test environment, and Trendyol Go.',
    'Integrators that are named in the user agent.',
    'Revoking: only the seller can, in the panel.',
  ],
  unverified: [
    'The fields of contents and stock, told from reading the guides and not from a specification.',
    'That nextPageToken is told on the last page that a number reaches, and comes in place of the number.',
    'That amounts of a package add up to packageTotalPrice, and lines’ prices are of one piece.',
    'That orderDate, too, counts from 1970 in UTC.',
    'The words a notification tells its status in: those of a subscription and those of a package are both taken.',
    'That the address of a webhook may hold the word “trendyol”, as ours does.',
    'That a key is refused for another seller id, and the forms of the keys.',
    'That a window may be left out for the proof.',
  ],
} as const satisfies Platform;
