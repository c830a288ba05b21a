// OTTO Market, as data. Facts: a reading of August 2026 with an address a fact, and OTTO's own OpenAPI of orders v4 as nethead/otto-php-client and kassaline/openapi-clients-otto print it.
// A partner makes an app of its own; its token is minted and lives for half an hour.
import type { AuthMethod, Platform } from '../../domain/platform.ts';
import { listAt } from '../json.ts';
import { RESOURCES } from './resources.ts';

const WHERE = 'OTTO Partner Connect > API access > private app';

const privateApp: AuthMethod = {
  credentialKind: 'partner_app',
  obtain: {
    kind: 'client_credentials',
    fields: [
      {
        name: 'appClientId',
        label: 'Client id',
        secret: false,
        help: WHERE,
        pattern: '^[\\x21-\\x7e]{8,100}$',
      },
      {
        name: 'appClientSecret',
        label: 'Client secret',
        secret: true,
        help: `${WHERE}; shown once`,
        pattern: '^[\\x21-\\x7e]{8,200}$',
      },
    ],
  },
  renew: {
    kind: 'client_credentials',
    when: 'on_use',
    token: {
      url: 'https://api.otto.market/v1/token',
      method: 'POST',
      format: 'form',
      parameters: { grant_type: 'client_credentials', scope: '{scopes}' },
      clientAuthentication: 'body',
      client: { id: '{appClientId}', secret: '{appClientSecret}' },
    },
  },
  sign: [{ scheme: 'bearer' }],
  defaultLifetimeS: 1_800,
  tokenAnswer: {
    accessToken: 'access_token',
    expiresIn: { path: 'expires_in', unit: 'seconds' },
    scope: { path: 'scope', separator: ' ' },
  },
};

export const otto = {
  id: 'otto',
  name: 'OTTO Market',
  certainty: 'secondary',
  documentation: 'https://api.otto.market/docs',
  // A partner is whose app it is.
  shop: [],
  baseUrl: 'https://api.otto.market',
  // Each interface has a version of its own, in its path; an end is told by a Sunset header, six months before.
  apiVersion: { name: 'orders v4', sunset: null },
  endpoints: [
    { endpoint: 'GET /v4/orders', version: 'v4', sunset: null },
    {
      endpoint: 'GET /v4/products',
      version: 'v4',
      sunset: '2025-12-10',
      note: 'not called by us; v5 is in its place',
    },
  ],
  needsRegistration: false,
  auth: [privateApp],
  proof: {
    request: () => ({ method: 'GET', path: '/v4/orders', endpoint: 'GET /v4/orders', query: { limit: '1' } }),
    // Nothing we know to call tells the partner's id.
    read: ({ body }) => {
      listAt(body, 'resources');
      return { shopKey: null, shopName: null, scopes: null, facts: {} };
    },
  },
  permissions: {
    'orders:read': ['orders'],
    'orders:write': ['orders', 'shipments'],
  },
  // The proof reads an order.
  alwaysScopes: ['orders'],
  answers: [
    {
      at: 'token',
      status: [400, 401, 403],
      body: { path: 'error', equals: ['invalid_scope'] },
      means: 'scope_missing',
    },
    {
      at: 'token',
      status: [400, 401, 403],
      means: 'credential_dead',
      note: 'the app is the partner’s own: deleted, or copied wrongly',
    },
  ],
  // 1,200 a minute a partner, 20 a second at most; tokens 10 a second an address of ours.
  rateLimits: [{ scope: 'connection', burst: 20, perSecond: 15, certainty: 'secondary' }],
  resources: RESOURCES,
  notifications: {
    delivery: 'none',
    subscribedBy: 'shop',
    topics: {},
    signature: null,
    note: 'OTTO pushes nothing; what is written is answered with 202 and a task to ask after.',
  },
  explains: {
    credential_dead: 'The partner deleted the app or its secret, or a value was copied wrongly.',
    scope_missing: 'The app was not given the scope for this interface.',
  },
  unsupported: [
    'Customers: OTTO lists none.',
    'Products (v5) and availability: their present answers are in nothing we could read.',
    'Apps of service partners: the answer of an installation (/v1/apps/{appId}/installation) is in nothing we could read.',
    'The password grant with token-otto-api, which is the old way.',
    'The sandbox (sandbox.api.otto.market), wiped each month.',
    'Revoking: only the partner can, by deleting the app.',
  ],
  unverified: [
    'All but the orders’ own form rests on one reading.',
    'Which scopes may be asked for beside each other, and that a token tells them.',
    'That an order’s total is its items at their reduced price, and the delivery fees.',
    'What a cursor that is over is answered with.',
  ],
} as const satisfies Platform;
