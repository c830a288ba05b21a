// Lazada Open Platform, as data. Facts: Lazada's own articles (108068 signing, 108260 authorization, 120168 push) and its API reference, in copies of 2018 to 2026, and
// EcomPHP/lazada-php. A shop is a seller in one country, and each country has an API host of its own. Success is code "0", whatever HTTP says.
import type { HmacSign, Platform, TokenRequest } from '../../domain/platform.ts';
import { factsOf } from '../facts.ts';
import { answerInvalid, objectAt, textOf } from '../json.ts';
import { RESOURCES } from './resources.ts';

/** All parameters of query and form, sorted, name and value joined without anything between; the path is signed without /rest. */
const PUBLIC: HmacSign = {
  scheme: 'hmac',
  algorithm: 'sha256',
  encoding: 'HEX',
  key: '{clientSecret}',
  message: ['{path}', '{parameters}'],
  parameters: { from: 'form', except: ['sign'], pair: '', between: '' },
  stripPath: '/rest',
  timestamp: 'milliseconds',
  query: { app_key: '{clientId}', timestamp: '{timestamp}', sign_method: 'sha256', sign: '{signature}' },
};

const SELLER: HmacSign = { ...PUBLIC, query: { ...PUBLIC.query, access_token: '{accessToken}' } };

function tokenRequest(
  step: 'create' | 'refresh',
  parameters: Readonly<Record<string, string>>,
): TokenRequest {
  return {
    url: `https://auth.lazada.com/rest/auth/token/${step}`,
    method: 'POST',
    format: 'form',
    parameters,
    clientAuthentication: 'signed',
    sign: PUBLIC,
  };
}

const country = (value: string, label: string, apiHost: string) => ({ value, label, gives: { apiHost } });

/** What each country sells in: prices of products come without a currency. */
const CURRENCIES: ReadonlyMap<string, string> = new Map([
  ['sg', 'SGD'],
  ['my', 'MYR'],
  ['th', 'THB'],
  ['vn', 'VND'],
  ['ph', 'PHP'],
  ['id', 'IDR'],
]);

