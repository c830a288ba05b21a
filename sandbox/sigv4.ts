/**
 * A judge of AWS Signature Version 4 at `sigv4.sandbox.example`: any path, region and service, one known key pair (the one of AWS's own
 * examples). Answers 200 with what it understood, else 403 with the canonical request and string to sign it had expected, as AWS does.
 * `s3` paths are taken as they are, all others are normalised and encoded twice.
 */
import { createHash, createHmac } from 'node:crypto';
import { type Answer, type Exchange, json } from './exchange.ts';
import { sameText } from './grants.ts';
import { percentEncode } from './oauth1.ts';
import type { Sandbox } from './sandbox.ts';

export const SIGV4_HOST = 'sigv4.sandbox.example';
export const SIGV4_KEY = { id: 'AKIDEXAMPLE', secret: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' };

const WINDOW_MS = 15 * 60_000;
const ALGORITHM = 'AWS4-HMAC-SHA256';
const UNSIGNED = 'UNSIGNED-PAYLOAD';

interface Claim {
  keyId: string;
  day: string;
  region: string;
  service: string;
  signedHeaders: string[];
  signature: string;
  /** 20261121T071500Z */
  at: string;
  /** In the address, not in a header. */
  presigned: boolean;
}

const sha256 = (text: string) => createHash('sha256').update(text, 'utf8').digest('hex');
const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text, 'utf8').digest();

export function answerSigV4(sandbox: Sandbox, exchange: Exchange): Answer {
  const claim = readClaim(exchange);
  if (claim === null) return refuse('IncompleteSignature', 'The authorization is missing or malformed.');
  if (claim.keyId !== SIGV4_KEY.id)
    return refuse('UnrecognizedClient', 'The security token in the request is invalid.');
  const wrong = timeProblem(sandbox, exchange, claim) ?? headerProblem(exchange, claim);
  if (wrong !== null) return refuse('InvalidSignature', wrong);
  const request = canonicalRequest(exchange, claim);
  const scope = `${claim.day}/${claim.region}/${claim.service}/aws4_request`;
  const toSign = [ALGORITHM, claim.at, scope, sha256(request)].join('\n');
  const parts = [claim.day, claim.region, claim.service, 'aws4_request'];
  const key = parts.reduce<string | Buffer>((one, part) => hmac(one, part), `AWS4${SIGV4_KEY.secret}`);
  if (!sameText(hmac(key, toSign).toString('hex'), claim.signature)) {
    return json(403, {
      code: 'SignatureDoesNotMatch',
      message: 'The signature does not match.',
      canonicalRequest: request,
      stringToSign: toSign,
    });
  }
  return json(200, { ok: true, region: claim.region, service: claim.service, signed: claim.signedHeaders });
}

function refuse(code: string, message: string): Answer {
  return json(403, { code, message });
}

function readClaim(exchange: Exchange): Claim | null {
  const { query, headers } = exchange;
  const presigned = query.has('X-Amz-Signature');
  const header = headers['authorization'] ?? '';
  const word = (name: string) => new RegExp(`${name}=([^,\\s]+)`).exec(header)?.[1] ?? '';
  const algorithm = presigned ? query.get('X-Amz-Algorithm') : header.split(' ')[0];
  const credential = presigned ? (query.get('X-Amz-Credential') ?? '') : word('Credential');
  const [keyId, day, region, service, end, more] = credential.split('/');
  if (algorithm !== ALGORITHM || end !== 'aws4_request' || more !== undefined) return null;
  if (!keyId || !day || !region || !service) return null;
  const signed = presigned ? (query.get('X-Amz-SignedHeaders') ?? '') : word('SignedHeaders');
  const signature = presigned ? (query.get('X-Amz-Signature') ?? '') : word('Signature');
  const at = (presigned ? query.get('X-Amz-Date') : headers['x-amz-date']) ?? '';
  if (signed === '' || !/^[0-9a-f]{64}$/.test(signature) || !/^\d{8}T\d{6}Z$/.test(at)) return null;
  return { keyId, day, region, service, signedHeaders: signed.split(';'), signature, at, presigned };
}

