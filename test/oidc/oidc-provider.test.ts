// The certified authorization server as a platform like any other, connected, renewed and revoked by the product as it runs: nobody here wrote what judges our client.
import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ClientMetadata } from 'oidc-provider';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ConnectionView, type Product, startProduct } from '../invariants/product.ts';
import { items } from '../sync/shelf.ts';
import { until } from '../world.ts';
import { type AuthorizationServer, startAuthorizationServer } from './authorization-server.ts';

const SECRET = 'a secret with + and / and %';
let server: AuthorizationServer;
let product: Product;
let folder: string;

beforeAll(async () => {
  server = await startAuthorizationServer();
  server.shop.put('orders', ...items(25));
  folder = await mkdtemp(join(tmpdir(), 'mooring-oidc-'));
  const authority = join(folder, 'authority.pem');
  await writeFile(authority, server.authority.cert);
  product = await startProduct({
    origins: server.origins,
    env: {
      MOORING_PLATFORMS: fileURLToPath(new URL('./platforms', import.meta.url)),
      NODE_EXTRA_CA_CERTS: authority,
    },
  });
  server.serve(await registerClients());
}, 120_000);
afterAll(async () => {
  await product?.stop();
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

/** Our client at the server and the same at the product, one for each way to prove itself. */
async function registerClients(): Promise<ClientMetadata[]> {
  const key = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const ours = server.authority.issue({ host: 'mooring.example' });
  const common = (id: string): ClientMetadata => ({
    client_id: id,
    application_type: 'native',
    redirect_uris: [`${product.apiUrl}/oauth/${id}/callback`],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    scope: 'openid offline_access orders inventory',
  });
  const register = (id: string, more: object) =>
    product.api('POST', '/v1/client-registrations', { platform: id, clientId: id, ...more });
  const made = [
    await register('oidcbasic', { clientSecret: SECRET }),
    await register('oidcbody', { clientSecret: SECRET }),
    await register('oidcpublic', {}),
    await register('oidcjwt', {
      fields: { privateKey: key.privateKey.export({ type: 'pkcs8', format: 'pem' }) },
    }),
    await register('oidcmtls', { fields: { certificate: ours.cert, certificateKey: ours.key } }),
  ];
  expect(made.map((one) => [one.status, one.status === 201 ? null : one.body])).toEqual(
    made.map(() => [201, null]),
  );
  return [
    { ...common('oidcbasic'), client_secret: SECRET, token_endpoint_auth_method: 'client_secret_basic' },
    { ...common('oidcbody'), client_secret: SECRET, token_endpoint_auth_method: 'client_secret_post' },
    { ...common('oidcpublic'), token_endpoint_auth_method: 'none' },
    {
      ...common('oidcjwt'),
      token_endpoint_auth_method: 'private_key_jwt',
      token_endpoint_auth_signing_alg: 'ES256',
      jwks: { keys: [{ ...key.publicKey.export({ format: 'jwk' }), kid: 'ours', use: 'sig', alg: 'ES256' }] },
    },
    {
      ...common('oidcmtls'),
      token_endpoint_auth_method: 'tls_client_auth',
      tls_client_auth_subject_dn: 'CN=mooring.example',
      tls_client_certificate_bound_access_tokens: true,
    },
  ];
}

const connect = (platform: string): Promise<ConnectionView> => product.connect(platform, {});

async function recordsOf({ id }: ConnectionView): Promise<number> {
  const { body } = await product.api<{ data: unknown[] }>(
    'GET',
    `/v1/records/orders?tenantId=${product.tenantId}&connectionId=${id}&limit=100`,
  );
  return body.data.length;
}

const refresh = ({ id }: ConnectionView) => product.api('POST', `/v1/connections/${id}/refresh`, {});

async function revoke({ id }: ConnectionView): Promise<void> {
  await product.api('DELETE', `/v1/connections/${id}`);
  await until('revoked', async () => (await product.connection(id)).state === 'revoked', 30_000);
}

describe.each([
  ['its secret by HTTP Basic, encoded as RFC 6749 § 2.3.1 says', 'oidcbasic'],
  ['its secret in the body', 'oidcbody'],
  ['nothing but PKCE, as a public client', 'oidcpublic'],
  ['a JWT signed by its private key (RFC 7523)', 'oidcjwt'],
  ['a client certificate that its tokens are bound to (RFC 8705)', 'oidcmtls'],
])('a client that shows %s', (_what, platform) => {
  test('is approved, syncs, rotates its refresh token and revokes', async () => {
    const connection = await connect(platform);
    expect(connection.state).toBe('active');
    await until('the orders', async () => (await recordsOf(connection)) === 25, 30_000);

    expect((await refresh(connection)).status).toBe(200);
    expect((await refresh(connection)).status).toBe(200);
    const renewed = await product.connection(connection.id);
    expect(renewed).toMatchObject({ state: 'active', credential: { generation: 3 } });
    const { exchanges, refusals, ended } = server.served();
    const own = exchanges.filter(({ client }) => client === platform);
    expect(own.map(({ grantType }) => grantType)).toEqual([
      'authorization_code',
      'refresh_token',
      'refresh_token',
    ]);
    expect(new Set(own.map(({ body }) => body['refresh_token'])).size).toBe(3);
    expect(refusals.filter((one) => one.endsWith(platform))).toEqual([]);

    const before = ended.length;
    await revoke(connection);
    expect(ended.length).toBe(before + 1);
    const { body } = await product.api<{ upstream: string }>('GET', `/v1/connections/${connection.id}`);
    expect(JSON.stringify(body)).toContain('confirmed');
  }, 90_000);
});

test('no client sends an empty secret, a secret beside another proof, or a token in an address', () => {
  for (const { client, body } of server.served().exchanges) {
    const secret = client === 'oidcbody' ? SECRET : undefined;
    expect(body['client_secret']).toBe(secret);
  }
});

test('a stolen refresh token that is used again ends the grant, and the merchant is asked', async () => {
  const connection = await connect('oidcpublic');
  await refresh(connection);
  const used = server.served().exchanges.at(-1)?.body['refresh_token'];
  const stolen = { grant_type: 'refresh_token', refresh_token: String(used), client_id: 'oidcpublic' };
  expect(await server.steal(stolen)).toBe('invalid_grant');
  await refresh(connection);
  await until(
    'reauth',
    async () => (await product.connection(connection.id)).state === 'reauth_required',
    30_000,
  );
  expect((await product.connection(connection.id)).reauthReason).toBe('grant_dead');
  await revoke(connection);
}, 90_000);

test('a merchant who takes everything back at the platform is asked for a new approval', async () => {
  const connection = await connect('oidcjwt');
  await server.served().revokeEverything();
  await product.api('POST', `/v1/connections/${connection.id}/sync`, { mode: 'incremental' });
  const state = async () => (await product.connection(connection.id)).state;
  await until('reauth', async () => (await state()) === 'reauth_required', 30_000);
  expect((await product.connection(connection.id)).reauthReason).toBe('grant_dead');
  await revoke(connection);
}, 90_000);

test('a client secret that the server refuses is ours to mend: no merchant is asked', async () => {
  const connection = await connect('oidcbasic');
  const { body } = await product.api<{ data: { id: string }[] }>(
    'GET',
    '/v1/client-registrations?platform=oidcbasic',
  );
  const change = (clientSecret: string) =>
    product.api('PATCH', `/v1/client-registrations/${body.data[0]?.id}`, { clientSecret, overlapS: 0 });
  const diagnosis = async () =>
    (
      await product.api<{ action: string; actor: string }>(
        'GET',
        `/v1/connections/${connection.id}/diagnosis`,
      )
    ).body;
  await change('a wrong one');
  await refresh(connection);
  expect(server.served().refusals.at(-1)).toMatch(/^invalid_client/);
  await until('the diagnosis', async () => (await diagnosis()).action === 'fix_registration', 30_000);
  expect(await diagnosis()).toMatchObject({ actor: 'vendor' });
  await change(SECRET);
  const state = async () => (await product.connection(connection.id)).state;
  await until('recovered', async () => (await state()) === 'active', 30_000);
  await revoke(connection);
}, 90_000);

test('a merchant who declines is told so, and nothing is exchanged', async () => {
  const before = server.served().exchanges.length;
  server.served().declineNext('oidcbasic');
  const session = await product.api<{ url: string }>('POST', '/v1/connect-sessions', {
    tenantId: product.tenantId,
    platform: 'oidcbasic',
    permissions: ['orders:read'],
  });
  const page = await product.approve(session.body.url, {});
  expect(page.text).toMatch(/declined|not approve/i);
  expect(server.served().exchanges.length).toBe(before);
});
