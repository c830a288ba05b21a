// OAuth 1.0a (RFC 5849 § 3) by itself: signs a request, and judges one that was signed.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { isForm, toOutbound } from '../../auth/draft.ts';
import { percentEncode } from '../../auth/encode.ts';
import { signatureBase, signDraftByOAuth1 } from '../../auth/sign/oauth1.ts';
import { valuesOf } from '../../auth/values.ts';
import type { OAuth1Sign } from '../../domain/platform.ts';
import { fail } from '../verdict.ts';
import { draftOf, holding, type PlainRequest, REQUEST, type SignScheme, type VerifyScheme } from './form.ts';

const METHODS = ['HMAC-SHA1', 'HMAC-SHA256', 'PLAINTEXT'] as const;
type Pair = readonly [string, string];

const SIGN = z.strictObject({
  request: REQUEST,
  signatureMethod: z.enum(METHODS).default('HMAC-SHA1'),
  consumerKey: z.string().min(1),
  consumerSecret: z.string(),
  token: z.string().optional(),
  tokenSecret: z.string().optional(),
  realm: z.string().optional(),
  /** Of the exchanges of § 2: oauth_callback, and oauth_verifier. */
  callback: z.string().optional(),
  verifier: z.string().optional(),
  place: z.enum(['header', 'query']).default('header'),
  version: z.boolean().default(true),
});

export const signOAuth1: SignScheme = holding('oauth1', SIGN, (input, moment) => {
  const { request, signatureMethod: method, place, version, callback, verifier, ...texts } = input;
  const sign: OAuth1Sign = {
    scheme: 'oauth1',
    method,
    consumerKey: '{consumerKey}',
    consumerSecret: '{consumerSecret}',
    ...(texts.token === undefined ? {} : { token: '{token}' }),
    ...(texts.tokenSecret === undefined ? {} : { tokenSecret: '{tokenSecret}' }),
    ...(texts.realm === undefined ? {} : { realm: '{realm}' }),
    place,
    version,
  };
  const given = Object.entries(texts).flatMap(([name, text]) =>
    text === undefined ? [] : [[name, text] as const],
  );
  const more: readonly Pair[] = [
    ...(callback === undefined ? [] : [['oauth_callback', callback] as const]),
    ...(verifier === undefined ? [] : [['oauth_verifier', verifier] as const]),
  ];
  const values = valuesOf(Object.fromEntries(given));
  const signed = toOutbound(signDraftByOAuth1(sign, draftOf(request), values, { ...moment, more }));
  const made = protocolOf({ ...request, url: signed.url, headers: signed.headers });
  return {
    signature: protocolValue(made ?? [], 'oauth_signature') ?? '',
    request: signed,
    made: { baseString: baseOf({ ...request, url: signed.url, headers: signed.headers }, made ?? []) },
  };
});

const VERIFY = z.strictObject({
  request: REQUEST,
  consumerKey: z.string().optional(),
  consumerSecret: z.string(),
  token: z.string().optional(),
  tokenSecret: z.string().default(''),
  signatureMethods: z.array(z.enum(METHODS)).default([...METHODS]),
  toleranceS: z.number().positive().default(300),
});

const REQUIRED = ['oauth_consumer_key', 'oauth_signature_method', 'oauth_signature'] as const;

