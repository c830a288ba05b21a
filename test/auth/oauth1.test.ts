// OAuth 1.0a: by the RFC's own requests, and against two libraries on requests nobody thought of.
import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import OAuth from 'oauth-1.0a';
import oauthSign from 'oauth-sign';
import { describe, expect, test } from 'vitest';
import { type Draft, FORM_TYPE } from '../../auth/draft.ts';
import { signatureBase, signDraftByOAuth1 } from '../../auth/sign/oauth1.ts';
import { valuesOf } from '../../auth/values.ts';
import type { OAuth1Sign } from '../../domain/platform.ts';
import { BASE_STRING, OAUTH1_VECTORS, type OAuth1Vector } from './vectors/oauth1.ts';

const SIGN: OAuth1Sign = {
  scheme: 'oauth1',
  method: 'HMAC-SHA1',
  consumerKey: '{consumerKey}',
  consumerSecret: '{consumerSecret}',
  place: 'header',
  version: false,
};
const WITH_TOKEN = { token: '{accessToken}', tokenSecret: '{tokenSecret}' };

function draft(method: string, url: string, form?: string): Draft {
  const headers = form === undefined ? {} : { 'content-type': FORM_TYPE };
  return { method, url: new URL(url), headers, body: form ?? null, secretQuery: [] };
}

/** The parameters of an Authorization header, decoded. */
function parse(header: string | undefined): Record<string, string> {
  const pairs = (header ?? '').replace(/^OAuth /, '').split(', ');
  return Object.fromEntries(
    pairs.map((pair) => {
      const [name = '', value = ''] = pair.split('=');
      return [name, decodeURIComponent(value.slice(1, -1))];
    }),
  );
}

function signed(vector: OAuth1Vector, change: Partial<OAuth1Sign> = {}) {
  const [consumerKey, consumerSecret] = vector.consumer;
  const [accessToken = '', tokenSecret = ''] = vector.token ?? [];
  const sign = {
    ...SIGN,
    version: vector.version,
    ...(vector.realm === undefined ? {} : { realm: vector.realm }),
    ...(vector.token === null ? {} : WITH_TOKEN),
    ...change,
  };
  return signDraftByOAuth1(
    sign,
    draft(vector.method, vector.url, vector.form),
    valuesOf({ consumerKey, consumerSecret, accessToken, tokenSecret }),
    { nowMs: vector.timestamp * 1000, nonce: vector.nonce, more: vector.more },
  );
}

describe('published requests', () => {
  test.each(OAUTH1_VECTORS)('$from', (vector) => {
    const parameters = parse(signed(vector).headers['authorization']);
    expect(parameters['oauth_signature']).toBe(vector.signature);
    expect(parameters['realm']).toBe(vector.realm);
    expect(parameters['oauth_version']).toBe(vector.version ? '1.0' : undefined);
  });

  test('the base string of RFC 5849 § 3.4.1.1', () => {
    const [, , , example] = OAUTH1_VECTORS;
    if (example === undefined) throw new Error('no example');
    const base = signatureBase(draft(example.method, example.url, example.form), [
      ['oauth_consumer_key', '9djdj82h48djs9d2'],
      ['oauth_token', 'kkk9d7dh3k39sjv7'],
      ['oauth_signature_method', 'HMAC-SHA1'],
      ['oauth_timestamp', '137131201'],
      ['oauth_nonce', '7d8f3e4a'],
    ]);
    expect(base).toBe(BASE_STRING);
  });

  test('PLAINTEXT is both secrets, over https alone (RFC 5849 § 3.4.4)', () => {
    const [initiate, , photograph] = OAUTH1_VECTORS;
    if (initiate === undefined || photograph === undefined) throw new Error('no example');
    const parameters = parse(signed(initiate, { method: 'PLAINTEXT' }).headers['authorization']);
    expect(parameters['oauth_signature']).toBe('kd94hf93k423kf44&');
    expect(() => signed(photograph, { method: 'PLAINTEXT' })).toThrow(/https/);
  });

  test('in the query the request carries all of it, and hides it from logs', () => {
    const [, , photograph] = OAUTH1_VECTORS;
    if (photograph === undefined) throw new Error('no example');
    const { url, secretQuery, headers } = signed(photograph, { place: 'query' });
    expect(url.searchParams.get('oauth_signature')).toBe(photograph.signature);
    expect(url.searchParams.get('file')).toBe('vacation.jpg');
    expect(secretQuery).toContain('oauth_signature');
    expect(headers['authorization']).toBeUndefined();
  });
});

