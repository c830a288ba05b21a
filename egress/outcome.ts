// What an answer comes to: its body read, its class looked up in the platform's own table, and the error that class stands for.
// Errors carry statuses and codes; the answer's text goes into none of them, since it may be personal or secret.
import type { ErrorCode } from '../domain/errors.ts';
import { MooringError } from '../domain/errors.ts';
import type { OutboundAnswer } from '../domain/outbound.ts';
import type { Classification, Json, Platform, PlatformRequest } from '../domain/platform.ts';
import { classify } from '../platforms/classify.ts';
import type { CallOptions, PlatformResult } from './call.ts';
import { parseJson } from './parse-json.ts';

const CODES: Readonly<Record<Exclude<Classification, 'ok'>, ErrorCode>> = {
  retry_after: 'platform_rate_limited',
  credential_expired: 'credential_expired',
  credential_dead: 'credential_dead',
  uninstalled: 'app_uninstalled',
  registration_rejected: 'registration_rejected',
  scope_missing: 'scope_missing',
  shop_unavailable: 'shop_unavailable',
  not_found: 'platform_not_found',
  rejected: 'platform_rejected',
  platform_down: 'platform_down',
};

/** Waited when a platform says «slow down» but not how long. */
const DEFAULT_RETRY_AFTER_MS = 1_000;

export interface ReadAnswer {
  readonly result: PlatformResult;
  readonly retryAfterMs: number | null;
  readonly platformCode: string | null;
}

/** Reads and classifies. Throws platform_answer_invalid when an `ok` is a redirect, or says JSON and is not. */
export function readAnswer(
  platform: Platform,
  request: PlatformRequest,
  answer: OutboundAnswer,
  credentialKind: string,
): ReadAnswer {
  const { body, invalid } = readBody(answer);
  const { means, retryAfterMs, platformCode } = classify(platform, 'api', {
    status: answer.status,
    headers: answer.headers,
    body,
    credentialKind,
  });
  const isRedirect = answer.status >= 300 && answer.status < 400;
  if (means === 'ok' && (isRedirect || invalid !== null)) {
    const rule = isRedirect ? 'redirects, which is not followed' : (invalid?.message ?? 'is not valid');
    throw new MooringError(
      'platform_answer_invalid',
      `the answer to "${request.endpoint}" ${isRedirect ? '' : 'is refused: '}${rule}`,
      {
        detail: { status: answer.status, endpoint: request.endpoint },
      },
    );
  }
  return {
    result: {
      classification: means,
      status: answer.status,
      headers: answer.headers,
      body,
      bodyText: answer.bodyText,
    },
    retryAfterMs: means === 'retry_after' ? (retryAfterMs ?? DEFAULT_RETRY_AFTER_MS) : (retryAfterMs ?? null),
    platformCode: platformCode ?? null,
  };
}

function readBody(answer: OutboundAnswer): { body: Json; invalid: MooringError | null } {
  const type = answer.headers['content-type'] ?? '';
  const isJson = /\bjson\b/i.test(type) || /^\s*[[{]/.test(answer.bodyText.slice(0, 64));
  if (!isJson || answer.bodyText === '') return { body: null, invalid: null };
  try {
    return { body: parseJson(answer.bodyText), invalid: null };
  } catch (error) {
    if (!(error instanceof MooringError)) throw error;
    return { body: null, invalid: error };
  }
}

/** Gives the result when it is ok or accepted, else throws the error its class stands for. */
export function acceptOrThrow(
  read: ReadAnswer,
  request: PlatformRequest,
  nowMs: number,
  options: CallOptions = {},
): PlatformResult {
  const { classification, status } = read.result;
  if (classification === 'ok' || options.accept?.includes(classification) === true) return read.result;
  throw new MooringError(CODES[classification], `"${request.endpoint}" was answered with status ${status}`, {
    ...(read.retryAfterMs === null ? {} : { retryAtMs: nowMs + read.retryAfterMs }),
    detail: {
      status,
      endpoint: request.endpoint,
      ...(read.platformCode === null ? {} : { platformCode: read.platformCode }),
    },
  });
}
