// The schemes by themselves: against published vectors, against each other, and with one thing wrong at a time.
import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { signBasic, verifyBasic } from '../../cli/schemes/basic.ts';
import { signHmac } from '../../cli/schemes/hmac.ts';
import { signJwtBearer, verifyJwtBearer } from '../../cli/schemes/jwt-bearer.ts';
import { signOAuth1, verifyOAuth1 } from '../../cli/schemes/oauth1.ts';
import { signSigV4, verifySigV4 } from '../../cli/schemes/sigv4.ts';
import { OAUTH1_VECTORS } from '../auth/vectors/oauth1.ts';
import { SIGV4_CONTEXT, SIGV4_VECTORS } from '../auth/vectors/sigv4.ts';
import { AT, MOMENT, sent } from './scheme-moment.ts';

describe('oauth1', () => {
  it.each(OAUTH1_VECTORS)('signs as $from, and verifies it', async (row) => {
    const [consumerKey, consumerSecret] = row.consumer;
    const token = row.token === null ? {} : { token: row.token[0], tokenSecret: row.token[1] };
    const more = Object.fromEntries(row.more.map(([name, value]) => [name.replace('oauth_', ''), value]));
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    const request = {
      method: row.method,
      url: row.url,
      ...(row.form === undefined ? {} : { headers: form, body: row.form }),
    };
    const realm = row.realm === undefined ? {} : { realm: row.realm };
    const input = { request, consumerKey, consumerSecret, version: row.version, ...token, ...more, ...realm };
    const moment = { nowMs: row.timestamp * 1_000, nonce: row.nonce };
    const signed = await signOAuth1(input, moment);
    expect(signed.signature).toBe(row.signature);
    const received = { request: sent(signed), consumerKey, consumerSecret, ...token };
    expect(await verifyOAuth1(received, moment.nowMs)).toMatchObject({
      verified: true,
      baseString: signed.made['baseString'],
    });
  });

  const keys = { consumerKey: 'ck', consumerSecret: 'cs', token: 't', tokenSecret: 'ts' };
  const request = { method: 'POST', url: 'https://shop.example/orders?b=2&a=1%20x', body: '{}' };
  it.each<[string, Record<string, unknown>, (url: string, header: string) => object, string | null]>([
    ['as it was', {}, (url, authorization) => ({ url, headers: { authorization } }), null],
    ['in the query', { place: 'query' }, (url) => ({ url, headers: {} }), null],
    [
      'with another path',
      {},
      (url, authorization) => ({ url: url.replace('orders', 'order'), headers: { authorization } }),
      'signature',
    ],
    ['without a signature', {}, (url) => ({ url, headers: {} }), 'missing'],
    [
      'with a header of something else',
      {},
      (url) => ({ url, headers: { authorization: 'Bearer x' } }),
      'malformed',
    ],
    [
      'by a method nobody takes',
      {},
      (url, header) => ({ url, headers: { authorization: header.replace('SHA1', 'MD5') } }),
      'algorithm',
    ],
    [
      'by another consumer',
      { consumerKey: 'other' },
      (url, authorization) => ({ url, headers: { authorization } }),
      'consumer_key',
    ],
    [
      'for another token',
      { token: 'other' },
      (url, authorization) => ({ url, headers: { authorization } }),
      'token',
    ],
    [
      'by another secret',
      { tokenSecret: 'other' },
      (url, authorization) => ({ url, headers: { authorization } }),
      'signature',
    ],
  ])('%s: says at which step it fails', async (_why, more, received, step) => {
    const signed = await signOAuth1({ request, ...keys, ...more }, MOMENT);
    const { url, headers } = signed.request;
    const input = { request: { ...request, ...received(url, headers['authorization'] ?? '') }, ...keys };
    expect((await verifyOAuth1(input, MOMENT.nowMs)).step).toBe(step);
    if (step === null) expect((await verifyOAuth1(input, MOMENT.nowMs + 301_000)).step).toBe('timestamp');
  });

  it.each(['a, b', 'a "b"', 'a\\', '", oauth_nonce="x'])(
    'shows the signature of a request for the realm %j, and verifies it',
    async (realm) => {
      const signed = await signOAuth1({ request, ...keys, realm }, MOMENT);
      expect(signed.signature).toBe((await signOAuth1({ request, ...keys }, MOMENT)).signature);
      expect(signed.signature).not.toBe('');
      expect(await verifyOAuth1({ request: sent(signed), ...keys }, MOMENT.nowMs)).toMatchObject({
        verified: true,
        baseString: signed.made['baseString'],
      });
    },
  );

  it.each(['OAuth realm="a" oauth_nonce="b"', 'OAuth realm="a', 'OAuth realm="a",', 'OAuth a=b'])(
    'a header that is no list of quoted values is malformed: %s',
    async (authorization) => {
      const input = { request: { ...request, headers: { authorization } }, ...keys };
      expect((await verifyOAuth1(input, MOMENT.nowMs)).step).toBe('malformed');
    },
  );

  const TYPE = 'application/x-www-form-urlencoded';
  it.each<[string, (all: ReturnType<typeof sent>) => object]>([
    ['header and query', (all) => ({ ...all, url: `${all.url}&oauth_timestamp=${AT}` })],
    [
      'header and form',
      (all) => ({ ...all, headers: { ...all.headers, 'Content-Type': TYPE }, body: 'oauth_token=t' }),
    ],
    [
      'the header',
      (all) => ({
        ...all,
        headers: { authorization: `${all.headers['authorization']}, oauth_nonce="another"` },
      }),
    ],
  ])('a protocol parameter that is there twice, over %s, is malformed', async (_where, spoil) => {
    const received = spoil(sent(await signOAuth1({ request, ...keys }, MOMENT)));
    const verdict = await verifyOAuth1({ request: received, ...keys }, MOMENT.nowMs);
    expect(verdict).toMatchObject({ verified: false, step: 'malformed' });
    expect(verdict.because).toMatch(/"oauth_(timestamp|token|nonce)" is there more than once/);
  });

  it('what somebody adds to the header is signed too, or it does not verify', async () => {
    const { headers, ...rest } = sent(await signOAuth1({ request, ...keys }, MOMENT));
    const received = { ...rest, headers: { authorization: `${headers['authorization']}, a="other"` } };
    expect((await verifyOAuth1({ request: received, ...keys }, MOMENT.nowMs)).step).toBe('signature');
  });

  it('a request that is sent again under a newer time in front of the signed one is refused', async () => {
    const signed = await signOAuth1({ request, ...keys, place: 'query' }, MOMENT);
    const laterS = AT + 86_400;
    const authorization = `OAuth oauth_timestamp="${laterS}", oauth_nonce="another"`;
    const again = { ...sent(signed), headers: { authorization } };
    expect((await verifyOAuth1({ request: again, ...keys }, laterS * 1_000)).step).toBe('malformed');
  });
});

