// Walmart Marketplace in the United States, as data. Facts: developer.walmart.com (token API, authorization by solution providers, notifications; June 2026) and Walmart's own
// specifications as mirrored in highsidelabs/walmart-api-php (2023). Tokens live for 15 minutes and go into a header of Walmart's own, never into Authorization.
import type { AuthMethod, Platform, RateLimit, Sign } from '../../domain/platform.ts';
import { factsOf } from '../facts.ts';
import { answerInvalid, textOf, valueAt } from '../json.ts';
import { NOTIFICATIONS } from './notifications.ts';
import { RESOURCES } from './resources.ts';

const TOKEN_URL = 'https://marketplace.walmartapis.com/v3/token';
const SERVICE = 'Mooring';

/** A year. */
const REFRESH_LIFETIME_S = 365 * 86_400;

const SIGN: readonly Sign[] = [
  { scheme: 'header', name: 'WM_SEC.ACCESS_TOKEN', value: '{accessToken}' },
  { scheme: 'header', name: 'WM_QOS.CORRELATION_ID', value: '{uuid}' },
];

const TOKEN_HEADERS = {
  'WM_QOS.CORRELATION_ID': '{uuid}',
  'WM_SVC.NAME': SERVICE,
  WM_MARKET: 'us',
} as const;

const ANSWER = {
  accessToken: 'access_token',
  refreshToken: 'refresh_token',
  expiresIn: { path: 'expires_in', unit: 'seconds' },
} as const;

/** For approved solution providers. The seller is told by the callback, and named in every exchange. */
const approved: AuthMethod = {
  credentialKind: 'delegated_token',
  obtain: {
    kind: 'authorization_code',
    authorizeUrl: 'https://login.account.wal-mart.com/authorize',
    authorizeParameters: {
      responseType: 'code',
      clientId: '{clientId}',
      redirectUri: '{redirectUri}',
      clientType: 'seller',
      nonce: '{nonce}',
      state: '{state}',
    },
    // What the seller delegates to the app, chosen there.
    scopeSeparator: null,
    pkce: 'unsupported',
    token: {
      url: TOKEN_URL,
      method: 'POST',
      format: 'form',
      parameters: { grant_type: 'authorization_code', code: '{code}', redirect_uri: '{redirectUri}' },
      clientAuthentication: 'basic',
      headers: { ...TOKEN_HEADERS, 'WM_PARTNER.ID': '{sellerId}' },
    },
    callback: [
      {
        step: 'callback',
        method: 'GET',
        from: 'browser',
        stateParameter: 'state',
        required: ['code', 'sellerId', 'state'],
        shopFields: { sellerId: 'sellerId' },
        grants: true,
      },
    ],
  },
  renew: {
    kind: 'refresh_token',
    // 15 minutes: only when a call needs it.
    when: 'on_use',
    token: {
      url: TOKEN_URL,
      method: 'POST',
      format: 'form',
      parameters: { grant_type: 'refresh_token', refresh_token: '{refreshToken}' },
      clientAuthentication: 'basic',
      headers: { ...TOKEN_HEADERS, 'WM_PARTNER.ID': '{sellerId}' },
    },
    rotates: false,
    previousUsable: true,
    refreshLifetimeS: REFRESH_LIFETIME_S,
  },
  sign: SIGN,
  defaultLifetimeS: 900,
  tokenAnswer: ANSWER,
};

/** A seller's own keys. */
const ownKeys: AuthMethod = {
  credentialKind: 'seller_keys',
  obtain: {
    kind: 'client_credentials',
    fields: [
      {
        name: 'sellerClientId',
        label: 'Client ID',
        secret: false,
        help: 'developer.walmart.com > API Key Management, production keys',
        pattern: '^[A-Za-z0-9-]{16,64}$',
      },
      {
        name: 'sellerClientSecret',
        label: 'Client secret',
        secret: true,
        help: 'Shown beside the client ID',
        pattern: '^[A-Za-z0-9_-]{16,256}$',
      },
    ],
  },
  renew: {
    kind: 'client_credentials',
    when: 'on_use',
    token: {
      url: TOKEN_URL,
      method: 'POST',
      format: 'form',
      parameters: { grant_type: 'client_credentials' },
      clientAuthentication: 'basic',
      client: { id: '{sellerClientId}', secret: '{sellerClientSecret}' },
      headers: TOKEN_HEADERS,
    },
  },
  sign: SIGN,
  defaultLifetimeS: 900,
  tokenAnswer: { accessToken: ANSWER.accessToken, expiresIn: ANSWER.expiresIn },
  needsRegistration: false,
};

