// Mercado Libre (in Brazil Mercado Livre), as data. Facts: developers.mercadolivre.com.br and mercadolibre.com.ar, as read in August 2026. Sellers approve at the host of their
// country; the API is one. A seller is a user of one country.
import type { Platform, TokenRequest } from '../../domain/platform.ts';
import { factsOf } from '../facts.ts';
import { answerInvalid, objectAt, textOf } from '../json.ts';
import { RESOURCES } from './resources.ts';

function tokenRequest(parameters: Readonly<Record<string, string>>): TokenRequest {
  return {
    url: 'https://api.mercadolibre.com/oauth/token',
    method: 'POST',
    format: 'form',
    parameters,
    clientAuthentication: 'body',
  };
}

const site = (value: string, label: string, authorizeHost: string) => ({
  value,
  label,
  gives: { authorizeHost },
});

export const mercadolibre = {
  id: 'mercadolibre',
  name: 'Mercado Libre',
  certainty: 'vendor',
  documentation: 'https://developers.mercadolibre.com.ar/en_us/api-docs',
  shop: [
    {
      name: 'site',
      label: 'Country',
      pattern: '^M[A-Z]{2}$',
      help: 'Where the seller has the account',
      example: 'MLB',
      choices: [
        site('MLA', 'Argentina', 'auth.mercadolibre.com.ar'),
        site('MLB', 'Brazil', 'auth.mercadolivre.com.br'),
        site('MLM', 'Mexico', 'auth.mercadolibre.com.mx'),
        site('MLC', 'Chile', 'auth.mercadolibre.cl'),
        site('MCO', 'Colombia', 'auth.mercadolibre.com.co'),
        site('MLU', 'Uruguay', 'auth.mercadolibre.com.uy'),
        site('MPE', 'Peru', 'auth.mercadolibre.com.pe'),
        site('MEC', 'Ecuador', 'auth.mercadolibre.com.ec'),
      ],
    },
    {
      name: 'userId',
      label: 'User id',
      pattern: '^[0-9]{1,15}$',
      help: 'Left empty: the approval tells it',
      example: '123456789',
      optional: true,
    },
  ],
  baseUrl: 'https://api.mercadolibre.com',
  apiVersion: { name: 'unversioned', sunset: null },
  needsRegistration: true,
  auth: [
    {
      credentialKind: 'seller_token',
      obtain: {
        kind: 'authorization_code',
        authorizeUrl: 'https://{authorizeHost}/authorization',
        // Scopes are the app's own, set where it is registered. PKCE is a switch of the app's, and mandatory once it is on.
        authorizeParameters: {
          response_type: 'code',
          client_id: '{clientId}',
          redirect_uri: '{redirectUri}',
          state: '{state}',
          code_challenge: '{codeChallenge}',
          code_challenge_method: 'S256',
        },
        scopeSeparator: null,
        pkce: 'S256',
        token: tokenRequest({
          grant_type: 'authorization_code',
          code: '{code}',
          redirect_uri: '{redirectUri}',
          code_verifier: '{codeVerifier}',
        }),
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
        token: tokenRequest({ grant_type: 'refresh_token', refresh_token: '{refreshToken}' }),
        // Single use.
        rotates: true,
        previousUsable: false,
        refreshLifetimeS: 182 * 86_400,
      },
      sign: [{ scheme: 'bearer' }],
      defaultLifetimeS: 6 * 3_600,
      tokenAnswer: {
        accessToken: 'access_token',
        refreshToken: 'refresh_token',
        expiresIn: { path: 'expires_in', unit: 'seconds' },
        scope: { path: 'scope', separator: ' ' },
        shopFields: { userId: 'user_id' },
      },
    },
  ],
  proof: {
    request: () => ({ method: 'GET', path: '/users/me', endpoint: 'GET /users/me' }),
    read: ({ body }) => {
      const user = objectAt(body, '');
      const id = textOf(user['id']);
      if (id === null || id === '') throw answerInvalid('/id', 'is missing');
      return {
        shopKey: id,
        shopName: textOf(user['nickname']),
        scopes: null,
        facts: factsOf({ site: textOf(user['site_id']), country: textOf(user['country_id']) }),
      };
    },
  },
  permissions: {
    'orders:read': ['read'],
    'orders:write': ['read', 'write'],
    'products:read': ['read'],
    'products:write': ['read', 'write'],
    'inventory:read': ['read'],
    'inventory:write': ['read', 'write'],
  },
  // Without it there is no refresh token.
  alwaysScopes: ['offline_access'],
  answers: [
    {
      at: 'token',
      body: { path: 'error', equals: ['unauthorized_application', 'forbidden'] },
      means: 'registration_rejected',
      note: 'the app is blocked, or our address is',
    },
    { at: 'token', body: { path: 'error', equals: ['invalid_scope'] }, means: 'scope_missing' },
    {
      at: 'token',
      body: { path: 'error', equals: ['invalid_operator_user_id'] },
      means: 'credential_dead',
      note: 'not the account’s administrator approved',
    },
    { body: { path: 'error', equals: ['local_rate_limited'] }, means: 'retry_after' },
    {
      at: 'api',
      status: 403,
      body: { path: 'code', equals: ['PA_UNAUTHORIZED_RESULT_FROM_POLICIES'] },
      means: 'scope_missing',
      note: 'a functional permission that the app does not have, beside its scopes',
    },
  ],
  // A quota an app and endpoint, published nowhere; GET /applications/{id} tells max_requests_per_hour.
  rateLimits: [
    { scope: 'registration', burst: 100, perSecond: 20, certainty: 'unverified' },
    { scope: 'connection', burst: 20, perSecond: 5, certainty: 'unverified' },
  ],
  resources: RESOURCES,
  notifications: {
    delivery: 'http',
    subscribedBy: 'registration',
    topics: {
      orders_v2: 'orders',
      items: 'products',
      'stock-location': 'inventory',
      fbm_stock_operations: 'inventory',
      shipments: 'orders',
    },
    topicIn: { json: 'topic' },
    idIn: { json: '_id' },
    shopIn: { json: 'user_id' },
    objectIn: {
      orders: [{ in: { json: 'resource' }, pattern: '^/orders/([0-9]{1,20})$' }],
      products: [{ in: { json: 'resource' }, pattern: '^/items/(ML[A-Z][0-9]{1,20})$' }],
    },
    signature: null,
    answerWithinMs: 500,
    note: 'Not signed; it comes from addresses that Mercado Libre lists: 54.88.218.97, 18.215.140.160, 18.213.114.129, 18.206.34.84, and in August 2026 35.236.253.169, 35.245.91.34, 35.245.20.104, 35.186.182.146. It names a resource and tells nothing of it. 8 tries in an hour; who fails often loses the topic. GET /missed_feeds keeps two days.',
  },
  // By the seller's own token.
  revoke: {
    request: ({ userId = '-' }, { clientId }) => ({
      method: 'DELETE',
      path: `/users/${userId}/applications/${clientId}`,
      endpoint: 'DELETE /users/{userId}/applications/{appId}',
    }),
  },
  explains: {
    credential_dead:
      'The seller ended the approval or changed the password, our secret was reset, or nothing was called for four months.',
    scope_missing: 'The app lacks a scope or a functional permission in the DevCenter.',
    registration_rejected:
      'The secret is not the one in the DevCenter, or the app or our address is blocked.',
  },
  deadlines: [
    {
      kind: 'refresh_token',
      afterS: 182 * 86_400,
      note: 'A refresh token that is not used within six months is dead',
    },
    {
      kind: 'credential',
      afterS: 120 * 86_400,
      note: 'An approval is dead after four months without a call',
    },
  ],
  unsupported: [
    'Customers: Mercado Libre lists none.',
    'Where an order goes: the address is in its shipment, a call each.',
    'Stock by place (/user-products/{id}/stock) and of its own warehouses (/inventories/{id}/stock/fulfillment): a call each.',
    'Global Selling (/marketplace/…).',
  ],
  unverified: [
    'That an app without PKCE takes a code_challenge.',
    'Hosts of approval in Uruguay, Peru and Ecuador.',
    'How many orders an offset reaches (clients stop near 10,000), and that filters of creation and of update go together.',
    'What a scroll_id that is over is answered with; such a pass begins again.',
    'Calls a second.',
  ],
} as const satisfies Platform;
