// Etsy Open API v3, as data. Facts: developers.etsy.com (authentication, rate limits, webhooks) and Etsy's OpenAPI document of April 2026, as Granga/etsy-ts makes its types of. A public
// client with PKCE; every call carries the token and, since February 2026, the key with its shared secret.
import type { Platform, RateLimit } from '../../domain/platform.ts';
import { answerInvalid, objectAt, textOf } from '../json.ts';
import { RESOURCES } from './resources.ts';

const TOKEN_URL = 'https://api.etsy.com/v3/public/oauth/token';

/** 90 days (secondary). */
const REFRESH_LIFETIME_S = 90 * 86_400;

const WHO = { method: 'GET', path: '/users/me', endpoint: 'GET /users/me' } as const;

/** What is left of a second, and of a sliding day. Some answers cut the first header's name short. */
function observe(left: readonly string[], limit: string, seconds: number): NonNullable<RateLimit['observe']> {
  return ({ headers }) => {
    const text = left.map((name) => headers[name]).find((value) => value !== undefined);
    const [available, burst] = [Number(text ?? Number.NaN), Number(headers[limit] ?? Number.NaN)];
    return available >= 0 && burst > 0 ? { available, burst, perSecond: burst / seconds } : null;
  };
}

export const etsy = {
  id: 'etsy',
  name: 'Etsy',
  certainty: 'vendor',
  documentation: 'https://developers.etsy.com/documentation/reference',
  shop: [
    {
      name: 'shopId',
      label: 'Shop id',
      pattern: '^[1-9][0-9]{0,14}$',
      help: 'Left empty: the approval tells it',
      example: '12345678',
      optional: true,
    },
  ],
  baseUrl: 'https://openapi.etsy.com/v3/application',
  apiVersion: { name: 'v3', sunset: null },
  auth: [
    {
      credentialKind: 'user_token',
      obtain: {
        kind: 'authorization_code',
        authorizeUrl: 'https://www.etsy.com/oauth/connect',
        authorizeParameters: {
          response_type: 'code',
          client_id: '{clientId}',
          redirect_uri: '{redirectUri}',
          scope: '{scopes}',
          state: '{state}',
          code_challenge: '{codeChallenge}',
          code_challenge_method: 'S256',
        },
        scopeSeparator: ' ',
        pkce: 'S256',
        token: {
          url: TOKEN_URL,
          method: 'POST',
          format: 'form',
          parameters: {
            grant_type: 'authorization_code',
            client_id: '{clientId}',
            redirect_uri: '{redirectUri}',
            code: '{code}',
            code_verifier: '{codeVerifier}',
          },
          // The shared secret belongs to the calls, not to the exchange.
          clientAuthentication: 'none',
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
        discover: {
          request: () => WHO,
          // A user has one shop, or none.
          read: ({ body }) => {
            const shopId = textOf(objectAt(body, '')['shop_id']);
            return shopId === null || shopId === '0' ? [] : [{ name: shopId, shop: { shopId }, parts: {} }];
          },
        },
      },
      renew: {
        kind: 'refresh_token',
        when: 'ahead',
        token: {
          url: TOKEN_URL,
          method: 'POST',
          format: 'form',
          parameters: {
            grant_type: 'refresh_token',
            client_id: '{clientId}',
            refresh_token: '{refreshToken}',
          },
          clientAuthentication: 'none',
        },
        rotates: true,
        // Not documented.
        previousUsable: false,
        refreshLifetimeS: REFRESH_LIFETIME_S,
      },
      sign: [
        { scheme: 'bearer' },
        { scheme: 'header', name: 'x-api-key', value: '{clientId}:{clientSecret}' },
      ],
      defaultLifetimeS: 3_600,
      tokenAnswer: {
        accessToken: 'access_token',
        refreshToken: 'refresh_token',
        expiresIn: { path: 'expires_in', unit: 'seconds' },
      },
    },
  ],
  needsRegistration: true,
  proof: {
    // The shop's own page would tell its name, but to anybody with a key: only this call needs the token.
    request: () => WHO,
    read: ({ body }) => {
      const shopKey = textOf(objectAt(body, '')['shop_id']);
      if (shopKey === null) throw answerInvalid('/shop_id', 'is not told');
      return { shopKey, shopName: null, scopes: null, facts: {} };
    },
  },
  permissions: {
    'orders:read': ['transactions_r'],
    'orders:write': ['transactions_w', 'transactions_r'],
    'products:read': ['listings_r'],
    'products:write': ['listings_w', 'listings_r'],
    'inventory:read': ['listings_r'],
    'inventory:write': ['listings_w', 'listings_r'],
  },
  alwaysScopes: ['shops_r'],
  answers: [
    {
      at: 'api',
      status: [400, 401, 403],
      body: { path: 'error', matches: 'x-api-key|api key|shared secret' },
      means: 'registration_rejected',
      note: 'the keystring or its shared secret is missing or wrong',
    },
    {
      at: 'api',
      body: { path: 'error', equals: ['invalid_token'] },
      means: 'credential_expired',
    },
    {
      at: 'api',
      body: { path: 'error', equals: ['insufficient_scope'] },
      means: 'scope_missing',
      note: 'unverified',
    },
    { at: 'api', status: 400, means: 'rejected' },
  ],
  // A second's and a day's, for each token; how much is the app's own, and every answer tells. The least that was seen.
  rateLimits: [
    {
      scope: 'connection',
      burst: 5,
      perSecond: 5,
      observe: observe(['x-remaining-this-second', 'x-remaining-this-secon'], 'x-limit-per-second', 1),
      certainty: 'secondary',
    },
    {
      scope: 'connection',
      burst: 5_000,
      perSecond: 5_000 / 86_400,
      observe: observe(['x-remaining-today'], 'x-limit-per-day', 86_400),
      certainty: 'secondary',
    },
  ],
  resources: RESOURCES,
  notifications: {
    delivery: 'http',
    subscribedBy: 'registration',
    topics: {
      'order.paid': 'orders',
      'order.canceled': 'orders',
      'order.shipped': 'orders',
      'order.delivered': 'orders',
    },
    topicIn: { json: 'event_type' },
    idIn: { header: 'webhook-id' },
    shopIn: { json: 'shop_id' },
    signature: { kind: 'standard_webhooks', toleranceS: 300 },
    note: 'For apps with commercial access, set up in Etsy’s webhook portal, whose secret signs (the scheme is secondary). No topic tells of listings, stock or the end of a grant.',
  },
  explains: {
    credential_dead: 'The seller ended the approval, or the refresh token was not used for 90 days.',
    registration_rejected:
      'The keystring or its shared secret is wrong, or Etsy suspended the app: unused ones are, after six months.',
  },
  deadlines: [
    {
      kind: 'refresh_token',
      afterS: REFRESH_LIFETIME_S,
      note: 'A refresh token that is not used within 90 days is dead',
    },
  ],
  unsupported: [
    'Customers: Etsy lists none. The buyer’s e-mail needs a scope of its own (email_r), which is not asked for.',
    'The name of a shop.',
    'Revoking: no way is documented.',
  ],
  unverified: [
    'The lifetime of a refresh token, and whether the one before goes on (taken as: no).',
    'That /users/me needs shops_r alone.',
    'The words of a missing scope.',
    'Whether limits count a token or the app.',
    'The scheme of a notification’s signature.',
  ],
  demo: { shop: {}, how: 'browser' },
} as const satisfies Platform;
