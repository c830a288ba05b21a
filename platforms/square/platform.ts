// Square, as data. Facts: square/connect-api-specification of 2025-08 and developer.squareup.com, in part as quoted elsewhere in 2026-10. The flow of confidential clients: its refresh token
// never expires and stays the same. With PKCE, which is for clients that cannot keep a secret, it would be single use and over after 90 days.
import type { AuthMethod, Platform, TokenRequest } from '../../domain/platform.ts';
import { answerInvalid, isList, textOf, valueAt } from '../json.ts';
import { RESOURCES } from './resources.ts';

const exchange = (parameters: Readonly<Record<string, string>>): TokenRequest => ({
  url: 'https://connect.squareup.com/oauth2/token',
  method: 'POST',
  format: 'json',
  parameters,
  clientAuthentication: 'body',
});

const approved: AuthMethod = {
  credentialKind: 'oauth_token',
  obtain: {
    kind: 'authorization_code',
    authorizeUrl: 'https://connect.squareup.com/oauth2/authorize',
    authorizeParameters: {
      client_id: '{clientId}',
      scope: '{scopes}',
      state: '{state}',
      // Whoever is signed in at Square is asked to sign in for this.
      session: 'false',
      redirect_uri: '{redirectUri}',
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
        required: ['state', 'code'],
        denied: { parameter: 'error', values: ['access_denied'] },
        grants: true,
      },
    ],
  },
  renew: {
    kind: 'refresh_token',
    when: 'ahead',
    token: exchange({ grant_type: 'refresh_token', refresh_token: '{refreshToken}' }),
    rotates: false,
    previousUsable: true,
  },
  sign: [{ scheme: 'bearer' }],
  defaultLifetimeS: 30 * 86_400,
  tokenAnswer: {
    accessToken: 'access_token',
    refreshToken: 'refresh_token',
    expiresIn: { path: 'expires_at', unit: 'iso8601' },
    shopFields: { merchantId: 'merchant_id' },
  },
};

/** Monthly versions, pinned by a header; how long one is served is not said in numbers. */
const VERSION = '2026-09-16';

