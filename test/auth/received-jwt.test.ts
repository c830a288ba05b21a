// JWTs that platforms send us: what the RFCs print verifies, and whatever is not as the platform's data says is refused at a named step.
import { createHmac, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { exportJWK, SignJWT } from 'jose';
import { beforeAll, describe, expect, test } from 'vitest';
import { type JwtContext, verifyDetached, verifyJwt } from '../../auth/received-jwt.ts';
import { valuesOf } from '../../auth/values.ts';
import type { OutboundRequest } from '../../domain/outbound.ts';
import type { JwtExpected } from '../../domain/platform.ts';
import { codeChallenge } from '../../http/tokens.ts';
import { ED25519, ES256, HS256, JWT_EXP_S, PKCE, RS256, UNKNOWN_CRIT, UNSECURED } from './vectors/jose.ts';

const NOW_MS = Date.UTC(2026, 10, 21, 12);
const NOW_S = NOW_MS / 1000;

function context(change: Partial<JwtContext> = {}): JwtContext {
  return { values: valuesOf({ clientId: 'our-app' }), secrets: [], nowMs: NOW_MS, ...change };
}

function pemOf(jwk: object): string {
  return createPublicKey({ key: { ...jwk }, format: 'jwk' })
    .export({ type: 'spki', format: 'pem' })
    .toString();
}

describe('what the RFCs print', () => {
  const before = context({ nowMs: (JWT_EXP_S - 60) * 1000 });
  const joe = { issuer: 'joe', audience: null } as const;

  test.each<[string, string, JwtExpected]>([
    [
      'RFC 7515 A.1, HS256',
      HS256.jwt,
      { algorithms: ['HS256'], key: { kind: 'secret', secret: HS256.secret, encoding: 'base64' }, ...joe },
    ],
    [
      'RFC 7515 A.2, RS256',
      RS256.jwt,
      { algorithms: ['RS256'], key: { kind: 'public_key', pem: pemOf(RS256.jwk) }, ...joe },
    ],
    [
      'RFC 7515 A.3, ES256',
      ES256.jwt,
      { algorithms: ['ES256'], key: { kind: 'public_key', pem: pemOf(ES256.jwk) }, ...joe },
    ],
  ])('%s verifies a minute before its end', async (_from, jwt, expected) => {
    expect(await verifyJwt(jwt, expected, before)).toEqual({
      ok: true,
      claims: { iss: 'joe', exp: JWT_EXP_S, 'http://example.com/is_root': true },
    });
    expect(await verifyJwt(jwt, expected, context())).toEqual({ ok: false, at: 'expired' });
  });

  test('a key of another kind than its algorithm’s fails at the key', async () => {
    const expected: JwtExpected = {
      algorithms: ['ES256'],
      key: { kind: 'public_key', pem: pemOf(RS256.jwk) },
      ...joe,
    };
    expect(await verifyJwt(ES256.jwt, expected, before)).toEqual({ ok: false, at: 'key' });
  });

  test('RFC 8037 A.4, Ed25519, with its payload detached', async () => {
    const [header, , signature] = ED25519.jws.split('.');
    const expected: JwtExpected = {
      algorithms: ['EdDSA'],
      key: { kind: 'public_key', pem: pemOf(ED25519.jwk) },
      issuer: null,
      audience: null,
    };
    const detached = `${header}..${signature}`;
    expect(await verifyDetached(detached, Buffer.from(ED25519.payload), expected, before)).toMatchObject({
      ok: true,
    });
    expect(await verifyDetached(detached, Buffer.from(`${ED25519.payload}.`), expected, before)).toEqual({
      ok: false,
      at: 'signature',
    });
    expect(await verifyDetached(ED25519.jws, Buffer.from(ED25519.payload), expected, before)).toEqual({
      ok: false,
      at: 'malformed',
    });
  });

  test.each([
    ['RFC 7515 A.5: unsecured', UNSECURED, 'algorithm'],
    ['RFC 7515 E: an extension nobody knows', UNKNOWN_CRIT, 'algorithm'],
  ])('%s is refused', async (_from, jwt, at) => {
    const expected: JwtExpected = {
      algorithms: ['HS256'],
      key: { kind: 'secret', secret: HS256.secret, encoding: 'base64' },
      ...joe,
    };
    expect(await verifyJwt(jwt, expected, before)).toEqual({ ok: false, at });
  });

  test('RFC 7636 appendix B: the challenge of a verifier', () => {
    expect(codeChallenge(PKCE.verifier)).toBe(PKCE.challenge);
  });
});

describe('what a platform sends', () => {
  let rsa: { privateKey: KeyObject; publicKey: KeyObject };
  let other: { privateKey: KeyObject; publicKey: KeyObject };
  let expected: JwtExpected;

  beforeAll(() => {
    rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
    other = generateKeyPairSync('rsa', { modulusLength: 2048 });
    expected = {
      algorithms: ['RS256'],
      key: { kind: 'jwks', url: 'https://issuer.example/keys' },
      issuer: 'https://issuer.example',
      audience: '{clientId}',
    };
  });

  function keysOf(...keys: { key: KeyObject; kid: string }[]) {
    return async (request: OutboundRequest) => {
      expect(request.url).toBe('https://issuer.example/keys');
      const set = await Promise.all(
        keys.map(async ({ key, kid }) => ({ ...(await exportJWK(key)), kid, alg: 'RS256', use: 'sig' })),
      );
      return { status: 200, headers: {}, bodyText: JSON.stringify({ keys: set }) };
    };
  }

  interface Made {
    readonly claims?: Record<string, unknown>;
    readonly header?: Record<string, unknown>;
    readonly key?: KeyObject;
  }

  async function make({ claims = {}, header = {}, key }: Made = {}): Promise<string> {
    const all = {
      iss: 'https://issuer.example',
      aud: 'our-app',
      sub: 'shop-1',
      iat: NOW_S,
      exp: NOW_S + 60,
      ...claims,
    };
    return await new SignJWT(JSON.parse(JSON.stringify(all)))
      .setProtectedHeader({ alg: 'RS256', kid: 'a', ...header })
      .sign(key ?? rsa.privateKey);
  }

  async function verdict(jwt: string, change: Partial<JwtExpected> = {}, of: Partial<JwtContext> = {}) {
    const send = keysOf({ key: rsa.publicKey, kid: 'a' });
    return await verifyJwt(jwt, { ...expected, ...change }, context({ send, ...of }));
  }

  test('verifies by its key set', async () => {
    expect(await verdict(await make())).toMatchObject({ ok: true, claims: { sub: 'shop-1' } });
  });

  test.each<[string, Made, string]>([
    ['for another app', { claims: { aud: 'another-app' } }, 'audience'],
    ['for nobody', { claims: { aud: undefined } }, 'audience'],
    ['of another issuer', { claims: { iss: 'https://issuer.example.evil.test' } }, 'issuer'],
    ['without an issuer', { claims: { iss: undefined } }, 'issuer'],
    ['over for six minutes', { claims: { exp: NOW_S - 360 } }, 'expired'],
    ['valid in six minutes', { claims: { nbf: NOW_S + 360 } }, 'not_yet_valid'],
    ['without an end', { claims: { exp: undefined } }, 'claim'],
    ['with an end that is text', { claims: { exp: 'tomorrow' } }, 'claim'],
    ['with a beginning that is text', { claims: { nbf: 'today' } }, 'claim'],
    ['with an issue date that is text', { claims: { iat: 'today' } }, 'claim'],
    ['of a key nobody knows', { header: { kid: 'b' } }, 'key'],
  ])('%s: refused', async (_why, made, at) => {
    expect(await verdict(await make(made))).toEqual({ ok: false, at });
  });

  test('five minutes of clock skew are forgiven, either way', async () => {
    for (const claims of [{ exp: NOW_S - 290 }, { nbf: NOW_S + 290 }, { iat: NOW_S + 290 }])
      expect(await verdict(await make({ claims }))).toMatchObject({ ok: true });
  });

  test('one of several audiences is enough', async () => {
    expect(await verdict(await make({ claims: { aud: ['x', 'our-app'] } }))).toMatchObject({ ok: true });
  });

  test('signed by another key under a known id: refused', async () => {
    expect(await verdict(await make({ key: other.privateKey }))).toEqual({ ok: false, at: 'signature' });
  });

  test('a claim changed after signing: refused', async () => {
    const [header, payload, signature] = (await make()).split('.');
    const claims = JSON.parse(Buffer.from(payload ?? '', 'base64url').toString('utf8'));
    const changed = Buffer.from(JSON.stringify({ ...claims, sub: 'shop-2' })).toString('base64url');
    expect(await verdict(`${header}.${changed}.${signature}`)).toEqual({ ok: false, at: 'signature' });
  });

  test('alg none, in any case, is refused before anything is read', async () => {
    for (const alg of ['none', 'None', 'NONE', 'nOnE']) {
      const [, payload] = (await make()).split('.');
      const header = Buffer.from(JSON.stringify({ alg, kid: 'a' })).toString('base64url');
      expect(await verdict(`${header}.${payload}.`)).toEqual({ ok: false, at: 'algorithm' });
    }
  });

  test('key confusion: HS256 with the public key as its secret is refused', async () => {
    const [, payload] = (await make()).split('.');
    const header = Buffer.from(JSON.stringify({ alg: 'HS256', kid: 'a' })).toString('base64url');
    const pem = rsa.publicKey.export({ type: 'spki', format: 'pem' });
    const mac = createHmac('sha256', pem).update(`${header}.${payload}`).digest('base64url');
    const forged = `${header}.${payload}.${mac}`;
    expect(await verdict(forged)).toEqual({ ok: false, at: 'algorithm' });
    expect(await verdict(forged, { key: { kind: 'public_key', pem: pem.toString() } })).toEqual({
      ok: false,
      at: 'algorithm',
    });
    // Data that would allow it is a mistake of ours, and verifies nothing.
    const both = { algorithms: ['RS256', 'HS256'] } as const;
    await expect(verdict(forged, both)).rejects.toMatchObject({ code: 'internal' });
  });

  test('an algorithm of the same key that is not listed is refused', async () => {
    const jwt = await new SignJWT({}).setProtectedHeader({ alg: 'PS256', kid: 'a' }).sign(rsa.privateKey);
    expect(await verdict(jwt)).toEqual({ ok: false, at: 'algorithm' });
  });

  test('a critical extension nobody knows is refused', async () => {
    const [, payload, signature] = (await make()).split('.');
    const header = Buffer.from(JSON.stringify({ alg: 'RS256', kid: 'a', crit: ['x'], x: 1 })).toString(
      'base64url',
    );
    expect(await verdict(`${header}.${payload}.${signature}`)).toEqual({ ok: false, at: 'crit' });
  });

  test.each([['', 'a', 'a.b', 'a.b.c.d.e', '{}', '..', 'eyJhbGciOiJSUzI1NiJ9..']].flat().map((one) => [one]))(
    'text that is no JWT, %j, is refused',
    async (text) => {
      expect((await verdict(text)).ok).toBe(false);
    },
  );

  test('older than the platform’s data allows: refused', async () => {
    const jwt = await make({ claims: { iat: NOW_S - 1000 } });
    expect(await verdict(jwt, { maxAgeS: 60 })).toEqual({ ok: false, at: 'too_old' });
  });

  test('issued tomorrow is not valid yet; of no age anybody knows, it lacks a claim', async () => {
    const of = async (iat: number | undefined) =>
      await verdict(await make({ claims: { iat } }), { maxAgeS: 60 });
    expect(await of(NOW_S + 86_400)).toEqual({ ok: false, at: 'not_yet_valid' });
    expect(await of(undefined)).toEqual({ ok: false, at: 'claim' });
  });

  test('by our client secret, the one before it too while both count', async () => {
    const bySecret: Partial<JwtExpected> = {
      algorithms: ['HS256'],
      key: { kind: 'secret', secret: '{clientSecret}' },
    };
    const jwt = await new SignJWT({ iss: 'https://issuer.example', aud: 'our-app', exp: NOW_S + 60 })
      .setProtectedHeader({ alg: 'HS256' })
      .sign(Buffer.from('the secret before'));
    const of = (secrets: string[]) => verdict(jwt, bySecret, { secrets });
    expect(await of(['the secret now', 'the secret before'])).toMatchObject({ ok: true });
    expect(await of(['the secret now'])).toEqual({ ok: false, at: 'signature' });
    expect(await of([])).toEqual({ ok: false, at: 'key' });
    expect(await of([''])).toEqual({ ok: false, at: 'key' });
  });

  test.each([
    ['is away', { status: 503, headers: {}, bodyText: '' }, 'platform_down'],
    ['is a page', { status: 200, headers: {}, bodyText: '<html>' }, 'platform_answer_invalid'],
    ['holds no keys', { status: 200, headers: {}, bodyText: '{"keys":7}' }, 'platform_answer_invalid'],
  ])('a key set that %s says so, and verifies nothing', async (_why, answer, code) => {
    await expect(verdict(await make(), {}, { send: async () => answer })).rejects.toMatchObject({ code });
  });
});
