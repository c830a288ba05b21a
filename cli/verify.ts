// mooring verify: whether a notification or a callback is the platform's, and if not, at which step it fails. Runs on files alone: keys are given, never fetched.
import { z } from 'zod';
import { MooringError } from '../domain/errors.ts';
import type { CallbackSignature, Platform, ReceivedSignature } from '../domain/platform.ts';
import { Secret } from '../domain/secret.ts';
import { expandShop } from '../platforms/shop.ts';
import { namesIn } from '../platforms/template.ts';
import { held, InputError, jsonOf, readAt, readBytes, readText } from './input.ts';
import { knownPlatform } from './known-platforms.ts';
import { messageOf } from './received-message.ts';
import { fail, judge, type Receiving, type Verdict } from './verdict.ts';

export interface VerifyOptions {
  readonly platform?: string;
  readonly headersFile?: string;
  readonly bodyFile?: string;
  readonly secretFile?: string;
  readonly url?: string;
  readonly method?: string;
  readonly step?: string;
  readonly notification?: boolean;
  readonly scheme?: string;
  readonly at?: string;
  readonly json?: boolean;
}

const text = z.record(z.string(), z.string());

const SECRETS = z.strictObject({
  clientSecret: z.string().optional(),
  earlierSecrets: z.array(z.string()).default([]),
  clientId: z.string().optional(),
  shop: text.default({}),
  values: text.default({}),
  publicKeys: text.default({}),
  jwks: z.looseObject({ keys: z.array(z.looseObject({ kty: z.string() })) }).optional(),
});

type Secrets = z.infer<typeof SECRETS>;

/** Sets exit code 1 where it does not verify. */
export async function verify(options: VerifyOptions): Promise<void> {
  if (options.platform === undefined || options.secretFile === undefined)
    throw new InputError('verify takes --platform and --secret-file; or --scheme', []);
  const platform = await knownPlatform(options.platform);
  const { what, signature } = signatureOf(platform, options);
  const body =
    options.bodyFile === undefined ? Buffer.alloc(0) : await readBytes('--body-file', options.bodyFile);
  const headersText =
    options.headersFile === undefined ? '' : await readText('--headers-file', options.headersFile);
  const { isAddressed, ...message } = messageOf({
    method: options.method,
    url: options.url,
    headersText,
    body,
  });
  const secrets = await readSecrets(options.secretFile);
  const receiving = receivingOf(platform, secrets, readAt(options.at));
  if (signature !== null) assertGiven(signature, receiving, isAddressed);
  const verdict =
    signature === null
      ? fail('not_signed', `"${platform.id}" does not sign its ${what}: read again what it names`)
      : await judged(() => judge(byKeyId(signature), message, receiving));
  tell(verdict, { platform: platform.id, what }, options);
}

interface Expected {
  readonly what: string;
  readonly signature: CallbackSignature | ReceivedSignature | null;
}

/** The step that was named, else the notification, else the one callback that is signed. */
function signatureOf(platform: Platform, { step, notification }: VerifyOptions): Expected {
  if (step !== undefined && notification === true)
    throw new InputError('only one of --step and --notification can be meant', []);
  const steps = platform.auth.flatMap(({ obtain }) => ('callback' in obtain ? obtain.callback : []));
  const calls = platform.notifications?.calls ?? [];
  const call = calls.find(({ name }) => name === step);
  if (call !== undefined) return { what: `call "${call.name}"`, signature: call.signature };
  if (step !== undefined) {
    const found = steps.find((one) => one.step === step);
    if (found === undefined)
      throw new InputError(`"${platform.id}" has no callback step "${step}"`, [
        `its steps: ${[...steps.map((one) => one.step), ...calls.map(({ name }) => name)].join(', ') || 'none'}`,
      ]);
    return { what: `callback "${step}"`, signature: found.signature ?? null };
  }
  const signed = steps.find((one) => one.signature !== undefined);
  if (notification !== true && platform.notifications === undefined && signed?.signature !== undefined)
    return { what: `callback "${signed.step}"`, signature: signed.signature };
  if (platform.notifications === undefined)
    throw new InputError(`"${platform.id}" declares no notifications and no signed callback`, []);
  return { what: 'notifications', signature: platform.notifications.signature };
}

/** JSON; or plain text, a secret a line, newest first. */
async function readSecrets(path: string): Promise<Secrets> {
  const content = await readText('--secret-file', path);
  if (content.trimStart().startsWith('{'))
    return held(`--secret-file "${path}"`, jsonOf('--secret-file', content), SECRETS);
  const [first, ...earlier] = content.split(/\r?\n/).filter((line) => line !== '');
  if (first === undefined) throw new InputError(`--secret-file "${path}" is empty`, []);
  return SECRETS.parse({ clientSecret: first, earlierSecrets: earlier });
}

