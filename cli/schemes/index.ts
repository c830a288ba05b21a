// mooring sign and verify by a scheme alone: JSON in, JSON or text out. Nothing is masked: whoever gives the secrets on standard input sees what comes of them.
import { randomNonce } from '../../auth/random-nonce.ts';
import { asInput, InputError, jsonOf, readAt, readNonce, readText } from '../input.ts';
import { assertOneLine } from '../sign.ts';
import { tell } from '../verify.ts';
import { signBasic, verifyBasic } from './basic.ts';
import type { SignScheme, VerifyScheme } from './form.ts';
import { signHmac, verifyHmac } from './hmac.ts';
import { signJwtBearer, verifyJwtBearer } from './jwt-bearer.ts';
import { signOAuth1, verifyOAuth1 } from './oauth1.ts';
import { signSigV4, verifySigV4 } from './sigv4.ts';

const SCHEMES: Readonly<Record<string, { readonly sign: SignScheme; readonly verify: VerifyScheme }>> = {
  oauth1: { sign: signOAuth1, verify: verifyOAuth1 },
  sigv4: { sign: signSigV4, verify: verifySigV4 },
  hmac: { sign: signHmac, verify: verifyHmac },
  jwt_bearer: { sign: signJwtBearer, verify: verifyJwtBearer },
  basic: { sign: signBasic, verify: verifyBasic },
};

export interface SchemeOptions {
  readonly scheme: string;
  readonly at?: string;
  readonly nonce?: string;
  readonly json?: boolean;
}

export async function signByScheme(options: SchemeOptions): Promise<void> {
  const { sign } = schemeOf(options.scheme);
  const moment = { nowMs: readAt(options.at), nonce: readNonce(options.nonce) ?? randomNonce() };
  const input = await readInput();
  const { signature, request, made } = await asInput('this cannot be signed', () => sign(input, moment));
  assertOneLine(request);
  const { method, url, headers, body } = request;
  const at = new Date(moment.nowMs).toISOString();
  if (options.json === true) {
    const shown = {
      scheme: options.scheme,
      at,
      nonce: moment.nonce,
      signature,
      method,
      url,
      headers,
      body,
      ...made,
    };
    console.log(JSON.stringify(shown, null, 2));
    return;
  }
  const lines = [
    ...(url === '' ? [] : [`${method} ${url}`]),
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    ...(body === null ? [] : ['', body]),
    '',
    `signature: ${signature}`,
    ...Object.entries(made).map(
      ([name, value]) => `${name}:\n${typeof value === 'string' ? value : JSON.stringify(value)}`,
    ),
  ];
  console.log(lines.join('\n'));
}

/** Sets exit code 1 where it does not verify. */
export async function verifyByScheme(options: SchemeOptions): Promise<void> {
  const { verify } = schemeOf(options.scheme);
  const nowMs = readAt(options.at);
  const input = await readInput();
  const verdict = await asInput('this cannot be judged', () => verify(input, nowMs));
  tell(verdict, { scheme: options.scheme }, options.json === undefined ? {} : { json: options.json });
}

function schemeOf(name: string) {
  const scheme = Object.hasOwn(SCHEMES, name) ? SCHEMES[name] : undefined;
  if (scheme === undefined)
    throw new InputError(`--scheme "${name}" is none of ${Object.keys(SCHEMES).join(', ')}`, []);
  return scheme;
}

async function readInput(): Promise<unknown> {
  return jsonOf('standard input', await readText('standard input', '-'));
}
