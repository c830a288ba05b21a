// AWS Signature Version 4: by AWS's own suite, and against two libraries on requests nobody thought of.
import { SignatureV4 } from '@smithy/signature-v4';
import aws4 from 'aws4';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Draft } from '../../auth/draft.ts';
import { signSigV4 } from '../../auth/sign/sigv4.ts';
import { valuesOf } from '../../auth/values.ts';
import type { SigV4Sign } from '../../domain/platform.ts';
import { SIGV4_CONTEXT, SIGV4_VECTORS } from './vectors/sigv4.ts';

const SIGN: SigV4Sign = {
  scheme: 'sigv4',
  accessKeyId: '{accessKeyId}',
  secretAccessKey: '{secretAccessKey}',
  region: SIGV4_CONTEXT.region,
  service: SIGV4_CONTEXT.service,
};
const MOMENT = { nowMs: SIGV4_CONTEXT.nowMs, nonce: '0' };

function draft(of: Partial<Draft> & { url: URL }): Draft {
  return { method: 'GET', headers: {}, body: null, secretQuery: [], ...of };
}

function authorizationOf(sign: SigV4Sign, request: Draft, more: Record<string, string> = {}): string {
  const { accessKeyId, secretAccessKey } = SIGV4_CONTEXT;
  const signed = signSigV4(sign, request, valuesOf({ accessKeyId, secretAccessKey, ...more }), MOMENT);
  return signed.headers['authorization'] ?? '';
}

describe('AWS’s own suite', () => {
  test.each(SIGV4_VECTORS)(
    '$name',
    ({ method, path, headers, body, sessionToken, pathAsIs, ...expected }) => {
      const sign = {
        ...SIGN,
        ...(pathAsIs === undefined ? {} : { pathAsIs }),
        ...(sessionToken === undefined ? {} : { sessionToken: '{sessionToken}' }),
      };
      const request = draft({ method, url: new URL(SIGV4_CONTEXT.origin + path), headers, body });
      expect(authorizationOf(sign, request, { sessionToken: sessionToken ?? '' })).toBe(
        'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, ' +
          `SignedHeaders=${expected.signedHeaders}, Signature=${expected.signature}`,
      );
    },
  );
});

const text = fc.string({ unit: 'grapheme', maxLength: 12 });
const requests = fc.record({
  method: fc.constantFrom('GET', 'POST', 'PUT', 'DELETE'),
  segments: fc.array(
    text.filter((one) => one !== '' && one !== '.' && one !== '..'),
    { maxLength: 4 },
  ),
  // One value a name: the libraries disagree with each other on more.
  query: fc.dictionary(
    text.filter((one) => one !== '' && one !== '__proto__'),
    text,
    { maxKeys: 5 },
  ),
  header: fc.stringMatching(/^[!-~]([ \t]{0,3}[!-~]){0,20}$/),
  body: fc.option(text, { nil: null }),
});

function urlOf(segments: readonly string[], query: Readonly<Record<string, string>>): URL {
  const url = new URL(`https://example.amazonaws.com/${segments.map(encodeURIComponent).join('/')}`);
  for (const [name, value] of Object.entries(query)) url.searchParams.append(name, value);
  return url;
}

describe('any request', () => {
  test('is signed as @smithy/signature-v4 signs it', async () => {
    const { accessKeyId, secretAccessKey, region, service } = SIGV4_CONTEXT;
    await fc.assert(
      fc.asyncProperty(requests, async ({ method, segments, query, header, body }) => {
        const url = urlOf(segments, query);
        const { signature } = await theirs(url, { method, query, body, header });
        const ours = authorizationOf(SIGN, draft({ method, url, headers: { 'x-one': header }, body }));
        expect(ours).toContain(`Signature=${signature}`);
      }),
      { numRuns: 150 },
    );

    async function theirs(
      url: URL,
      of: { method: string; query: Record<string, string>; body: string | null; header: string },
    ) {
      const { createHash, createHmac } = await import('node:crypto');
      class Sha256 {
        #hash;
        constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
          const key = typeof secret === 'string' ? secret : secret === undefined ? null : bytesOf(secret);
          this.#hash = key === null ? createHash('sha256') : createHmac('sha256', key);
        }
        update(data: Uint8Array | string): void {
          this.#hash.update(data);
        }
        async digest(): Promise<Uint8Array> {
          return this.#hash.digest();
        }
        reset(): void {}
      }
      const signer = new SignatureV4({
        credentials: { accessKeyId, secretAccessKey },
        region,
        service,
        sha256: Sha256,
        applyChecksum: false,
      });
      const signed = await signer.sign(
        {
          method: of.method,
          protocol: 'https:',
          hostname: url.hostname,
          path: url.pathname,
          query: of.query,
          headers: { host: url.host, 'x-one': of.header },
          ...(of.body === null ? {} : { body: of.body }),
        },
        { signingDate: new Date(SIGV4_CONTEXT.nowMs) },
      );
      return { signature: /Signature=([0-9a-f]+)/.exec(signed.headers['authorization'] ?? '')?.[1] };
    }
  });

  test('is signed as aws4 signs it', () => {
    fc.assert(
      fc.property(requests, ({ method, segments, query, header, body }) => {
        const url = urlOf(segments, query);
        const strict = Object.entries(query)
          .map((pair) => pair.map(strictly).join('='))
          .join('&');
        const theirs = aws4.sign(
          {
            method,
            host: url.host,
            path: url.pathname + (strict === '' ? '' : `?${strict}`),
            service: SIGV4_CONTEXT.service,
            region: SIGV4_CONTEXT.region,
            headers: { 'X-One': header, 'X-Amz-Date': '20150830T123600Z' },
            ...(body === null ? {} : { body }),
          },
          SIGV4_CONTEXT,
        );
        const added = ['Content-Type', 'Content-Length'].flatMap((name) => {
          const value = theirs.headers?.[name];
          return value === undefined ? [] : [[name.toLowerCase(), String(value)] as const];
        });
        const headers = { 'x-one': header, ...Object.fromEntries(added) };
        expect(authorizationOf(SIGN, draft({ method, url, headers, body }))).toBe(
          theirs.headers?.['Authorization'],
        );
      }),
      { numRuns: 300 },
    );
  });

  test('sends the query as it was signed: a space is %20', () => {
    const { accessKeyId, secretAccessKey } = SIGV4_CONTEXT;
    const request = draft({ url: urlOf([], { q: 'a b+c' }) });
    const signed = signSigV4(SIGN, request, valuesOf({ accessKeyId, secretAccessKey }), MOMENT);
    expect(signed.url.search).toBe('?q=a%20b%2Bc');
  });
});

function strictly(one: string): string {
  return encodeURIComponent(one).replace(
    /[!'()*]/g,
    (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function bytesOf(data: ArrayBuffer | ArrayBufferView): Buffer {
  return ArrayBuffer.isView(data)
    ? Buffer.from(data.buffer, data.byteOffset, data.byteLength)
    : Buffer.from(data);
}
