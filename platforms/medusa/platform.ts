// Medusa 2, as data. Facts: docs.medusajs.com, and a running Medusa 2.21 that `npm run test:real` asks again. A merchant's own server: its address is
// the shop, and no app is registered. It sends no notifications and offers nothing to revoke a key with the key itself.
import type { AuthMethod, Json, Platform } from '../../domain/platform.ts';
import { listAt, textOf, valueAt } from '../json.ts';
import { RESOURCES } from './resources.ts';

/** A secret API key, as user name of HTTP Basic with an empty password. */
const secretKey: AuthMethod = {
  credentialKind: 'secret_key',
  obtain: {
    kind: 'pasted',
    fields: [
      {
        name: 'apiKey',
        label: 'Secret API key',
        secret: true,
        help: 'Settings > Secret API Keys; it is shown once and begins with sk_',
        pattern: '^sk_[A-Za-z0-9]{16,128}$',
      },
    ],
  },
  renew: { kind: 'none' },
  sign: [{ scheme: 'basic', username: '{apiKey}', password: '' }],
  defaultLifetimeS: null,
};

/** A person's login: a JWT that expires and cannot be refreshed, so that a new login replaces it. */
const session: AuthMethod = {
  credentialKind: 'session',
  obtain: {
    kind: 'pasted',
    fields: [
      {
        name: 'email',
        label: 'E-mail',
        secret: false,
        help: 'Of an admin user made for this purpose',
        pattern: '^[^@\\s]+@[^@\\s]+$',
      },
      { name: 'password', label: 'Password', secret: true, help: 'Of that user' },
    ],
  },
  renew: {
    kind: 'login',
    when: 'on_use',
    token: {
      url: '{url}/auth/user/emailpass',
      method: 'POST',
      format: 'json',
      parameters: { email: '{email}', password: '{password}' },
      clientAuthentication: 'none',
    },
  },
  sign: [{ scheme: 'bearer' }],
  // The lifetime is the server's setting; the token itself tells it.
  defaultLifetimeS: 3_600,
  tokenAnswer: { accessToken: 'token', expiresIn: { path: 'token', unit: 'jwt_exp' } },
};

export const medusa = {
  id: 'medusa',
  name: 'Medusa',
  certainty: 'vendor',
  documentation: 'https://docs.medusajs.com/api/admin',
  shop: [
    {
      name: 'url',
      label: 'Server address',
      pattern: '^https://[a-z0-9.-]+(:[0-9]{1,5})?(/[A-Za-z0-9._~-]+)*$',
      help: 'Where the Medusa server answers, https',
      example: 'https://api.shop.example',
      normalize: 'url',
    },
  ],
  baseUrl: '{url}',
  apiVersion: { name: 'v2', sunset: null },
  needsRegistration: false,
  auth: [secretKey, session],
  proof: {
    request: () => ({
      method: 'GET',
      path: '/admin/stores',
      endpoint: 'GET /admin/stores',
      query: { limit: '1' },
    }),
    read: ({ body }) => {
      const [store] = listAt(body, 'stores');
      return {
        shopKey: textOf(valueAt(store, 'id')),
        shopName: textOf(valueAt(store, 'name')),
        scopes: null,
        facts: currencyOf(store),
      };
    },
  },
  // Keys have no scopes: whoever holds one may do all.
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
    { at: 'token', status: 401, means: 'credential_dead', note: 'wrong e-mail or password' },
    {
      at: 'api',
      status: 401,
      credentialKind: 'secret_key',
      means: 'credential_dead',
      note: 'a key does not expire: it was revoked',
    },
    {
      at: 'api',
      status: 401,
      means: 'credential_expired',
      note: 'the same word for a revoked key and an expired session',
    },
    { status: 404, body: { path: 'type', equals: ['not_found'] }, means: 'not_found' },
    { status: [400, 422], means: 'rejected' },
  ],
  // None of its own; a courteous bound for a server that is somebody's only one.
  rateLimits: [{ scope: 'connection', burst: 40, perSecond: 20, certainty: 'unverified' }],
  resources: RESOURCES,
  explains: {
    credential_dead: 'The key was revoked in Medusa, or the user was removed or changed their password.',
  },
} as const satisfies Platform;

function currencyOf(store: Json | undefined): Record<string, string> {
  const supported = store === undefined ? [] : listAt(store, 'supported_currencies');
  const main = supported.find((one) => valueAt(one, 'is_default') === true) ?? supported[0];
  const currency = textOf(valueAt(main, 'currency_code'));
  return currency === null ? {} : { currency: currency.toUpperCase() };
}
