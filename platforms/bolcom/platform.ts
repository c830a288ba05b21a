// bol.com's Retailer API, as data. Facts: bol's own OpenAPI of v10 (bundled in picqer/bol-retailer-php-client), api.bol.com's pages on authentication, limits and subscriptions, and a
// reading of August 2026. A retailer enters keys of its own, or approves an intermediary. Tokens live for minutes, so they are minted when a call needs one.
import type { AuthMethod, Platform } from '../../domain/platform.ts';
import { factsOf } from '../facts.ts';
import { answerInvalid, objectAt, textOf } from '../json.ts';
import { NOTIFICATIONS } from './notifications.ts';
import { RESOURCES } from './resources.ts';

const TOKEN_URL = 'https://login.bol.com/token';
const MEDIA_TYPE = 'application/vnd.retailer.v10+json';
const WHERE = 'partnerplatform.bol.com > Settings > API settings > Client credentials for the Retailer API';

/** Secrets in an address are refused. */
const COMMON = { url: TOKEN_URL, method: 'POST', format: 'form', clientAuthentication: 'basic' } as const;

/** Seen: 600 s, and 299 s. */
const LIFETIME_S = 299;

const ownKeys: AuthMethod = {
  credentialKind: 'retailer_keys',
  needsRegistration: false,
  obtain: {
    kind: 'client_credentials',
    fields: [
      {
        name: 'retailerClientId',
        label: 'Client id',
        secret: false,
        help: WHERE,
        pattern: '^[A-Za-z0-9_-]{8,100}$',
      },
      {
        name: 'retailerClientSecret',
        label: 'Client secret',
        secret: true,
        help: `${WHERE}; shown once`,
        pattern: '^[\\x21-\\x7e]{8,300}$',
      },
    ],
  },
  renew: {
    kind: 'client_credentials',
    when: 'on_use',
    token: {
      ...COMMON,
      parameters: { grant_type: 'client_credentials' },
      client: { id: '{retailerClientId}', secret: '{retailerClientSecret}' },
    },
  },
  sign: [{ scheme: 'bearer' }],
  defaultLifetimeS: LIFETIME_S,
  tokenAnswer: {
    accessToken: 'access_token',
    expiresIn: { path: 'expires_in', unit: 'seconds' },
  },
};

const approved: AuthMethod = {
  credentialKind: 'intermediary_token',
  obtain: {
    kind: 'authorization_code',
    authorizeUrl: 'https://login.bol.com/authorize',
    authorizeParameters: {
      response_type: 'code',
      client_id: '{clientId}',
      scope: 'offline_access',
      redirect_uri: '{redirectUri}',
      state: '{state}',
    },
    // An intermediary may do what its contract says.
    scopeSeparator: null,
    pkce: 'unsupported',
    token: {
      ...COMMON,
      parameters: { grant_type: 'authorization_code', code: '{code}', redirect_uri: '{redirectUri}' },
    },
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
    when: 'on_use',
    token: { ...COMMON, parameters: { grant_type: 'refresh_token', refresh_token: '{refreshToken}' } },
    // By contract: method 1 keeps the refresh token, method 2 gives a new one at each use. What is told last is kept.
    rotates: true,
    previousUsable: false,
    refreshLifetimeS: 365 * 86_400,
  },
  sign: [{ scheme: 'bearer' }],
  defaultLifetimeS: LIFETIME_S,
  tokenAnswer: {
    accessToken: 'access_token',
    refreshToken: 'refresh_token',
    expiresIn: { path: 'expires_in', unit: 'seconds' },
  },
};

