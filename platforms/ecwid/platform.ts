// Ecwid (Lightspeed E-Series), as data. Facts: Ecwid/ecwid-api-docs (authentication, orders, products, customers, store profile) and docs.ecwid.com. Signatures of notifications: four clients.
// A token never expires; one that is dead must not be tried again and again, or Ecwid blocks our address.
import type { AuthMethod, Platform } from '../../domain/platform.ts';
import { factsOf } from '../facts.ts';
import { answerInvalid, textOf, valueAt } from '../json.ts';
import { RESOURCES } from './resources.ts';

const external: AuthMethod = {
  credentialKind: 'app_token',
  obtain: {
    kind: 'authorization_code',
    authorizeUrl: 'https://my.ecwid.com/api/oauth/authorize',
    authorizeParameters: {
      client_id: '{clientId}',
      redirect_uri: '{redirectUri}',
      response_type: 'code',
      scope: '{scopes}',
      // Not in Ecwid's documentation: an approval that comes back without it is taken as one that began in the App Market.
      state: '{state}',
    },
    scopeSeparator: ' ',
    pkce: 'unsupported',
    token: {
      url: 'https://my.ecwid.com/api/oauth/token',
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
        required: ['code'],
        denied: { parameter: 'error', values: ['access_denied'] },
        grants: true,
        // An install from the App Market begins here. Its code lives for minutes, and a second exchange disables the token of the first.
        startsAt: 'either',
        exchange: 'at_once',
      },
    ],
  },
  renew: { kind: 'none' },
  sign: [{ scheme: 'bearer' }],
  defaultLifetimeS: null,
  tokenAnswer: {
    accessToken: 'access_token',
    scope: { path: 'scope', separator: ' ' },
    shopFields: { storeId: 'store_id' },
  },
};

/** Of a custom app that the merchant made for us. */
const custom: AuthMethod = {
  credentialKind: 'secret_token',
  obtain: {
    kind: 'pasted',
    fields: [
      {
        name: 'secretToken',
        label: 'Secret token',
        secret: true,
        help: 'Of a custom app; begins with secret_. Name the store id, too.',
        pattern: '^secret_[A-Za-z0-9]{16,128}$',
      },
    ],
  },
  renew: { kind: 'none' },
  sign: [{ scheme: 'bearer', token: '{secretToken}' }],
  defaultLifetimeS: null,
  needsRegistration: false,
};

export const ecwid = {
  id: 'ecwid',
  name: 'Ecwid (Lightspeed E-Series)',
  certainty: 'vendor',
  documentation: 'https://docs.ecwid.com/api-reference',
  shop: [
    {
      name: 'storeId',
      label: 'Store id',
      pattern: '^[1-9][0-9]{2,11}$',
      help: 'Left empty when connecting in the browser: the approval tells it. At the bottom of every page of the Control Panel',
      example: '4870020',
      optional: true,
    },
  ],
  baseUrl: 'https://app.ecwid.com/api/v3/{storeId}',
  apiVersion: { name: 'v3', sunset: null },
  auth: [external, custom],
  needsRegistration: true,
  proof: {
    // read_store_profile is always granted.
    request: () => ({ method: 'GET', path: '/profile', endpoint: 'GET /profile' }),
    read: ({ body }) => {
      const id = textOf(valueAt(body, 'generalInfo.storeId'));
      if (id === null || id === '') throw answerInvalid('/generalInfo/storeId', 'is not told');
      return {
        shopKey: id,
        shopName: textOf(valueAt(body, 'settings.storeName')),
        scopes: null,
        facts: factsOf({ currency: textOf(valueAt(body, 'formatsAndUnits.currency')) }),
      };
    },
  },
  permissions: {
    'orders:read': ['read_orders'],
    'orders:write': ['read_orders', 'update_orders'],
    'products:read': ['read_catalog'],
    'products:write': ['read_catalog', 'update_catalog'],
    'customers:read': ['read_customers'],
    'customers:write': ['read_customers', 'update_customers'],
    'inventory:read': ['read_catalog'],
    'inventory:write': ['read_catalog', 'update_catalog'],
  },
  answers: [
    { at: 'api', status: 401, means: 'credential_dead', note: 'tokens do not expire' },
    {
      at: 'api',
      status: 402,
      means: 'shop_unavailable',
      note: 'a plan without the API, or without what was asked for',
    },
    {
      at: 'api',
      status: 403,
      credentialKind: 'app_token',
      means: 'credential_dead',
      note: 'unverified; which scopes were granted is known, so that none of them is missing',
    },
    { at: 'api', status: 409, means: 'rejected' },
  ],
  // 600 a minute.
  rateLimits: [{ scope: 'connection', burst: 60, perSecond: 9, certainty: 'vendor' }],
  resources: RESOURCES,
  notifications: {
    delivery: 'http',
    subscribedBy: 'registration',
    topics: {
      'order.created': 'orders',
      'order.updated': 'orders',
      'order.deleted': 'orders',
      'product.created': 'products',
      'product.updated': 'products',
      'product.deleted': 'products',
      'customer.created': 'customers',
      'customer.updated': 'customers',
      'customer.deleted': 'customers',
      'application.uninstalled': 'uninstalled',
    },
    topicIn: { json: 'eventType' },
    idIn: { json: 'eventId' },
    shopIn: { json: 'storeId' },
    objectIn: {
      orders: [{ in: { json: 'data.orderId' } }],
      products: [{ in: { json: 'entityId' } }],
      customers: [{ in: { json: 'entityId' } }],
    },
    // Of the whole message these two alone are signed.
    signature: {
      kind: 'hmac',
      in: { header: 'x-ecwid-webhook-signature' },
      algorithm: 'sha256',
      encoding: 'base64',
      message: ['{json:eventCreated}', '{json:eventId}'],
      separator: '.',
    },
    note: 'Store, type and entity are not signed: whoever has seen one message can write another with its signature. Set up by Ecwid for the app, not by API.',
  },
  explains: {
    credential_dead:
      'The app was uninstalled, or its code was exchanged twice. A new install brings another token.',
    shop_unavailable: 'The API needs a paid plan.',
  },
  unsupported: [
    'Native apps: their token comes in a payload to a page inside the Control Panel.',
    'Unfinished orders, which Ecwid lists only when asked for.',
    'Revoking: only the merchant can, by uninstalling the app.',
  ],
  unverified: [
    'That state comes back to us.',
    'That 403 means a token that is over.',
    'How notifications are signed (secondary, four clients agree).',
    'That a sale moves no update time; every pass over stock reads all.',
    'That orders have the currency of the store profile.',
  ],
} as const satisfies Platform;
