// One exchange at a token endpoint, as the platform's data describes it. Sends once; whether it may be sent again is not decided here.
import { type ErrorCode, MooringError } from '../domain/errors.ts';
import type { OutboundAnswer, Send } from '../domain/outbound.ts';
import type {
  Classification,
  Json,
  Platform,
  TokenAnswer,
  TokenRequest,
  Transport,
} from '../domain/platform.ts';
import { classify } from '../platforms/classify.ts';
import { textOf, valueAt } from '../platforms/json.ts';
import { type Agents, isStandard, standardExchange } from './standard-exchange.ts';
import { tokenRequest } from './token-request.ts';
import type { Moment, Values } from './values.ts';

export interface Exchanging {
  readonly platform: Platform;
  readonly values: Values;
  readonly send: Send;
  readonly moment: Moment;
  readonly answerForm: TokenAnswer | undefined;
  readonly transport: Transport | undefined;
  /** Of the credential that is to come of it. */
  readonly credentialKind?: string;
  /** Guarded agents; with them, what is standard goes through simple-oauth2. */
  readonly agents?: Agents | undefined;
}

type Judging = Pick<Exchanging, 'platform' | 'answerForm' | 'moment' | 'credentialKind'>;

export interface GoodAnswer {
  readonly body: Json;
  /** The platform's clock by its own Date header; null where it tells none. */
  readonly serverNowMs: number | null;
}

/** Gives the body of an answer that says it is good. Throws the code of what it says otherwise, with the platform's own in `detail`. */
export async function exchangeToken(request: TokenRequest, exchanging: Exchanging): Promise<GoodAnswer> {
  return readGood(exchanging, await answerTo(request, exchanging));
}

/** What a token endpoint answered, if it says that it is good; throws as exchangeToken does. */
export function readGood(exchanging: Judging, answer: OutboundAnswer): GoodAnswer {
  const body = assertGood(exchanging, answer);
  if (body === null) throw new MooringError('platform_answer_invalid', 'the token answer is not JSON');
  return { body, serverNowMs: dateOf(answer, exchanging.moment.nowMs) };
}

async function answerTo(request: TokenRequest, exchanging: Exchanging): Promise<OutboundAnswer> {
  const { agents, values, moment, transport, answerForm } = exchanging;
  if (agents !== undefined && transport === undefined && isStandard(request, values, answerForm))
    return await standardExchange(request, values, agents);
  return await exchanging.send(await tokenRequest(request, values, moment, transport));
}

/** Throws what a bad answer stands for; gives the body, null where there is none that can be read. */
export function assertGood(exchanging: Judging, answer: OutboundAnswer): Json {
  const { platform, answerForm, moment, credentialKind } = exchanging;
  const body = parse(answer, answerForm);
  const { status, headers } = answer;
  const kind = credentialKind === undefined ? {} : { credentialKind };
  const classified = classify(platform, 'token', { status, headers, body, ...kind });
  const isRefused = classified.means === 'ok' && saysItFailed(answerForm, body);
  const means = isRefused ? 'rejected' : classified.means;
  if (means === 'ok') return body;
  const { platformCode, retryAfterMs } = classified;
  throw new MooringError(
    CODES[means],
    `the token endpoint of "${platform.id}" answered ${status}${platformCode === undefined ? '' : ` ${platformCode}`}`,
    {
      detail: { status, ...(platformCode === undefined ? {} : { platformCode }) },
      ...(retryAfterMs === undefined ? {} : { retryAtMs: moment.nowMs + retryAfterMs }),
    },
  );
}

/** At a token endpoint an expired credential is the grant itself. */
const CODES: Readonly<Record<Exclude<Classification, 'ok'>, ErrorCode>> = {
  retry_after: 'platform_rate_limited',
  credential_expired: 'credential_dead',
  credential_dead: 'credential_dead',
  uninstalled: 'app_uninstalled',
  registration_rejected: 'registration_rejected',
  scope_missing: 'scope_missing',
  shop_unavailable: 'shop_unavailable',
  not_found: 'shop_unavailable',
  rejected: 'platform_rejected',
  platform_down: 'platform_down',
};

/** Form answers (RFC 5849 § 2.1) become an object like any other; an error in JSON is read as such whatever was expected. */
function parse(answer: OutboundAnswer, form: TokenAnswer | undefined): Json {
  try {
    return JSON.parse(answer.bodyText);
  } catch {
    const isForm = form?.format === 'form' && /^[\w.%~+-]+=[^<>]*$/.test(answer.bodyText.trim());
    return isForm ? Object.fromEntries(new URLSearchParams(answer.bodyText.trim())) : null;
  }
}

function saysItFailed(form: TokenAnswer | undefined, body: Json): boolean {
  if (form?.failedWhen === undefined) return false;
  const value = valueAt(body, form.failedWhen.path);
  return value !== undefined && !form.failedWhen.notIn.includes(textOf(value) ?? '');
}

/** RFC 9110 § 6.6.1. No clock is a day off: such a date is a mistake. */
function dateOf({ headers }: OutboundAnswer, nowMs: number): number | null {
  const at = Date.parse(headers['date'] ?? '');
  return Math.abs(at - nowMs) < 86_400_000 ? at : null;
}
