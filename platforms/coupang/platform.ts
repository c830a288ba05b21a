// Coupang's Open API (WING), as data. Facts: developers.coupangcorp.com and the pages Coupang kept at coupang-developers.github.io (2019). A seller makes a key pair, names our
// addresses beside it, and makes it anew before it ends.
import type { AuthMethod, Platform } from '../../domain/platform.ts';
import { listAt, textOf, valueAt } from '../json.ts';
import { RESOURCES } from './resources.ts';

const WHERE = 'WING > Seller information > Open API keys';

const keyPair: AuthMethod = {
  credentialKind: 'hmac_key',
  obtain: {
    kind: 'pasted',
    fields: [
      {
        name: 'accessKey',
        label: 'Access key',
        secret: false,
        help: `${WHERE}; a new key may need 24 hours`,
        pattern: '^[A-Za-z0-9-]{8,100}$',
      },
      {
        name: 'secretKey',
        label: 'Secret key',
        secret: true,
        help: `${WHERE}, beside the access key`,
        pattern: '^[A-Za-z0-9]{8,200}$',
      },
    ],
  },
  renew: { kind: 'none' },
  sign: [
    {
      scheme: 'hmac',
      algorithm: 'sha256',
      encoding: 'hex',
      key: '{secretKey}',
      // The body is not signed.
      message: ['{timestamp}', '{method}', '{path}', '{query}'],
      timestamp: 'short',
      headers: {
        authorization:
          'CEA algorithm=HmacSHA256, access-key={accessKey}, signed-date={timestamp}, signature={signature}',
      },
    },
  ],
  // Its end is a deadline: see below.
  defaultLifetimeS: null,
};

export const coupang = {
  id: 'coupang',
  name: 'Coupang',
  certainty: 'vendor',
  documentation: 'https://developers.coupangcorp.com/hc/en-us',
  shop: [
    {
      name: 'vendorId',
      label: 'Vendor code',
      pattern: '^[A-Z][0-9]{8}$',
      help: 'WING > Seller information: a letter and eight digits',
      example: 'A00012345',
    },
  ],
  baseUrl: 'https://api-gateway.coupang.com',
  // Each API has a version of its own.
  apiVersion: { name: 'v4', sunset: null },
  endpoints: [
    {
      endpoint: 'GET /v2/providers/openapi/apis/api/v4/vendors/{vendorId}/ordersheets',
      version: 'v4',
      sunset: null,
      note: 'a v5, which tells amounts with their currency, is there, too',
    },
  ],
  headers: { 'x-requested-by': '{vendorId}' },
  auth: [keyPair],
  needsRegistration: false,
  proof: {
    request: ({ vendorId }) => ({
      method: 'GET',
      path: '/v2/providers/seller_api/apis/api/v1/marketplace/seller-products',
      endpoint: 'GET /v2/providers/seller_api/apis/api/v1/marketplace/seller-products',
      query: { vendorId: vendorId ?? '-', maxPerPage: '1' },
    }),
    // The key is the vendor's: a call for another is refused.
    read: ({ body }, { vendorId }) => {
      const [latest] = listAt(body, 'data');
      return {
        shopKey: textOf(valueAt(latest, 'vendorId')) ?? vendorId ?? null,
        shopName: null,
        scopes: null,
        facts: { currency: 'KRW' },
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
      note: 'the key is over or wrong; also said of a clock that is wrong',
    },
    {
      at: 'api',
      status: 403,
      means: 'shop_unavailable',
      note: 'our address is not on the key’s list, or too many errors closed it for a while',
    },
    {
      at: 'api',
      status: 200,
      body: { path: 'code', equals: ['ERROR'] },
      means: 'rejected',
      note: 'HTTP says 200 all the same',
    },
  ],
  // More than 10 a second are refused; half of it, and half of it at once.
  rateLimits: [{ scope: 'connection', burst: 5, perSecond: 5, certainty: 'vendor' }],
  resources: RESOURCES,
  notifications: {
    delivery: 'none',
    subscribedBy: 'merchant',
    topics: {},
    signature: null,
    note: 'Coupang pushes nothing.',
  },
  explains: {
    credential_dead: 'The key ended (about every 180 days) or was made anew in WING, or was copied wrongly.',
    shop_unavailable:
      'The seller has not put our addresses on the list beside the key in WING, or Coupang blocks it for a while after many errors.',
  },
  deadlines: [
    {
      kind: 'credential',
      afterS: 180 * 86_400,
      note: 'A key ends after about 180 days (unverified); WING offers a new one 14 days before',
    },
  ],
  unsupported: [
    'Customers: Coupang lists none.',
    'Returns and cancellations: what is returned as a whole leaves the list of order sheets.',
    'Changes of order sheets made more than 30 days ago, before the next full pass.',
    'Rocket Growth, and markets beside Korea.',
    'Revoking: only the seller can, in WING.',
  ],
  unverified: [
    'The words of 401 and 403.',
    'That an order sheet comes to the prices of its items and of its shipping, less discountPrice.',
    'That products stay on their pages while they are read.',
    'That a key is refused for another vendor code.',
    'The forms of the keys, and when they end.',
    'How far back order sheets are served.',
  ],
} as const satisfies Platform;
