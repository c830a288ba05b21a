// Shopify, as data. Facts: shopify.dev and Shopify's own SDK (shopify-app-js); what is not confirmed says so.
// An embedded app would use token exchange instead of the code grant; that is not here yet.
import type { Json, Platform, RateLimit } from '../../domain/platform.ts';
import { listAt, objectAt, textOf, valueAt } from '../json.ts';
import { graphqlRequest } from './listing.ts';
import { NOTIFICATIONS } from './notifications.ts';
import { PERMANENT_TOKEN } from './permanent-token.ts';
import { RESOURCES } from './resources.ts';

const TOKEN_URL = 'https://{shop}/admin/oauth/access_token';

const PROOF_QUERY =
  '{ shop { id name myshopifyDomain currencyCode ianaTimezone } currentAppInstallation { accessScopes { handle } } }';

/** Points of the bucket, as every GraphQL answer tells them. */
const observe = ({ body }: { readonly body: Json }): ReturnType<NonNullable<RateLimit['observe']>> => {
  const status = valueAt(body, 'extensions.cost.throttleStatus');
  const available = valueAt(status, 'currentlyAvailable');
  const burst = valueAt(status, 'maximumAvailable');
  const perSecond = valueAt(status, 'restoreRate');
  if (typeof available !== 'number' || typeof burst !== 'number' || typeof perSecond !== 'number')
    return null;
  return { available, burst, perSecond };
};

/** A throttled query may be sent again once the bucket holds its cost. */
function waitMs({ body }: { readonly body: Json }): number | null {
  const cost = valueAt(body, 'extensions.cost.requestedQueryCost');
  const status = observe({ body });
  if (typeof cost !== 'number' || status?.perSecond === undefined || status.perSecond <= 0) return null;
  return Math.max(0, ((cost - status.available) / status.perSecond) * 1_000);
}