describe('sigv4', () => {
  const { accessKeyId, secretAccessKey, region, service, origin, nowMs } = SIGV4_CONTEXT;
  const keys = { accessKeyId, secretAccessKey, region, service };
  it.each(SIGV4_VECTORS)('signs as AWS does: $name, and verifies it', async (row) => {
    const { method, path, headers, body, sessionToken, pathAsIs = false } = row;
    const token = sessionToken === undefined ? {} : { sessionToken };
    const request = { method, url: origin + path, headers: { ...headers }, body };
    const signed = await signSigV4({ request, ...keys, ...token, pathAsIs }, { nowMs, nonce: 'n' });
    expect(signed.signature).toBe(row.signature);
    expect(await verifySigV4({ request: sent(signed), ...keys, pathAsIs }, nowMs)).toMatchObject({
      verified: true,
    });
  });

  const request = { method: 'PUT', url: 'https://s.example/a%20b?z=1&a=2', body: 'x' };
  it.each<[string, (all: ReturnType<typeof sent>) => object, object, string]>([
    ['without its header', (all) => ({ ...all, headers: {} }), {}, 'missing'],
    ['by another algorithm', (all) => header(all, 'authorization', 'AWS4-ECDSA'), {}, 'algorithm'],
    [
      'half a header',
      (all) => header(all, 'authorization', 'AWS4-HMAC-SHA256 Credential=a'),
      {},
      'malformed',
    ],
    ['a day of another scope', (all) => header(all, 'x-amz-date', '20261122T100000Z'), {}, 'scope'],
    ['for another region', (all) => all, { region: 'eu-west-1' }, 'scope'],
    ['by another key', (all) => all, { accessKeyId: 'AKIDOTHER' }, 'access_key'],
    ['another body', (all) => ({ ...all, body: 'y' }), {}, 'signature'],
    ['by another secret', (all) => all, { secretAccessKey: 'other' }, 'signature'],
  ])('%s: says at which step it fails', async (_why, spoil, more, step) => {
    const signed = await signSigV4({ request, ...keys }, MOMENT);
    const input = { request: spoil(sent(signed)), ...keys, ...more };
    expect((await verifySigV4(input, MOMENT.nowMs)).step).toBe(step);
  });

  it('is over after five minutes', async () => {
    const signed = await signSigV4({ request, ...keys }, MOMENT);
    expect((await verifySigV4({ request: sent(signed), ...keys }, MOMENT.nowMs + 301_000)).step).toBe(
      'timestamp',
    );
  });

  const header = (all: ReturnType<typeof sent>, name: string, value: string) => ({
    ...all,
    headers: { ...all.headers, [name]: value },
  });
});

