// Shopify's older kind of offline token, which never expires: taken over from elsewhere or entered by hand, and exchanged for the expiring
// kind. Public apps must have done so by 2027-01-01; the exchange is made once a shop and cannot be taken back (shopify.dev).
import type { AuthMethod } from '../../domain/platform.ts';

const OFFLINE_TOKEN = 'urn:shopify:params:oauth:token-type:offline-access-token';

export const PERMANENT_TOKEN = {
  credentialKind: 'offline_token_permanent',
  obtain: {
    kind: 'pasted',
    fields: [
      {
        name: 'accessToken',
        label: 'Access token',
        secret: true,
        help: 'The Admin API access token of an app that was installed before. It begins with shp.',
        // shpat_ and 32 hex digits for most; other prefixes for custom and private apps (unverified).
        pattern: '^shp[a-z]{2}_[A-Za-z0-9_-]{16,200}$',
      },
    ],
  },
  renew: { kind: 'none' },
  sign: [{ scheme: 'header', name: 'X-Shopify-Access-Token', value: '{accessToken}' }],
  defaultLifetimeS: null,
  upgrade: {
    to: 'offline_token',
    token: {
      url: 'https://{shop}/admin/oauth/access_token',
      method: 'POST',
      format: 'json',
      parameters: {
        grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
        subject_token: '{accessToken}',
        subject_token_type: OFFLINE_TOKEN,
        requested_token_type: OFFLINE_TOKEN,
        expiring: '1',
      },
      clientAuthentication: 'body',
    },
    irreversible: true,
    deadline: '2027-01-01',
    note: 'From 2027-01-01 Shopify refuses non-expiring tokens of public apps; custom apps are exempt.',
  },
} as const satisfies AuthMethod;