export const shopify = {
  id: 'shopify',
  name: 'Shopify',
  certainty: 'vendor',
  documentation: 'https://shopify.dev/docs/api/admin-graphql',
  shop: [
    {
      name: 'shop',
      label: 'Shop address',
      // The SDK also takes "_", other domains and trailing slashes; no shop has them.
      pattern: '^[a-z0-9][a-z0-9-]{0,62}\\.myshopify\\.com$',
      help: 'The address that ends in .myshopify.com, from Settings > Domains',
      example: 'mooring-demo.myshopify.com',
      normalize: 'lower',
    },
  ],
  baseUrl: 'https://{shop}/admin',
  // Quarterly; each is supported for about 12 months (unverified).
  apiVersion: { name: '2026-07', sunset: '2027-07-01' },
  needsRegistration: true,
  auth: [
    {
      credentialKind: 'offline_token',
      obtain: {
        kind: 'authorization_code',
        authorizeUrl: 'https://{shop}/admin/oauth/authorize',
        authorizeParameters: {
          client_id: '{clientId}',
          scope: '{scopes}',
          redirect_uri: '{redirectUri}',
          state: '{state}',
        },
        scopeSeparator: ',',
        pkce: 'unsupported',
        // No grant_type and no redirect_uri: so does Shopify's own SDK. expiring: a token of an hour, and a refresh token.
        token: {
          url: TOKEN_URL,
          method: 'POST',
          format: 'json',
          parameters: { code: '{code}', expiring: '1' },
          clientAuthentication: 'body',
        },
        callback: [
          {
            step: 'callback',
            method: 'GET',
            from: 'browser',
            stateParameter: 'state',
            required: ['code', 'hmac', 'shop', 'state', 'timestamp'],
            denied: { parameter: 'error' },
            shopFields: { shop: 'shop' },
            grants: true,
            signature: {
              parameter: 'hmac',
              algorithm: 'hmac-sha256',
              encoding: 'hex',
              message: 'sorted_query',
              except: ['hmac', 'signature'],
              timestamp: { parameter: 'timestamp', toleranceS: 90 },
            },
          },
        ],
      },
      renew: {
        kind: 'refresh_token',
        when: 'ahead',
        token: {
          url: TOKEN_URL,
          method: 'POST',
          format: 'json',
          parameters: { grant_type: 'refresh_token', refresh_token: '{refreshToken}' },
          clientAuthentication: 'body',
        },
        rotates: true,
        // Since 2026-08-28: the previous one works until its replacement is first used.
        previousUsable: true,
        // 90 days (secondary); the answer's own word goes first.
        refreshLifetimeS: 7_776_000,
      },
      sign: [{ scheme: 'header', name: 'X-Shopify-Access-Token', value: '{accessToken}' }],
      defaultLifetimeS: 3_600,
      tokenAnswer: {
        accessToken: 'access_token',
        refreshToken: 'refresh_token',
        expiresIn: { path: 'expires_in', unit: 'seconds' },
        refreshExpiresIn: { path: 'refresh_token_expires_in', unit: 'seconds' },
        scope: { path: 'scope', separator: ',' },
      },
    },
    PERMANENT_TOKEN,
  ],
  proof: {
    request: () => graphqlRequest('query shop', PROOF_QUERY, {}),
    read: ({ body }) => {
      const shop = objectAt(body, 'data.shop');
      const scopes = listAt(body, 'data.currentAppInstallation.accessScopes').flatMap(
        (one) => textOf(valueAt(one, 'handle')) ?? [],
      );
      const fact = (name: string) => textOf(shop[name]);
      return {
        shopKey: fact('id'),
        shopName: fact('name'),
        scopes,
        facts: {
          scopes: scopes.join(','),
          ...entry('currency', fact('currencyCode')),
          ...entry('timeZone', fact('ianaTimezone')),
          ...entry('domain', fact('myshopifyDomain')),
        },
      };
    },
  },
  // Orders older than 60 days need read_all_orders besides, which Shopify grants on request alone.
  permissions: {
    'orders:read': ['read_orders'],
    'orders:write': ['write_orders'],
    'products:read': ['read_products'],
    'products:write': ['write_products'],
    'customers:read': ['read_customers'],
    'customers:write': ['write_customers'],
    'inventory:read': ['read_inventory'],
    'inventory:write': ['write_inventory'],
  },
  impliedScopes: {
    write_orders: ['read_orders'],
    write_products: ['read_products'],
    write_customers: ['read_customers'],
    write_inventory: ['read_inventory'],
    read_all_orders: ['read_orders'],
  },
  answers: [
    { at: 'api', body: { path: 'errors.*.extensions.code', equals: ['THROTTLED'] }, means: 'retry_after' },
    { at: 'api', body: { path: 'errors.*.message', matches: '^throttled$' }, means: 'retry_after' },
    {
      at: 'api',
      body: { path: 'errors.*.extensions.code', equals: ['ACCESS_DENIED'] },
      means: 'scope_missing',
    },
    {
      at: 'api',
      body: { path: 'errors.*.extensions.code', equals: ['SHOP_INACTIVE'] },
      means: 'shop_unavailable',
    },
    {
      at: 'api',
      status: 200,
      body: { path: 'errors.*.extensions.code', equals: ['INTERNAL_SERVER_ERROR'] },
      means: 'platform_down',
    },
    {
      at: 'api',
      status: 200,
      body: { path: 'errors.*.message' },
      means: 'rejected',
      note: 'HTTP says 200 all the same',
    },
    { status: 402, means: 'shop_unavailable', note: 'frozen: the merchant owes Shopify (unverified)' },
    { status: 423, means: 'shop_unavailable', note: 'locked (unverified)' },
    {
      at: 'token',
      status: [400, 401, 403],
      body: { path: 'error', equals: ['invalid_grant', 'invalid_subject_token'] },
      means: 'credential_dead',
    },
    {
      at: 'token',
      body: { path: 'error', equals: ['app_not_installed'] },
      means: 'uninstalled',
      note: 'seen at a token exchange (Shopify/shopify-api-ruby#1322); whether a refresh is answered so is unverified',
    },
    {
      at: 'token',
      status: 400,
      body: { path: 'error_description', matches: 'authorization code' },
      means: 'credential_dead',
      note: 'a used or unknown code comes as invalid_request (unverified)',
    },
    {
      at: 'token',
      body: { path: 'error', equals: ['invalid_client', 'application_cannot_be_found'] },
      means: 'registration_rejected',
    },
  ],
  waitMs,
  // Points of GraphQL, per app and shop: the standard plan's rate. The bucket's size is unverified; every answer corrects both.
  rateLimits: [{ scope: 'connection', burst: 1_000, perSecond: 100, observe, certainty: 'vendor' }],
  resources: RESOURCES,
  notifications: NOTIFICATIONS,
  // Both this and the mutation appUninstall are documented; this one needs no query cost.
  revoke: {
    request: () => ({
      method: 'DELETE',
      path: '/api_permissions/current.json',
      endpoint: 'DELETE /api_permissions/current.json',
    }),
  },
  explains: {
    credential_dead:
      'The merchant removed the app, or the approval ended otherwise: Shopify answers both alike, and only its notification tells them apart.',
    shop_unavailable: 'Shopify freezes a shop that owes it money, and locks one that it closed.',
    scope_missing: 'The app was approved with fewer permissions, or the merchant took one away.',
  },
  deadlines: [
    {
      kind: 'refresh_token',
      afterS: 7_776_000,
      note: 'A refresh token that is not used within 90 days is dead',
    },
  ],
  demo: { shop: { shop: 'mooring-demo.myshopify.com' }, how: 'browser' },
} as const satisfies Platform;

function entry(name: string, value: string | null): Record<string, string> {
  return value === null ? {} : { [name]: value };
}
