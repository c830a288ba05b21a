// The standard exchanges of RFC 6749 (§ 4.1.3 and § 6) by simple-oauth2, over the guarded agents that egress lends. What comes back is the
// answer as it was, so that it is classified and read like any other. Never for a public client: it would send an empty client_secret.
import type { Agent as HttpAgent } from 'node:http';
import type { Agent as HttpsAgent } from 'node:https';
import { createRequire } from 'node:module';
import { MooringError } from '../domain/errors.ts';
import type { OutboundAnswer } from '../domain/outbound.ts';
import type { TokenRequest } from '../domain/platform.ts';
import type { Values } from './index.ts';

export interface Agents {
  readonly http: HttpAgent;
  readonly https: HttpsAgent;
}

const TIMEOUT_MS = 8_000;
const MAX_BYTES = 1_048_576;

/** Whether the data describes nothing that the RFC does not: a form, and the client proved by its secret. */
export function isStandard(token: TokenRequest, values: Values): boolean {
  const proves = token.clientAuthentication === 'basic' || token.clientAuthentication === 'body';
  const grant = token.parameters['grant_type'];
  return (
    token.format === 'form' &&
    token.method === 'POST' &&
    proves &&
    values.has('clientSecret') &&
    token.headers === undefined &&
    ((grant === 'authorization_code' &&
      token.parameters['code'] === '{code}' &&
      token.parameters['redirect_uri'] === '{redirectUri}') ||
      (grant === 'refresh_token' && token.parameters['refresh_token'] === '{refreshToken}'))
  );
}

/** Throws platform_unreachable, platform_answer_too_large, platform_answer_invalid, or what the guard threw. */
export async function standardExchange(
  token: TokenRequest,
  values: Values,
  agents: Agents,
): Promise<OutboundAnswer> {
  const url = new URL(values.fill(token.url));
  const client = await createClient(token, values, url, agents);
  const { grant_type: grant, ...parameters } = values.fillAll(token.parameters);
  try {
    const issued =
      grant === 'refresh_token'
        ? await client.createToken({ refresh_token: parameters['refresh_token'] }).refresh(parameters)
        : await client.getToken({ ...parameters, code: values('code'), redirect_uri: values('redirectUri') });
    return {
      status: 200,
      headers: { 'content-type': 'application/json' },
      bodyText: JSON.stringify(issued.token),
    };
  } catch (error) {
    return answerOf(error);
  }
}

async function createClient(token: TokenRequest, values: Values, url: URL, agents: Agents) {
  silence();
  const { AuthorizationCode } = await import('simple-oauth2');
  return new AuthorizationCode({
    client: { id: values('clientId'), secret: values('clientSecret') },
    auth: { tokenHost: url.origin, tokenPath: url.pathname + url.search },
    http: {
      agent: url.protocol === 'https:' ? agents.https : agents.http,
      timeout: TIMEOUT_MS,
      maxBytes: MAX_BYTES,
      redirects: false,
    },
    options: {
      bodyFormat: 'form',
      authorizationMethod: token.clientAuthentication === 'basic' ? 'header' : 'body',
    },
  });
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
  throw new MooringError('platform_unreachable', 'the token endpoint cannot be reached');
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
