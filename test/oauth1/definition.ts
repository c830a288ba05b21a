// A platform of three legs as RFC 5849 § 2 has them, as a vendor's own module would hold it: no platform of ours asks before it redirects.
import type { Platform } from '../../domain/platform.ts';
import { isObject, textOf } from '../../platforms/json.ts';
import { SHELF } from '../sync/shelf.ts';

export const HOST = 'three.legs.example';

const sign = {
  scheme: 'oauth1',
  method: 'HMAC-SHA1',
  consumerKey: '{clientId}',
  consumerSecret: '{clientSecret}',
  place: 'header',
  version: true,
} as const;

export const threeLegs: Platform = {
  ...SHELF,
  id: 'threelegs',
  name: 'Three Legs',
  documentation: 'https://www.rfc-editor.org/rfc/rfc5849',
  shop: [],
  baseUrl: `https://${HOST}`,
  needsRegistration: true,
  auth: [
    {
      credentialKind: 'token_credentials',
      obtain: {
        kind: 'oauth1',
        temporary: 'before_redirect',
        requestTokenUrl: `https://${HOST}/request`,
        accessTokenUrl: `https://${HOST}/token`,
        authorizeUrl: `https://${HOST}/authorize`,
        authorizeParameters: { oauth_token: '{requestToken}' },
        sign,
        verifierParameter: 'oauth_verifier',
        callback: [
          {
            step: 'callback',
            method: 'GET',
            from: 'browser',
            stateParameter: 'oauth_token',
            required: ['oauth_token', 'oauth_verifier'],
            grants: true,
          },
        ],
      },
      renew: { kind: 'none' },
      sign: [{ ...sign, token: '{accessToken}', tokenSecret: '{tokenSecret}' }],
      defaultLifetimeS: null,
      tokenAnswer: {
        accessToken: 'oauth_token',
        keep: { tokenSecret: 'oauth_token_secret' },
        format: 'form',
      },
    },
  ],
  proof: {
    request: () => ({ method: 'GET', path: '/me', endpoint: 'GET /me' }),
    read: ({ body }) => ({
      shopKey: isObject(body) ? textOf(body['id']) : null,
      shopName: null,
      scopes: null,
      facts: {},
    }),
  },
  answers: [
    { at: 'token', status: [400, 401], means: 'credential_dead' },
    { at: 'api', status: 401, means: 'credential_dead' },
    { status: '5xx', means: 'platform_down' },
  ],
};
