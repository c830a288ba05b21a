// AWS Signature Version 4 by itself: signs a request, and judges one that was signed in its headers.
import { createHmac } from 'node:crypto';
import { z } from 'zod';
import { signPlain } from '../../auth/index.ts';
import { canonicalRequest, stringToSign } from '../../auth/sign/sigv4.ts';
import type { SigV4Sign } from '../../domain/platform.ts';
import { fail } from '../verdict.ts';
import { draftOf, holding, lowered, REQUEST, type SignScheme, type VerifyScheme } from './form.ts';
import { isSame } from './oauth1.ts';

const pathAsIs = z.boolean().default(false);

const SIGN = z.strictObject({
  request: REQUEST,
  accessKeyId: z.string().min(1),
  secretAccessKey: z.string().min(1),
  sessionToken: z.string().optional(),
  region: z.string().min(1),
  service: z.string().min(1),
  pathAsIs,
});

export const signSigV4: SignScheme = holding('sigv4', SIGN, async (input, moment) => {
  const { request, pathAsIs: isAsIs, sessionToken, ...texts } = input;
  const sign: SigV4Sign = {
    scheme: 'sigv4',
    accessKeyId: '{accessKeyId}',
    secretAccessKey: '{secretAccessKey}',
    ...(sessionToken === undefined ? {} : { sessionToken: '{sessionToken}' }),
    region: '{region}',
    service: '{service}',
    ...(isAsIs ? { pathAsIs: true as const } : {}),
  };
  const values = { ...texts, ...(sessionToken === undefined ? {} : { sessionToken }) };
  const signed = await signPlain(sign, request, values, moment);
  const parsed = parse(signed.headers['authorization'] ?? '');
  const { request: canonical } = canonicalRequest(
    sign,
    draftOf({ ...request, ...signed, headers: { ...signed.headers } }),
  );
  const at = signed.headers['x-amz-date'] ?? '';
  return {
    signature: parsed?.signature ?? '',
    request: signed,
    made: { canonicalRequest: canonical, stringToSign: stringToSign(at, parsed?.scope ?? '', canonical) },
  };
});

const VERIFY = z.strictObject({
  request: REQUEST,
  accessKeyId: z.string().optional(),
  secretAccessKey: z.string().min(1),
  region: z.string().optional(),
  service: z.string().optional(),
  toleranceS: z.number().positive().default(300),
  pathAsIs,
});

export const verifySigV4: VerifyScheme = holding('sigv4', VERIFY, (input, nowMs) => {
  const { request, accessKeyId, secretAccessKey, toleranceS } = input;
  const headers = lowered(request.headers);
  const [authorization, at] = [headers['authorization'], headers['x-amz-date']];
  if (authorization === undefined) return fail('missing', 'the header "authorization" is missing');
  if (at === undefined) return fail('missing', 'the header "x-amz-date" is missing');
  if (!authorization.startsWith('AWS4-HMAC-SHA256 '))
    return fail('algorithm', 'the Authorization header does not begin with AWS4-HMAC-SHA256');
  const parsed = parse(authorization);
  if (parsed === null)
    return fail('malformed', 'the Authorization header lacks Credential, SignedHeaders or Signature');
  const refused = judgeClaims(parsed, at, input);
  if (refused !== null) return refused;
  if (accessKeyId !== undefined && accessKeyId !== parsed.accessKeyId)
    return fail('access_key', 'it is signed by another access key');
  const named = parsed.signedHeaders.split(';');
  const lacking = named.find((name) => name !== 'host' && headers[name] === undefined);
  if (lacking !== undefined) return fail('signed_headers', `the signed header "${lacking}" is missing`);
  if (!named.includes('host')) return fail('signed_headers', 'the host is not signed');
  const signed = Object.fromEntries(Object.entries(headers).filter(([name]) => named.includes(name)));
  const canonical = canonicalRequest(
    input.pathAsIs ? { pathAsIs: true } : {},
    draftOf({ ...request, headers: signed }),
  );
  if (canonical.signedHeaders !== parsed.signedHeaders)
    return fail('signed_headers', 'SignedHeaders is not sorted, or names what is changed on the way');
  const text = stringToSign(at, parsed.scope, canonical.request);
  const made = { canonicalRequest: canonical.request, stringToSign: text };
  const key = parsed.scope
    .split('/')
    .reduce<string | Buffer>((before, part) => hmac(before, part), `AWS4${secretAccessKey}`);
  if (!isSame(parsed.signature, hmac(key, text).toString('hex')))
    return {
      ...fail('signature', 'this secret makes another signature over the canonical request'),
      ...made,
    };
  if (Math.abs(nowMs - instantOf(at)) > toleranceS * 1_000)
    return { ...fail('timestamp', `"x-amz-date" is more than ${toleranceS} s from --at`), ...made };
  return { verified: true, step: null, because: 'the signature is theirs', ...made };
});

interface Parsed {
  readonly accessKeyId: string;
  /** date/region/service/aws4_request */
  readonly scope: string;
  readonly signedHeaders: string;
  readonly signature: string;
}

function parse(authorization: string): Parsed | null {
  const part = (name: string): string | undefined =>
    new RegExp(`(?:^|[\\s,])${name}=([^,\\s]+)`).exec(authorization)?.[1];
  const [credential, signedHeaders, signature] = [
    part('Credential'),
    part('SignedHeaders'),
    part('Signature'),
  ];
  const [, accessKeyId, scope] = /^(.+?)\/(\d{8}\/[^/]+\/[^/]+\/aws4_request)$/.exec(credential ?? '') ?? [];
  if (accessKeyId === undefined || scope === undefined || !signedHeaders || !signature) return null;
  return { accessKeyId, scope, signedHeaders, signature };
}

function judgeClaims(
  parsed: Parsed,
  at: string,
  expected: { region?: string | undefined; service?: string | undefined },
) {
  const [date, region, service] = parsed.scope.split('/');
  if (Number.isNaN(instantOf(at)))
    return fail('timestamp', '"x-amz-date" is not in the form 20260131T235959Z');
  if (date !== at.slice(0, 8)) return fail('scope', 'the day of the scope is not that of "x-amz-date"');
  if (expected.region !== undefined && expected.region !== region)
    return fail('scope', `the scope is of the region "${region}"`);
  if (expected.service !== undefined && expected.service !== service)
    return fail('scope', `the scope is of the service "${service}"`);
  return null;
}

function instantOf(text: string): number {
  const [, y, mo, d, h, mi, s] = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/.exec(text) ?? [];
  return Date.parse(`${y}-${mo}-${d}T${h}:${mi}:${s}Z`);
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text, 'utf8').digest();
}