export const square = {
  id: 'square',
  name: 'Square',
  certainty: 'vendor',
  documentation: 'https://developer.squareup.com/reference/square',
  shop: [
    {
      name: 'merchantId',
      label: 'Merchant id',
      pattern: '^[A-Z0-9]{8,32}$',
      help: 'Left empty: the approval tells it',
      example: 'MLEXAMPLE0001',
      optional: true,
    },
  ],
  baseUrl: 'https://connect.squareup.com',
  apiVersion: { name: VERSION, sunset: null },
  headers: { 'square-version': VERSION },
  auth: [approved],
  needsRegistration: true,
  registration: [
    {
      name: 'webhookSignatureKey',
      label: 'Signature key of the webhook subscription',
      secret: true,
      help: 'From the developer console; without it no notification is taken',
      pattern: '^[\\x21-\\x7e]{4,128}$',
      optional: true,
    },
  ],
  proof: {
    // Of any token, whatever it may do.
    request: () => ({ method: 'POST', path: '/oauth2/token/status', endpoint: 'POST /oauth2/token/status' }),
    read: ({ body }) => {
      const merchant = textOf(valueAt(body, 'merchant_id'));
      if (merchant === null || merchant === '') throw answerInvalid('/merchant_id', 'is not told');
      const scopes = valueAt(body, 'scopes');
      return {
        shopKey: merchant,
        shopName: null,
        scopes: isList(scopes) ? scopes.flatMap((one) => textOf(one) ?? []) : null,
        facts: {},
      };
    },
  },
  permissions: {
    // Orders are searched for by location.
    'orders:read': ['ORDERS_READ', 'MERCHANT_PROFILE_READ'],
    'orders:write': ['ORDERS_READ', 'ORDERS_WRITE', 'MERCHANT_PROFILE_READ'],
    'products:read': ['ITEMS_READ'],
    'products:write': ['ITEMS_READ', 'ITEMS_WRITE'],
    'customers:read': ['CUSTOMERS_READ'],
    'customers:write': ['CUSTOMERS_READ', 'CUSTOMERS_WRITE'],
    'inventory:read': ['INVENTORY_READ'],
    'inventory:write': ['INVENTORY_READ', 'INVENTORY_WRITE'],
  },
  answers: [
    {
      body: { path: 'errors.*.code', equals: ['ACCESS_TOKEN_REVOKED'] },
      means: 'credential_dead',
      note: 'the seller, or we, ended the grant',
    },
    {
      at: 'token',
      body: { path: 'errors.*.code', equals: ['INVALID_GRANT'] },
      means: 'credential_dead',
      note: 'unverified: how a refresh token of an ended grant is refused',
    },
    {
      body: { path: 'errors.*.code', equals: ['CLIENT_DISABLED', 'APPLICATION_DISABLED'] },
      means: 'registration_rejected',
    },
    {
      at: 'api',
      body: { path: 'errors.*.code', equals: ['ACCESS_TOKEN_EXPIRED'] },
      means: 'credential_expired',
    },
    {
      at: 'api',
      status: 403,
      body: { path: 'errors.*.code', equals: ['INSUFFICIENT_SCOPES'] },
      means: 'scope_missing',
    },
    { body: { path: 'errors.*.code', equals: ['RATE_LIMITED'] }, means: 'retry_after' },
  ],
  // Not published (a courteous bound).
  rateLimits: [{ scope: 'connection', burst: 20, perSecond: 10, certainty: 'unverified' }],
  resources: RESOURCES,
  revoke: {
    token: {
      url: 'https://connect.squareup.com/oauth2/revoke',
      method: 'POST',
      format: 'json',
      parameters: { client_id: '{clientId}', access_token: '{accessToken}' },
      clientAuthentication: 'none',
      headers: { authorization: 'Client {clientSecret}' },
    },
  },
  notifications: {
    delivery: 'http',
    subscribedBy: 'registration',
    topics: {
      'order.created': 'orders',
      'order.updated': 'orders',
      'order.fulfillment.updated': 'orders',
      'catalog.version.updated': 'products',
      'inventory.count.updated': 'inventory',
      'customer.created': 'customers',
      'customer.updated': 'customers',
      'customer.deleted': 'customers',
      'oauth.authorization.revoked': 'uninstalled',
    },
    topicIn: { json: 'type' },
    idIn: { json: 'event_id' },
    shopIn: { json: 'merchant_id' },
    objectIn: { orders: [{ in: { json: 'data.id' } }], customers: [{ in: { json: 'data.id' } }] },
    // Over our address exactly as it stands in the subscription, and the body.
    signature: {
      kind: 'hmac',
      in: { header: 'x-square-hmacsha256-signature' },
      algorithm: 'sha256',
      encoding: 'base64',
      key: '{webhookSignatureKey}',
      message: ['{url}', '{body}'],
    },
    answerWithinMs: 10_000,
    note: 'Only of sellers whose approval has the scope to read it. Orders are told by id, state and version alone. Repeated up to 11 times over 24 h, in any order; no time is signed.',
  },
  explains: {
    credential_dead: 'The seller removed the app from their account, or the approval was revoked.',
    scope_missing: 'The approval does not have the permission: the seller must approve again.',
    registration_rejected: 'The app is disabled at Square, or its secret is wrong.',
  },
  unsupported: [
    'The flow with PKCE, for clients without a secret; tokens for 24 hours (short_lived).',
    'Renewing every seven days, as Square advises: a token is renewed when a fifth of its 30 days is left.',
    'The sandbox of Square.',
    'Orders with a fraction of a piece: they are set aside.',
    'Product and SKU of an order line: it names the variation.',
    'Stock in other states than IN_STOCK.',
  ],
  unverified: [
    'Error codes by status, and what the token endpoint says of a grant that is over.',
    'That a change of a variation moves the update time of its item.',
    'Signature and names of notifications (secondary; the one vector was computed, not printed by Square).',
    'That the newest version in autumn 2026 is the one named here (secondary).',
    'Which payments words follow from net_amount_due_money and refunds: Square has none.',
  ],
} as const satisfies Platform;
