// How our client proves itself at a token endpoint: RFC 6749 § 2.3, RFC 7523 § 2.2, RFC 8705 § 2, and what is never sent.
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { jwtVerify } from 'jose';
import { describe, expect, test } from 'vitest';
import { obtainCredential } from '../../auth/index.ts';
import type { AuthMethod, TokenRequest } from '../../domain/platform.ts';
import { BEARER, formOf, GOOD, NOW_MS, type Play, platformWith, play, TOKEN } from './exchanging.ts';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const PEM = rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

function methodWith(token: Partial<TokenRequest>, change: Partial<AuthMethod> = {}): AuthMethod {
  return {
    ...BEARER,
    renew: { kind: 'client_credentials', when: 'on_use', token: { ...TOKEN, ...token } },
    ...change,
  };
}

async function mint(method: AuthMethod, of: Omit<Play, 'platform'> = {}, registration = {}) {
  const { context, asked } = play({ platform: platformWith([method], registration), ...of });
  const issued = await obtainCredential(context, 'pasted');
  return { issued, request: asked[0] };
}

describe('by a secret', () => {
  test.each([
    ['body, in the form', 'body', { client_id: 'our-app', client_secret: 'our-secret' }, undefined],
    ['basic, in the header alone', 'basic', {}, `Basic ${btoa('our-app:our-secret')}`],
  ] as const)('%s', async (_why, clientAuthentication, form, authorization) => {
    const { request } = await mint(methodWith({ clientAuthentication }));
    expect(formOf(request)).toEqual({ grant_type: 'client_credentials', ...form });
    expect(request?.headers['authorization']).toBe(authorization);
  });

  test('basic form-encodes both first, basic_raw does not (RFC 6749 § 2.3.1)', async () => {
    const client = { id: 'a:b c', secret: 'p+ü/% ' };
    const strict = await mint(methodWith({ clientAuthentication: 'basic' }), { client });
    const raw = await mint(methodWith({ clientAuthentication: 'basic_raw' }), { client });
    const decoded = ({ request }: typeof strict) =>
      Buffer.from((request?.headers['authorization'] ?? '').slice(6), 'base64').toString('utf8');
    expect(decoded(strict)).toBe('a%3Ab+c:p%2B%C3%BC%2F%25+');
    expect(decoded(raw)).toBe('a:b c:p+ü/% ');
  });

  test('the merchant’s own client id and secret take the place of ours', async () => {
    const fields = [
      { name: 'clientId', label: 'Id', secret: false, help: '' },
      { name: 'clientSecret', label: 'Secret', secret: true, help: '' },
    ];
    const method = methodWith(
      { clientAuthentication: 'basic' },
      { obtain: { kind: 'client_credentials', fields } },
    );
    const approval = { clientId: 'merchant', clientSecret: 'theirs' };
    for (const client of [null, {}]) {
      const { request } = await mint(method, { client, approval });
      expect(request?.headers['authorization']).toBe(`Basic ${btoa('merchant:theirs')}`);
    }
    const { issued } = await mint(method, { approval });
    expect(issued.parts).toMatchObject({ clientSecret: 'theirs', accessToken: 'at' });
  });

  test.each(['body', 'none'] as const)(
    'a public client sends no client_secret, not even an empty one (%s)',
    async (by) => {
      for (const secret of [null, '']) {
        const { request } = await mint(methodWith({ clientAuthentication: by }), { client: { secret } });
        expect(request?.body).not.toContain('client_secret');
      }
    },
  );
});

test('what is a list is one in JSON, of what stands between spaces', async () => {
  const parameters = { grant_type: 'client_credentials', kinds: 'ONE TWO', none: '', id: '7' };
  const { request } = await mint(
    methodWith({
      format: 'json',
      clientAuthentication: 'none',
      parameters,
      lists: ['kinds', 'none'],
      numeric: ['id'],
    }),
  );
  expect(JSON.parse(request?.body ?? '')).toEqual({ ...parameters, kinds: ['ONE', 'TWO'], none: [], id: 7 });
});

