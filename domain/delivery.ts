// How deliveries are tried: the schedule, what an answer means, when an endpoint is given up. Pure; whoever sends decides nothing.

/** Seconds from one try to the next: at once, then about three days. */
export const RETRY_AFTER_S = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400] as const;
export const MAX_TRIES = RETRY_AFTER_S.length + 1;
/** Later by up to this share, so that what failed together is not tried together. */
const JITTER = 0.2;
/** The longest wait that an endpoint may ask for. */
const RETRY_AFTER_AT_MOST_S = 86_400;
const DAY_MS = 86_400_000;
/** An endpoint that failed this long, and this often in a row, is given up. */
export const GIVE_UP_AFTER_MS = 5 * DAY_MS;
export const GIVE_UP_AFTER_FAILURES = MAX_TRIES;
/** An answer that took longer makes an endpoint a slow one. */
export const DAWDLES_AFTER_MS = 2_000;

export type DeliveryState = 'pending' | 'delivered' | 'failed';
export type FailedBecause = 'attempts_exhausted' | 'endpoint_gone' | 'endpoint_disabled';
export type DisabledBecause = 'by_hand' | 'gone' | 'failing';

/** Why an attempt brought no status. */
export type AttemptFault =
  | 'address_not_allowed'
  | 'certificate_invalid'
  | 'unreachable'
  | 'timeout'
  | 'answer_invalid'
  | 'secret_unreadable';

/** What came of one attempt. */
export type AttemptOutcome =
  | { readonly status: number; readonly retryAfterS: number | null }
  | { readonly fault: AttemptFault };

export type AfterAttempt =
  | { readonly state: 'delivered' }
  | { readonly state: 'pending'; readonly inMs: number }
  | { readonly state: 'failed'; readonly because: FailedBecause };

/** A redirect is not followed and is no success: only 2xx is. */
export function isDelivered(outcome: AttemptOutcome): boolean {
  return 'status' in outcome && outcome.status >= 200 && outcome.status < 300;
}

/** The endpoint asks for nothing more, ever (RFC 9110 § 15.5.11). */
export function isGone(outcome: AttemptOutcome): boolean {
  return 'status' in outcome && outcome.status === 410;
}

/** What follows from the try of this number (1 for the first). `random` is from 0 to below 1. */
export function afterAttempt(outcome: AttemptOutcome, tries: number, random: number): AfterAttempt {
  if (isDelivered(outcome)) return { state: 'delivered' };
  if (isGone(outcome)) return { state: 'failed', because: 'endpoint_gone' };
  const plannedS = RETRY_AFTER_S[tries - 1];
  if (plannedS === undefined) return { state: 'failed', because: 'attempts_exhausted' };
  const askedS = 'status' in outcome ? Math.min(outcome.retryAfterS ?? 0, RETRY_AFTER_AT_MOST_S) : 0;
  const inS = Math.max(plannedS * (1 + JITTER * random), askedS);
  return { state: 'pending', inMs: Math.round(inS * 1000) };
}

/** How an endpoint fares. */
export interface EndpointHealth {
  readonly lane: Lane;
  readonly failingSinceMs: number | null;
  readonly failuresInARow: number;
}

/** quick: answers. slow: failed or dawdled last; such endpoints share slots of their own, so that they hold up nobody else. */
export type Lane = 'quick' | 'slow';

export interface MeasuredOutcome {
  readonly outcome: AttemptOutcome;
  readonly atMs: number;
  readonly tookMs: number;
}

/** The endpoint after one attempt, and whether it is given up by it. */
export function endpointAfter(
  health: EndpointHealth,
  { outcome, atMs, tookMs }: MeasuredOutcome,
): { readonly health: EndpointHealth; readonly disable: 'gone' | 'failing' | null } {
  if (isDelivered(outcome)) {
    const lane = tookMs > DAWDLES_AFTER_MS ? 'slow' : 'quick';
    return { health: { lane, failingSinceMs: null, failuresInARow: 0 }, disable: null };
  }
  const failingSinceMs = health.failingSinceMs ?? atMs;
  const failuresInARow = health.failuresInARow + 1;
  const isHopeless = atMs - failingSinceMs >= GIVE_UP_AFTER_MS && failuresInARow >= GIVE_UP_AFTER_FAILURES;
  return {
    health: { lane: 'slow', failingSinceMs, failuresInARow },
    disable: isGone(outcome) ? 'gone' : isHopeless ? 'failing' : null,
  };
}

/** Retry-After as seconds from now (RFC 9110 § 10.2.3); null where it says nothing usable. */
export function readRetryAfter(text: string | undefined, nowMs: number): number | null {
  if (text === undefined) return null;
  if (/^\d+$/.test(text.trim())) return Number(text);
  const atMs = Date.parse(text);
  return Number.isNaN(atMs) ? null : Math.max(0, Math.ceil((atMs - nowMs) / 1000));
}

/** Whether an endpoint with these filters is told of events of this type. "connection.*" takes a whole noun; none takes all. */
export function isWanted(filters: readonly string[], type: string): boolean {
  if (filters.length === 0) return true;
  const noun = type.split('.', 1)[0] ?? '';
  return filters.includes(type) || filters.includes(`${noun}.*`);
}
