// Wix eCommerce, as data. Facts: dev.wix.com (OAuth 2, rate limits, webhooks, orders) and the types in Wix's own SDK packages of November 2026 (orders, Catalog V3, contacts).
// A merchant installs our app, and Wix tells us the id of that installation; a token is minted for it by our own id and secret, and there is none to refresh.
import { MooringError } from '../../domain/errors.ts';
import type { AuthMethod, Platform } from '../../domain/platform.ts';
import { factsOf } from '../facts.ts';
import { answerInvalid, textOf, valueAt } from '../json.ts';
import { RESOURCES } from './resources.ts';

const installed: AuthMethod = {
  credentialKind: 'instance_token',
  obtain: {
    kind: 'client_credentials',
    fields: [
      {
        name: 'instance',
        label: 'Signed instance',
        secret: true,
        help: 'The parameter "instance" that Wix adds to the address of our dashboard page when the owner opens the app; an hour old at most',
        pattern: '^[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+$',
      },
    ],
    // An id alone is a claim: our own secret mints for every site that has the app. Without uid, or with aid, whoever looks is nobody of the site's.
    provedBy: {
      field: 'instance',
      shopFields: { instanceId: 'instanceId' },
      signedAt: { member: 'signDate', withinS: 3_600 },
      required: 'uid',
      refused: 'aid',
    },
  },
  renew: {
    kind: 'client_credentials',
    when: 'ahead',
    token: {
      url: 'https://www.wixapis.com/oauth2/token',
      method: 'POST',
      format: 'json',
      parameters: { grant_type: 'client_credentials', instance_id: '{instanceId}' },
      clientAuthentication: 'body',
    },
  },
  // Bare, as Wix's own samples send it; "Bearer" before it is seen, too (unverified).
  sign: [{ scheme: 'header', name: 'authorization', value: '{accessToken}' }],
  defaultLifetimeS: 14_400,
  tokenAnswer: { accessToken: 'access_token', expiresIn: { path: 'expires_in', unit: 'seconds' } },
};

export const wix = {
  id: 'wix',
  name: 'Wix',
  certainty: 'vendor',
  documentation: 'https://dev.wix.com/docs/api-reference',
  shop: [
    {
      name: 'instanceId',
      label: 'App instance id',
      pattern: '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$',
      help: 'Of our app on that site: Wix tells it when the merchant installs the app (App Instance Installed, or the signed "instance" of a dashboard page)',
      example: '8f0e4c1a-2b3d-4e5f-8a9b-0c1d2e3f4a5b',
      normalize: 'lower',
    },
  ],
  baseUrl: 'https://www.wixapis.com',
  // Each API has a version of its own, in its path.
  apiVersion: { name: 'v1', sunset: null },
  endpoints: [
    { endpoint: 'POST /ecom/v1/orders/search', version: 'v1', sunset: null },
    { endpoint: 'POST /stores/v3/products/query', version: 'v3', sunset: null },
    { endpoint: 'GET /stores/v3/products/{id}', version: 'v3', sunset: null },
    { endpoint: 'POST /stores/v3/inventory-items/query', version: 'v3', sunset: null },
    { endpoint: 'POST /contacts/v4/contacts/query', version: 'v4', sunset: null },
  ],
  auth: [installed],
  needsRegistration: true,
  registration: [
    {
      name: 'webhookPublicKey',
      label: 'Public key of webhooks',
      secret: false,
      help: 'From the Webhooks page of the app dashboard; without it no notification is taken',
      form: 'pem',
      optional: true,
    },
  ],
  proof: {
    request: () => ({ method: 'GET', path: '/apps/v1/instance', endpoint: 'GET /apps/v1/instance' }),
    read: ({ body }, shop) => {
      const id = textOf(valueAt(body, 'instance.instanceId'));
      if (id === null || id === '') throw answerInvalid('/instance/instanceId', 'is not told');
      // A token that was brought may be of one site and the id of another: renewed, it would be the other's.
      if (id !== shop['instanceId'])
        throw new MooringError('shop_mismatch', 'the token is for another "instanceId"');
      return {
        shopKey: id,
        shopName: textOf(valueAt(body, 'site.siteDisplayName')),
        // It lists permissions, in words that are not documented with it.
        scopes: null,
        facts: factsOf({
          currency: textOf(valueAt(body, 'site.paymentCurrency')),
          siteId: textOf(valueAt(body, 'site.siteId')),
        }),
      };
    },
  },
  // What an app may do is set in its dashboard, and taken at the install as it is.
  permissions: {
    'orders:read': [],
    'orders:write': [],
    'products:read': [],
    'products:write': [],
    'customers:read': [],
    'customers:write': [],
    'inventory:read': [],
    'inventory:write': [],
  },
  answers: [
    {
      at: 'token',
      body: { path: 'error', equals: ['invalid_client', 'unauthorized_client'] },
      means: 'registration_rejected',
    },
    {
      at: 'token',
      status: [400, 403, 404],
      means: 'credential_dead',
      note: 'our app is not on that site any more (unverified); a secret of ours that is wrong is 401',
    },
    {
      at: 'api',
      status: 428,
      means: 'rejected',
      note: 'a site with Catalog V1, asked for V3',
    },
  ],
  rateLimits: [{ scope: 'connection', burst: 20, perSecond: 3, certainty: 'vendor' }],
  resources: RESOURCES,
  notifications: {
    delivery: 'http',
    subscribedBy: 'registration',
    topics: {
      'wix.ecom.v1.order_created': 'orders',
      'wix.ecom.v1.order_updated': 'orders',
      'wix.ecom.v1.order_approved': 'orders',
      'wix.ecom.v1.order_canceled': 'orders',
    },
    topicIn: { json: 'data.eventType' },
    shopIn: { json: 'data.instanceId' },
    idIn: { json: 'data.data.id' },
    objectIn: { orders: [{ in: { json: 'data.data.entityId' } }] },
    signature: {
      kind: 'jwt',
      in: 'body',
      jwt: {
        algorithms: ['RS256'],
        key: { kind: 'public_key', pem: '{webhookPublicKey}' },
        issuer: null,
        audience: null,
      },
    },
    answerWithinMs: 1_250,
    note: 'The body is a JWT; its claim "data" is a JSON text with eventType, instanceId and another JSON text. Set up in the dashboard of the app, for all sites. App Instance Removed ends the grant; the names of that event and of those for products, stock and contacts are not confirmed.',
  },
  explains: {
    credential_dead: 'The app was removed from the site, or the instance id is of another app.',
    platform_rejected: 'A site that still has Catalog V1 refuses calls for products and stock of Catalog V3.',
    scope_missing: 'The app lacks a permission in its dashboard, or the merchant has not accepted it since.',
  },
  unsupported: [
    'Sites with Catalog V1: their products and stock. Orders and contacts are read.',
    'Finding out by ourselves that the app was installed: who connects it names the instance id, and shows the signed instance of the same site.',
    'The older "custom authentication" with a code, which is closed to new apps.',
    'Orders that were begun and never placed (INITIALIZED), which Wix does not list.',
    'Revoking: only the merchant can, by removing the app.',
  ],
  unverified: [
    'How long a signed instance may be taken (an hour is), and that the owner’s always has a uid.',
    'What the token endpoint answers once the app is removed.',
    'Whether a token goes bare or after "Bearer".',
    'The status of a call for Catalog V3 on a site with Catalog V1.',
    'That sorting and filtering by the update time, which Wix lists for its SDK, are spelled the same in REST.',
    'The form of a product page address.',
    'Names of events (secondary).',
  ],
} as const satisfies Platform;
