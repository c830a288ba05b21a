// The certified authorization server as a platform, once for each way our client can prove itself. What a vendor's own module would hold: data from RFC 6749, 7636, 8414,
// 9207 and OpenID Connect alone, and nothing of how the server is run.
import type { Json, Platform, Transport } from '../../domain/platform.ts';
import { isObject } from '../../platforms/json.ts';
import { SHELF } from '../sync/shelf.ts';

type TokenRequest = Extract<Platform['auth'][number]['obtain'], { kind: 'authorization_code' }>['token'];

export interface Variant {
  readonly id: string;
  /** How the client proves itself, at both endpoints. */
  readonly proof: Pick<TokenRequest, 'clientAuthentication' | 'clientAssertion'>;
  readonly registration?: Platform['registration'];
  readonly transport?: Transport;
}

export const ISSUER = 'https://auth.oidc.example';
/** The same server where a client's certificate is asked for (RFC 8705 § 5). */
export const MTLS = 'https://mtls.oidc.example';

export function oidcPlatform({ id, proof, registration, transport }: Variant): Platform {
  const own = transport === undefined ? {} : { transport };
  // RFC 8705 § 5: a client that shows a certificate goes to the aliases.
  const at = (name: string, path: string) => (transport === undefined ? `{${name}}` : `${MTLS}${path}`);
  const exchange = { method: 'POST', format: 'form', ...proof } as const;
  const token = at('tokenEndpoint', '/token');
  return {
    ...SHELF,
    id,
    name: `Certified server (${id})`,
    documentation: 'https://openid.net/certification/',
    shop: [],
    baseUrl: transport === undefined ? 'https://api.oidc.example' : MTLS,
    needsRegistration: true,
    ...(registration === undefined ? {} : { registration }),
    auth: [
      {
        credentialKind: 'oidc_token',
        ...own,
        obtain: {
          kind: 'authorization_code',
          authorizeUrl: `${ISSUER}/auth`,
          authorizeParameters: {
            response_type: 'code',
            client_id: '{clientId}',
            redirect_uri: '{redirectUri}',
            scope: '{scopes}',
            state: '{state}',
            nonce: '{nonce}',
            code_challenge: '{codeChallenge}',
            code_challenge_method: 'S256',
            prompt: 'consent',
          },
          scopeSeparator: ' ',
          pkce: 'S256',
          issuer: { identifier: ISSUER, iss: 'required', metadata: 'openid' },
          token: {
            ...exchange,
            url: token,
            parameters: {
              grant_type: 'authorization_code',
              code: '{code}',
              redirect_uri: '{redirectUri}',
              code_verifier: '{codeVerifier}',
              ...publicClient(proof),
            },
          },
          callback: [
            {
              step: 'callback',
              method: 'GET',
              from: 'browser',
              stateParameter: 'state',
              required: ['code', 'state', 'iss'],
              denied: { parameter: 'error' },
              grants: true,
            },
          ],
        },
        renew: {
          kind: 'refresh_token',
          when: 'ahead',
          rotates: true,
          previousUsable: false,
          token: {
            ...exchange,
            url: token,
            parameters: {
              grant_type: 'refresh_token',
              refresh_token: '{refreshToken}',
              ...publicClient(proof),
            },
          },
        },
        sign: [{ scheme: 'bearer' }],
        defaultLifetimeS: 3_600,
        tokenAnswer: {
          accessToken: 'access_token',
          refreshToken: 'refresh_token',
          expiresIn: { path: 'expires_in', unit: 'seconds' },
          scope: { path: 'scope', separator: ' ' },
          idToken: {
            path: 'id_token',
            jwt: {
              algorithms: ['RS256'],
              key: { kind: 'jwks', url: '{jwksUri}' },
              issuer: ISSUER,
              audience: '{clientId}',
            },
          },
        },
      },
    ],
    proof: {
      request: () => ({ method: 'GET', path: '/me', endpoint: 'GET /me' }),
      read: ({ body }) => ({
        shopKey: textAt(body, 'id'),
        shopName: textAt(body, 'name'),
        scopes: (textAt(body, 'scope') ?? '').split(' '),
        facts: {},
      }),
    },
    alwaysScopes: ['openid', 'offline_access'],
    permissions: { 'orders:read': ['orders'], 'inventory:read': ['inventory'] },
    answers: [
      { at: 'token', body: { path: 'error', equals: ['invalid_grant'] }, means: 'credential_dead' },
      {
        at: 'token',
        body: { path: 'error', equals: ['invalid_client', 'unauthorized_client'] },
        means: 'registration_rejected',
      },
      { at: 'api', status: 401, means: 'credential_expired' },
      { at: 'api', status: 403, means: 'scope_missing' },
      { status: '5xx', means: 'platform_down' },
    ],
    revoke: {
      token: {
        ...exchange,
        url: at('revocationEndpoint', '/token/revocation'),
        parameters: { token: '{refreshToken}', token_type_hint: 'refresh_token', ...publicClient(proof) },
      },
    },
  };
}

/** RFC 6749 § 3.2.1: a public client names itself. */
function publicClient({ clientAuthentication }: Variant['proof']): Record<string, string> {
  return clientAuthentication === 'none' ? { client_id: '{clientId}' } : {};
}

function textAt(body: Json, name: string): string | null {
  const value = isObject(body) ? body[name] : null;
  return typeof value === 'string' ? value : null;
}
