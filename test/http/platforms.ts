// Two made-up platforms, one of each way to connect, so that these tests say nothing of a real one.
import type { AuthMethod, Platform } from '../../domain/platform.ts';

const shared = {
  certainty: 'unverified',
  documentation: 'https://docs.example',
  apiVersion: { name: '1', sunset: null },
  proof: {
    request: () => ({ method: 'GET', path: '/shop', endpoint: 'GET /shop' }) as const,
    read: () => ({ shopKey: null, shopName: null, scopes: null, facts: {} }),
  },
  answers: [],
  rateLimits: [],
  resources: {},
} as const;

const callback = {
  step: 'callback',
  method: 'GET',
  from: 'browser',
  stateParameter: 'state',
  required: ['code'],
  denied: { parameter: 'error' },
  shopFields: { shop: 'shop' },
  grants: true,
} as const;

const token = {
  url: 'https://{shop}/token',
  method: 'POST',
  format: 'json',
  parameters: {},
  clientAuthentication: 'body',
} as const;

function codeGrant(id: string): Platform {
  const method: AuthMethod = {
    credentialKind: 'token',
    obtain: {
      kind: 'authorization_code',
      authorizeUrl: 'https://{shop}/authorize',
      authorizeParameters: {
        client_id: '{clientId}',
        redirect_uri: '{redirectUri}',
        state: '{state}',
        scope: '{scopes}',
        code_challenge: '{codeChallenge}',
      },
      scopeSeparator: ' ',
      pkce: 'S256',
      token,
      callback: [callback],
    },
    renew: { kind: 'none' },
    sign: [{ scheme: 'bearer' }],
    defaultLifetimeS: null,
  };
  return {
    ...shared,
    id,
    name: id === 'acorn' ? 'Acorn' : 'Birch',
    shop: [
      {
        name: 'shop',
        label: 'Shop address',
        pattern: `^[a-z0-9][a-z0-9-]{0,60}\\.${id}\\.example$`,
        help: 'As it stands in the address bar.',
        example: `demo.${id}.example`,
        normalize: 'lower',
      },
    ],
    baseUrl: 'https://{shop}/api',
    auth: [method],
    needsRegistration: true,
    permissions: { 'orders:read': ['read_orders'], 'products:read': ['read_products'] },
  };
}

const pasted: Platform = {
  ...shared,
  id: 'cedar',
  name: 'Cedar',
  shop: [
    {
      name: 'url',
      label: 'Address',
      pattern: '^https://[a-z0-9.-]+(/[a-z0-9/-]*)?$',
      help: 'The address of your shop.',
      example: 'https://shop.example',
      normalize: 'url',
    },
  ],
  baseUrl: '{url}/api',
  auth: [
    {
      credentialKind: 'api_key',
      obtain: {
        kind: 'pasted',
        fields: [
          {
            name: 'apiKey',
            label: 'API key',
            secret: true,
            help: 'From the settings.',
            pattern: '^sk_[a-z0-9]{4,40}$',
          },
        ],
      },
      renew: { kind: 'none' },
      sign: [{ scheme: 'bearer' }],
      defaultLifetimeS: null,
    },
  ],
  needsRegistration: false,
  permissions: { 'orders:read': [] },
};

const handshake: Platform = {
  ...shared,
  id: 'dogwood',
  name: 'Dogwood',
  shop: pasted.shop,
  baseUrl: '{url}/api',
  auth: [
    {
      credentialKind: 'keys',
      obtain: {
        kind: 'key_handshake',
        authorizeUrl: '{url}/authorize',
        authorizeParameters: {
          user: '{state}',
          callback: '{callbackUrl}',
          back: '{returnUrl}',
          access: '{access}',
        },
        access: { read: 'read', write: 'read_write' },
        keys: { key: 'key' },
        callback: [
          {
            step: 'keys',
            method: 'POST',
            from: 'server',
            stateParameter: 'user',
            required: ['key'],
            grants: true,
          },
          {
            step: 'return',
            method: 'GET',
            from: 'browser',
            stateParameter: 'user',
            required: [],
            denied: { parameter: 'success', values: ['0'] },
            grants: false,
          },
        ],
      },
      renew: { kind: 'none' },
      sign: [{ scheme: 'basic', username: '{key}', password: '' }],
      defaultLifetimeS: null,
    },
  ],
  needsRegistration: false,
  permissions: { 'orders:read': ['read'], 'orders:write': ['write'] },
};

export const TEST_PLATFORMS: ReadonlyMap<string, Platform> = new Map(
  [codeGrant('acorn'), codeGrant('birch'), pasted, handshake].map((one) => [one.id, one]),
);
