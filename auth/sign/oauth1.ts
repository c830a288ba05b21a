// OAuth 1.0a, RFC 5849 § 3: with or without a token. PLAINTEXT never over plain http. What is signed is what is sent: query, form body, and the
// protocol's own parameters.
import { createHmac } from 'node:crypto';
import { MooringError } from '../../domain/errors.ts';
import type { OAuth1Sign } from '../../domain/platform.ts';
import { type Draft, isForm, withHeaders } from '../draft.ts';
import { percentEncode, sortPairs } from '../encode.ts';
import type { SignWith } from '../index.ts';
import type { Moment, Values } from '../values.ts';

type Pairs = readonly (readonly [string, string])[];

export const signOAuth1: SignWith<'oauth1'> = (sign, draft, values, moment) =>
  signDraftByOAuth1(sign, draft, values, { ...moment, more: [] });

/** `more`: oauth_callback or oauth_verifier, which the exchanges of § 2 add. */
export function signDraftByOAuth1(
  sign: OAuth1Sign,
  draft: Draft,
  values: Values,
  { nowMs, nonce, more }: Moment & { readonly more: Pairs },
): Draft {
  const plain = [
    ['oauth_consumer_key', values.fill(sign.consumerKey)],
    ...(sign.token === undefined ? [] : [['oauth_token', values.fill(sign.token)] as const]),
    ['oauth_signature_method', sign.method],
    ['oauth_timestamp', String(Math.floor(nowMs / 1000))],
    ['oauth_nonce', nonce],
    ...(sign.version ? [['oauth_version', '1.0'] as const] : []),
    ...more,
  ] as const;
  // § 3.4.4: both encoded and joined by &, which is there without a token too.
  const tokenSecret = sign.tokenSecret === undefined ? '' : values.fill(sign.tokenSecret);
  const key = `${percentEncode(values.fill(sign.consumerSecret))}&${percentEncode(tokenSecret)}`;
  const protocol: Pairs = [...plain, ['oauth_signature', signatureOf(sign.method, key, draft, plain)]];
  return sign.place === 'header'
    ? withHeaders(draft, { authorization: authorizationOf(sign, protocol, values) })
    : withQuery(draft, protocol);
}

function signatureOf(method: OAuth1Sign['method'], key: string, draft: Draft, protocol: Pairs): string {
  if (method === 'PLAINTEXT') {
    if (draft.url.protocol !== 'https:')
      throw new MooringError('address_not_allowed', 'PLAINTEXT goes over https alone');
    return key;
  }
  const base = signatureBase(draft, protocol);
  return createHmac(method === 'HMAC-SHA1' ? 'sha1' : 'sha256', key)
    .update(base, 'utf8')
    .digest('base64');
}

/** § 3.4.1: method, address without query, and all parameters, sorted; each encoded once more. */
export function signatureBase(draft: Draft, protocol: Pairs): string {
  const form: Pairs = isForm(draft) ? [...new URLSearchParams(draft.body ?? '')] : [];
  const encoded = [...draft.url.searchParams, ...form, ...protocol].map(
    ([name, value]) => [percentEncode(name), percentEncode(value)] as const,
  );
  const normalized = sortPairs(encoded)
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
  // URL has scheme and host in lower case, and no default port: § 3.4.1.2.
  const address = `${draft.url.protocol}//${draft.url.host}${draft.url.pathname}`;
  return [draft.method.toUpperCase(), address, normalized].map(percentEncode).join('&');
}

/** § 3.5.1. */
function authorizationOf(sign: OAuth1Sign, protocol: Pairs, values: Values): string {
  const realm =
    sign.realm === undefined ? [] : [`realm="${values.fill(sign.realm).replace(/["\\]/g, '\\$&')}"`];
  const pairs = protocol.map(([name, value]) => `${percentEncode(name)}="${percentEncode(value)}"`);
  return `OAuth ${[...realm, ...pairs].join(', ')}`;
}

/** § 3.5.3. Encoded by RFC 3986, since some servers check what they read by it. */
function withQuery(draft: Draft, protocol: Pairs): Draft {
  const url = new URL(draft.url);
  url.search = [...draft.url.searchParams, ...protocol]
    .map(([name, value]) => `${percentEncode(name)}=${percentEncode(value)}`)
    .join('&');
  return { ...draft, url, secretQuery: [...draft.secretQuery, ...protocol.map(([name]) => name)] };
}
