// A key that is not what the platform's data says verifies nothing: a public key of another kind, a secret that is not written as it should be.
import { createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { expect, test } from 'vitest';
import { verifyReceived } from '../../auth/index.ts';
import type { ReceivedPublicKey } from '../../domain/platform.ts';
import { Secret } from '../../domain/secret.ts';

const KEYS = {
  rsa: generateKeyPairSync('rsa', { modulusLength: 2048 }),
  ec: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  ed25519: generateKeyPairSync('ed25519'),
  x25519: generateKeyPairSync('x25519'),
};

const BODY = Buffer.from('{"id":1}');

function verdict(algorithm: ReceivedPublicKey['algorithm'], key: KeyObject, signature: Buffer) {
  const pem = String(key.export({ format: 'pem', type: 'spki' }));
  return verifyReceived(
    { kind: 'public_key', header: 'x-signature', algorithm, form: 'plain', key: { pem: '{pem}' } },
    {
      method: 'POST',
      url: 'https://mooring.example/notify',
      headers: { 'x-signature': signature.toString('base64') },
      parameters: {},
      body: BODY,
    },
    { secrets: [], values: { pem }, nowMs: 0 },
  );
}

const ALGORITHMS = { 'rsa-sha256': 'rsa', 'ecdsa-sha256': 'ec', ed25519: 'ed25519' } as const;

test.each(['rsa-sha256', 'ecdsa-sha256', 'ed25519'] as const)(
  '%s verifies by a key of its kind alone',
  async (algorithm) => {
    for (const [kind, { publicKey, privateKey }] of Object.entries(KEYS)) {
      const signature =
        kind === 'x25519'
          ? Buffer.from('none')
          : sign(kind === 'ed25519' ? null : 'sha256', BODY, privateKey);
      const expected = kind === ALGORITHMS[algorithm] ? { ok: true } : { ok: false, at: 'key' };
      expect(await verdict(algorithm, publicKey, signature), kind).toEqual(expected);
    }
  },
);

test.each([
  ['hex', 'not hex'],
  ['hex', 'zz'],
  ['hex', 'abc'],
  ['base64', '!!'],
  ['utf8', ''],
] as const)(
  'a secret that should be %s and is "%s" verifies nothing, least of all an empty key',
  async (keyEncoding, secret) => {
    const guessed = [Buffer.alloc(0), Buffer.from(secret, keyEncoding)];
    for (const key of guessed) {
      const signature = createHmac('sha256', key).update(BODY).digest('hex');
      const judged = await verifyReceived(
        {
          kind: 'hmac',
          in: { header: 'x-signature' },
          algorithm: 'sha256',
          encoding: 'hex',
          keyEncoding,
          message: ['{body}'],
        },
        {
          method: 'POST',
          url: 'https://mooring.example/notify',
          headers: { 'x-signature': signature },
          parameters: {},
          body: BODY,
        },
        { secrets: [new Secret(secret)], nowMs: 0 },
      );
      expect(judged).toEqual({ ok: false, at: 'signature' });
    }
  },
);
