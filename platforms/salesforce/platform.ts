// Salesforce B2C Commerce by its Commerce API (SCAPI), as data. Facts: Salesforce's own API specifications (commerce-sdk: orders 1.5.2, products 1.2.0, July 2026) and tools
// (b2c-developer-tooling). A merchant makes an API client in Account Manager; tokens live for half an hour and are minted again. OCAPI, the older API, is in maintenance and not here.
import type { AuthMethod, CredentialField, Platform, ResourceDefinition } from '../../domain/platform.ts';
import { factsOf } from '../facts.ts';
import { listAt, textOf, valueAt } from '../json.ts';
import { ordersRequest, organization, productsRequest, readOrders, readProducts } from './listing.ts';
import { mapOrder, mapProduct } from './mapper.ts';

const WHERE = 'Account Manager > API Client';
const CLIENT_ID = '^[0-9A-Za-z-]{8,64}$';

const TOKEN = {
  url: 'https://account.demandware.com/dwsso/oauth2/access_token',
  method: 'POST',
  format: 'form',
  // Both the tenant and what may be done with it.
  parameters: { grant_type: 'client_credentials', scope: 'SALESFORCE_COMMERCE_API:{tenant} {scopes}' },
} as const;

const COMMON = {
  sign: [{ scheme: 'bearer' }],
  defaultLifetimeS: 1_800,
  tokenAnswer: {
    accessToken: 'access_token',
    expiresIn: { path: 'expires_in', unit: 'seconds' },
    scope: { path: 'scope', separator: ' ' },
  },
} as const;

function clientIdField(name: string): CredentialField {
  return { name, label: 'Client id', secret: false, help: WHERE, pattern: CLIENT_ID };
}

const bySecret: AuthMethod = {
  credentialKind: 'client_secret',
  obtain: {
    kind: 'client_credentials',
    fields: [
      clientIdField('apiClientId'),
      {
        name: 'apiClientSecret',
        label: 'Password of the API client',
        secret: true,
        help: `${WHERE}; its role is "Salesforce Commerce API", for this tenant, with the scopes of what is synced`,
        pattern: '^[\\x21-\\x7e]{8,200}$',
      },
    ],
  },
  renew: {
    kind: 'client_credentials',
    when: 'on_use',
    token: {
      ...TOKEN,
      clientAuthentication: 'basic',
      client: { id: '{apiClientId}', secret: '{apiClientSecret}' },
    },
  },
  ...COMMON,
};

/** The same without a password: the API client holds a certificate. */
const byKey: AuthMethod = {
  credentialKind: 'client_key',
  obtain: {
    kind: 'client_credentials',
    fields: [
      clientIdField('jwtClientId'),
      {
        name: 'privateKey',
        label: 'Private key',
        secret: true,
        help: 'RSA, PEM (PKCS #8); its certificate is registered with the API client in Account Manager',
        form: 'pem',
      },
    ],
  },
  renew: {
    kind: 'client_credentials',
    when: 'on_use',
    token: {
      ...TOKEN,
      clientAuthentication: 'private_key_jwt',
      client: { id: '{jwtClientId}', secret: '' },
      clientAssertion: { algorithm: 'RS256', key: '{privateKey}', claims: {}, lifetimeS: 60 },
    },
  },
  ...COMMON,
};

const orders: ResourceDefinition<'orders'> = {
  resource: 'orders',
  requires: 'orders:read',
  pageSize: { default: 200, max: 200 },
  filter: 'updated_at',
  overlapS: 300,
  windowS: null,
  request: ordersRequest,
  read: (pass, cursor, { body }) => readOrders(pass, cursor, body),
  map: mapOrder,
  idOf: (item) => textOf(valueAt(item, 'orderNo')),
  mapperVersion: 1,
};

const products: ResourceDefinition<'products'> = {
  resource: 'products',
  requires: 'products:read',
  pageSize: { default: 100, max: 200 },
  filter: 'updated_at',
  overlapS: 900,
  windowS: null,
  request: productsRequest,
  read: (pass, cursor, { body }) => readProducts(pass, cursor, body),
  map: mapProduct,
  idOf: (item) => textOf(valueAt(item, 'id')),
  mapperVersion: 1,
};

