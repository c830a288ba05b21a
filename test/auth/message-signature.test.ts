// HTTP Message Signatures: by RFC 9421's own requests (appendix B.2), and by signatures that only their public key can judge.
import { constants, createPublicKey, createVerify, generateKeyPairSync, verify } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { Draft } from '../../auth/draft.ts';
import { baseOf, signMessage } from '../../auth/sign/message.ts';
import { valuesOf } from '../../auth/values.ts';
import type { MessageSign } from '../../domain/platform.ts';

/** B.2: test-request. */
const REQUEST: Draft = {
  method: 'POST',
  url: new URL('https://example.com/foo?param=Value&Pet=dog'),
  headers: {
    date: 'Tue, 20 Apr 2021 02:07:55 GMT',
    'content-type': 'application/json',
    'content-length': '18',
  },
  body: '{"hello": "world"}',
  secretQuery: [],
};
const MOMENT = { nowMs: 1_618_884_473_000, nonce: '0' };
const SIGN: MessageSign = {
  scheme: 'message_signature',
  algorithm: 'ed25519',
  key: '{key}',
  components: [],
  label: 'sig1',
};

describe('RFC 9421 appendix B.2', () => {
  test.each<[string, Partial<MessageSign>, string, string, string]>([
    [
      'B.2.5, hmac-sha256',
      {
        algorithm: 'hmac-sha256',
        keyEncoding: 'base64',
        keyId: 'test-shared-secret',
        label: 'sig-b25',
        components: ['date', '@authority', 'content-type'],
      },
      'uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtbmHhIDi6pcl8jsasjlTMtDQ==',
      'sig-b25=("date" "@authority" "content-type");created=1618884473;keyid="test-shared-secret"',
      'sig-b25=:pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8=:',
    ],
    [
      'B.2.6, ed25519',
      {
        algorithm: 'ed25519',
        keyId: 'test-key-ed25519',
        label: 'sig-b26',
        components: ['date', '@method', '@path', '@authority', 'content-type', 'content-length'],
      },
      '-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ+DYvh6SEqVTm50DFtMDoQikTmiCqirVv9mWG9qfSnF\n-----END PRIVATE KEY-----',
      'sig-b26=("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473;keyid="test-key-ed25519"',
      'sig-b26=:wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==:',
    ],
  ])('%s', (_from, change, key, input, signature) => {
    const { headers } = signMessage({ ...SIGN, ...change }, REQUEST, valuesOf({ key }), MOMENT);
    expect(headers['signature-input']).toBe(input);
    expect(headers['signature']).toBe(signature);
  });
});

describe('any key', () => {
  const components = ['@method', '@target-uri', '@query', 'content-digest'];

  test.each([
    ['ecdsa-p256-sha256', generateKeyPairSync('ec', { namedCurve: 'P-256' })],
    ['rsa-v1_5-sha256', generateKeyPairSync('rsa', { modulusLength: 2048 })],
    ['rsa-pss-sha512', generateKeyPairSync('rsa', { modulusLength: 2048 })],
  ] as const)('%s verifies by its public key, body included', (algorithm, { privateKey, publicKey }) => {
    const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const sign = { ...SIGN, algorithm, components };
    const signed = signMessage(sign, REQUEST, valuesOf({ key }), MOMENT);
    expect(signed.headers['content-digest']).toBe('sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:');
    const input = (signed.headers['signature-input'] ?? '').replace('sig1=', '');
    const bytes = Buffer.from((signed.headers['signature'] ?? '').slice('sig1=:'.length, -1), 'base64');
    const base = Buffer.from(baseOf(signed, components, input));
    const isGood =
      algorithm === 'rsa-pss-sha512'
        ? verify(
            'sha512',
            base,
            { key: publicKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 64 },
            bytes,
          )
        : algorithm === 'ecdsa-p256-sha256'
          ? verify('sha256', base, { key: publicKey, dsaEncoding: 'ieee-p1363' }, bytes)
          : createVerify('sha256')
              .update(base)
              .verify(createPublicKey(publicKey.export({ type: 'spki', format: 'pem' })), bytes);
    expect(isGood).toBe(true);
  });

  test('without a body there is no digest to cover', () => {
    const { privateKey } = generateKeyPairSync('ed25519');
    const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const { headers } = signMessage(
      { ...SIGN, components },
      { ...REQUEST, body: null },
      valuesOf({ key }),
      MOMENT,
    );
    expect(headers['content-digest']).toBeUndefined();
    expect(headers['signature-input']).toBe('sig1=("@method" "@target-uri" "@query");created=1618884473');
  });

  test('a key of another kind, or none at all, signs nothing', () => {
    const { privateKey } = generateKeyPairSync('ed25519');
    const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const sign = { ...SIGN, algorithm: 'rsa-v1_5-sha256' as const, components: ['@method'] };
    expect(() => signMessage(sign, REQUEST, valuesOf({ key }), MOMENT)).toThrow(
      expect.objectContaining({ code: 'signing_key_invalid' }),
    );
    expect(() => signMessage(sign, REQUEST, valuesOf({ key: 'nonsense-secret' }), MOMENT)).toThrow(
      expect.objectContaining({
        code: 'signing_key_invalid',
        message: expect.not.stringContaining('nonsense'),
      }),
    );
  });
});
