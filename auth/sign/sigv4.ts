// AWS Signature Version 4, in headers. Signs every header that is on the request when it is applied, so that it comes last of a method's schemes.
import { createHash, createHmac } from 'node:crypto';
import type { SigV4Sign } from '../../domain/platform.ts';
import { type Draft, withHeaders } from '../draft.ts';
import { compareBytes, percentEncode, sortPairs } from '../encode.ts';
import type { SignWith } from '../index.ts';
import { timestampOf } from './hmac.ts';

const ALGORITHM = 'AWS4-HMAC-SHA256';

/** Changed on the way by whoever passes it on. */
const UNSIGNED: ReadonlySet<string> = new Set([
  'authorization',
  'user-agent',
  'accept-encoding',
  'connection',
  'expect',
  'x-amzn-trace-id',
]);

export const signSigV4: SignWith<'sigv4'> = (sign, draft, values, { nowMs }) => {
  const at = timestampOf('basic', nowMs);
  const scope = `${at.slice(0, 8)}/${values.fill(sign.region)}/${values.fill(sign.service)}/aws4_request`;
  const dated = withHeaders(withStrictQuery(draft), {
    'x-amz-date': at,
    ...(sign.sessionToken === undefined ? {} : { 'x-amz-security-token': values.fill(sign.sessionToken) }),
  });
  const { request, signedHeaders } = canonicalRequest(sign, dated);
  const text = stringToSign(at, scope, request);
  const secret = `AWS4${values.fill(sign.secretAccessKey)}`;
  const signature = scope.split('/').reduce<string | Buffer>((key, part) => hmac(key, part), secret);
  const credential = `${values.fill(sign.accessKeyId)}/${scope}`;
  return withHeaders(dated, {
    authorization: `${ALGORITHM} Credential=${credential}, SignedHeaders=${signedHeaders}, Signature=${hmac(signature, text).toString('hex')}`,
  });
};

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text, 'utf8').digest();
}

function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

export function stringToSign(at: string, scope: string, request: string): string {
  return [ALGORITHM, at, scope, sha256(request)].join('\n');
}

/** What is signed of a request: method, path, query, headers, which headers, and the body's digest. */
export function canonicalRequest(
  sign: Pick<SigV4Sign, 'pathAsIs'>,
  draft: Draft,
): { readonly request: string; readonly signedHeaders: string } {
  const headers = Object.entries({ host: draft.url.host, ...draft.headers })
    .filter(([name]) => !UNSIGNED.has(name))
    .sort(([a], [b]) => compareBytes(a, b));
  const signedHeaders = headers.map(([name]) => name).join(';');
  const request = [
    draft.method,
    canonicalPath(draft.url.pathname, sign.pathAsIs === true),
    canonicalQuery(draft.url),
    ...headers.map(([name, value]) => `${name}:${value.trim().replace(/\s+/g, ' ')}`),
    '',
    signedHeaders,
    sha256(draft.body ?? ''),
  ].join('\n');
  return { request, signedHeaders };
}

/** URL has resolved dot segments; what is left is doubled slashes, and the second encoding that all services but S3 sign. */
function canonicalPath(path: string, isAsIs: boolean): string {
  if (isAsIs) return path;
  return path.replace(/\/+/g, '/').split('/').map(percentEncode).join('/');
}

function canonicalQuery(url: URL): string {
  const pairs = [...url.searchParams].map(
    ([name, value]) => [percentEncode(name), percentEncode(value)] as const,
  );
  return sortPairs(pairs)
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

/** Sent as it is signed: a + for a space is read as a plus there. */
function withStrictQuery(draft: Draft): Draft {
  const url = new URL(draft.url);
  url.search = [...draft.url.searchParams]
    .map(([name, value]) => `${percentEncode(name)}=${percentEncode(value)}`)
    .join('&');
  return { ...draft, url };
}