export const salesforce = {
  id: 'salesforce',
  name: 'Salesforce B2C Commerce',
  certainty: 'vendor',
  documentation: 'https://developer.salesforce.com/docs/commerce/commerce-api',
  shop: [
    {
      name: 'shortCode',
      label: 'Short code',
      pattern: '^[a-z0-9]{8}$',
      help: 'Business Manager > Administration > Site Development > Salesforce Commerce API Settings',
      example: 'kv7kzm78',
      normalize: 'lower',
    },
    {
      name: 'tenant',
      label: 'Tenant id',
      pattern: '^[a-z]{4}_[a-z0-9]{3}$',
      help: 'Realm and instance: what follows f_ecom_ in the organization id, beside the short code',
      example: 'zzxy_prd',
      normalize: 'lower',
    },
    {
      name: 'siteId',
      label: 'Site id',
      pattern: '^[A-Za-z0-9_-]{1,32}$',
      help: 'Business Manager > Administration > Sites > Manage Sites',
      example: 'RefArch',
    },
  ],
  baseUrl: 'https://{shortCode}.api.commercecloud.salesforce.com',
  apiVersion: { name: 'v1', sunset: null },
  auth: [bySecret, byKey],
  needsRegistration: false,
  proof: {
    request: (shop) => ({
      method: 'GET',
      path: `/checkout/orders/v1/organizations/${organization(shop)}/orders`,
      endpoint: 'GET /checkout/orders/v1/organizations/{organizationId}/orders',
      query: { siteId: shop['siteId'] ?? '-', limit: '1' },
    }),
    // No call that a token may always make names the site; that it answers for it is the proof.
    read: ({ body }, { tenant, siteId }) => {
      const [latest] = listAt(body, 'data');
      return {
        shopKey: `${tenant}/${siteId}`,
        shopName: null,
        scopes: null,
        facts: factsOf({ currency: textOf(valueAt(latest, 'currency')) }),
      };
    },
  },
  permissions: {
    'orders:read': ['sfcc.orders'],
    'orders:write': ['sfcc.orders.rw'],
    'products:read': ['sfcc.products'],
    'products:write': ['sfcc.products.rw'],
  },
  // For the proof.
  alwaysScopes: ['sfcc.orders'],
  impliedScopes: { 'sfcc.orders.rw': ['sfcc.orders'], 'sfcc.products.rw': ['sfcc.products'] },
  answers: [
    {
      at: 'token',
      body: { path: 'error', equals: ['invalid_scope'] },
      means: 'scope_missing',
      note: 'a scope, or the tenant, that the API client is not allowed (unverified)',
    },
    {
      at: 'token',
      status: [400, 401],
      body: { path: 'error', equals: ['invalid_client', 'unauthorized_client'] },
      means: 'credential_dead',
      note: 'the client is the merchant’s own',
    },
    {
      at: 'token',
      status: 401,
      means: 'credential_dead',
      note: 'also a bad signature, or a certificate that is not registered',
    },
  ],
  // Told by API, and not in one figure (a courteous bound); 503 with sfdc_load is load that was shed.
  rateLimits: [{ scope: 'connection', burst: 20, perSecond: 10, certainty: 'unverified' }],
  resources: { orders, products },
  notifications: {
    delivery: 'none',
    subscribedBy: 'merchant',
    topics: {},
    signature: null,
    note: 'B2C Commerce pushes nothing.',
  },
  explains: {
    credential_dead:
      'The API client was disabled in Account Manager, its password changed, or its certificate is not the one registered.',
    scope_missing: 'The API client lacks a scope, or the role "Salesforce Commerce API" for this tenant.',
  },
  unsupported: [
    'Customers: a search in a customer list tells no changes.',
    'Inventory: it is asked for by SKU, or exported as files.',
    'OCAPI, and shoppers’ own tokens (SLAS).',
    'Variants within their master: each is a product of its own.',
    'Further sites of a tenant: each is a connection of its own.',
    'Revoking: tokens are left to expire; the merchant disables the API client.',
  ],
  unverified: [
    'The words of a refused token request.',
    'That a product search reaches 10,000, as the list of orders does.',
    'The members price, priceCurrency, ean and upc of a found product.',
  ],
} as const satisfies Platform;
