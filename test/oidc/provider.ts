// The library itself, set up once for a test: its clients, a merchant who approves on one page, an API that takes its tokens. Everything a client may do wrong it judges alone.
import { generateKeyPairSync } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TLSSocket } from 'node:tls';
import Provider, { type ClientMetadata, type Configuration } from 'oidc-provider';
import type { Shop } from '../sync/shelf.ts';
import { ISSUER } from './definition.ts';

export interface Exchange {
  readonly client: string | undefined;
  readonly grantType: string | undefined;
  /** As the client sent it. */
  readonly body: Readonly<Record<string, unknown>>;
}

export interface Served {
  answer(request: IncomingMessage, response: ServerResponse): void;
  /** Exchanges that succeeded. */
  readonly exchanges: readonly Exchange[];
  /** "invalid_grant by oidcbasic" for each exchange that did not. */
  readonly refusals: readonly string[];
  /** Grants that ended, by whatever cause. */
  readonly ended: readonly string[];
  /** The merchant declines what this client asks next. */
  declineNext(clientId: string): void;
  /** The merchant takes everything back at the platform. */
  revokeEverything(): Promise<void>;
}

const SCOPES = 'openid offline_access orders inventory';
const MERCHANT = 'merchant-1';

export function createProvider(clients: readonly ClientMetadata[], shop: Shop): Served {
  const provider = new Provider(ISSUER, configuration(clients));
  provider.proxy = true;
  const exchanges: Exchange[] = [];
  const refusals: string[] = [];
  const ended: string[] = [];
  const grants = new Set<string>();
  const declining = new Set<string>();
  provider.on('grant.success', ({ oidc }) => {
    const { grant_type: grantType } = oidc.params ?? {};
    exchanges.push({
      client: oidc.client?.clientId,
      grantType: typeof grantType === 'string' ? grantType : undefined,
      body: { ...oidc.body },
    });
  });
  provider.on('grant.error', ({ oidc }, error) => {
    refusals.push(`${error.error} by ${oidc.client?.clientId ?? 'nobody'}`);
  });
  provider.on('grant.saved', (grant) => void grants.add(grant.jti));
  provider.on('grant.revoked', (_ctx, grantId) => void ended.push(grantId));
  const handle = provider.callback();
  return {
    exchanges,
    refusals,
    ended,
    declineNext: (clientId) => void declining.add(clientId),
    answer: (request, response) => {
      const host = realHost(request);
      const { pathname } = new URL(request.url ?? '/', 'http://any');
      if (pathname.startsWith('/interaction/')) void approve(provider, declining, request, response);
      else if (/^\/(me|orders|inventory)$/.test(pathname)) void callApi(provider, shop, request, response);
      else {
        // What stands before it in production ends TLS and says so.
        if (host !== null) request.headers['x-forwarded-proto'] = 'https';
        void handle(request, response);
      }
    },
    revokeEverything: async () => {
      for (const id of grants) {
        await provider.RefreshToken.revokeByGrantId(id);
        await provider.AccessToken.revokeByGrantId(id);
        await (await provider.Grant.find(id))?.destroy();
      }
    },
  };
}

/** A browser comes by /_host/<host>/…, which is taken off; the product's own calls carry the real Host. null: by the loopback address. */
function realHost(request: IncomingMessage): string | null {
  const [, rest] = /^\/_host\/[^/]+(\/.*)$/.exec(request.url ?? '') ?? [];
  if (rest !== undefined) request.url = rest;
  const { host = '' } = request.headers;
  return host.startsWith('127.0.0.1') ? null : host;
}

function configuration(clients: readonly ClientMetadata[]): Configuration {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return {
    clients: [...clients],
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), kid: 'signing', use: 'sig', alg: 'RS256' }] },
    scopes: SCOPES.split(' '),
    cookies: { keys: ['of a test'] },
    clientAuthMethods: [
      'client_secret_basic',
      'client_secret_post',
      'private_key_jwt',
      'tls_client_auth',
      'none',
    ],
    enabledJWA: { clientAuthSigningAlgValues: ['ES256'] },
    findAccount: (_ctx, accountId) => ({ accountId, claims: () => ({ sub: accountId }) }),
    interactions: { url: (_ctx, { uid }) => `/interaction/${uid}` },
    pkce: { required: () => true },
    rotateRefreshToken: true,
    ttl: { AccessToken: 3_600, AuthorizationCode: 60, RefreshToken: 86_400, Grant: 86_400, Session: 600 },
    features: {
      devInteractions: { enabled: false },
      revocation: { enabled: true },
      mTLS: {
        enabled: true,
        certificateBoundAccessTokens: true,
        tlsClientAuth: true,
        getCertificate: ({ req }) => certificateOf(req)?.cert,
        certificateAuthorized: ({ req }) => certificateOf(req)?.isTrusted === true,
        certificateSubjectMatches: ({ req }, property, expected) =>
          property === 'tls_client_auth_subject_dn' && certificateOf(req)?.subject === expected,
      },
    },
  };
}

function certificateOf(request: IncomingMessage) {
  const socket = request.socket as Partial<TLSSocket>;
  const certificate = socket.getPeerX509Certificate?.();
  if (certificate === undefined) return undefined;
  return {
    cert: certificate.toString(),
    subject: certificate.subject,
    thumbprint: Buffer.from(certificate.fingerprint256.replaceAll(':', ''), 'hex').toString('base64url'),
    isTrusted: socket.authorized === true,
  };
}

/** One page: who approves is the merchant, and takes all or nothing. */
async function approve(
  provider: Provider,
  declining: Set<string>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const details = await provider.interactionDetails(request, response);
  if (request.method !== 'POST') {
    response.writeHead(200, { 'content-type': 'text/html' });
    response.end('<form method="post"><button>Approve</button></form>');
    return;
  }
  const { client_id: clientId } = details.params;
  const grant = new provider.Grant({ accountId: MERCHANT, clientId: String(clientId) });
  grant.addOIDCScope(SCOPES);
  const grantId = await grant.save();
  const approval = { login: { accountId: MERCHANT }, consent: { grantId } };
  const result = declining.delete(String(clientId)) ? { error: 'access_denied' } : approval;
  await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
}

/** RFC 6750, and RFC 8705 § 3: a token bound to a certificate is good with that certificate alone. */
async function callApi(
  provider: Provider,
  shop: Shop,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const bearer = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
  const token = await provider.AccessToken.find(bearer);
  const bound = token?.['x5t#S256'];
  const isBoundElsewhere = bound !== undefined && bound !== certificateOf(request)?.thumbprint;
  if (token === undefined || isBoundElsewhere) {
    response.writeHead(401, { 'content-type': 'application/json' }).end('{"error":"invalid_token"}');
    return;
  }
  if (!(request.url ?? '').startsWith('/me')) return shop.answer(request.url ?? '', response);
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ id: token.accountId, name: 'A shop', scope: token.scope ?? '' }));
}
