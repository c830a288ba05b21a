// Request signatures of platforms, against what the platforms and their clients publish.
import { describe, expect, test } from 'vitest';
import { signRequest } from '../../auth/index.ts';
import type { AuthMethod, HmacSign, Platform, PlatformRequest } from '../../domain/platform.ts';
import { Secret } from '../../domain/secret.ts';
import { findPlatform } from '../../platforms/index.ts';
import { HMAC_VECTORS, type HmacVector } from './vectors/hmac.ts';

const [known] = [findPlatform('medusa')];

async function sign(
  vector: HmacVector,
  change: Partial<HmacSign> = {},
  request: Partial<PlatformRequest> = {},
) {
  if (known === undefined) throw new Error('no platform');
  const platform: Platform = { ...known, baseUrl: vector.baseUrl };
  const method: AuthMethod = {
    credentialKind: 'keys',
    obtain: { kind: 'pasted', fields: [] },
    renew: { kind: 'none' },
    sign: [{ ...vector.sign, ...change }],
    defaultLifetimeS: null,
  };
  const parts = Object.entries(vector.parts).map(([name, text]) => [name, new Secret(text)] as const);
  return await signRequest(
    method,
    {
      platform,
      shop: {},
      clientId: vector.clientId,
      clientSecret: new Secret(vector.clientSecret),
      credential: { kind: 'keys', parts: Object.fromEntries(parts) },
      nowMs: vector.atMs,
    },
    { ...vector.request, endpoint: 'x', ...request },
  );
}

function vectorOf(beginning: string): HmacVector {
  const found = HMAC_VECTORS.find(({ name }) => name.startsWith(beginning));
  if (found === undefined) throw new Error(`no vector ${beginning}`);
  return found;
}

describe('vectors', () => {
  test.each(HMAC_VECTORS)('$name ($witness)', async (vector) => {
    const { url, headers } = await sign(vector);
    const found =
      'query' in vector.place
        ? new URL(url).searchParams.get(vector.place.query)
        : headers[vector.place.header];
    expect(found).toBe(vector.signature);
  });
});

describe('what is signed', () => {
  test('what a scheme leaves out for a path is neither sent nor signed', async () => {
    const shops = vectorOf('TikTok Shop, its guide');
    const withCipher = { ...shops, parts: { ...shops.parts, shopCipher: 'c' } };
    const signed = await sign(withCipher);
    expect(new URL(signed.url).searchParams.has('shop_cipher')).toBe(false);
    expect(new URL(signed.url).searchParams.get('sign')).toBe(shops.signature);
  });

  test('parameters are sorted by byte, then by value', async () => {
    const lazada = vectorOf('Lazada, its');
    const a = await sign(lazada, {}, { query: { b: '1', a: '2', B: '3', é: '4' } });
    const b = await sign(lazada, {}, { query: { é: '4', B: '3', a: '2', b: '1' } });
    const signature = (url: string) => new URL(url).searchParams.get('sign');
    expect(signature(a.url)).toBe(signature(b.url));
    const { createHmac } = await import('node:crypto');
    const message = '/order/getB3a2access_tokentestapp_key123456b1sign_methodsha256timestamp1517820392000é4';
    expect(signature(a.url)).toBe(
      createHmac('sha256', 'helloworld').update(message).digest('hex').toUpperCase(),
    );
  });

  test('a signature and its companions are hidden from logs', async () => {
    const signed = await sign(vectorOf('Lazada, its'));
    expect(signed.secretQuery).toEqual(expect.arrayContaining(['sign', 'access_token', 'app_key']));
  });

  test('a key in hex or base64 is read as its bytes', async () => {
    const kaufland = vectorOf('Kaufland, its');
    const key = Buffer.from('the key of a test');
    const plain = await sign({ ...kaufland, clientSecret: key.toString('utf8') });
    for (const keyEncoding of ['hex', 'base64'] as const) {
      const encoded = await sign({ ...kaufland, clientSecret: key.toString(keyEncoding) }, { keyEncoding });
      expect(encoded.headers['shop-signature']).toBe(plain.headers['shop-signature']);
    }
  });
});
