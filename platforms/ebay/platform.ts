// eBay's Sell APIs, as data. Facts: eBay's OAuth guides and OpenAPI documents (sell fulfillment 1.20.7, sell inventory 1.18.0, commerce identity 1.0.0, commerce notification 1.2.0), as
// bundled in hendt/ebay-api, and its event-notification SDK. The redirect of an approval is a name (RuName) that stands for our address at eBay.
import type { Platform } from '../../domain/platform.ts';
import { factsOf } from '../facts.ts';
import { answerInvalid, objectAt, textOf } from '../json.ts';
import { NOTIFICATIONS } from './notifications.ts';
import { RESOURCES } from './resources.ts';

const TOKEN_URL = 'https://api.ebay.com/identity/v1/oauth2/token';
const SCOPE = 'https://api.ebay.com/oauth/api_scope';

/** 18 months. */
const REFRESH_LIFETIME_S = 47_304_000;

export const ebay = {
  id: 'ebay',
  name: 'eBay',
  certainty: 'vendor',
  documentation: 'https://developer.ebay.com/api-docs/sell/static/sell-landing.html',
  // An approval is for the seller who signs in; who that is the proof tells.
  shop: [],
  baseUrl: 'https://api.ebay.com',
  // Identity is served from a host of its own.
  otherBaseUrls: { identity: 'https://apiz.ebay.com' },
  apiVersion: { name: 'sell v1', sunset: null },
  auth: [
    {
      credentialKind: 'user_token',
      obtain: {
        kind: 'authorization_code',
        authorizeUrl: 'https://auth.ebay.com/oauth2/authorize',
        authorizeParameters: {
          client_id: '{clientId}',
          redirect_uri: '{ruName}',
          response_type: 'code',
          scope: '{scopes}',
          state: '{state}',
        },
        scopeSeparator: ' ',
        // Not documented.
        pkce: 'unsupported',
        token: {
          url: TOKEN_URL,
          method: 'POST',
          format: 'form',
          parameters: { grant_type: 'authorization_code', code: '{code}', redirect_uri: '{ruName}' },
          clientAuthentication: 'basic',
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
      // All sellers of an app together may refresh 50,000 times a day.
      renew: {
        kind: 'refresh_token',
        when: 'ahead',
        token: {
          url: TOKEN_URL,
          method: 'POST',
          format: 'form',
          // Without a scope the new token has all that were approved.
          parameters: { grant_type: 'refresh_token', refresh_token: '{refreshToken}' },
          clientAuthentication: 'basic',
        },
        rotates: false,
        previousUsable: true,
        refreshLifetimeS: REFRESH_LIFETIME_S,
      },
      sign: [{ scheme: 'bearer' }],
      defaultLifetimeS: 7_200,
      tokenAnswer: {
        accessToken: 'access_token',
        refreshToken: 'refresh_token',
        expiresIn: { path: 'expires_in', unit: 'seconds' },
        refreshExpiresIn: { path: 'refresh_token_expires_in', unit: 'seconds' },
        tokenTypes: ['User Access Token'],
      },
    },
  ],
  needsRegistration: true,
  registration: [
    {
      name: 'ruName',
      label: 'RuName',
      secret: false,
      help: 'The eBay Redirect URL name of the keyset, whose accepted URL is our callback address',
      pattern: '^[A-Za-z0-9._-]{5,200}$',
    },
    {
      name: 'verificationToken',
      label: 'Verification token',
      secret: false,
      help: 'The token of 32 to 80 characters that the notification endpoint was registered with; without it eBay’s challenge is not answered',
      pattern: '^[A-Za-z0-9_-]{32,80}$',
      optional: true,
    },
    {
      name: 'destinationId',
      label: 'Destination id',
      secret: false,
      help: 'Of the notification destination at eBay whose endpoint is our address of all, /notify/ebay; without it no seller is subscribed to',
      pattern: '^[A-Za-z0-9-]{8,80}$',
      optional: true,
    },
  ],
  proof: {
    request: () => ({
      method: 'GET',
      base: 'identity',
      path: '/commerce/identity/v1/user/',
      endpoint: 'GET /commerce/identity/v1/user/',
    }),
    read: ({ body }) => {
      const user = objectAt(body, '');
      const marketplace = textOf(user['registrationMarketplaceId']);
      // A username may be changed, the id may not.
      const shopKey = textOf(user['userId']);
      if (shopKey === null) throw answerInvalid('/userId', 'is not told');
      return {
        shopKey,
        shopName: textOf(user['username']),
        scopes: null,
        facts: factsOf({ marketplace }),
      };
    },
  },
  permissions: {
    'orders:read': [`${SCOPE}/sell.fulfillment.readonly`],
    'orders:write': [`${SCOPE}/sell.fulfillment`],
    'products:read': [`${SCOPE}/sell.inventory.readonly`],
    'products:write': [`${SCOPE}/sell.inventory`],
    'inventory:read': [`${SCOPE}/sell.inventory.readonly`],
    'inventory:write': [`${SCOPE}/sell.inventory`],
  },
  alwaysScopes: [`${SCOPE}/commerce.identity.readonly`, `${SCOPE}/commerce.notification.subscription`],
  impliedScopes: {
    [`${SCOPE}/sell.fulfillment`]: [`${SCOPE}/sell.fulfillment.readonly`],
    [`${SCOPE}/sell.inventory`]: [`${SCOPE}/sell.inventory.readonly`],
  },
  answers: [
    {
      at: 'api',
      body: { path: 'errors.*.errorId', equals: ['1001', '1002'] },
      means: 'credential_expired',
      note: 'invalid or missing access token (unverified)',
    },
    {
      at: 'api',
      body: { path: 'errors.*.errorId', equals: ['1100'] },
      means: 'scope_missing',
      note: 'insufficient permissions (unverified)',
    },
    {
      at: 'api',
      body: { path: 'errors.*.errorId', equals: ['2001', '2002'] },
      means: 'retry_after',
      note: 'too many requests (unverified)',
    },
    { at: 'api', status: 400, means: 'rejected' },
  ],
  // Quotas are a day's, of the whole app, and differ by API; none is told in an answer.
  rateLimits: [{ scope: 'registration', burst: 50, perSecond: 5, certainty: 'unverified' }],
  resources: RESOURCES,
  appToken: {
    kind: 'user_token',
    token: {
      url: TOKEN_URL,
      method: 'POST',
      format: 'form',
      parameters: { grant_type: 'client_credentials', scope: SCOPE },
      clientAuthentication: 'basic',
      answer: { accessToken: 'access_token' },
    },
  },
  notifications: NOTIFICATIONS,
  explains: {
    credential_dead:
      'The seller ended the approval, changed user name or password, or 18 months have passed since it.',
    registration_rejected: 'The keyset was disabled, or its Cert ID or RuName is wrong.',
    shop_mismatch: 'Another eBay account was signed in than the one that was connected.',
  },
  deadlines: [
    {
      kind: 'refresh_token',
      afterS: REFRESH_LIFETIME_S,
      note: 'A refresh token lives for 18 months and is never replaced: the seller approves again',
    },
  ],
  unsupported: [
    'Customers: eBay lists none.',
    'Listings made in Seller Hub or by the Trading API, which the Inventory API does not see.',
    'Prices: they are in the offers of each SKU.',
    'Orders older than two years.',
    'Digital signatures, which some finance and refund calls for sellers in the EU and the UK need.',
    'eBay’s own sandbox.',
    'Revoking: only the seller can.',
  ],
  unverified: [
    'The numbers of errors for tokens, permissions and limits.',
    'How a refused approval comes back.',
    'The digest of a notification’s signature: SHA-1 in production samples, SHA-256 on slides.',
    'The place of a notification’s topic, of an order’s id and of the seller in it.',
    'That payloads of orders have the schema version 1.0, and that a subscription of a seller is listed with the seller’s token.',
    'That a public key is given to the application’s own token alone.',
    'In which order a list of orders comes; a pass does not depend on it.',
    'That no call of these needs a marketplace header.',
  ],
} as const satisfies Platform;
