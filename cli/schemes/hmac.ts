// HMAC over a text that the input spells out, as a platform's data would: signs a request, and judges one that was received.
import { createHash, createHmac } from 'node:crypto';
import { z } from 'zod';
import { encodeDigest } from '../../auth/encode.ts';
import { signPlain } from '../../auth/index.ts';
import { signedText } from '../../auth/sign/hmac.ts';
import { secretBytesOf } from '../../auth/signing-key.ts';
import { valuesOf } from '../../auth/values.ts';
import type { HmacSign, ReceivedHmac } from '../../domain/platform.ts';
import { Secret } from '../../domain/secret.ts';
import { NAMES_OF_REQUEST } from '../../platforms/asked-names.ts';
import { namesIn } from '../../platforms/template.ts';
import { InputError } from '../input.ts';
import { messageOf, pairsOf } from '../received-message.ts';
import { judge } from '../verdict.ts';
import { draftOf, holding, present, REQUEST, type SignScheme, texts, type VerifyScheme } from './form.ts';

const parameters = z
  .strictObject({
    from: z.enum(['query', 'form']).default('query'),
    except: z.array(z.string()).optional(),
    pair: z.enum(['', '=']).default('='),
    between: z.enum(['', '&']).default('&'),
    encode: z.enum(['rfc3986', 'form']).optional(),
    sort: z.literal(false).optional(),
  })
  .transform(present);

const algorithm = z.enum(['sha256', 'sha1', 'sha512']).default('sha256');
const keyEncoding = z.enum(['utf8', 'hex', 'base64']).default('utf8');

const SIGN = z.strictObject({
  request: REQUEST,
  key: z.string().min(1),
  keyEncoding,
  algorithm,
  encoding: z.enum(['hex', 'HEX', 'base64']).default('hex'),
  message: z.array(z.string()).min(1),
  separator: z.string().optional(),
  timestamp: z.enum(['seconds', 'milliseconds', 'basic', 'short', 'iso8601']).default('seconds'),
  parameters: parameters.optional(),
  stripPath: z.string().optional(),
  query: texts.optional(),
  headers: texts.optional(),
  values: texts.default({}),
});

export const signHmac: SignScheme = holding('hmac', SIGN, async (input, moment) => {
  const { request, values, key, ...data } = input;
  const sign: HmacSign = { ...present(data), scheme: 'hmac', key: '{key}' };
  assertNamed(
    [...sign.message, ...Object.values(sign.query ?? {}), ...Object.values(sign.headers ?? {})],
    values,
  );
  const given = { ...values, key };
  const signed = await signPlain(sign, request, given, moment);
  const { text } = signedText(sign, draftOf(request), valuesOf(given), moment);
  const digest = createHmac(sign.algorithm, Buffer.from(key, input.keyEncoding))
    .update(text, 'utf8')
    .digest();
  return { signature: encodeDigest(digest, sign.encoding), request: signed, made: { baseString: text } };
});

/** Throws InputError. */
function assertNamed(templates: readonly string[], values: Readonly<Record<string, string>>): void {
  const unknown = templates
    .flatMap(namesIn)
    .filter((name) => ![...NAMES_OF_REQUEST, ...Object.keys(values)].includes(name));
  if (unknown.length > 0)
    throw new InputError('the input of "hmac" names values that it does not give:', [
      `/values: ${unknown.join(', ')}`,
    ]);
}

/** A key that is not written as it is said to be is no key at all, whatever was signed. Throws InputError, without the key. */
function assertEncoded(keys: readonly string[], encoding: z.infer<typeof keyEncoding>): void {
  const rules = keys.flatMap((key, index) =>
    secretBytesOf(key, encoding) === null
      ? [`/key${keys.length > 1 ? `/${index}` : ''}: is not ${encoding}, as "keyEncoding" says`]
      : [],
  );
  if (rules.length > 0) throw new InputError('the input of "hmac" does not have its form:', rules);
}

const place = z.union([z.strictObject({ header: z.string() }), z.strictObject({ parameter: z.string() })]);

const VERIFY = z.strictObject({
  request: REQUEST,
  key: z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]),
  keyEncoding,
  algorithm,
  encoding: z.enum(['hex', 'base64']).default('hex'),
  in: place,
  message: z.array(z.string()).min(1),
  separator: z.string().optional(),
  parameters: parameters.optional(),
  timestamp: z
    .strictObject({
      in: z.union([place, z.strictObject({ json: z.string() })]),
      unit: z.enum(['seconds', 'milliseconds', 'iso8601']).default('seconds'),
      toleranceS: z.number().positive().default(300),
    })
    .optional(),
  values: texts.default({}),
});

/** {timestamp}, {nonce} and {uuid} are signing's own: what was received has them under names of its own, if at all. */
const OF_MESSAGE: readonly string[] = [
  ...['method', 'host', 'path', 'query', 'rawQuery', 'url'],
  ...['body', 'bodySha256', 'bodyMd5', 'parameters'],
];

export const verifyHmac: VerifyScheme = holding('hmac', VERIFY, async (input, nowMs) => {
  const { request, key, values, ...data } = input;
  const signature: ReceivedHmac = { ...present(data), kind: 'hmac' };
  const unknown = signature.message
    .flatMap(namesIn)
    .filter((name) => ![...OF_MESSAGE, ...Object.keys(values)].includes(name));
  if (unknown.length > 0)
    throw new InputError('the input of "hmac" names values that it does not give:', [
      `/values: ${unknown.join(', ')}`,
    ]);
  const { isAddressed: _isAddressed, ...message } = messageOf({
    method: request.method,
    url: request.url,
    headersText: JSON.stringify(request.headers),
    body: Buffer.from(request.body ?? '', 'utf8'),
  });
  assertEncoded([key].flat(), input.keyEncoding);
  const secrets = [key].flat().map((one) => new Secret(one));
  const known = {
    ...values,
    host: new URL(message.url).host,
    bodyMd5: createHash('md5').update(message.body).digest('hex'),
  };
  const received = { ...message, pairs: pairsOf(message) };
  return { ...(await judge(signature, received, { secrets, values: known, nowMs })) };
});
