// One exchange at a token endpoint, as the platform's data describes it. Sends once; whether it may be sent again is not decided here.
import { type ErrorCode, MooringError } from '../domain/errors.ts';
import type { OutboundAnswer, Send } from '../domain/outbound.ts';
import type { Classification, Json, Platform, TokenAnswer, TokenRequest } from '../domain/platform.ts';
import { classify } from '../platforms/classify.ts';
import { textOf, valueAt } from '../platforms/json.ts';
import { type Draft, toOutbound, withHeaders } from './draft.ts';
import type { Values } from './index.ts';
import { signDraftByHmac } from './sign/hmac.ts';
import { type Agents, isStandard, standardExchange } from './standard-exchange.ts';

export interface Exchanging {
  readonly platform: Platform;
  readonly values: Values;
  readonly send: Send;
  readonly nowMs: number;
  readonly answerForm: TokenAnswer | undefined;
  /** Guarded agents; with them, what is standard goes through simple-oauth2. */
  readonly agents?: Agents | undefined;
}

/** Gives the body of an answer that says it is good. Throws the code of what it says otherwise, with the platform's own in `detail`. */
export async function exchangeToken(request: TokenRequest, exchanging: Exchanging): Promise<Json> {
  const answer = await answerTo(request, exchanging);
  const body = parse(answer);
  const classified = classify(exchanging.platform, 'token', {
    status: answer.status,
    headers: answer.headers,
    body,
  });
  const means =
    classified.means === 'ok' && saysItFailed(exchanging.answerForm, body) ? 'rejected' : classified.means;
  if (means === 'ok') {
    if (body === null) throw new MooringError('platform_answer_invalid', 'the token answer is not JSON');
    return body;
  }
  const { platformCode, retryAfterMs } = classified;
  throw new MooringError(
    CODES[means],
    `the token endpoint of "${exchanging.platform.id}" answered ${answer.status}${platformCode === undefined ? '' : ` ${platformCode}`}`,
    {
      detail: { status: answer.status, ...(platformCode === undefined ? {} : { platformCode }) },
      ...(retryAfterMs === undefined ? {} : { retryAtMs: exchanging.nowMs + retryAfterMs }),
    },
  );
}

async function answerTo(request: TokenRequest, exchanging: Exchanging): Promise<OutboundAnswer> {
  const { agents, values } = exchanging;
  if (agents !== undefined && isStandard(request, values))
    return await standardExchange(request, values, agents);
  return await exchanging.send(toOutbound(draftExchange(request, exchanging)));
}

/** At a token endpoint an expired credential is the grant itself. */
const CODES: Readonly<Record<Exclude<Classification, 'ok'>, ErrorCode>> = {
  retry_after: 'platform_rate_limited',
  credential_expired: 'credential_dead',
  credential_dead: 'credential_dead',
  registration_rejected: 'registration_rejected',
  scope_missing: 'scope_missing',
  shop_unavailable: 'shop_unavailable',
  not_found: 'shop_unavailable',
  rejected: 'platform_rejected',
  platform_down: 'platform_down',
};

function draftExchange(request: TokenRequest, { values, nowMs }: Exchanging): Draft {
  const url = new URL(values.fill(request.url));
  const parameters = parametersOf(request, values);
  if (request.format === 'query') {
    for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, String(value));
  }
  const draft: Draft = {
    method: request.method,
    url,
    headers: { accept: 'application/json', ...values.fillAll(request.headers ?? {}) },
    body: null,
    secretQuery: request.format === 'query' ? Object.keys(parameters) : [],
  };
  const filled = { ...withHeaders(draft, contentType(request)), body: bodyOf(request, parameters) };
  switch (request.clientAuthentication) {
    case 'basic':
      return withHeaders(filled, {
        authorization: `Basic ${Buffer.from(clientCredentials(values), 'utf8').toString('base64')}`,
      });
    case 'signed':
      return request.sign?.scheme === 'hmac' ? signDraftByHmac(request.sign, filled, values, nowMs) : filled;
    case 'basic_raw':
    case 'private_key_jwt':
    case 'tls_client_auth':
    case 'body':
    case 'none':
      return filled;
  }
}

/** RFC 6749 § 2.3.1: both form-encoded before they are joined. */
function clientCredentials(values: Values): string {
  return `${encodeURIComponent(values('clientId'))}:${encodeURIComponent(values('clientSecret'))}`;
}

function parametersOf(request: TokenRequest, values: Values): Record<string, string | number> {
  const filled = { ...clientParameters(request, values), ...values.fillAll(request.parameters) };
  const entries = Object.entries(filled).map(([name, value]) => [
    name,
    request.numeric?.includes(name) ? toNumber(name, value) : value,
  ]);
  return Object.fromEntries(entries);
}

/** RFC 6749 § 2.3.1, in the body. A public client sends no client_secret, not even an empty one. */
function clientParameters({ clientAuthentication }: TokenRequest, values: Values): Record<string, string> {
  if (clientAuthentication !== 'body') return {};
  return {
    client_id: values('clientId'),
    ...(values.has('clientSecret') ? { client_secret: values('clientSecret') } : {}),
  };
}

function toNumber(name: string, value: string): number {
  if (!/^\d{1,15}$/.test(value)) throw new MooringError('internal', `"${name}" is not a whole number`);
  return Number(value);
}

function contentType(request: TokenRequest): Record<string, string> {
  if (request.format === 'query') return {};
  return {
    'content-type': request.format === 'json' ? 'application/json' : 'application/x-www-form-urlencoded',
  };
}

function bodyOf(request: TokenRequest, parameters: Record<string, string | number>): string | null {
  switch (request.format) {
    case 'query':
      return null;
    case 'json':
      return JSON.stringify(parameters);
    case 'form':
      return formText(parameters);
  }
}

function formText(parameters: Record<string, string | number>): string {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) form.append(name, String(value));
  return form.toString();
}

function parse(answer: OutboundAnswer): Json {
  try {
    return JSON.parse(answer.bodyText);
  } catch {
    return null;
  }
}

function saysItFailed(form: TokenAnswer | undefined, body: Json): boolean {
  if (form?.failedWhen === undefined) return false;
  const value = valueAt(body, form.failedWhen.path);
  return value !== undefined && !form.failedWhen.notIn.includes(textOf(value) ?? '');
}