function receivingOf(platform: Platform, given: Secrets, nowMs: number): Receiving {
  const { clientId, clientSecret, earlierSecrets, jwks, publicKeys } = given;
  const secrets = [...(clientSecret === undefined ? [] : [clientSecret]), ...earlierSecrets];
  return {
    secrets: secrets.map((one) => new Secret(one)),
    values: {
      ...expandShop(platform, given.shop),
      ...(clientId === undefined ? {} : { clientId }),
      ...(clientSecret === undefined ? {} : { clientSecret }),
      ...given.values,
    },
    ...(jwks === undefined
      ? {}
      : { send: async () => ({ status: 200, headers: {}, bodyText: JSON.stringify(jwks) }) }),
    readKey: async (id) => {
      const pem = Object.hasOwn(publicKeys, id) ? publicKeys[id] : undefined;
      if (pem === undefined) throw new MooringError('not_found', `the secret file has no public key "${id}"`);
      return pem;
    },
    nowMs,
  };
}

const OF_MESSAGE = ['method', 'path', 'query', 'rawQuery', 'url', 'body', 'bodySha256', 'parameters'];
const OF_ADDRESS = ['path', 'query', 'rawQuery', 'url'];

/** What the signature is made of must be there before anything is judged: its absence is no verdict. */
function assertGiven(
  signature: CallbackSignature | ReceivedSignature,
  { values = {}, secrets, send }: Receiving,
  isAddressed: boolean,
): void {
  const asked = [...new Set(textsOf(signature).flatMap(namesIn))];
  const known = [...OF_MESSAGE, ...Object.keys(values)];
  const lacking = asked.filter((name) => !known.includes(name));
  if (lacking.length > 0)
    throw new InputError('the secret file lacks what this signature needs', [
      `values: ${lacking.join(', ')}`,
    ]);
  if (!isAddressed && (!('kind' in signature) || asked.some((name) => OF_ADDRESS.includes(name))))
    throw new InputError('--url is needed: the signature covers it', []);
  const isShared =
    !('kind' in signature) || signature.kind === 'standard_webhooks' || signature.kind === 'hmac';
  const hasOwnKey = 'key' in signature && signature.key !== undefined;
  if (isShared && !hasOwnKey && secrets.length === 0)
    throw new InputError('the secret file has no "clientSecret"', []);
  const isKeySet = 'kind' in signature && signature.kind === 'jwt' && signature.jwt.key.kind === 'jwks';
  if (isKeySet && send === undefined)
    throw new InputError('the secret file has no "jwks": the key set that the platform publishes', []);
}

function textsOf(signature: CallbackSignature | ReceivedSignature): string[] {
  if (!('kind' in signature)) return [];
  switch (signature.kind) {
    case 'hmac':
      return [...signature.message, ...(signature.key === undefined ? [] : [signature.key])];
    case 'standard_webhooks':
      return signature.key === undefined ? [] : [signature.key];
    case 'public_key':
      return 'pem' in signature.key ? [signature.key.pem] : [];
    case 'basic':
      return [signature.username ?? '', signature.password ?? '{notificationSecret}'];
    case 'jwt': {
      const { issuer, audience, key } = signature.jwt;
      const own = key.kind === 'secret' ? [key.secret] : key.kind === 'public_key' ? [key.pem] : [key.url];
      return [...own, issuer ?? '', audience ?? ''];
    }
  }
}

/** Keys are given by their ids, wherever the platform hands them out. */
function byKeyId(signature: CallbackSignature | ReceivedSignature): CallbackSignature | ReceivedSignature {
  const isPublic = 'kind' in signature && signature.kind === 'public_key' && 'path' in signature.key;
  return isPublic ? { ...signature, key: { path: '{keyId}' } } : signature;
}

/** A key that was not given is a step it fails at. */
async function judged(use: () => Promise<Verdict>): Promise<Verdict> {
  try {
    return await use();
  } catch (error) {
    if (!(error instanceof MooringError)) throw error;
    return fail('key', error.message);
  }
}

export function tell(
  verdict: Verdict,
  about: Readonly<Record<string, string>>,
  { json }: { json?: boolean },
): void {
  if (!verdict.verified) process.exitCode = 1;
  if (json === true) console.log(JSON.stringify({ ...about, ...verdict }, null, 2));
  else if (verdict.verified) console.log('It verifies.');
  else console.log(`It does not verify, at the step «${verdict.step ?? ''}»: ${verdict.because}.`);
}
