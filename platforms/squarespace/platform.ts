// Squarespace Commerce, as data. Facts: developers.squarespace.com (OAuth, rate limits, webhooks, changelog of 2025-12) and captures of its pages on errors and notifications.
// A token or key belongs to one website, which the merchant chooses on Squarespace's own page; nothing of ours names it.
import type { AuthMethod, Platform, TokenRequest } from '../../domain/platform.ts';
import { factsOf } from '../facts.ts';
import { answerInvalid, textOf, valueAt } from '../json.ts';
import { NOTIFICATIONS } from './notifications.ts';
import { RESOURCES } from './resources.ts';

const exchange = (parameters: Readonly<Record<string, string>>): TokenRequest => ({
  url: 'https://login.squarespace.com/api/1/login/oauth/provider/tokens',
  method: 'POST',
  format: 'json',
  parameters,
  clientAuthentication: 'basic',
});

/** An Extension, which Squarespace reviews by hand before it gives a client. */
const extension: AuthMethod = {
  credentialKind: 'oauth_token',
  obtain: {
    kind: 'authorization_code',
    authorizeUrl: 'https://login.squarespace.com/api/1/login/oauth/provider/authorize',
    authorizeParameters: {
      client_id: '{clientId}',
      redirect_uri: '{redirectUri}',
      scope: '{scopes}',
      state: '{state}',
      // Without it there is no refresh token.
      access_type: 'offline',
    },
    scopeSeparator: ',',
    pkce: 'unsupported',
    token: exchange({ grant_type: 'authorization_code', code: '{code}', redirect_uri: '{redirectUri}' }),
    callback: [
      {
        step: 'callback',
        method: 'GET',
        from: 'browser',
        stateParameter: 'state',
        required: ['state', 'code'],
        denied: { parameter: 'error', values: ['access_denied'] },
        grants: true,
      },
    ],
  },
  renew: {
    kind: 'refresh_token',
    when: 'ahead',
    token: exchange({ grant_type: 'refresh_token', refresh_token: '{refreshToken}' }),
    // Single use and 7 days are unverified, and the careful reading.
    rotates: true,
    previousUsable: false,
    refreshLifetimeS: 7 * 86_400,
  },
  sign: [{ scheme: 'bearer' }],
  // The answer has access_token_expires_at and refresh_token_expires_at, in a form nobody confirmed: they are not read.
  defaultLifetimeS: 1_800,
  tokenAnswer: { accessToken: 'access_token', refreshToken: 'refresh_token' },
};

/** What a merchant makes under Settings; it has its own permissions and no end, and cannot subscribe to notifications. */
const apiKey: AuthMethod = {
  credentialKind: 'api_key',
  obtain: {
    kind: 'pasted',
    fields: [
      {
        name: 'apiKey',
        label: 'API key',
        secret: true,
        help: 'Settings > Developer tools > Developer API keys; give it the permissions you share',
        pattern: '^[A-Za-z0-9._-]{16,256}$',
      },
    ],
  },
  renew: { kind: 'none' },
  sign: [{ scheme: 'bearer', token: '{apiKey}' }],
  defaultLifetimeS: null,
  needsRegistration: false,
};

export const squarespace = {
  id: 'squarespace',
  name: 'Squarespace',
  certainty: 'vendor',
  documentation: 'https://developers.squarespace.com/commerce-apis/overview',
  shop: [],
  baseUrl: 'https://api.squarespace.com',
  // Each API has a version of its own, in its path.
  apiVersion: { name: '1.0', sunset: null },
  endpoints: [{ endpoint: 'GET /v2/commerce/products', version: 'v2', sunset: null }],
  // Without one a call is refused; a client library's own is throttled harder.
  headers: { 'user-agent': 'Mooring/0.1 (commerce connections)' },
  auth: [extension, apiKey],
  needsRegistration: true,
  proof: {
    // Any key or token may ask whose it is.
    request: () => ({
      method: 'GET',
      path: '/1.0/authorization/website',
      endpoint: 'GET /1.0/authorization/website',
    }),
    read: ({ body }) => {
      const id = textOf(valueAt(body, 'id'));
      if (id === null || id === '') throw answerInvalid('/id', 'is not told');
      return {
        shopKey: id,
        shopName: textOf(valueAt(body, 'title')),
        scopes: null,
        facts: factsOf({
          currency: textOf(valueAt(body, 'currency')),
          timeZone: textOf(valueAt(body, 'timeZone')),
        }),
      };
    },
  },
  permissions: {
    'orders:read': ['website.orders.read'],
    'orders:write': ['website.orders'],
    'products:read': ['website.products.read'],
    'products:write': ['website.products'],
    'inventory:read': ['website.inventory.read'],
    'inventory:write': ['website.inventory'],
  },
  // Their names say so; that a token for writing may read is in Squarespace's own list of permissions ("read and write").
  impliedScopes: {
    'website.orders': ['website.orders.read'],
    'website.products': ['website.products.read'],
    'website.inventory': ['website.inventory.read'],
  },
  answers: [
    {
      at: 'api',
      status: 401,
      credentialKind: 'api_key',
      means: 'credential_dead',
      note: 'a key does not expire: it was deleted',
    },
    {
      at: 'api',
      status: 402,
      means: 'shop_unavailable',
      note: 'WEBSITE_EXPIRED, or a plan without these APIs',
    },
  ],
  // 300 a minute; who sends more waits a minute, which no header tells.
  rateLimits: [{ scope: 'connection', burst: 50, perSecond: 4, certainty: 'vendor' }],
  resources: RESOURCES,
  notifications: NOTIFICATIONS,
  explains: {
    credential_dead:
      'The merchant disconnected the extension, deleted the key, or was away longer than a refresh token lives.',
    shop_unavailable: 'The website has expired, or its plan does not include the Commerce APIs.',
    scope_missing: 'The permissions of an approval cannot be changed: the merchant must connect again.',
  },
  unsupported: [
    'Customers: the Contacts API (v1) has replaced the Profiles API; the fields of neither, and their scope, are confirmed.',
    'Donations, which are in the Transactions API alone, and orders of the test mode.',
    'Revoking: only the merchant can, by disconnecting.',
  ],
  unverified: [
    'How long access and refresh tokens live, and that a refresh token works once.',
    'That the token endpoint takes JSON.',
    'The field of the website answer that holds its name and currency.',
    'That every 403 is about a right: MISSING_SCOPE and OAUTH_TOKEN_REQUIRED are, FORBIDDEN_RESOURCE may not be (secondary).',
    'That lists are sorted so that a cursor misses nothing that changes meanwhile; each is read again from two minutes before.',
    "Scopes (secondary), and the words of an order's paymentState.",
  ],
} as const satisfies Platform;