function timeProblem(sandbox: Sandbox, exchange: Exchange, { at, day, presigned }: Claim): string | null {
  if (!at.startsWith(day)) return 'Date in Credential scope does not match that of the request.';
  const atMs = Date.parse(at.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
  const nowMs = sandbox.signatureNow();
  const lifeS = Number(exchange.query.get('X-Amz-Expires') ?? 0);
  if (presigned && !(lifeS >= 1 && lifeS <= 604_800)) return 'X-Amz-Expires is from 1 to 604800 seconds.';
  const laterMs = presigned ? lifeS * 1000 : WINDOW_MS;
  if (nowMs - atMs > laterMs) return 'Signature expired.';
  return atMs - nowMs > WINDOW_MS ? 'Signature not yet current.' : null;
}

/** What must be signed is: the host, and every x-amz header; and the body is the one that was hashed. */
function headerProblem({ headers, bodyText }: Exchange, { signedHeaders, presigned }: Claim): string | null {
  const sorted = [...signedHeaders].sort().join(';') === signedHeaders.join(';');
  if (!sorted || signedHeaders.some((name) => name !== name.toLowerCase()))
    return 'SignedHeaders are lower case and sorted.';
  if (!signedHeaders.includes('host')) return "'Host' must be a 'SignedHeader'.";
  const unsigned = Object.keys(headers).find(
    (name) => name.startsWith('x-amz-') && !signedHeaders.includes(name),
  );
  if (unsigned !== undefined) return `'${unsigned}' must be a 'SignedHeader'.`;
  const missing = signedHeaders.find((name) => name !== 'host' && headers[name] === undefined);
  if (missing !== undefined) return `'${missing}' is signed but not sent.`;
  const hash = headers['x-amz-content-sha256'];
  if (presigned || hash === undefined || hash === UNSIGNED) return null;
  return hash === sha256(bodyText) ? null : 'x-amz-content-sha256 is not that of the body.';
}

function canonicalRequest(exchange: Exchange, claim: Claim): string {
  const { headers, host } = exchange;
  const lines = claim.signedHeaders.map((name) => {
    const value = name === 'host' ? host : (headers[name] ?? '');
    return `${name}:${value.trim().replace(/\s+/g, ' ')}\n`;
  });
  return [
    exchange.method,
    canonicalPath(exchange.path, claim.service),
    canonicalQuery(exchange.rawQuery),
    lines.join(''),
    claim.signedHeaders.join(';'),
    payloadHash(exchange, claim),
  ].join('\n');
}

function payloadHash({ headers, bodyText }: Exchange, { service, presigned }: Claim): string {
  if (presigned && service === 's3') return UNSIGNED;
  return headers['x-amz-content-sha256'] ?? sha256(bodyText);
}

function canonicalPath(path: string, service: string): string {
  if (service === 's3') return path;
  const kept: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '' || segment === '.') continue;
    if (segment === '..') kept.pop();
    else kept.push(percentEncode(segment));
  }
  const folder = /\/(\.{1,2})?$/.test(path) && kept.length > 0 ? '/' : '';
  return `/${kept.join('/')}${folder}`;
}

function canonicalQuery(rawQuery: string): string {
  const decode = (text: string) => decodeURIComponent(text.replaceAll('+', ' '));
  return rawQuery
    .split('&')
    .filter((pair) => pair !== '' && !pair.startsWith('X-Amz-Signature='))
    .map((pair) => {
      const mark = pair.indexOf('=');
      const [name, value] = mark === -1 ? [pair, ''] : [pair.slice(0, mark), pair.slice(mark + 1)];
      return [percentEncode(decode(name)), percentEncode(decode(value))] as const;
    })
    .sort(([a, x], [b, y]) => (a < b ? -1 : a > b ? 1 : x < y ? -1 : x > y ? 1 : 0))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}