export const bolcom = {
  id: 'bolcom',
  name: 'bol',
  certainty: 'vendor',
  documentation: 'https://api.bol.com/retailer/public/Retailer-API/',
  // A retailer is whose keys they are, or who approves.
  shop: [],
  baseUrl: 'https://api.bol.com/retailer',
  // Each resource has a version of its own; the one before is removed 12 months after a new one.
  apiVersion: { name: 'v10', sunset: null },
  endpoints: [
    { endpoint: 'GET /orders', version: 'v10', sunset: null },
    { endpoint: 'GET /orders/{id}', version: 'v10', sunset: null },
    { endpoint: 'GET /inventory', version: 'v10', sunset: null },
    { endpoint: 'GET /retailers/{id}', version: 'v10', sunset: null },
    { endpoint: 'GET /subscriptions', version: 'v10', sunset: null },
    { endpoint: 'POST /subscriptions', version: 'v10', sunset: null },
    { endpoint: 'DELETE /subscriptions/{subscription-id}', version: 'v10', sunset: null },
  ],
  headers: { accept: MEDIA_TYPE },
  needsRegistration: true,
  auth: [ownKeys, approved],
  proof: {
    request: () => ({ method: 'GET', path: '/retailers/current', endpoint: 'GET /retailers/{id}' }),
    read: ({ body }) => {
      const retailer = objectAt(body, '');
      const id = textOf(retailer['retailerId']);
      if (id === null || id === '') throw answerInvalid('/retailerId', 'is missing');
      return {
        shopKey: id,
        shopName: textOf(retailer['displayName']),
        scopes: null,
        // bol sells in the Netherlands and Belgium; its prices name no currency.
        facts: factsOf({ currency: 'EUR' }),
      };
    },
  },
  permissions: {
    'orders:read': [],
    'orders:write': [],
    'inventory:read': [],
    'inventory:write': [],
  },
  answers: [
    {
      at: 'token',
      status: [400, 401],
      credentialKind: 'retailer_keys',
      means: 'credential_dead',
      note: 'the keys are the retailer’s own: deleted, or copied wrongly',
    },
    {
      at: 'api',
      status: 401,
      means: 'credential_expired',
      note: 'the detail tells of an expiry, or of nothing',
    },
    {
      at: 'api',
      status: [406, 415],
      means: 'rejected',
      note: 'another media type, or a version that was removed',
    },
  ],
  retryAfter: { header: 'retry-after', unit: 'seconds' },
  // The whole table is at https://api.bol.com/retailer/public/ratelimits; these are of August 2026. An older page says 7 in 3 minutes of orders.
  rateLimits: [
    { scope: 'connection', endpoints: ['GET /orders'], burst: 5, perSecond: 25 / 60, certainty: 'secondary' },
    {
      scope: 'connection',
      endpoints: ['GET /inventory'],
      burst: 5,
      perSecond: 20 / 60,
      certainty: 'secondary',
    },
    {
      scope: 'connection',
      endpoints: ['GET /orders/{id}'],
      burst: 10,
      perSecond: 5,
      certainty: 'unverified',
    },
  ],
  resources: RESOURCES,
  notifications: NOTIFICATIONS,
  explains: {
    credential_dead:
      'The retailer deleted or renewed the API keys, or ended the intermediary’s access; or a year went by since the approval.',
    platform_rate_limited: 'bol counts calls an endpoint; a spent one is given back with the wait it tells.',
  },
  deadlines: [
    {
      kind: 'refresh_token',
      afterS: 365 * 86_400,
      note: 'An intermediary’s refresh token ends after a year; the answer does not tell the day',
    },
  ],
  unsupported: [
    'Customers: bol lists none.',
    'Products: a list of offers is a report that bol makes (POST /offers/export) and gives as CSV.',
    'Stock that the retailer keeps: only that report tells it. Stock at bol (FBB) is read.',
    'Orders whose last change is older than three months, which bol does not list.',
    'The demo environment (retailer-demo).',
    'Revoking: only the retailer can, in the partner platform.',
  ],
  unverified: [
    'How a dead refresh token is refused (RFC 6749 is taken).',
    'In which time zone latest-change-date counts days; two days are read again.',
    'The limit of GET /orders/{id}.',
    'The signature of notifications: one witness; that the raw body alone is signed.',
    'That an order’s id holds a letter, and a shipment’s none: of another a sync is asked for.',
    'That totalPrice is the whole of an item: where it is not told, unit price times quantity is taken.',
  ],
} as const satisfies Platform;
