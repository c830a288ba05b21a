// What a received message gives the texts of a platform's data, and the bytes that its digest covers. A body is never parsed and written again.
import { createHash } from 'node:crypto';
import type { ReceivedHmac, SignedParameters } from '../domain/platform.ts';
import { textOf, valueAt } from '../platforms/json.ts';
import { joinParameters } from './sign/hmac.ts';
import { type Known, type Values, valuesOf } from './values.ts';

type Pairs = readonly (readonly [string, string])[];

export interface ReceivedMessage {
  readonly method: string;
  /** Absolute, as the platform called it, with the query as it came. */
  readonly url: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Each once, of query and form. */
  readonly parameters: Readonly<Record<string, string>>;
  /** All of them as they came, where they were kept: what `from` of the data chooses among. */
  readonly pairs?: { readonly query: Pairs; readonly form: Pairs };
  readonly body: Uint8Array;
}

/** All text in UTF-8, the body as it came. */
export function digestedBytes(
  signature: ReceivedHmac,
  message: ReceivedMessage,
  given: Readonly<Record<string, string>>,
): Buffer {
  const inBytes = Object.entries(given).map(([name, text]) => [name, () => bytesOf(text)] as const);
  const values = valuesOfMessage(signature, message, Object.fromEntries(inBytes));
  const text = signature.message
    .map((part) => fillPart(part, values, message))
    .join(bytesOf(signature.separator ?? ''));
  return Buffer.from(text, 'latin1');
}

/** The message's own in bytes. */
export function valuesOfMessage(signature: ReceivedHmac, message: ReceivedMessage, given: Known): Values {
  const url = new URL(message.url);
  const own = 'parameter' in signature.in ? [signature.in.parameter] : [];
  const except = { except: [...(signature.parameters?.except ?? []), ...own] };
  return valuesOf({
    ...given,
    method: message.method,
    path: bytesOf(url.pathname),
    query: bytesOf(url.search.slice(1)),
    rawQuery: bytesOf(withoutOwn(url.search.slice(1), own)),
    url: bytesOf(message.url),
    body: Buffer.from(message.body).toString('latin1'),
    bodySha256: () => createHash('sha256').update(message.body).digest('hex'),
    parameters: () =>
      signature.parameters === undefined
        ? ''
        : bytesOf(
            joinParameters({ ...signature.parameters, ...except }, pairsOf(signature.parameters, message)),
          ),
  });
}

function pairsOf({ from }: SignedParameters, { pairs, parameters }: ReceivedMessage): Pairs {
  if (pairs === undefined) return Object.entries(parameters);
  return from === 'form' ? [...pairs.query, ...pairs.form] : pairs.query;
}

/** As latin1 text, so that templates can be filled and each byte stays what it was. */
function bytesOf(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

/** {header:name} and {json:path} beside the plain names. */
function fillPart(part: string, values: Values, message: ReceivedMessage): string {
  const special = /^\{(header|json):([^{}]+)\}$/.exec(part);
  if (special === null) return values.fill(bytesOf(part));
  const [, kind, name = ''] = special;
  const found = kind === 'header' ? message.headers[name.toLowerCase()] : jsonText(message, name);
  return bytesOf(found ?? '');
}

function withoutOwn(query: string, own: readonly string[]): string {
  const isOwn = (pair: string): boolean => own.some((name) => pair === name || pair.startsWith(`${name}=`));
  return query
    .split('&')
    .filter((pair) => !isOwn(pair))
    .join('&');
}

export function jsonText(message: ReceivedMessage, path: string): string | null {
  try {
    return textOf(valueAt(JSON.parse(textOfBody(message)), path));
  } catch {
    return null;
  }
}

export function textOfBody({ body }: ReceivedMessage): string {
  return Buffer.from(body).toString('utf8');
}
