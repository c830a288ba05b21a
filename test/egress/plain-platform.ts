// The plainest platform there can be, for tests of what every platform shares: a bearer token, one resource-less API.
import type { AuthMethod, Platform } from '../../domain/platform.ts';

export const PLAIN_METHOD: AuthMethod = {
  credentialKind: 'plain_token',
  obtain: { kind: 'pasted', fields: [{ name: 'accessToken', label: 'Token', secret: true, help: '' }] },
  renew: { kind: 'none' },
  sign: [{ scheme: 'bearer' }],
  defaultLifetimeS: null,
};

export const PLAIN: Platform = {
  id: 'plain',
  name: 'Plain',
  certainty: 'unverified',
  documentation: 'https://plain.example',
  shop: [],
  baseUrl: 'https://api.plain.example/v1',
  apiVersion: { name: '1', sunset: null },
  auth: [PLAIN_METHOD],
  needsRegistration: false,
  proof: {
    request: () => ({ method: 'GET', path: '/shop', endpoint: 'GET /shop' }),
    read: () => ({ shopKey: 'shop-1', shopName: 'Shop', scopes: null, facts: {} }),
  },
  permissions: {},
  answers: [
    { status: 401, means: 'credential_expired' },
    { status: 403, means: 'scope_missing' },
    { status: 404, means: 'not_found' },
    { status: 429, means: 'retry_after' },
    { status: 422, means: 'rejected' },
    { status: '5xx', means: 'platform_down' },
  ],
  retryAfter: { header: 'retry-after', unit: 'seconds' },
  rateLimits: [],
  resources: {},
};
