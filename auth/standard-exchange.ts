// The standard exchanges of RFC 6749 (§ 4.1.3, § 4.4.2 and § 6) by simple-oauth2, over the guarded agents that egress lends. What comes back is the
// answer as it was, so that it is classified and read like any other. Never for a public client: it would send an empty client_secret.
import type { Agent as HttpAgent } from 'node:http';
import type { Agent as HttpsAgent } from 'node:https';
import { createRequire } from 'node:module';
import type { ModuleOptions } from 'simple-oauth2';
import { MooringError } from '../domain/errors.ts';
import type { OutboundAnswer } from '../domain/outbound.ts';
import type { TokenAnswer, TokenRequest } from '../domain/platform.ts';
import { clientOf, fillParameters, type Parameters } from './token-request.ts';
import type { Values } from './values.ts';

export interface Agents {
  readonly http: HttpAgent;
  readonly https: HttpsAgent;
}

const TIMEOUT_MS = 8_000;
const MAX_BYTES = 1_048_576;

/** How the client proves itself → the library's words for it. It knows no other. */
const PROOFS = {
  basic: { authorizationMethod: 'header', credentialsEncodingMode: 'strict' },
  basic_raw: { authorizationMethod: 'header', credentialsEncodingMode: 'loose' },
  body: { authorizationMethod: 'body' },
} as const;

/** Whether the data describes nothing that the RFC does not: a form, and the client proved by its secret. */
export function isStandard(
  token: TokenRequest,
  values: Values,
  answerForm: TokenAnswer | undefined,
): boolean {
  const { parameters } = token;
  return (
    token.format === 'form' &&
    token.method === 'POST' &&
    token.headers === undefined &&
    token.assertion === undefined &&
    // The library reads `expires_at` as a date and hands on another one.
    answerForm?.expiresIn?.path !== 'expires_at' &&
    proofOf(token) !== null &&
    isPlainSecret(token, values) &&
    (parameters['grant_type'] === 'client_credentials' ||
      (parameters['grant_type'] === 'authorization_code' && parameters['code'] === '{code}') ||
      (parameters['grant_type'] === 'refresh_token' && parameters['refresh_token'] === '{refreshToken}'))
  );
}

function proofOf({ clientAuthentication: by }: TokenRequest) {
  return by === 'basic' || by === 'basic_raw' || by === 'body' ? PROOFS[by] : null;
}

/** The library takes ASCII alone (RFC 6749 appendix A), and sends an absent secret as an empty one. */
function isPlainSecret(token: TokenRequest, values: Values): boolean {
  const { id, secret } = clientOf(token, values);
  return /^[\x20-\x7e]+$/.test(id) && /^[\x20-\x7e]+$/.test(secret ?? '');
}

/** Throws platform_unreachable, platform_answer_too_large, platform_answer_invalid, or what the guard threw. */
export async function standardExchange(
  token: TokenRequest,
  values: Values,
  agents: Agents,
): Promise<OutboundAnswer> {
  const url = new URL(values.fill(token.url));
  const settings = settingsOf(token, values, url, agents);
  const { grant_type: grant, ...parameters } = fillParameters(token.parameters, values);
  try {
    const issued = await exchangeBy(settings, grant ?? '', parameters);
    return {
      status: 200,
      headers: { 'content-type': 'application/json' },
      bodyText: JSON.stringify(issued),
    };
  } catch (error) {
    return answerOf(error);
  }
}

async function exchangeBy(settings: ModuleOptions, grant: string, parameters: Parameters): Promise<unknown> {
  silence();
  const { AuthorizationCode, ClientCredentials } = await import('simple-oauth2');
  switch (grant) {
    case 'client_credentials':
      return (await new ClientCredentials(settings).getToken(parameters)).token;
    case 'refresh_token': {
      const before = { refresh_token: parameters['refresh_token'] };
      return (await new AuthorizationCode(settings).createToken(before).refresh(parameters)).token;
    }
    default: {
      const { code = '', redirect_uri = '', ...others } = parameters;
      return (await new AuthorizationCode(settings).getToken({ ...others, code, redirect_uri })).token;
    }
  }
}

function settingsOf(token: TokenRequest, values: Values, url: URL, agents: Agents): ModuleOptions {
  const { id, secret } = clientOf(token, values);
  return {
    client: { id, secret: secret ?? '' },
    auth: { tokenHost: url.origin, tokenPath: url.pathname + url.search },
    http: {
      agent: url.protocol === 'https:' ? agents.https : agents.http,
      timeout: TIMEOUT_MS,
      maxBytes: MAX_BYTES,
      redirects: false,
    },
    options: { bodyFormat: 'form', ...proofOf(token) },
  };
}

/** `DEBUG=simple-oauth2*` prints client secrets: taken back, in the very copy of `debug` that it asks. */
function silence(): void {
  const resolve = createRequire(import.meta.url);
  const debug: unknown = createRequire(resolve.resolve('simple-oauth2'))('debug');
  if (typeof debug !== 'function' || !('enable' in debug) || typeof debug.enable !== 'function') return;
  debug.enable([process.env['DEBUG'] ?? '', '-simple-oauth2*'].filter((one) => one !== '').join(','));
}

/** Its errors hold the whole response; all but status, headers and body is left behind. */
function answerOf(error: unknown): OutboundAnswer {
  const cause = fieldOf(error, 'data');
  if (cause instanceof MooringError) throw cause;
  const response = fieldOf(cause, 'res');
  const status = fieldOf(response, 'statusCode');
  if (typeof status === 'number' && status >= 300) {
    const payload = fieldOf(cause, 'payload');
    const bodyText = Buffer.isBuffer(payload) ? payload.toString('utf8') : JSON.stringify(payload ?? null);
    return { status, headers: headersOf(fieldOf(response, 'headers')), bodyText };
  }
  if (Number(fieldOf(fieldOf(response, 'headers'), 'content-length')) > MAX_BYTES) {
    throw new MooringError('platform_answer_too_large', `the token answer is larger than ${MAX_BYTES} bytes`);
  }
  // What breaks off, by itself or because it is too large, is a lost answer: the exchange may have happened.
  const isBroken = fieldOf(fieldOf(error, 'output'), 'statusCode') === 500;
  if (isBroken) throw new MooringError('platform_unreachable', 'the token answer broke off');
  if (status !== undefined) throw new MooringError('platform_answer_invalid', 'the token answer is not JSON');
  const network = fieldOf(cause, 'code');
  throw new MooringError('platform_unreachable', 'the token endpoint cannot be reached', {
    ...(typeof network === 'string' ? { detail: { network } } : {}),
  });
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

function headersOf(value: unknown): Record<string, string> {
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(
    Object.entries(value).map(([name, text]) => [name, Array.isArray(text) ? text.join(', ') : String(text)]),
  );
}
