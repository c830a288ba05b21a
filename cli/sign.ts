// mooring sign: the exact request a platform's data makes of a request and a credential. Nothing is sent; the secrets are the caller's, and shown only when asked.
import { z } from 'zod';
import { templateValues } from '../auth/context.ts';
import { type SigningContext, signRequest } from '../auth/index.ts';
import type { OutboundRequest } from '../domain/outbound.ts';
import type { AuthMethod, Platform, PlatformRequest } from '../domain/platform.ts';
import { Secret } from '../domain/secret.ts';
import { namesForCall } from '../platforms/asked-names.ts';
import { parseShop } from '../platforms/shop.ts';
import { curlOf } from './curl.ts';
import { asInput, InputError, readAt, readJson, readNonce } from './input.ts';
import { knownPlatform } from './known-platforms.ts';
import { masked } from './masked.ts';

export interface SignOptions {
  readonly platform?: string;
  readonly request?: string;
  readonly credentialFile?: string;
  readonly kind?: string;
  readonly scheme?: string;
  readonly at?: string;
  readonly nonce?: string;
  readonly showSecrets?: boolean;
  readonly json?: boolean;
}

const scalar = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const texts = z.record(z.string(), scalar);
const headers = z.record(
  z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'must be the name of a header'),
  scalar.refine((text) => !/[\r\n\0]/.test(text), 'must be one line'),
);

const REQUEST = z
  .strictObject({
    method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']).default('GET'),
    path: z
      .string()
      .regex(/^\/(?!\/)/, 'must begin with one "/"')
      .regex(/^[^\\#\s\p{Cc}]*$/u, 'must hold no white space, fragment or backslash')
      .regex(/^(?![^?]*\/(\.|%2e){1,2}(\/|\?|$))/i, 'must stay below the base URL'),
    base: z.string().optional(),
    query: texts.optional(),
    headers: headers.optional(),
    body: z.json().optional(),
    form: texts.optional(),
  })
  .refine(({ body, form }) => body === undefined || form === undefined, 'has either "body" or "form"');

export const CREDENTIAL_FILE = z.strictObject({
  kind: z.string().optional(),
  shop: z.record(z.string(), z.union([z.string(), z.number()]).transform(String)).default({}),
  clientId: z.string().optional(),
  clientSecret: z.string().optional(),
  registration: z.record(z.string(), z.string()).default({}),
  credential: z.record(z.string(), z.string()),
});

export type CredentialFile = z.infer<typeof CREDENTIAL_FILE>;

export async function sign(options: SignOptions): Promise<void> {
  const { platform: id, request: requestFile, credentialFile } = options;
  if (id === undefined || requestFile === undefined || credentialFile === undefined)
    throw new InputError('sign takes --platform, --request and --credential-file; or --scheme', []);
  if (requestFile === '-' && credentialFile === '-')
    throw new InputError('only one of --request and --credential-file can be standard input', []);
  const platform = await knownPlatform(id);
  const file = await readJson('--credential-file', credentialFile, CREDENTIAL_FILE);
  const { base, query, headers, body, form, ...line } = await readJson('--request', requestFile, REQUEST);
  const request: PlatformRequest = {
    ...line,
    ...(base === undefined ? {} : { base }),
    ...(query === undefined ? {} : { query }),
    ...(headers === undefined ? {} : { headers }),
    ...(body === undefined ? {} : { body }),
    ...(form === undefined ? {} : { form }),
    endpoint: `${line.method} ${line.path}`,
  };
  const context = await contextOf(platform, file, {
    nowMs: readAt(options.at),
    nonce: readNonce(options.nonce),
  });
  const method = methodFor(context, options.kind ?? file.kind);
  const signed = await asInput('this request cannot be signed', () => signRequest(method, context, request));
  assertOneLine(signed);
  const shown = options.showSecrets === true ? signed : masked(signed, secretsOf(platform, file));
  print(shown, method, options);
}

/** A value that breaks its line would be headers of its own wherever the request is pasted. Throws InputError. */
export function assertOneLine({ headers }: Pick<OutboundRequest, 'headers'>): void {
  const broken = Object.entries(headers).filter(([, value]) => /[\r\n\0]/.test(value));
  if (broken.length > 0)
    throw new InputError(
      'this request cannot be signed:',
      broken.map(([name]) => `the header "${name}" must be one line`),
    );
}

/** The credential file as signing wants it. Throws InputError. */
export async function contextOf(
  platform: Platform,
  file: CredentialFile,
  { nowMs, nonce }: { readonly nowMs: number; readonly nonce?: string | undefined },
): Promise<SigningContext> {
  const shop = await asInput('the credential file', () => parseShop(platform, file.shop));
  return {
    platform,
    shop,
    clientId: file.clientId ?? null,
    clientSecret: file.clientSecret === undefined ? null : new Secret(file.clientSecret),
    registration: secretParts(file.registration),
    credential: { kind: file.kind ?? '', parts: secretParts(file.credential) },
    nowMs,
    ...(nonce === undefined ? {} : { nonce }),
  };
}

export function secretParts(parts: Readonly<Record<string, string>>): Record<string, Secret> {
  return Object.fromEntries(Object.entries(parts).map(([name, text]) => [name, new Secret(text)]));
}

/** The kind that was named, or the first that has all it asks for. Throws InputError with what is missing. */
export function methodFor(context: SigningContext, kind: string | undefined): AuthMethod {
  const { platform } = context;
  const known = templateValues(context);
  const candidates = platform.auth.filter((one) => kind === undefined || one.credentialKind === kind);
  if (candidates.length === 0)
    throw new InputError(`"${platform.id}" has no credential of the kind "${kind}"`, [
      `its kinds: ${platform.auth.map((one) => one.credentialKind).join(', ')}`,
    ]);
  const lacking = candidates.map((method) => ({
    method,
    names: namesForCall(method).filter((name) => !Object.hasOwn(known, name)),
  }));
  const fit = lacking.find(({ names }) => names.length === 0);
  if (fit !== undefined) return fit.method;
  throw new InputError(
    'the credential file lacks what signing needs',
    lacking.map(({ method, names }) => `for "${method.credentialKind}": ${names.join(', ')}`),
  );
}

/** Every text of the file that must not be shown: all but what the platform's data calls public. */
export function secretsOf(platform: Platform, file: CredentialFile): string[] {
  const fields = [
    ...(platform.registration ?? []),
    ...platform.auth.flatMap(({ obtain }) => ('fields' in obtain ? obtain.fields : [])),
  ];
  const isPublic = (name: string): boolean =>
    fields.some((field) => field.name === name) &&
    fields.every((field) => field.name !== name || !field.secret);
  const parts = Object.entries({ ...file.registration, ...file.credential });
  const secret = parts.flatMap(([name, text]) => (isPublic(name) ? [] : [text]));
  return file.clientSecret === undefined ? secret : [...secret, file.clientSecret];
}

function print(request: OutboundRequest, method: AuthMethod, options: SignOptions): void {
  const curl = curlOf(request);
  const { url, headers, body } = request;
  if (options.json === true) {
    const isMasked = options.showSecrets !== true;
    const credentialKind = method.credentialKind;
    const shown = { method: request.method, url, headers, body, credentialKind, masked: isMasked, curl };
    console.log(JSON.stringify(shown, null, 2));
    return;
  }
  const lines = [
    `${request.method} ${url}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    ...(body === null ? [] : ['', body]),
    '',
    curl,
  ];
  console.log(lines.join('\n'));
}
