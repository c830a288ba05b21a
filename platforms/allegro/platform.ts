// Allegro, as data. Facts: developer.allegro.pl (auth, orders, offers) and a reading of August 2026 with an address a fact. One token is good for allegro.pl, .cz, .sk and .hu; every
// object tells its marketplace. Allegro pushes nothing.
import type { Platform, TokenRequest } from '../../domain/platform.ts';
import { factsOf } from '../facts.ts';
import { answerInvalid, objectAt, textOf, valueAt } from '../json.ts';
import { RESOURCES } from './resources.ts';

const MEDIA_TYPE = 'application/vnd.allegro.public.v1+json';

/** In the body: token requests with GET or a query are refused since 2025. */
function tokenRequest(parameters: Readonly<Record<string, string>>): TokenRequest {
  return {
    url: 'https://allegro.pl/auth/oauth/token',
    method: 'POST',
    format: 'form',
    parameters,
    clientAuthentication: 'basic',
  };
}

export const allegro = {
  id: 'allegro',
  name: 'Allegro',
  certainty: 'vendor',
  documentation: 'https://developer.allegro.pl/documentation',
  // A seller is who approves.
  shop: [],
  baseUrl: 'https://api.allegro.pl',
  apiVersion: { name: 'public.v1', sunset: null },
  endpoints: [
    { endpoint: 'GET /order/checkout-forms', version: 'public.v1', sunset: null },
    { endpoint: 'GET /sale/offers', version: 'public.v1', sunset: null },
    { endpoint: 'GET /me', version: 'public.v1', sunset: null },
    {
      endpoint: 'GET /sale/disputes',
      version: 'public.v1',
      sunset: '2026-01-07',
      note: 'not called by us; removed',
    },
  ],
  headers: { accept: MEDIA_TYPE },
  needsRegistration: true,
  auth: [
    {
      credentialKind: 'seller_token',
      obtain: {
        kind: 'authorization_code',
        authorizeUrl: 'https://allegro.pl/auth/oauth/authorize',
        authorizeParameters: {
          response_type: 'code',
          client_id: '{clientId}',
          redirect_uri: '{redirectUri}',
          state: '{state}',
          scope: '{scopes}',
          code_challenge: '{codeChallenge}',
          code_challenge_method: 'S256',
        },
        scopeSeparator: ' ',
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
            // A code lives for 10 seconds.
            exchange: 'at_once',
          },
        ],
      },
      renew: {
        kind: 'refresh_token',
        when: 'ahead',
        token: tokenRequest({ grant_type: 'refresh_token', refresh_token: '{refreshToken}' }),
        rotates: true,
        // For 60 seconds after its first use.
        previousUsable: true,
        refreshLifetimeS: 90 * 86_400,
      },
      sign: [{ scheme: 'bearer' }],
      defaultLifetimeS: 12 * 3_600,
      tokenAnswer: {
        accessToken: 'access_token',
        refreshToken: 'refresh_token',
        expiresIn: { path: 'expires_in', unit: 'seconds' },
        scope: { path: 'scope', separator: ' ' },
      },
    },
  ],
  proof: {
    request: () => ({ method: 'GET', path: '/me', endpoint: 'GET /me' }),
    read: ({ body }) => {
      const me = objectAt(body, '');
      const id = textOf(me['id']);
      if (id === null || id === '') throw answerInvalid('/id', 'is missing');
      return {
        shopKey: id,
        shopName: textOf(me['login']),
        scopes: null,
        facts: factsOf({ marketplace: textOf(valueAt(me, 'baseMarketplace.id')) }),
      };
    },
  },
  permissions: {
    'orders:read': ['allegro:api:orders:read'],
    'orders:write': ['allegro:api:orders:read', 'allegro:api:orders:write'],
    'products:read': ['allegro:api:sale:offers:read'],
    'products:write': ['allegro:api:sale:offers:read', 'allegro:api:sale:offers:write'],
    'inventory:read': ['allegro:api:sale:offers:read'],
    'inventory:write': ['allegro:api:sale:offers:read', 'allegro:api:sale:offers:write'],
  },
  alwaysScopes: ['allegro:api:profile:read'],
  answers: [
    {
      at: 'api',
      status: 401,
      means: 'credential_expired',
      note: 'unverified; whether the grant is dead a refresh tells',
    },
    {
      at: 'api',
      status: 403,
      means: 'scope_missing',
      note: 'a scope that was not approved, or a shop that Allegro blocked',
    },
    { at: 'api', status: [406, 415], means: 'rejected', note: 'another media type than the versioned one' },
    { at: 'api', status: 422, means: 'rejected' },
  ],
  // 9,000 a minute a client id; more is a block for a while, of all sellers at once.
  rateLimits: [
    { scope: 'registration', burst: 300, perSecond: 120, certainty: 'secondary' },
    { scope: 'connection', burst: 50, perSecond: 20, certainty: 'unverified' },
  ],
  resources: RESOURCES,
  notifications: {
    delivery: 'none',
    subscribedBy: 'shop',
    topics: {},
    signature: null,
    note: 'Allegro pushes nothing (allegro/allegro-api issue 9624). /order/events keeps 60 days, /sale/offer-events one.',
  },
  explains: {
    credential_dead:
      'The seller unlinked the app, changed the password or the e-mail address, logged out everywhere, or was blocked; or three months went by without a refresh.',
    registration_rejected: 'Client id or secret are not those of the app in apps.developer.allegro.pl.',
  },
  deadlines: [
    {
      kind: 'refresh_token',
      afterS: 90 * 86_400,
      note: 'A refresh token that is not used within three months is dead; each use begins them anew',
    },
  ],
  unsupported: [
    'Customers: Allegro lists none.',
    'The device flow, and registration of clients by themselves.',
    'Descriptions of offers, which only a call each tells.',
    'Revoking: only the seller can, in the account’s linked applications.',
  ],
  unverified: [
    'How a dead refresh token and an expired access token are refused (RFC 6749 and 401 are taken).',
    'That scopes are told with a token.',
    'That offset and limit of orders reach 10,000; a pass begins again behind the last update time before.',
    'That the list of offers may be asked for 1,000 at a time; 200 are.',
    'How a blocked shop is told from a missing scope.',
  ],
} as const satisfies Platform;
