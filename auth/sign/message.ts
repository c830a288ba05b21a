// HTTP Message Signatures, RFC 9421: over the components that the platform's data lists, in its order.
import { constants, createHash, createHmac, type KeyObject, sign as signBytes } from 'node:crypto';
import { MooringError } from '../../domain/errors.ts';
import type { MessageSign } from '../../domain/platform.ts';
import { type Draft, withHeaders } from '../draft.ts';
import type { SignWith } from '../index.ts';
import { privateKeyOf } from '../signing-key.ts';
import { type Values, valuesOfRequest } from '../values.ts';

/** Throws signing_key_invalid, and internal where a covered header is not on the request. */
export const signMessage: SignWith<'message_signature'> = (sign, draft, values, moment) => {
  const known = valuesOfRequest(values, draft, moment);
  const whole = withDigest(sign, withHeaders(draft, known.fillAll(sign.headers ?? {})));
  const covered = sign.components.filter((one) => one !== 'content-digest' || whole.body !== null);
  const input = inputOf(sign, covered, known, Math.floor(moment.nowMs / 1000));
  const signature = signatureOf(sign, known.fill(sign.key), baseOf(whole, covered, input));
  return withHeaders(whole, {
    'signature-input': `${sign.label}=${input}`,
    signature: `${sign.label}=:${signature.toString('base64')}:`,
  });
};

/** RFC 9530 § 2; one that the request already has stays. */
function withDigest(sign: MessageSign, draft: Draft): Draft {
  const isWanted = sign.components.includes('content-digest') && draft.body !== null;
  if (!isWanted || draft.headers['content-digest'] !== undefined) return draft;
  const digest = createHash('sha256')
    .update(draft.body ?? '', 'utf8')
    .digest('base64');
  return withHeaders(draft, { 'content-digest': `sha-256=:${digest}:` });
}

/** § 2.3: the covered components and the signature's parameters, as a structured field. */
function inputOf(sign: MessageSign, covered: readonly string[], values: Values, createdS: number): string {
  const parameters = [
    `created=${createdS}`,
    ...(sign.keyId === undefined ? [] : [`keyid=${quoted(values.fill(sign.keyId))}`]),
    ...(sign.tellsAlgorithm === true ? [`alg=${quoted(sign.algorithm)}`] : []),
  ];
  return [`(${covered.map(quoted).join(' ')})`, ...parameters].join(';');
}

function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}

/** § 2.5. */
export function baseOf(draft: Draft, covered: readonly string[], input: string): string {
  return [
    ...covered.map((one) => `${quoted(one)}: ${componentOf(draft, one)}`),
    `"@signature-params": ${input}`,
  ].join('\n');
}

/** § 2.1 and § 2.2. */
function componentOf({ method, url, headers }: Draft, name: string): string {
  switch (name) {
    case '@method':
      return method;
    case '@target-uri':
      return url.href;
    case '@authority':
      return url.host;
    case '@scheme':
      return url.protocol.slice(0, -1);
    case '@path':
      return url.pathname;
    case '@query':
      return url.search === '' ? '?' : url.search;
    case '@request-target':
      return url.pathname + url.search;
    default: {
      const value = Object.hasOwn(headers, name) ? headers[name] : undefined;
      if (value === undefined) throw new MooringError('internal', `the request lacks the covered "${name}"`);
      return value.trim();
    }
  }
}

/** § 3.3. */
function signatureOf({ algorithm, keyEncoding }: MessageSign, key: string, base: string): Buffer {
  const bytes = Buffer.from(base, 'utf8');
  switch (algorithm) {
    case 'hmac-sha256':
      return createHmac('sha256', Buffer.from(key, keyEncoding ?? 'utf8'))
        .update(bytes)
        .digest();
    case 'ed25519':
      return withKey(key, 'ed25519', (privateKey) => signBytes(null, bytes, privateKey));
    case 'ecdsa-p256-sha256':
      return withKey(key, 'ec', (privateKey) =>
        signBytes('sha256', bytes, { key: privateKey, dsaEncoding: 'ieee-p1363' }),
      );
    case 'rsa-v1_5-sha256':
      return withKey(key, 'rsa', (privateKey) => signBytes('sha256', bytes, privateKey));
    case 'rsa-pss-sha512':
      return withKey(key, 'rsa', (privateKey) =>
        signBytes('sha512', bytes, {
          key: privateKey,
          padding: constants.RSA_PKCS1_PSS_PADDING,
          saltLength: 64,
        }),
      );
  }
}

function withKey(text: string, type: string, signWith: (key: KeyObject) => Buffer): Buffer {
  const key = privateKeyOf(text);
  const isFit = key.asymmetricKeyType === type || key.asymmetricKeyType === `${type}-pss`;
  if (!isFit) throw new MooringError('signing_key_invalid', `the key is not of the type "${type}"`);
  return signWith(key);
}