export const lazada = {
  id: 'lazada',
  name: 'Lazada',
  certainty: 'vendor',
  documentation: 'https://open.lazada.com/apps/doc/doc',
  shop: [
    {
      name: 'country',
      label: 'Country',
      pattern: '^(sg|my|th|vn|ph|id)$',
      help: 'Where the seller sells; each country is a shop of its own',
      example: 'sg',
      normalize: 'lower',
      choices: [
        country('sg', 'Singapore', 'api.lazada.sg'),
        country('my', 'Malaysia', 'api.lazada.com.my'),
        country('th', 'Thailand', 'api.lazada.co.th'),
        country('vn', 'Vietnam', 'api.lazada.vn'),
        country('ph', 'Philippines', 'api.lazada.com.ph'),
        country('id', 'Indonesia', 'api.lazada.co.id'),
      ],
    },
  ],
  baseUrl: 'https://{apiHost}/rest',
  apiVersion: { name: 'rest', sunset: null },
  needsRegistration: true,
  auth: [
    {
      credentialKind: 'seller_token',
      obtain: {
        kind: 'authorization_code',
        authorizeUrl: 'https://auth.lazada.com/oauth/authorize',
        authorizeParameters: {
          response_type: 'code',
          force_auth: 'true',
          redirect_uri: '{redirectUri}',
          client_id: '{clientId}',
          country: '{country}',
          state: '{state}',
        },
        // What an app may do is its category and what the console granted it.
        scopeSeparator: null,
        pkce: 'unsupported',
        token: tokenRequest('create', { code: '{code}' }),
        // A cross-border seller approves for several countries at once. The token works in each; this connection reads the one that was named.
        severalShops: { kind: 'markets', list: { path: 'country_user_info', name: 'country' } },
        callback: [
          {
            step: 'callback',
            method: 'GET',
            from: 'browser',
            stateParameter: 'state',
            required: ['code', 'state'],
            denied: { parameter: 'error' },
            grants: true,
          },
        ],
      },
      renew: {
        kind: 'refresh_token',
        when: 'ahead',
        token: tokenRequest('refresh', { refresh_token: '{refreshToken}' }),
        // Whether the previous one goes on is not documented (unverified): what is told last is kept, and a lost answer is not repeated.
        rotates: true,
        previousUsable: false,
      },
      sign: [SELLER],
      // Of an app that is on line; one in test status has 7 days. Answers tell it.
      defaultLifetimeS: 30 * 86_400,
      tokenAnswer: {
        accessToken: 'access_token',
        refreshToken: 'refresh_token',
        expiresIn: { path: 'expires_in', unit: 'seconds' },
        refreshExpiresIn: { path: 'refresh_expires_in', unit: 'seconds' },
        failedWhen: { path: 'code', notIn: ['0'] },
      },
    },
  ],
  proof: {
    request: () => ({ method: 'GET', path: '/seller/get', endpoint: 'GET /seller/get' }),
    read: ({ body }, shop) => {
      const seller = objectAt(body, 'data');
      const id = textOf(seller['seller_id']);
      if (id === null || id === '') throw answerInvalid('/data/seller_id', 'is missing');
      const where = shop['country'] ?? '';
      return {
        // A seller has an id in each country.
        shopKey: `${where}/${id}`,
        shopName: textOf(seller['name']),
        scopes: null,
        facts: factsOf({ country: where, currency: CURRENCIES.get(where), sellerId: id }),
      };
    },
  },
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
      body: { path: 'code', equals: ['IllegalRefreshToken'] },
      means: 'credential_dead',
      note: 'expired, or replaced by another approval',
    },
    {
      at: 'token',
      body: { path: 'code', equals: ['InvalidCode'] },
      means: 'credential_dead',
      note: 'a code is good once, for 30 minutes',
    },
    {
      at: 'token',
      body: { path: 'code', equals: ['AUTH_TYPE_UNSUPPORTED'] },
      means: 'credential_dead',
      note: 'an app of the service market: its tokens last as long as the seller’s order of it, and are not refreshed',
    },
    { body: { path: 'code', equals: ['IllegalAccessToken'] }, means: 'credential_expired' },
    {
      body: { path: 'code', equals: ['IncompleteSignature'] },
      means: 'registration_rejected',
      note: 'the app secret is wrong',
    },
    {
      body: { path: 'code', equals: ['ApiCallLimit', 'AppCallLimit'] },
      means: 'retry_after',
      note: 'unverified',
    },
    { body: { path: 'code', equals: ['901'] }, means: 'retry_after', note: 'again in the next second' },
    { body: { path: 'code', equals: ['SellerNotVerified'] }, means: 'shop_unavailable' },
    {
      at: 'api',
      body: { path: 'message', matches: '^(E006: )?unexpected internal error' },
      means: 'platform_down',
    },
    { at: 'api', body: { path: 'code', equals: ['506', '1000'] }, means: 'platform_down' },
    // A fault or a limit in a word we do not know yet must not look like a refusal.
    { status: '5xx', means: 'platform_down' },
    { status: 429, means: 'retry_after' },
    {
      body: { path: 'code', matches: '^(?!0$)' },
      means: 'rejected',
      note: 'any other word, whatever the status',
    },
  ],
  // An app in test status has 10,000 calls a day, one on line 10 million; calls a second are not published.
  rateLimits: [
    { scope: 'registration', burst: 40, perSecond: 20, certainty: 'unverified' },
    { scope: 'connection', burst: 10, perSecond: 5, certainty: 'unverified' },
  ],
  resources: RESOURCES,
  notifications: {
    delivery: 'http',
    subscribedBy: 'registration',
    topics: { '0': 'orders', '8': 'consent_expiring' },
    topicIn: { json: 'message_type' },
    // No event has an id: the body's hash, with the instant of the push in it.
    shopIn: { json: 'seller_id' },
    signature: {
      kind: 'hmac',
      in: { header: 'authorization' },
      algorithm: 'sha256',
      encoding: 'hex',
      message: ['{clientId}', '{body}'],
    },
    note: 'The address must have an OV or EV certificate; with a DV one (Let’s Encrypt) Lazada refuses it. Repeated 12 times, every 30 minutes. Type 8 has the seller in data.seller_id; it tells of a token that ends within 48 hours.',
  },
  explains: {
    credential_dead:
      'The approval ran out (180 days for an app on line, 14 for one in test), the seller ended it, or the seller’s order in the service market did.',
    registration_rejected: 'The app secret is not the one in the Lazada console.',
    shop_unavailable: 'The seller has not finished opening the shop in Seller Center.',
  },
  deadlines: [
    {
      kind: 'refresh_token',
      afterS: 180 * 86_400,
      note: 'Of an app that is on line; 14 days for one in test status. Each answer tells it.',
    },
  ],
  unsupported: [
    'Customers: Lazada lists none.',
    'The other countries of a cross-border approval: each is a shop of its own, and needs an approval of its own.',
    'Revoking: only the seller can, in Seller Center.',
    'Apps whose tokens hang on an order in the service market are not refreshed.',
  ],
  unverified: [
    'That a refresh token is replaced when it is used, and whether that begins its 180 days anew.',
    'The codes of a call limit; 901 is documented.',
    'What a declined approval comes back with.',
    'That a second approval, for another country, leaves the first as it was.',
    'The total of an order: its price, which Lazada tells without voucher and shipping, and these two.',
    'That orders really come sorted by update time; a page that is not stops the pass.',
    'Calls a second.',
  ],
} as const satisfies Platform;