/** A bucket for each call; an answer tells what is left of it. */
function limitOf(endpoint: string): RateLimit {
  return {
    scope: 'connection',
    endpoints: [endpoint],
    burst: 20,
    perSecond: 1,
    observe: ({ headers }) => {
      const text = headers['x-current-token-count'];
      return text !== undefined && /^\d+$/.test(text) ? { available: Number(text) } : null;
    },
    certainty: 'unverified',
  };
}

export const walmart = {
  id: 'walmart',
  name: 'Walmart Marketplace',
  certainty: 'vendor',
  documentation: 'https://developer.walmart.com/us-marketplace/docs',
  shop: [
    {
      name: 'sellerId',
      label: 'Seller id',
      pattern: '^[A-Za-z0-9]{1,40}$',
      help: 'Left empty: the approval tells it, and the proof does for a seller’s own keys',
      example: '100009',
      optional: true,
    },
  ],
  baseUrl: 'https://marketplace.walmartapis.com/v3',
  apiVersion: { name: 'v3', sunset: null },
  headers: { 'WM_SVC.NAME': SERVICE },
  auth: [approved, ownKeys],
  needsRegistration: true,
  proof: {
    request: () => ({
      method: 'GET',
      path: '/settings/partnerprofile',
      endpoint: 'GET /settings/partnerprofile',
    }),
    read: ({ body }) => {
      const partner = valueAt(body, 'partner');
      const shopKey = textOf(valueAt(partner, 'partnerId'));
      if (shopKey === null) throw answerInvalid('/partner/partnerId', 'is not told');
      return {
        shopKey,
        shopName: textOf(valueAt(partner, 'partnerDisplayName')) ?? textOf(valueAt(partner, 'partnerName')),
        scopes: null,
        facts: factsOf({}),
      };
    },
  },
  // Names and levels as GET /token/detail tells them; the seller gives them to the app, no address asks for them.
  permissions: {
    'orders:read': ['orders:view_only'],
    'orders:write': ['orders:full_access'],
    'products:read': ['item:view_only'],
    'products:write': ['item:full_access'],
    'inventory:read': ['inventory:view_only'],
    'inventory:write': ['inventory:full_access'],
  },
  impliedScopes: {
    'orders:full_access': ['orders:view_only'],
    'item:full_access': ['item:view_only'],
    'inventory:full_access': ['inventory:view_only'],
  },
  answers: [
    {
      at: 'token',
      status: [400, 401, 403],
      credentialKind: 'seller_keys',
      means: 'credential_dead',
      note: 'the keys are the merchant’s own: deleted, or of another environment',
    },
    {
      at: 'token',
      status: [400, 401],
      body: { path: 'error.*.code', matches: 'REFRESH|GRANT|AUTHORIZATION_CODE' },
      means: 'credential_dead',
      note: 'unverified',
    },
    { at: 'api', status: 401, means: 'credential_expired' },
    { at: 'api', status: 403, means: 'scope_missing' },
    { at: 'api', status: 400, means: 'rejected' },
    // Walmart's gateway answers so, too, when it is the one that is busy.
    { status: 520, means: 'platform_down', note: 'unverified' },
  ],
  rateLimits: ['GET /orders', 'GET /items', 'GET /inventories', 'GET /settings/partnerprofile'].map(limitOf),
  resources: RESOURCES,
  notifications: NOTIFICATIONS,
  explains: {
    credential_dead:
      'The seller ended the approval in Seller Center, a year has passed, or the keys were deleted.',
    scope_missing: 'The seller did not delegate this to the app, or only to view it.',
  },
  deadlines: [
    {
      kind: 'refresh_token',
      afterS: REFRESH_LIFETIME_S,
      note: 'A refresh token lives for a year and is never replaced: the seller approves again',
    },
  ],
  unsupported: [
    'Customers: Walmart lists none; an order has a relay address.',
    'Orders older than 180 days.',
    'Canada and Mexico, and Walmart’s sandbox.',
    'WM_CONSUMER.CHANNEL.TYPE, which some apps are assigned.',
    'Revoking: only the seller can, in Seller Center.',
  ],
  unverified: [
    'What a dead refresh token is answered.',
    'The size of the buckets of calls; their headers correct what is left.',
    'That items are listed fifty at a time, and that a list of nothing is 404.',
    'Which delegation the proof’s call needs.',
    'Whether a charge of a line is of one unit.',
    'Whether the header of a notification’s password begins with “Basic”: both are taken. How often it is tried again.',
    'Where the payloads of OFFER_UNPUBLISHED and INVENTORY_OOS name the item: where it is not found a sync is asked for.',
  ],
} as const satisfies Platform;