const text = fc.string({ unit: 'grapheme', maxLength: 10 });
/** oauth-sign loses a parameter of this name. */
const name = text.filter((one) => one !== '__proto__');
const pairs = fc.array(fc.tuple(name, text), { maxLength: 5 });
const requests = fc.record({
  method: fc.constantFrom('GET', 'POST', 'PUT', 'DELETE'),
  path: fc.array(
    text.filter((one) => !/^\.{0,2}$/.test(one)),
    { maxLength: 3 },
  ),
  query: pairs,
  form: fc.option(pairs, { nil: undefined }),
  algorithm: fc.constantFrom('HMAC-SHA1' as const, 'HMAC-SHA256' as const),
  secrets: fc.tuple(text, text),
  hasToken: fc.boolean(),
});

describe('any request', () => {
  test('is signed as oauth-1.0a and oauth-sign sign it', () => {
    fc.assert(
      fc.property(requests, ({ method, path, query, form, algorithm, secrets, hasToken }) => {
        const url = new URL(`https://shop.example/${path.map(encodeURIComponent).join('/')}`);
        for (const [name, value] of query) url.searchParams.append(name, value);
        const body = form === undefined ? undefined : new URLSearchParams(form).toString();
        const [consumerSecret, tokenSecret] = secrets;
        const sign = { ...SIGN, method: algorithm, version: true, ...(hasToken ? WITH_TOKEN : {}) };
        const values = valuesOf({ consumerKey: 'ck', consumerSecret, accessToken: 'at', tokenSecret });
        const moment = { nowMs: 1_700_000_000_000, nonce: 'n0nce', more: [] };
        const ours = parse(
          signDraftByOAuth1(sign, draft(method, url.href, body), values, moment).headers['authorization'],
        )['oauth_signature'];

        const protocol: Record<string, string> = {
          oauth_consumer_key: 'ck',
          oauth_nonce: 'n0nce',
          oauth_signature_method: algorithm,
          oauth_timestamp: '1700000000',
          oauth_version: '1.0',
          ...(hasToken ? { oauth_token: 'at' } : {}),
        };
        const everything = grouped([
          ...url.searchParams,
          ...new URLSearchParams(body),
          ...Object.entries(protocol),
        ]);
        const bare = url.origin + url.pathname;
        expect(ours).toBe(
          oauthSign.sign(algorithm, method, bare, everything, consumerSecret, hasToken ? tokenSecret : ''),
        );
        // oauth-1.0a sorts values of one name as they stand, and the query as it came: compared where each name has one value.
        const names = [...url.searchParams.keys(), ...new URLSearchParams(body).keys()];
        if (new Set(names).size !== names.length) return;
        const client = new OAuth({
          consumer: { key: 'ck', secret: consumerSecret },
          signature_method: algorithm,
          hash_function: (base, key) =>
            createHmac(algorithm === 'HMAC-SHA1' ? 'sha1' : 'sha256', key)
              .update(base)
              .digest('base64'),
        });
        const data = {
          url: bare,
          method,
          data: Object.fromEntries([...url.searchParams, ...new URLSearchParams(body)]),
        };
        const token = hasToken ? { key: 'at', secret: tokenSecret } : undefined;
        expect(ours).toBe(client.getSignature(data, token?.secret, { ...protocol } as never));
      }),
      { numRuns: 300 },
    );
  });
});

/** As oauth-sign takes them: a list where a name has several values. */
function grouped(all: readonly (readonly [string, string])[]): Record<string, string | string[]> {
  const found: Record<string, string[]> = Object.create(null);
  for (const [name, value] of all) found[name] = [...(found[name] ?? []), value];
  return found;
}