describe('jwt_bearer', () => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid: 'k1', alg: 'EdDSA' };
  const claims = { iss: 'client', aud: 'https://p.example/token', sub: '{x}' };
  const made = { algorithm: 'EdDSA', key, keyId: 'k1', claims };

  it('makes an assertion, the same again, and the form that brings it', async () => {
    const { made: shown, request } = await signJwtBearer(made, MOMENT);
    expect(shown['claims']).toEqual({ ...claims, jti: MOMENT.nonce, iat: AT, exp: AT + 300 });
    expect(shown['header']).toEqual({ typ: 'JWT', alg: 'EdDSA', kid: 'k1' });
    expect((await signJwtBearer(made, MOMENT)).made).toEqual(shown);
    expect(request.url).toBe(claims.aud);
    expect(new URLSearchParams(request.body ?? '').get('assertion')).toBe(shown['assertion']);
  });

  const expected = {
    algorithms: ['EdDSA'],
    key: { jwks: { keys: [jwk] } },
    issuer: 'client',
    audience: claims.aud,
  };
  it.each<[string, object, number, string | null]>([
    ['as it was made', {}, 0, null],
    [
      'by a public key in PEM',
      { key: { publicKey: publicKey.export({ type: 'spki', format: 'pem' }) } },
      0,
      null,
    ],
    ['by an algorithm that is not listed', { algorithms: ['RS256'] }, 0, 'algorithm'],
    ['of another issuer', { issuer: 'other' }, 0, 'issuer'],
    ['for another audience', { audience: 'other' }, 0, 'audience'],
    ['without a claim', { required: ['scope'] }, 0, 'claim'],
    ['over', {}, 601_000, 'expired'],
    ['not yet', { maxAgeS: 600 }, -301_000, 'not_yet_valid'],
    ['a secret where a key must be', { key: { secret: 's' } }, 0, 'algorithm'],
    ['of an empty key set', { key: { jwks: { keys: [] } } }, 0, 'key'],
  ])('%s: says at which step it fails', async (_why, more, laterMs, step) => {
    const { made: shown } = await signJwtBearer(made, MOMENT);
    const input = { assertion: shown['assertion'], ...expected, ...more };
    expect((await verifyJwtBearer(input, MOMENT.nowMs + laterMs)).step).toBe(step);
  });
});

describe('basic', () => {
  it('makes RFC 7617’s own header, and verifies it', async () => {
    const input = { username: 'Aladdin', password: 'open sesame' };
    const signed = await signBasic(input, MOMENT);
    expect(signed.request.headers['authorization']).toBe('Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==');
    expect((await verifyBasic({ ...input, request: sent(signed) }, 0)).verified).toBe(true);
    const step = async (headers: object, more = {}) =>
      (await verifyBasic({ ...input, ...more, request: { url: 'https://x.example', headers } }, 0)).step;
    expect(await step({})).toBe('missing');
    expect(await step({ authorization: 'Bearer x' })).toBe('malformed');
    expect(await step({ authorization: 'Basic ***' })).toBe('encoding');
    expect(await step({ ...signed.request.headers }, { password: 'other' })).toBe('signature');
    await expect(signBasic({ ...input, request: { url: 'http://x.example' } }, MOMENT)).rejects.toMatchObject(
      {
        code: 'address_not_allowed',
      },
    );
  });
});

describe('an input of another form', () => {
  it.each<[string, () => Promise<unknown>, string]>([
    [
      'no secret',
      () => signOAuth1({ request: { url: 'https://x.example' }, consumerKey: 'k' }, MOMENT),
      '/consumerSecret:',
    ],
    [
      'an address that is none',
      () => signBasic({ request: { url: 'x' }, username: 'u', password: 'p' }, MOMENT),
      '/request/url:',
    ],
    ['a field nobody knows', () => signBasic({ user: 'u', username: 'u', password: 'p' }, MOMENT), '"user"'],
    ['alg none', () => signJwtBearer({ algorithm: 'none', key: 'k', claims: {} }, MOMENT), '/algorithm:'],
    ['no JSON object', () => signSigV4('x', MOMENT), 'does not have its form'],
    [
      'a value that is not given',
      () => signHmac({ request: { url: 'https://x.example' }, key: 'k', message: ['{shop}'] }, MOMENT),
      '/values: shop',
    ],
  ])('%s is refused by the field', async (_why, use, told) => {
    await expect(use()).rejects.toThrow(told);
  });
});
