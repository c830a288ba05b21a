// Amazon's Selling Partner API, as data. Facts: amzn/selling-partner-api-models (orders 2026-01-01, listings items 2021-08-01, FBA inventory v1, sellers v1) and developer-docs.amazon.com.
// Access tokens are Login with Amazon's, for an hour. AWS signatures are not asked for since October 2023. One grant is for all marketplaces of a seller in one region.
import type { AuthMethod, Platform, RateLimit, Renew } from '../../domain/platform.ts';
import { factsOf } from '../facts.ts';
import { listAt, textOf, valueAt } from '../json.ts';
import { CHOICES, SELLER_CENTRAL } from './marketplaces.ts';
import { NOTIFICATIONS } from './notifications.ts';
import { RESOURCES } from './resources.ts';

/** One address for all regions. */
const TOKEN_URL = 'https://api.amazon.com/auth/o2/token';

const RENEW: Renew = {
  kind: 'refresh_token',
  when: 'ahead',
  token: {
    url: TOKEN_URL,
    method: 'POST',
    format: 'form',
    parameters: { grant_type: 'refresh_token', refresh_token: '{refreshToken}' },
    clientAuthentication: 'body',
  },
  // The refresh token stays the same (unverified); it ends with the seller's consent, not by a time of its own.
  rotates: false,
  previousUsable: true,
};

const COMMON = {
  renew: RENEW,
  sign: [{ scheme: 'header', name: 'x-amz-access-token', value: '{accessToken}' }],
  defaultLifetimeS: 3_600,
  tokenAnswer: {
    accessToken: 'access_token',
    refreshToken: 'refresh_token',
    expiresIn: { path: 'expires_in', unit: 'seconds' },
  },
} as const;

const approved: AuthMethod = {
  credentialKind: 'lwa_token',
  obtain: {
    kind: 'authorization_code',
    // An app that is a draft needs version=beta besides, which is not here.
    authorizeUrl: 'https://{sellerCentral}/apps/authorize/consent',
    authorizeParameters: {
      application_id: '{applicationId}',
      redirect_uri: '{redirectUri}',
      state: '{state}',
    },
    // What an app may do is its roles, which Amazon approves.
    scopeSeparator: null,
    pkce: 'unsupported',
    token: {
      url: TOKEN_URL,
      method: 'POST',
      format: 'form',
      parameters: { grant_type: 'authorization_code', code: '{code}', redirect_uri: '{redirectUri}' },
      clientAuthentication: 'body',
    },
    callback: [
      {
        step: 'callback',
        method: 'GET',
        from: 'browser',
        stateParameter: 'state',
        required: ['state', 'selling_partner_id', 'spapi_oauth_code'],
        codeParameter: 'spapi_oauth_code',
        shopFields: { sellerId: 'selling_partner_id' },
        grants: true,
      },
      {
        // Our Login URI: an install from the Selling Partner Appstore begins here, and goes on at Amazon with Amazon's own state beside ours.
        step: 'login',
        method: 'GET',
        from: 'browser',
        stateParameter: 'state',
        required: ['amazon_callback_uri', 'amazon_state', 'selling_partner_id'],
        shopFields: { sellerId: 'selling_partner_id' },
        grants: false,
        startsAt: 'platform',
        continueAt: {
          parameter: 'amazon_callback_uri',
          host: SELLER_CENTRAL,
          add: { amazon_state: '{amazon_state}', state: '{state}', redirect_uri: '{redirectUri}' },
        },
      },
    ],
  },
  ...COMMON,
};

/** A private app is authorized by its own seller, who is shown a refresh token. */
const selfAuthorized: AuthMethod = {
  credentialKind: 'lwa_self_authorized',
  obtain: {
    kind: 'pasted',
    fields: [
      {
        name: 'refreshToken',
        label: 'Refresh token',
        secret: true,
        help: 'Seller Central > Apps and Services > Develop Apps > Authorize app; begins with Atzr|. Name the seller id, too.',
        pattern: '^Atzr\\|[\\x21-\\x7e]{20,2000}$',
      },
    ],
  },
  ...COMMON,
};

