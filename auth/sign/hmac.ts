// HMAC over a string that the platform's data spells out: the signature and its companions go where the data says.
import { createHmac } from 'node:crypto';
import { MooringError } from '../../domain/errors.ts';
import type { HmacSign, SignedParameters } from '../../domain/platform.ts';
import { type Draft, isForm, withHeaders, withSecretQuery } from '../draft.ts';
import { encodeDigest, formEncode, percentEncode, sortPairs } from '../encode.ts';
import type { SignWith } from '../index.ts';
import { secretBytesOf } from '../signing-key.ts';
import { type Values, valuesOfRequest } from '../values.ts';

/** What does not name the signature is on the request before it is signed. Throws signing_key_invalid. */
export const signHmac: SignWith<'hmac'> = (sign, draft, values, moment) => {
  const { companions, known, text } = signedText(sign, draft, values, moment);
  const key = secretBytesOf(known.fill(sign.key), sign.keyEncoding);
  if (key === null)
    throw new MooringError('signing_key_invalid', `the secret is not ${sign.keyEncoding ?? 'there'}`);
  const digest = createHmac(sign.algorithm, key).update(text, 'utf8').digest();
  const signed = known.with({ signature: encodeDigest(digest, sign.encoding) });
  return withHeaders(
    withSecretQuery(companions, filled(sign, 'query', draft, { values: signed, holdsSignature: true })),
    filled(sign, 'headers', draft, { values: signed, holdsSignature: true }),
  );
};

/** The text that is digested, and the request as far as it is made before. */
export function signedText(...[sign, draft, values, moment]: Parameters<SignWith<'hmac'>>): {
  readonly companions: Draft;
  readonly known: Values;
  readonly text: string;
} {
  const timestamp = timestampOf(sign.timestamp, moment.nowMs);
  const at = values.with({ timestamp });
  const companions = withHeaders(
    withSecretQuery(draft, filled(sign, 'query', draft, { values: at, holdsSignature: false })),
    filled(sign, 'headers', draft, { values: at, holdsSignature: false }),
  );
  const known = valuesOfRequest(values, companions, moment).with({
    timestamp,
    path: strippedPath(companions.url.pathname, sign.stripPath),
    parameters: () => parametersOf(sign.parameters, companions),
  });
  const text = sign.message.map((part) => known.fill(part)).join(sign.separator ?? '');
  return { companions, known, text };
}

function filled(
  sign: HmacSign,
  place: 'query' | 'headers',
  draft: Draft,
  { values, holdsSignature }: { values: Values; holdsSignature: boolean },
): Record<string, string> {
  const wanted = Object.entries(sign[place] ?? {}).filter(([name, template]) => {
    const pattern = sign.exceptPath?.[name];
    const isLeftOut = pattern !== undefined && new RegExp(pattern).test(draft.url.pathname);
    return !isLeftOut && template.includes('{signature}') === holdsSignature;
  });
  return values.fillAll(Object.fromEntries(wanted));
}

function strippedPath(path: string, beginning: string | undefined): string {
  return beginning !== undefined && path.startsWith(`${beginning}/`) ? path.slice(beginning.length) : path;
}

function parametersOf(rule: SignedParameters | undefined, draft: Draft): string {
  if (rule === undefined) return '';
  const form = rule.from === 'form' && isForm(draft) ? new URLSearchParams(draft.body ?? '') : [];
  return joinParameters(rule, [...draft.url.searchParams, ...form]);
}

/** The parameters as one text, as the data wants them sorted, encoded and joined. */
export function joinParameters(
  rule: SignedParameters,
  pairs: readonly (readonly [string, string])[],
): string {
  const signed = pairs.filter(([name]) => rule.except?.includes(name) !== true);
  const encode = ENCODE[rule.encode ?? 'none'];
  return (rule.sort === false ? signed : sortPairs(signed))
    .map(([name, value]) => encode(name) + rule.pair + encode(value))
    .join(rule.between);
}

const ENCODE = {
  none: (text: string) => text,
  rfc3986: percentEncode,
  form: formEncode,
} as const;

/** 2026-01-31T23:59:59.000Z in the form the data names. */
export function timestampOf(form: HmacSign['timestamp'], nowMs: number): string {
  const iso = new Date(nowMs).toISOString();
  switch (form) {
    case 'seconds':
      return String(Math.floor(nowMs / 1000));
    case 'milliseconds':
      return String(nowMs);
    case 'iso8601':
      return `${iso.slice(0, 19)}Z`;
    case 'basic':
      return `${iso.slice(0, 19).replace(/[-:]/g, '')}Z`;
    case 'short':
      return `${iso.slice(2, 19).replace(/[-:]/g, '')}Z`;
  }
}
