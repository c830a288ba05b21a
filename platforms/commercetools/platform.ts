// commercetools Composable Commerce, as data. Facts: commercetools' own API specification (commercetools-api-reference, August 2026) and docs.commercetools.com. A merchant makes an API
// Client in the project, with its scopes; tokens are minted with it and never refreshed.
import type { AuthMethod, Platform } from '../../domain/platform.ts';
import { factsOf } from '../facts.ts';
import { answerInvalid, objectAt, textOf, valueAt } from '../json.ts';
import { RESOURCES } from './resources.ts';

const WHERE = 'Merchant Center > Settings > Developer settings > API clients';

const apiClient: AuthMethod = {
  credentialKind: 'api_client',
  obtain: {
    kind: 'client_credentials',
    fields: [
      {
        name: 'apiClientId',
        label: 'Client id',
        secret: false,
        help: `${WHERE}; the client needs view_project_settings beside what is synced`,
        pattern: '^[A-Za-z0-9_-]{8,64}$',
      },
      {
        name: 'apiClientSecret',
        label: 'Secret',
        secret: true,
        help: `${WHERE}; shown once`,
        pattern: '^[A-Za-z0-9_-]{8,128}$',
      },
    ],
  },
  renew: {
    kind: 'client_credentials',
    when: 'ahead',
    token: {
      url: 'https://auth.{region}.commercetools.com/oauth/token',
      method: 'POST',
      format: 'form',
      // No scope: the token then has those of the API Client. Asking for one that it holds only as part of a greater one would be refused.
      parameters: { grant_type: 'client_credentials' },
      clientAuthentication: 'basic',
      client: { id: '{apiClientId}', secret: '{apiClientSecret}' },
    },
  },
  sign: [{ scheme: 'bearer' }],
  // Set for each API Client; 48 h where it is not (unverified). Every answer tells it.
  defaultLifetimeS: 48 * 3_600,
  tokenAnswer: {
    accessToken: 'access_token',
    expiresIn: { path: 'expires_in', unit: 'seconds' },
    // "view_orders:my-project"
    scope: { path: 'scope', separator: ' ', part: '^([a-z_]+):[A-Za-z0-9_-]+$' },
  },
};

export const commercetools = {
  id: 'commercetools',
  name: 'commercetools',
  certainty: 'vendor',
  documentation: 'https://docs.commercetools.com/api/',
  shop: [
    {
      name: 'region',
      label: 'Region',
      pattern: '^[a-z0-9-]+\\.(gcp|aws)$',
      help: 'Where the project is hosted: it is in the address of its Merchant Center',
      example: 'europe-west1.gcp',
      choices: [
        { value: 'europe-west1.gcp', label: 'Europe (Google Cloud, Belgium)' },
        { value: 'eu-central-1.aws', label: 'Europe (AWS, Frankfurt)' },
        { value: 'us-central1.gcp', label: 'North America (Google Cloud, Iowa)' },
        { value: 'us-east-2.aws', label: 'North America (AWS, Ohio)' },
        { value: 'australia-southeast1.gcp', label: 'Australia (Google Cloud, Sydney)' },
      ],
    },
    {
      name: 'projectKey',
      label: 'Project key',
      pattern: '^[A-Za-z0-9_-]{2,36}$',
      help: 'Merchant Center > Settings > Project settings',
      example: 'my-project',
    },
  ],
  baseUrl: 'https://api.{region}.commercetools.com',
  // Undated: changes that break are announced, not versioned.
  apiVersion: { name: 'v1', sunset: null },
  auth: [apiClient],
  needsRegistration: false,
  proof: {
    request: ({ projectKey }) => ({
      method: 'GET',
      path: `/${projectKey}`,
      endpoint: 'GET /{projectKey}',
    }),
    read: ({ body }, { region }) => {
      const project = objectAt(body, '');
      const key = textOf(project['key']);
      if (key === null) throw answerInvalid('/key', 'is not text');
      return {
        shopKey: `${region}/${key}`,
        shopName: textOf(project['name']),
        scopes: null,
        facts: factsOf({
          currency: textOf(valueAt(project, 'currencies.0')),
          language: textOf(valueAt(project, 'languages.0')),
        }),
      };
    },
  },
  // As they are without the project's key behind them.
  permissions: {
    'orders:read': ['view_orders'],
    'orders:write': ['manage_orders'],
    'products:read': ['view_products'],
    'products:write': ['manage_products'],
    'customers:read': ['view_customers'],
    'customers:write': ['manage_customers'],
    'inventory:read': ['view_products'],
    'inventory:write': ['manage_products'],
  },
  alwaysScopes: ['view_project_settings'],
  impliedScopes: {
    manage_orders: ['view_orders'],
    manage_products: ['view_products'],
    manage_customers: ['view_customers'],
    manage_project_settings: ['view_project_settings'],
    manage_project: ['manage_orders', 'manage_products', 'manage_customers', 'manage_project_settings'],
  },
  answers: [
    {
      at: 'token',
      body: { path: 'error', equals: ['invalid_client', 'unauthorized_client'] },
      means: 'credential_dead',
      note: 'the client is the merchant’s own: deleted, or copied wrongly',
    },
    { at: 'token', status: 401, means: 'credential_dead' },
    { at: 'api', body: { path: 'error', equals: ['invalid_token'] }, means: 'credential_expired' },
    {
      at: 'api',
      body: { path: 'errors.*.code', equals: ['insufficient_scope'] },
      means: 'scope_missing',
    },
    { at: 'api', status: 409, means: 'rejected', note: 'ConcurrentModification: another version' },
  ],
  // None is published (a courteous bound).
  rateLimits: [{ scope: 'connection', burst: 40, perSecond: 20, certainty: 'unverified' }],
  resources: RESOURCES,
  notifications: {
    delivery: 'queue',
    subscribedBy: 'merchant',
    topics: {
      order: 'orders',
      product: 'products',
      customer: 'customers',
      'inventory-entry': 'inventory',
    },
    topicIn: { json: 'resource.typeId' },
    shopIn: { json: 'projectKey' },
    shopIs: { field: 'projectKey' },
    objectIn: {
      orders: [{ in: { json: 'resource.id' } }],
      products: [{ in: { json: 'resource.id' } }],
      customers: [{ in: { json: 'resource.id' } }],
      inventory: [{ in: { json: 'resource.id' } }],
    },
    signature: null,
    note: 'Change subscriptions go to a queue or a bus of a cloud, never by HTTP; who may write there is all the proof. A change has no id of its own: resource, version and time are. Order edits tell nothing.',
  },
  explains: {
    credential_dead:
      'The API Client was deleted in the Merchant Center, or its id or secret was copied wrongly.',
    scope_missing:
      'The scopes of an API Client cannot be changed: the merchant makes a new one and enters it.',
  },
  unsupported: [
    'Asking for scopes one by one: a token has those of its API Client, which the merchant chooses.',
    'Single stores of a project, and scopes for one store.',
    'Variants of projects with the modular product catalog, and standalone prices.',
    'The region in China.',
    'Revoking: access tokens are left to expire; the merchant deletes the API Client.',
  ],
  unverified: [
    'That a token lives for 48 h where the API Client says nothing else.',
    'That manage_… implies view_…, and manage_project all of them.',
    'Whether an order that takes stock moves an inventory entry’s lastModifiedAt; every pass reads all.',
    'The forms of client id and secret.',
  ],
  demo: { shop: { region: 'europe-west1.gcp', projectKey: 'mooring-sandbox' }, how: 'pasted' },
} as const satisfies Platform;
