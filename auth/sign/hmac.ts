// HMAC over a string that the platform's data spells out: the signature and its companions go where the data says.
import { createHmac } from 'node:crypto';
import type { HmacSign } from '../../domain/platform.ts';
import { type Draft, withHeaders, withSecretQuery } from '../draft.ts';
import type { SignWith, Values } from '../index.ts';

export const signHmac: SignWith<'hmac'> = (sign, draft, values, nowMs) =>
  signDraftByHmac(sign, draft, values, nowMs);

/** Signs a call or a token exchange. {path} is the whole path, without the query; {body} the exact text sent, empty where there is none. */
export function signDraftByHmac(sign: HmacSign, draft: Draft, values: Values, nowMs: number): Draft {
  const timestamp = sign.timestamp === 'milliseconds' ? nowMs : Math.floor(nowMs / 1000);
  const known = values.with({
    path: draft.url.pathname,
    method: draft.method,
    body: draft.body ?? '',
    timestamp: String(timestamp),
  });
  const message = sign.message.map((part) => known.fill(part)).join('');
  const signature = encode(
    createHmac(sign.algorithm, known.fill(sign.key)).update(message, 'utf8').digest(),
    sign.encoding,
  );
  const complete = known.with({ signature });
  return withHeaders(
    withSecretQuery(draft, complete.fillAll(sign.query ?? {})),
    complete.fillAll(sign.headers ?? {}),
  );
}

function encode(digest: Buffer, encoding: HmacSign['encoding']): string {
  switch (encoding) {
    case 'hex':
      return digest.toString('hex');
    case 'HEX':
      return digest.toString('hex').toUpperCase();
    case 'base64':
      return digest.toString('base64');
  }
}