/** The rate is told with every answer, what is left is not. */
function limitOf(endpoint: string, perSecond: number, burst: number): RateLimit {
  return {
    scope: 'connection',
    endpoints: [endpoint],
    burst,
    perSecond,
    observe: ({ headers }) => {
      const told = Number(headers['x-amzn-ratelimit-limit'] ?? Number.NaN);
      return told > 0 ? { available: burst, perSecond: told } : null;
    },
    certainty: 'vendor',
  };
}

export const amazon = {
  id: 'amazon',
  name: 'Amazon Selling Partner API',
  certainty: 'vendor',
  documentation: 'https://developer-docs.amazon.com/sp-api/',
  shop: [
    {
      name: 'marketplace',
      label: 'Marketplace',
      pattern: '^A[A-Z0-9]{12,13}$',
      help: 'Where the seller signs in; others of the same region come with it',
      example: 'ATVPDKIKX0DER',
      choices: CHOICES,
    },
    {
      name: 'sellerId',
      label: 'Seller id (merchant token)',
      pattern: '^[A-Z0-9]{8,20}$',
      help: 'Left empty when connecting in the browser: the approval tells it. Seller Central > Account Info > Merchant Token',
      example: 'A2EXAMPLE0SELLER',
      optional: true,
    },
  ],
  baseUrl: 'https://sellingpartnerapi-{region}.amazon.com',
  // Each API has a version of its own.
  apiVersion: { name: 'SP-API', sunset: null },
  endpoints: [
    { endpoint: 'GET /orders/2026-01-01/orders', version: '2026-01-01', sunset: null },
    { endpoint: 'GET /listings/2021-08-01/items/{sellerId}', version: '2021-08-01', sunset: null },
    { endpoint: 'GET /fba/inventory/v1/summaries', version: 'v1', sunset: null },
    { endpoint: 'GET /sellers/v1/marketplaceParticipations', version: 'v1', sunset: null },
    {
      endpoint: 'GET /orders/v0/orders',
      version: 'v0',
      sunset: '2027-03-27',
      note: 'not called by us; six reads of this version end with it',
    },
  ],
  headers: { 'user-agent': 'Mooring/0.1 (Language=TypeScript)' },
  auth: [approved, selfAuthorized],
  needsRegistration: true,
  registration: [
    {
      name: 'applicationId',
      label: 'Application id',
      secret: false,
      help: 'Of the app in the developer console; begins with amzn1.sp.solution.',
      pattern: '^amzn1\\.sp\\.solution\\.[a-z0-9-]{10,60}$',
    },
    {
      name: 'destinationId',
      label: 'Destination id',
      secret: false,
      help: 'Of the notification destination whose queue or bus is read here (MOORING_SQS_QUEUES); without it no seller is subscribed to',
      pattern: '^[A-Za-z0-9-]{8,80}$',
      optional: true,
    },
  ],
  proof: {
    request: () => ({
      method: 'GET',
      path: '/sellers/v1/marketplaceParticipations',
      endpoint: 'GET /sellers/v1/marketplaceParticipations',
    }),
    // The answer does not tell the seller's id: it is the approval's word, and every listing is asked for by it.
    read: ({ body }, shop) => {
      const all = listAt(body, 'payload');
      const sold = all.filter((one) => valueAt(one, 'participation.isParticipating') === true);
      const ids = sold.flatMap((one) => textOf(valueAt(one, 'marketplace.id')) ?? []);
      // Where nothing is sold any more the first of the others is read instead.
      const main =
        sold.find((one) => textOf(valueAt(one, 'marketplace.id')) === shop['marketplace']) ?? sold[0];
      const currencies = sold.map((one) => [
        `currency:${textOf(valueAt(one, 'marketplace.id'))}`,
        textOf(valueAt(one, 'marketplace.defaultCurrencyCode')),
      ]);
      return {
        shopKey: shop['sellerId'] ?? null,
        shopName: textOf(valueAt(main, 'storeName')),
        scopes: null,
        facts: factsOf({
          currency: textOf(valueAt(main, 'marketplace.defaultCurrencyCode')),
          marketplace: textOf(valueAt(main, 'marketplace.id')),
          marketplaces: ids.slice(0, 50).join(','),
          ...Object.fromEntries(currencies),
        }),
        markets: ids,
      };
    },
  },
  // Roles stand for scopes, and Amazon grants them to the app, not to an approval.
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
      status: 403,
      body: { path: 'errors.*.details', matches: 'token.*(expired|revoked|malformed|invalid)' },
      means: 'credential_expired',
      note: 'unverified; whether the grant is dead a refresh tells',
    },
    {
      at: 'api',
      status: 403,
      body: { path: 'errors.*.message', matches: 'token.*expired' },
      means: 'credential_expired',
      note: 'unverified',
    },
    { at: 'api', status: 403, means: 'scope_missing', note: 'a role the app does not have' },
    { at: 'api', status: [400, 413, 415], means: 'rejected' },
  ],
  rateLimits: [
    limitOf('GET /orders/2026-01-01/orders', 0.0056, 20),
    limitOf('GET /listings/2021-08-01/items/{sellerId}', 5, 5),
    limitOf('GET /fba/inventory/v1/summaries', 2, 2),
    limitOf('GET /sellers/v1/marketplaceParticipations', 0.016, 15),
    limitOf('GET /orders/2026-01-01/orders/{orderId}', 0.5, 30),
    limitOf('GET /notifications/v1/subscriptions', 1, 5),
    limitOf('POST /notifications/v1/subscriptions/{notificationType}', 1, 5),
  ],
  resources: RESOURCES,
  appToken: {
    kind: 'lwa_token',
    token: {
      url: TOKEN_URL,
      method: 'POST',
      format: 'form',
      parameters: { grant_type: 'client_credentials', scope: 'sellingpartnerapi::notifications' },
      clientAuthentication: 'body',
      answer: { accessToken: 'access_token' },
    },
  },
  notifications: NOTIFICATIONS,
  explains: {
    credential_dead:
      'The seller removed the app in Manage Your Apps, or did not renew the consent within a year.',
    registration_rejected:
      'The client secret of Login with Amazon was not rotated within 180 days, or is wrong.',
    scope_missing: 'The app lacks a role for this call; new roles need every seller to approve again.',
  },
  deadlines: [
    {
      kind: 'consent',
      afterS: 365 * 86_400,
      note: 'A seller approves a public app for a year, and again after any change of its roles',
    },
    {
      kind: 'client_secret',
      afterS: 180 * 86_400,
      note: 'The LWA client secret must be rotated every 180 days, or all calls fail; refresh tokens go on',
    },
  ],
  unsupported: [
    'Customers: Amazon lists none.',
    'Who bought, and where it goes: roles of their own (BUYER, RECIPIENT), not asked for.',
    'Stock that the seller keeps himself; FBA stock alone is read.',
    'Orders older than two years, which Amazon does not serve.',
    'Draft apps (version=beta), other operations without a seller (grantless), and Amazon’s own sandbox.',
    'Revoking: only the seller can, in Manage Your Apps.',
  ],
  unverified: [
    'That a refresh token stays the same over refreshes.',
    'The words of a 403 for an expired token.',
    'What Amazon expects back in an install from its Appstore.',
    'That x-amz-date may be left out.',
    'Addresses of Seller Central by marketplace (secondary).',
    'The fields of a notification around its payload, and the type for listings.',
    'That a seller of several marketplaces of a region is subscribed to once, and that every type has the payload version 1.0.',
  ],
} as const satisfies Platform;