describe('private_key_jwt', () => {
  const made = {
    algorithm: 'RS256',
    key: '{privateKey}',
    keyId: '{keyId}',
    claims: {},
    lifetimeS: 60,
  } as const;
  const method = methodWith({ clientAuthentication: 'private_key_jwt', clientAssertion: made });
  const client = { secret: null, fields: { privateKey: PEM, keyId: 'k1' } };

  test('says who we are, to whom, once, for a minute (RFC 7523 § 3)', async () => {
    const { request } = await mint(method, { client });
    const { client_assertion: assertion = '', ...form } = formOf(request);
    expect(form).toEqual({
      grant_type: 'client_credentials',
      client_id: 'our-app',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    });
    const { payload, protectedHeader } = await jwtVerify(assertion, createPublicKey(PEM), {
      currentDate: new Date(NOW_MS),
    });
    expect(protectedHeader).toEqual({ alg: 'RS256', kid: 'k1', typ: 'JWT' });
    expect(payload).toEqual({
      iss: 'our-app',
      sub: 'our-app',
      aud: TOKEN.url,
      iat: NOW_MS / 1000,
      exp: NOW_MS / 1000 + 60,
      jti: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
  });

  test('is made anew for each exchange', async () => {
    const [one, two] = await Promise.all([mint(method, { client }), mint(method, { client })]);
    expect(formOf(one.request)['client_assertion']).not.toBe(formOf(two.request)['client_assertion']);
  });

  test('a key of ours that cannot be used is ours to fix, and nothing is sent', async () => {
    for (const privateKey of [
      'nonsense-key',
      generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    ]) {
      const { context, asked } = play({
        platform: platformWith([method]),
        client: { ...client, fields: { ...client.fields, privateKey } },
      });
      const refusal = await obtainCredential(context, 'pasted').catch((error: unknown) => error);
      expect(refusal).toMatchObject({ code: 'registration_rejected' });
      expect(String(refusal)).not.toContain('nonsense');
      expect(asked).toEqual([]);
    }
  });
});

describe('tls_client_auth', () => {
  test('shows the certificate and names the client, without a secret (RFC 8705 § 2.1)', async () => {
    const method = methodWith(
      { clientAuthentication: 'tls_client_auth' },
      { transport: { certificate: '{certificate}', privateKey: '{privateKey}' } },
    );
    const { request } = await mint(method, {
      client: { fields: { certificate: 'CERT', privateKey: 'KEY' } },
    });
    expect(formOf(request)).toEqual({ grant_type: 'client_credentials', client_id: 'our-app' });
    expect(request?.clientCertificate).toEqual({ kind: 'pem', certificate: 'CERT', privateKey: 'KEY' });
  });

  test('for calls alone it is not shown to the token endpoint', async () => {
    const transport = { at: 'api', pfx: '{pfx}' } as const;
    const { request } = await mint(methodWith({}, { transport }), { client: { fields: { pfx: 'x' } } });
    expect(request?.clientCertificate).toBeUndefined();
  });
});

describe('what an exchange carries', () => {
  test('scopes are the narrowest for what the connection is for, and absent where there are none', async () => {
    const token = { parameters: { ...TOKEN.parameters, scope: '{scopes}' } };
    const permissions = { 'orders:read': ['orders.read'], 'products:read': ['products.read'] };
    const asking = (wish: ('orders:read' | 'products:read')[]) =>
      mint(methodWith(token), { more: { permissions: wish } }, { permissions });
    expect(formOf((await asking(['orders:read', 'products:read'])).request)['scope']).toBe(
      'orders.read products.read',
    );
    expect(formOf((await asking([])).request)).not.toHaveProperty('scope');
  });

  test('an optional field that was left empty is left out; any other name must have a value', async () => {
    const fields = [
      { name: 'audience', label: 'Audience', secret: false, help: '', optional: true },
    ] as const;
    const token = { parameters: { ...TOKEN.parameters, audience: '{audience}' } };
    const method = methodWith(token, { obtain: { kind: 'client_credentials', fields } });
    expect(formOf((await mint(method)).request)).not.toHaveProperty('audience');
    expect(formOf((await mint(method, { approval: { audience: 'x' } })).request)['audience']).toBe('x');
    await expect(mint(methodWith(token))).rejects.toMatchObject({ code: 'internal' });
  });

  test('a header may carry an id of its own for each exchange', async () => {
    const method = methodWith({ headers: { 'WM_QOS.CORRELATION_ID': '{uuid}' } });
    const { request } = await mint(method, { answers: [GOOD] });
    expect(request?.headers['wm_qos.correlation_id']).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
  });
});
