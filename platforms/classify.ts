// What an answer means, by the platform's own table and then by what HTTP and OAuth say for everybody. Pure; it reads the body
// as data and quotes none of it but the platform's own short code.
import type { AnswerRule, Classification, Json, Platform } from '../domain/platform.ts';
import { textOf, valuesAt } from './json.ts';

export interface Classified {
  readonly means: Classification;
  readonly retryAfterMs?: number;
  readonly platformCode?: string;
}

export interface AnswerFacts {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Json;
  /** Of the credential the call was signed with, where it was. */
  readonly credentialKind?: string;
}

/** Classifies one answer, of the token endpoint or of the API. */
export function classify(platform: Platform, at: 'token' | 'api', answer: AnswerFacts): Classified {
  const rule = platform.answers.find(
    (one) =>
      (one.at === undefined || one.at === at) &&
      (one.credentialKind === undefined || one.credentialKind === answer.credentialKind) &&
      matchesStatus(one, answer.status) &&
      matchesBody(one, answer.body),
  );
  const means = rule?.means ?? byDefault(at, answer);
  const retryAfterMs = waitOf(platform, answer);
  const platformCode = codeOf(rule, answer.body);
  return {
    means,
    ...(retryAfterMs === null ? {} : { retryAfterMs }),
    ...(platformCode === null ? {} : { platformCode }),
  };
}

function matchesStatus(rule: AnswerRule, status: number): boolean {
  if (rule.status === undefined) return true;
  if (rule.status === '5xx') return status >= 500;
  return typeof rule.status === 'number' ? rule.status === status : rule.status.includes(status);
}

function matchesBody(rule: AnswerRule, body: Json): boolean {
  const wanted = rule.body;
  if (wanted === undefined) return true;
  const texts = valuesAt(body, wanted.path).flatMap((one) => textOf(one) ?? []);
  if (wanted.equals === undefined && wanted.matches === undefined) return texts.length > 0;
  const pattern = wanted.matches === undefined ? null : new RegExp(wanted.matches, 'i');
  return texts.some(
    (text) => wanted.equals?.includes(text) === true || pattern?.test(text.slice(0, 2_000)) === true,
  );
}

/** RFC 6749 § 5.2 at the token endpoint, RFC 9110 elsewhere. */
function byDefault(at: 'token' | 'api', { status, body }: AnswerFacts): Classification {
  if (status >= 500) return 'platform_down';
  if (status === 429) return 'retry_after';
  if (status < 400) return 'ok';
  if (at === 'token') {
    const error = textOf(valuesAt(body, 'error')[0]);
    if (error === 'invalid_grant') return 'credential_dead';
    if (error === 'invalid_client' || error === 'unauthorized_client') return 'registration_rejected';
    if (error === 'temporarily_unavailable' || error === 'slow_down') return 'platform_down';
    // A 401 without a word of why is said of the client, who alone authenticates here.
    return status === 401 ? 'registration_rejected' : 'rejected';
  }
  if (status === 401) return 'credential_expired';
  if (status === 403) return 'scope_missing';
  if (status === 404 || status === 410) return 'not_found';
  if (status === 408 || status === 425) return 'platform_down';
  return 'rejected';
}

/** Longer than this is a mistake or an attack; the caller asks again then. */
const MAX_WAIT_MS = 24 * 3_600_000;

function waitOf(platform: Platform, answer: AnswerFacts): number | null {
  const fromBody = platform.waitMs?.({ body: answer.body }) ?? null;
  if (fromBody !== null) return bounded(fromBody);
  const { header, unit } = platform.retryAfter ?? { header: 'retry-after', unit: 'seconds' };
  const text = answer.headers[header.toLowerCase()]?.trim();
  if (text === undefined || text === '') return null;
  if (/^\d+(\.\d+)?$/.test(text)) return bounded(Number(text) * (unit === 'seconds' ? 1_000 : 1));
  // An HTTP date counts from the answer's own Date, so that our clock does not matter.
  const until = Date.parse(text);
  const from = Date.parse(answer.headers['date'] ?? '');
  return Number.isNaN(until) || Number.isNaN(from) ? null : bounded(until - from);
}

function bounded(ms: number): number | null {
  return Number.isFinite(ms) ? Math.round(Math.min(Math.max(ms, 0), MAX_WAIT_MS)) : null;
}

const CODE_PATHS = ['error', 'code', 'error.code', 'errors.0.extensions.code', 'type'];

/** The platform's word for what happened, where it looks like a code and not like a sentence. */
function codeOf(rule: AnswerRule | undefined, body: Json): string | null {
  const paths = rule?.body === undefined ? CODE_PATHS : [rule.body.path, ...CODE_PATHS];
  for (const path of paths) {
    const text = textOf(valuesAt(body, path)[0]);
    if (text !== null && /^[A-Za-z0-9_.-]{1,80}$/.test(text)) return text;
  }
  return null;
}
