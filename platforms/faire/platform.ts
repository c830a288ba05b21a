// Faire's External API for brands, as data. Facts: developers.faire.com/docs as it stood in June 2026, in a copy, and clients of it. A token of an app has no end. A brand may make a key of
// its own in its portal, which goes alone.
import type { AuthMethod, Platform } from '../../domain/platform.ts';
import { factsOf } from '../facts.ts';
import { answerInvalid, textOf, valueAt } from '../json.ts';
import { RESOURCES } from './resources.ts';

const app: AuthMethod = {
  credentialKind: 'app_token',
  obtain: {
    kind: 'authorization_code',
    authorizeUrl: 'https://faire.com/oauth2/authorize',
    authorizeParameters: {
      applicationId: '{clientId}',
      scope: '{scopes}',
      state: '{state}',
      redirectUrl: '{redirectUri}',
    },
    scopeSeparator: ' ',
    pkce: 'unsupported',
    token: {
      url: 'https://www.faire.com/api/external-api-oauth2/token',
      method: 'POST',
      format: 'json',
      parameters: {
        application_token: '{clientId}',
        application_secret: '{clientSecret}',
        redirect_url: '{redirectUri}',
        scope: '{scopes}',
        grant_type: 'AUTHORIZATION_CODE',
        authorization_code: '{code}',
      },
      lists: ['scope'],
      clientAuthentication: 'none',
    },
    callback: [
      {
        step: 'callback',
        method: 'GET',
        from: 'browser',
        stateParameter: 'state',
        required: ['authorizationCode', 'state'],
        codeParameter: 'authorizationCode',
        denied: { parameter: 'error' },
        grants: true,
      },
    ],
  },
  renew: { kind: 'none' },
  sign: [
    { scheme: 'header', name: 'X-FAIRE-OAUTH-ACCESS-TOKEN', value: '{accessToken}' },
    {
      scheme: 'header',
      name: 'X-FAIRE-APP-CREDENTIALS',
      value: '{clientId}:{clientSecret}',
      encode: 'base64',
    },
  ],
  defaultLifetimeS: null,
  tokenAnswer: { accessToken: 'access_token' },
};

const brandKey: AuthMethod = {
  credentialKind: 'api_key',
  obtain: {
    kind: 'pasted',
    fields: [
      {
        name: 'apiKey',
        label: 'API key',
        secret: true,
        help: 'Given by Faire’s integrations team to the brand',
        pattern: '^[A-Za-z0-9_-]{16,512}$',
      },
    ],
  },
  renew: { kind: 'none' },
  sign: [{ scheme: 'header', name: 'X-FAIRE-ACCESS-TOKEN', value: '{apiKey}' }],
  defaultLifetimeS: null,
  needsRegistration: false,
};

export const faire = {
  id: 'faire',
  name: 'Faire',
  certainty: 'vendor',
  documentation: 'https://developers.faire.com/docs',
  shop: [],
  // Without www it only redirects.
  baseUrl: 'https://www.faire.com/external-api/v2',
  apiVersion: { name: 'v2', sunset: null },
  auth: [app, brandKey],
  needsRegistration: true,
  proof: {
    request: () => ({ method: 'GET', path: '/brands/profile', endpoint: 'GET /brands/profile' }),
    read: ({ body }) => {
      const id = textOf(valueAt(body, 'brand_id'));
      if (id === null || id === '') throw answerInvalid('/brand_id', 'is not told');
      return {
        shopKey: id,
        shopName: textOf(valueAt(body, 'name')),
        scopes: null,
        facts: factsOf({ currency: textOf(valueAt(body, 'currency')) }),
      };
    },
  },
  permissions: {
    'orders:read': ['READ_ORDERS'],
    'orders:write': ['READ_ORDERS', 'WRITE_ORDERS'],
    'products:read': ['READ_PRODUCTS'],
    'products:write': ['READ_PRODUCTS', 'WRITE_PRODUCTS'],
    // Stock is read as products tell it.
    'inventory:read': ['READ_PRODUCTS'],
    'inventory:write': ['READ_PRODUCTS', 'WRITE_INVENTORIES'],
  },
  // What the proof needs.
  alwaysScopes: ['READ_BRAND'],
  answers: [
    {
      at: 'api',
      status: 401,
      means: 'credential_dead',
      note: 'a token has no end: the brand took the app out, or our secret is another',
    },
  ],
  // A client tells of 1,000 an hour.
  rateLimits: [{ scope: 'connection', burst: 50, perSecond: 0.25, certainty: 'unverified' }],
  resources: RESOURCES,
  notifications: {
    delivery: 'none',
    subscribedBy: 'merchant',
    topics: {},
    signature: null,
    note: 'None is documented where we could read.',
  },
  explains: {
    credential_dead:
      'The brand removed the app from its Faire account, or the key was ended by Faire or copied wrongly.',
    scope_missing: 'The brand did not grant this scope; it must approve the app again.',
  },
  unsupported: [
    'Customers: Faire tells of a retailer by its id, and lists none.',
    'Prices of variants with several markets.',
    'Stock on hand and committed, which is told by SKU (product-inventory/by-skus).',
    'Orders as the older version told them, with price_cents and no currency.',
    'Revoking by us (POST /api/external-api-oauth2/revoke, for tokens of an app alone): the brand removes the app.',
  ],
  unverified: [
    'How several scopes are joined in the authorize address.',
    'That the callback names the code authorizationCode, as is documented, where clients read authorization_code; how a refusal comes back.',
    'That products tell available_quantity.',
    'That an order comes to subtotal_after_brand_discounts.',
    'What 401 carries, what a missing permission is answered with, and the limits of calls.',
  ],
} as const satisfies Platform;
