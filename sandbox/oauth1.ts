/**
 * OAuth 1.0a as RFC 5849 § 3.2 has a server verify it: parameters from the header, the query and a form body, each once; a timestamp
 * near now; a nonce never seen; the signature over the base string. Knows no platform's secrets or words.
 */
import { createHmac } from 'node:crypto';
import type { Exchange } from './exchange.ts';
import { sameText } from './grants.ts';
import type { Sandbox } from './sandbox.ts';

/** RFC 5849 leaves the words to the server; these are the ones of the OAuth problem reporting extension. */
export type OAuth1Problem =
  | 'parameter_absent'
  | 'parameter_rejected'
  | 'version_rejected'
  | 'timestamp_refused'
  | 'nonce_used'
  | 'signature_method_rejected'
  | 'signature_invalid';

export interface OAuth1Params {
  consumerKey: string;
  token: string;
  verifier: string;
  all: [string, string][];
}

const DIGESTS: Record<string, string> = { 'HMAC-SHA1': 'sha1', 'HMAC-SHA256': 'sha256' };
const NEEDED = ['consumer_key', 'signature_method', 'signature', 'timestamp', 'nonce'];

/** RFC 3986 § 2.3 as RFC 5849 § 3.6 wants it. */
export function percentEncode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** The request's parameters; null: no OAuth header at all. */
export function readOAuth1(exchange: Exchange): OAuth1Params | OAuth1Problem | null {
  const header = /^OAuth\s+(.+)$/i.exec(exchange.headers['authorization'] ?? '')?.[1];
  if (header === undefined) return null;
  const inHeader: [string, string][] = [];
  for (const part of header.split(/\s*,\s*/)) {
    const pair = /^([^=]+)="([^"]*)"$/.exec(part);
    if (pair?.[1] === undefined || pair[2] === undefined) return 'parameter_rejected';
    if (pair[1] !== 'realm') inHeader.push([decode(pair[1]), decode(pair[2])]);
  }
  const isForm = exchange.headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true;
  const all = [...inHeader, ...exchange.query, ...(isForm ? new URLSearchParams(exchange.bodyText) : [])];
  const own = all.filter(([name]) => name.startsWith('oauth_'));
  if (new Set(own.map(([name]) => name)).size !== own.length) return 'parameter_rejected';
  const value = (name: string) => own.find(([one]) => one === `oauth_${name}`)?.[1] ?? '';
  if (NEEDED.some((name) => value(name) === '')) return 'parameter_absent';
  if (!['', '1.0'].includes(value('version'))) return 'version_rejected';
  return { consumerKey: value('consumer_key'), token: value('token'), verifier: value('verifier'), all };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** What is wrong with the signature, its time or its nonce; null: nothing. A good nonce is used up by this. */
export function verifyOAuth1(
  sandbox: Sandbox,
  { method, baseUrl }: { method: string; baseUrl: string },
  params: OAuth1Params,
  rules: { consumerSecret: string; tokenSecret: string; methods: readonly string[]; windowMs: number },
): OAuth1Problem | null {
  const value = (name: string) => params.all.find(([one]) => one === `oauth_${name}`)?.[1] ?? '';
  const digest = rules.methods.includes(value('signature_method'))
    ? DIGESTS[value('signature_method')]
    : undefined;
  if (digest === undefined) return 'signature_method_rejected';
  const nowMs = sandbox.signatureNow();
  const atMs = Number(value('timestamp')) * 1000;
  if (!/^\d{10}$/.test(value('timestamp')) || Math.abs(nowMs - atMs) > rules.windowMs)
    return 'timestamp_refused';
  const normalized = params.all
    .filter(([name]) => name !== 'oauth_signature')
    .map(([name, one]) => [percentEncode(name), percentEncode(one)] as const)
    .sort(([a, x], [b, y]) => compare(a, b) || compare(x, y))
    .map(([name, one]) => `${name}=${one}`)
    .join('&');
  const base = [method, baseUrl, normalized].map(percentEncode).join('&');
  const key = `${percentEncode(rules.consumerSecret)}&${percentEncode(rules.tokenSecret)}`;
  const expected = createHmac(digest, key).update(base).digest('base64');
  if (!sameText(expected, value('signature'))) return 'signature_invalid';
  const nonce = `oauth1 ${params.consumerKey} ${params.token} ${value('timestamp')} ${value('nonce')}`;
  if ((sandbox.seen.get(nonce) ?? 0) > nowMs) return 'nonce_used';
  sandbox.seen.set(nonce, nowMs + 2 * rules.windowMs);
  return null;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
