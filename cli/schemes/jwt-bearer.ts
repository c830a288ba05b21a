// A JWT bearer assertion (RFC 7523) by itself: makes one, and judges one. The same again with HS…, RS… and EdDSA; ES… and PS… sign with chance.
import { z } from 'zod';
import { makeJwt } from '../../auth/made-jwt.ts';
import { verifyJwt } from '../../auth/received-jwt.ts';
import { valuesOf } from '../../auth/values.ts';
import type { JwtExpected } from '../../domain/platform.ts';
import { fail } from '../verdict.ts';
import { holding, literally, type SignScheme, texts, type VerifyScheme } from './form.ts';

const ALGORITHMS = [
  ...(['HS256', 'HS384', 'HS512', 'RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'] as const),
  ...(['ES256', 'ES384', 'ES512', 'EdDSA'] as const),
] as const;
const GRANT_TYPE = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

const SIGN = z.strictObject({
  algorithm: z.enum(ALGORITHMS),
  key: z.string().min(1),
  keyId: z.string().optional(),
  claims: texts,
  lifetimeS: z.int().positive().default(300),
  header: texts.default({}),
});

export const signJwtBearer: SignScheme = holding('jwt_bearer', SIGN, async (input, moment) => {
  const { algorithm, key, keyId, claims, header, lifetimeS } = input;
  const ofClaims = literally(claims);
  const ofHeader = literally(header);
  const ownKey = literally({ key, keyId });
  const values = valuesOf({
    ...prefixed('c', ofClaims.values),
    ...prefixed('h', ofHeader.values),
    ...prefixed('k', ownKey.values),
  });
  const made = {
    algorithm,
    key: named('k', ownKey.names['key']),
    ...(keyId === undefined ? {} : { keyId: named('k', ownKey.names['keyId']) }),
    claims: mapped(ofClaims.names, 'c'),
    lifetimeS,
    ...(Object.keys(header).length === 0 ? {} : { header: mapped(ofHeader.names, 'h') }),
  };
  const assertion = await makeJwt(made, values, moment);
  const [head = '', payload = '', signature = ''] = assertion.split('.');
  return {
    signature,
    request: {
      method: 'POST',
      url: claims['aud'] ?? '',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ grant_type: GRANT_TYPE, assertion }).toString(),
    },
    made: { assertion, header: read(head), claims: read(payload), baseString: `${head}.${payload}` },
  };
});

function prefixed(prefix: string, values: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, text]) => [prefix + name, text]));
}

function named(prefix: string, template = ''): string {
  return template.replace('{', `{${prefix}`);
}

function mapped(names: Readonly<Record<string, string>>, prefix: string): Record<string, string> {
  return Object.fromEntries(Object.entries(names).map(([name, template]) => [name, named(prefix, template)]));
}

function read(part: string): unknown {
  return JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
}

const VERIFY = z.strictObject({
  assertion: z.string(),
  algorithms: z.array(z.enum(ALGORITHMS)).min(1),
  key: z.union(
    [
      z.strictObject({ secret: z.string().min(1) }),
      z.strictObject({ publicKey: z.string().min(1) }),
      z.strictObject({ jwks: z.looseObject({ keys: z.array(z.looseObject({ kty: z.string() })) }) }),
    ],
    'must have one of "secret", "publicKey" (PEM) and "jwks"',
  ),
  issuer: z.string().optional(),
  audience: z.string().optional(),
  required: z.array(z.string()).default([]),
  toleranceS: z.number().nonnegative().default(300),
  maxAgeS: z.number().positive().optional(),
});

const BECAUSE: Readonly<Record<string, string>> = {
  malformed: 'it is not a JWT',
  algorithm: 'its algorithm is not one of those listed',
  crit: 'its header demands an extension that we do not know',
  key: 'the key set has no key for it',
  signature: 'this key makes another signature',
  issuer: 'it is of another issuer',
  audience: 'it is meant for another audience',
  expired: 'it has expired',
  not_yet_valid: 'it is not valid yet',
  too_old: 'it was issued too long ago',
  claim: 'a required claim is missing, or has another form',
};

export const verifyJwtBearer: VerifyScheme = holding('jwt_bearer', VERIFY, async (input, nowMs) => {
  const { assertion, algorithms, key, issuer, audience, required, toleranceS, maxAgeS } = input;
  const isSymmetric = 'secret' in key;
  if (algorithms.some((one) => one.startsWith('HS') !== isSymmetric))
    return fail('algorithm', 'a secret is for HS… alone, and a public key for all others');
  const values = {
    issuer: issuer ?? '',
    audience: audience ?? '',
    ...('secret' in key ? { secret: key.secret } : {}),
    ...('publicKey' in key ? { pem: key.publicKey } : {}),
  };
  const expected: JwtExpected = {
    algorithms,
    key: isSymmetric
      ? { kind: 'secret', secret: '{secret}' }
      : 'publicKey' in key
        ? { kind: 'public_key', pem: '{pem}' }
        : { kind: 'jwks', url: 'https://jwks.invalid/' },
    issuer: issuer === undefined ? null : '{issuer}',
    audience: audience === undefined ? null : '{audience}',
    required,
    toleranceS,
    ...(maxAgeS === undefined ? {} : { maxAgeS }),
  };
  const keySet = 'jwks' in key ? JSON.stringify(key.jwks) : '';
  const send = async () => ({ status: 200, headers: {}, bodyText: keySet });
  const verdict = await verifyJwt(assertion, expected, {
    values: valuesOf(values),
    secrets: [],
    send,
    nowMs,
  });
  if (!verdict.ok) return fail(verdict.at, BECAUSE[verdict.at] ?? verdict.at);
  return { verified: true, step: null, because: 'the signature and the claims hold', claims: verdict.claims };
});
