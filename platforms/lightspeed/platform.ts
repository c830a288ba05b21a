// Lightspeed Retail, X-Series (once Vend), as data. Facts: x-series-api.lightspeedhq.com (authorization, scopes, introduction) and what others tell of its lists. Its sales and its stock are
// left out: no documented form of either was at hand, and none is invented.
import type { AuthMethod, Platform, TokenRequest } from '../../domain/platform.ts';
import { listAt } from '../json.ts';
import { NOTIFICATIONS } from './notifications.ts';
import { RESOURCES } from './resources.ts';

/** Each retailer's own address, which the approval tells. */
const HOST = 'https://{domainPrefix}.retail.lightspeed.app';

const exchange = (parameters: Readonly<Record<string, string>>): TokenRequest => ({
  url: `${HOST}/api/1.0/token`,
  method: 'POST',
  format: 'form',
  parameters,
  clientAuthentication: 'body',
});

const addOn: AuthMethod = {
  credentialKind: 'oauth_token',
  obtain: {
    kind: 'authorization_code',
    authorizeUrl: 'https://secure.retail.lightspeed.app/connect',
    authorizeParameters: {
      response_type: 'code',
      client_id: '{clientId}',
      redirect_uri: '{redirectUri}',
      // Eight characters at least.
      state: '{state}',
      scope: '{scopes}',
    },
    scopeSeparator: ' ',
    pkce: 'unsupported',
    token: exchange({ grant_type: 'authorization_code', code: '{code}', redirect_uri: '{redirectUri}' }),
    callback: [
      {
        step: 'callback',
        method: 'GET',
        from: 'browser',
        stateParameter: 'state',
        required: ['state', 'code', 'domain_prefix'],
        denied: { parameter: 'error' },
        shopFields: { domainPrefix: 'domain_prefix' },
        grants: true,
      },
    ],
  },
  renew: {
    kind: 'refresh_token',
    when: 'ahead',
    token: exchange({ grant_type: 'refresh_token', refresh_token: '{refreshToken}' }),
    rotates: true,
    previousUsable: false,
  },
  sign: [{ scheme: 'bearer' }],
  defaultLifetimeS: 86_400,
  tokenAnswer: {
    accessToken: 'access_token',
    refreshToken: 'refresh_token',
    // "expires" beside it is an instant, in seconds.
    expiresIn: { path: 'expires_in', unit: 'seconds' },
    scope: { path: 'scope', separator: ' ' },
    shopFields: { domainPrefix: 'domain_prefix' },
  },
};

/** Of one retailer, on a plan that has them; it does not expire. */
const personal: AuthMethod = {
  credentialKind: 'personal_token',
  obtain: {
    kind: 'pasted',
    fields: [
      {
        name: 'personalToken',
        label: 'Personal token',
        secret: true,
        help: 'Setup > Personal tokens. Name the domain prefix, too.',
        pattern: '^[\\x21-\\x7e]{16,512}$',
      },
    ],
  },
  renew: { kind: 'none' },
  sign: [{ scheme: 'bearer', token: '{personalToken}' }],
  defaultLifetimeS: null,
  needsRegistration: false,
};

export const lightspeed = {
  id: 'lightspeed',
  name: 'Lightspeed Retail (X-Series)',
  certainty: 'vendor',
  documentation: 'https://x-series-api.lightspeedhq.com/docs/introduction',
  shop: [
    {
      name: 'domainPrefix',
      label: 'Domain prefix',
      pattern: '^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$',
      help: 'Left empty when connecting in the browser: the approval tells it. The first part of the address of your Lightspeed Retail',
      example: 'teahouse',
      normalize: 'lower',
      optional: true,
    },
  ],
  baseUrl: `${HOST}/api/2026-04`,
  // Versions are dated, each served for about a year; no end of this one is announced.
  apiVersion: { name: '2026-04', sunset: null },
  headers: { 'user-agent': 'Mooring/0.1 (commerce connections)' },
  auth: [addOn, personal],
  needsRegistration: true,
  proof: {
    // Every permission asks for products:read.
    request: () => ({
      method: 'GET',
      path: '/products',
      endpoint: 'GET /products',
      query: { page_size: '1' },
    }),
    read: ({ body }, shop) => {
      listAt(body, 'data');
      // The retailer's address is the only key that an answer tells.
      return {
        shopKey: shop['domainPrefix'] ?? null,
        shopName: null,
        scopes: null,
        facts: {},
      };
    },
  },
  permissions: {
    'products:read': ['products:read'],
    'customers:read': ['products:read', 'customers:read'],
  },
  // Subscribing needs it, and tells of nothing that the others do not let us read.
  alwaysScopes: ['webhooks'],
  answers: [
    {
      at: 'api',
      status: 401,
      credentialKind: 'personal_token',
      means: 'credential_dead',
      note: 'it does not expire: it was deleted',
    },
  ],
  // 300 for each register and 50, in five minutes; one register is taken.
  rateLimits: [{ scope: 'connection', burst: 50, perSecond: 1, certainty: 'vendor' }],
  resources: RESOURCES,
  notifications: NOTIFICATIONS,
  explains: {
    credential_dead:
      'The retailer removed the add-on or deleted the token, or a refresh token was used twice.',
    scope_missing: 'The approval does not have the scope: the retailer must approve again.',
  },
  unsupported: [
    'Sales and stock: their documented form in dated versions was not at hand. Writing, for the same reason.',
    'Asking for what changed alone: a list goes on by a version, not by a time, and every pass reads all.',
    "Prices of products: the currency is the retailer's, and is told by a call whose scope is not confirmed.",
    'More than 30 stores before Lightspeed has approved the app.',
    'The R-Series and the C-Series, which are other platforms.',
    'Revoking: only the retailer can, by removing the add-on.',
  ],
  unverified: [
    'The fields of products and customers, which are those of the API before dated versions; a field that is not there is empty.',
    'That 200 is the most a page holds, and that an empty page ends a list (secondary).',
    'That a refresh token works once (documented; in effect since March 2025).',
    'That an approval that was refused comes back with "error".',
    'Whether a notification’s signature is in hex or in base64 (either is taken), and that it is over the form as it is sent.',
    'The members by which a product is told from a customer in a notification, which are those of the API before dated versions.',
  ],
} as const satisfies Platform;