export const verifyOAuth1: VerifyScheme = holding('oauth1', VERIFY, (input, nowMs) => {
  const { request, consumerKey, consumerSecret, token, tokenSecret, signatureMethods, toleranceS } = input;
  const protocol = protocolOf(request);
  if (protocol === null) return fail('malformed', 'the Authorization header is not one of OAuth 1.0a');
  const twice = repeatedIn([...protocol, ...formOf(request)]);
  if (twice !== undefined)
    return fail('malformed', `"${twice}" is there more than once, over header, query and body`);
  const lacking = REQUIRED.find((name) => protocolValue(protocol, name) === undefined);
  if (lacking !== undefined) return fail('missing', `"${lacking}" is in neither header nor query`);
  const [method, given] = [
    protocolValue(protocol, 'oauth_signature_method'),
    protocolValue(protocol, 'oauth_signature') ?? '',
  ];
  const known = signatureMethods.find((one) => one === method);
  if (known === undefined) return fail('algorithm', 'its signature method is none that is taken');
  if (consumerKey !== undefined && consumerKey !== protocolValue(protocol, 'oauth_consumer_key'))
    return fail('consumer_key', 'it is signed by another consumer key');
  if (token !== undefined && token !== protocolValue(protocol, 'oauth_token'))
    return fail('token', 'it is signed for another token');
  const baseString = baseOf(request, protocol);
  const expected = signatureOf(
    known,
    `${percentEncode(consumerSecret)}&${percentEncode(tokenSecret)}`,
    baseString,
  );
  if (!isSame(given, expected))
    return { ...fail('signature', 'these secrets make another signature over the base string'), baseString };
  const at = protocolValue(protocol, 'oauth_timestamp') ?? '';
  const isInTime = /^\d{1,12}$/.test(at) && Math.abs(nowMs / 1_000 - Number(at)) <= toleranceS;
  if (!isInTime && (known !== 'PLAINTEXT' || at !== ''))
    return {
      ...fail('timestamp', `"oauth_timestamp" is more than ${toleranceS} s from --at, or no number`),
      baseString,
    };
  return { verified: true, step: null, because: 'the signature is theirs', baseString };
});

/** A realm is a quoted string (RFC 9110 § 5.6.4): it may hold commas, and quotes behind a backslash. */
const PAIR = /\s*([\w%.~-]+)="((?:[^"\\]|\\.)*)"\s*/g;
const IS_LIST = new RegExp(`^${PAIR.source}(?:,${PAIR.source})*$`);

/** The protocol's own parameters, of the header or of the query; null where the header is another's. */
function protocolOf({ url, headers }: PlainRequest): readonly Pair[] | null {
  const header = Object.entries(headers).find(([name]) => name.toLowerCase() === 'authorization')?.[1];
  const inQuery = protocolIn(new URL(url));
  if (header === undefined) return inQuery;
  if (!/^OAuth\s/i.test(header)) return inQuery.length > 0 ? inQuery : null;
  const list = header.replace(/^OAuth\s+/i, '');
  if (!IS_LIST.test(list)) return null;
  const pairs = [...list.matchAll(PAIR)].flatMap(([, name = '', value = '']): readonly Pair[] =>
    name.toLowerCase() === 'realm' ? [] : [[decoded(name), decoded(value)]],
  );
  return [...pairs, ...inQuery];
}

function protocolIn({ searchParams }: URL): readonly Pair[] {
  return [...searchParams].filter(([name]) => name.startsWith('oauth_'));
}

/** § 3.2: none may be there twice. Else one would be signed and another read. */
function repeatedIn(pairs: readonly Pair[]): string | undefined {
  const names = pairs.map(([name]) => name).filter((name) => name.startsWith('oauth_'));
  return names.find((name, index) => names.indexOf(name) !== index);
}

function formOf(request: PlainRequest): readonly Pair[] {
  const draft = draftOf(request);
  return isForm(draft) ? [...new URLSearchParams(draft.body ?? '')] : [];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** What is in the query is read from there: it is signed as it was sent. */
function baseOf(request: PlainRequest, protocol: readonly Pair[]): string {
  const draft = draftOf(request);
  const url = new URL(draft.url);
  url.searchParams.delete('oauth_signature');
  const inQuery = protocolIn(url);
  const own = protocol.filter(
    ([name]) => name !== 'oauth_signature' && !inQuery.some(([one]) => one === name),
  );
  return signatureBase({ ...draft, url }, own);
}

function signatureOf(method: OAuth1Sign['method'], key: string, base: string): string {
  if (method === 'PLAINTEXT') return key;
  return createHmac(method === 'HMAC-SHA1' ? 'sha1' : 'sha256', key)
    .update(base, 'utf8')
    .digest('base64');
}

function protocolValue(pairs: readonly Pair[], name: string): string | undefined {
  return pairs.find(([one]) => one === name)?.[1];
}

export function isSame(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given, 'utf8'), Buffer.from(expected, 'utf8')];
  return a.length === b.length && timingSafeEqual(a, b);
}
