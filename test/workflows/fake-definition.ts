// What the lifecycle tests' platform is, as data: one credential kind that is renewed as the test wants, and one it may be upgraded to.
import type { AuthMethod, Platform } from '../../domain/platform.ts';

export const KIND = 'offline';
/** What a credential of that kind may be upgraded to. */
export const NEXT_KIND = 'renewing';

export interface Renewed {
  readonly when?: 'ahead' | 'on_use' | 'none';
  readonly previousUsable?: boolean;
}

const TOKEN = {
  url: 'https://a-platform.example/token',
  method: 'POST',
  format: 'json',
  parameters: {},
  clientAuthentication: 'body',
} as const;

const RENEWS: AuthMethod['renew'] = {
  kind: 'refresh_token',
  when: 'ahead',
  token: TOKEN,
  rotates: true,
  previousUsable: false,
};

export function methodOf(options: Renewed): AuthMethod {
  const when = options.when ?? 'ahead';
  return {
    credentialKind: KIND,
    obtain: { kind: 'pasted', fields: [] },
    renew:
      when === 'none'
        ? { kind: 'none' }
        : {
            kind: 'refresh_token',
            when,
            token: TOKEN,
            rotates: true,
            previousUsable: options.previousUsable ?? false,
          },
    sign: [{ scheme: 'bearer' }],
    defaultLifetimeS: null,
  };
}

export function platformOf(method: AuthMethod): Platform {
  return {
    id: 'a-platform',
    name: 'A platform',
    certainty: 'vendor',
    documentation: 'https://a-platform.example',
    shop: [],
    baseUrl: 'https://a-platform.example',
    apiVersion: { name: '1', sunset: null },
    auth: [method, { ...method, credentialKind: NEXT_KIND, renew: RENEWS }],
    needsRegistration: false,
    proof: {
      request: () => ({ method: 'GET', path: '/shop', endpoint: 'GET /shop' }),
      read: () => ({ shopKey: 'k', shopName: null, scopes: null, facts: {} }),
    },
    permissions: { 'orders:read': ['read_orders'] },
    answers: [],
    rateLimits: [],
    resources: {},
    revoke: { request: () => ({ method: 'DELETE', path: '/grant', endpoint: 'DELETE /grant' }) },
  };
}
