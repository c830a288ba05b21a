// The few moves the lifecycle's rules are made of: into degraded, into reauth_required, to a refresh, to a probe. Pure.
import type {
  ConnectionState,
  DegradedCause,
  Effect,
  ProbeReason,
  ReauthReason,
  Retry,
  Step,
} from './connection.ts';
import type { Failure } from './connection-happenings.ts';
import type { ErrorCode } from './errors.ts';
import { AFTER_FLIGHT_MS, backoffMs, IN_FLIGHT_MS } from './refresh-plan.ts';

export const HEALTHY = { status: 'ok' } as const;

/** A step to this state, with these effects and no other. */
export function only(state: ConnectionState, ...effects: readonly Effect[]): Step {
  return { state, effects };
}

/** No exchange is under way; `epoch` is of the attempt that ended, and the number never goes back. */
export function idleRefresh(state: ConnectionState, epoch = state.epoch): ConnectionState {
  return { ...state, epoch: Math.max(state.epoch, epoch), work: { ...state.work, refreshing: false } };
}

/** No harmless call is under way. */
export function idleProbe(state: ConnectionState): ConnectionState {
  return { ...state, work: { ...state.work, probing: null } };
}

/** Begins an exchange, unless one is under way, the platform is held, or there is nothing to renew. */
export function startRefresh(state: ConnectionState): Step | null {
  if (state.lifecycle.name !== 'active' || state.renew === 'none') return null;
  if (state.work.refreshing || state.work.authorizing || state.heldSinceMs !== null) return null;
  return only({ ...state, work: { ...state.work, refreshing: true } }, { type: 'refresh' });
}

/** Begins a harmless call, unless one is under way. */
export function startProbe(state: ConnectionState, reason: ProbeReason): Step | null {
  if (state.lifecycle.name !== 'active' || state.work.probing !== null) return null;
  return only({ ...state, work: { ...state.work, probing: reason } }, { type: 'probe', reason });
}

/** The platform says that the app is gone: there is no grant left to end there. */
export function uninstalledForSure(state: ConnectionState): Step {
  return only(
    { ...state, lifecycle: { name: 'revoking', by: 'platform', upstream: false, erase: false } },
    { type: 'revoke', upstream: false, erase: false, told: true },
  );
}

/** Nothing but a new approval helps. Paused stays; health has no meaning without a grant. */
export function requireReauth(state: ConnectionState, reason: ReauthReason, atMs: number): ConnectionState {
  if (state.lifecycle.name !== 'active' && state.lifecycle.name !== 'connecting') return state;
  return {
    ...state,
    lifecycle: { name: 'reauth_required', reason, sinceMs: atMs, remindersSent: 0, ...grantedAt(state) },
    health: HEALTHY,
    heldSinceMs: null,
  };
}

function grantedAt({ lifecycle }: ConnectionState): { grantedAtMs?: number } {
  return lifecycle.name === 'active' ? { grantedAtMs: lifecycle.credential.grantedAtMs } : {};
}

/** Records one more failure that proves nothing against the grant, and when to try again. */
export function degrade(
  state: ConnectionState,
  cause: DegradedCause,
  next: {
    readonly retry: Retry;
    readonly atMs: number;
    readonly notBeforeMs?: number | undefined;
    /** when to try again after the first failure; default: the back-off */
    readonly firstTryAtMs?: number;
  },
): ConnectionState {
  if (state.lifecycle.name !== 'active') return state;
  const before = state.health.status === 'degraded' ? state.health : null;
  const failures = before?.cause === cause ? before.failures + 1 : 0;
  const firstTryAtMs = failures === 0 ? next.firstTryAtMs : undefined;
  const tryAtMs = firstTryAtMs ?? next.atMs + waitFor(state, cause, failures);
  return {
    ...state,
    health: {
      status: 'degraded',
      cause,
      sinceMs: before?.sinceMs ?? next.atMs,
      nextTryAtMs: Math.max(tryAtMs, next.notBeforeMs ?? 0),
      retry: next.retry,
      failures,
    },
  };
}

interface Flight {
  readonly atMs: number;
  readonly clearsAtMs?: number | undefined;
}

/** When an exchange may be sent again after one that was never answered. */
export function afterFlight({ atMs, clearsAtMs = atMs + IN_FLIGHT_MS }: Flight): number {
  return Math.max(atMs, clearsAtMs) + AFTER_FLIGHT_MS;
}

/** Puts the exchange off until the one before cannot be on its way any more. Nothing was sent, so that no failure is counted. */
export function waitForFlight(state: ConnectionState, cause: DegradedCause, flight: Flight): ConnectionState {
  const nextTryAtMs = afterFlight(flight);
  if (state.health.status === 'degraded') {
    return { ...state, health: { ...state.health, retry: 'refresh', nextTryAtMs } };
  }
  return degrade(state, cause, { retry: 'refresh', atMs: flight.atMs, firstTryAtMs: nextTryAtMs });
}

function waitFor(state: ConnectionState, cause: DegradedCause, failures: number): number {
  if (cause === 'registration_rejected' || cause === 'shop_unavailable') {
    return state.timings.fixedByOthersRetryMs;
  }
  if (cause === 'credential_doubted') return state.timings.probeSpacingMs;
  return backoffMs(failures, state.connectionId, state.timings);
}

const CAUSES: Readonly<Partial<Record<ErrorCode, DegradedCause>>> = {
  platform_down: 'platform_down',
  platform_rate_limited: 'platform_rate_limited',
  platform_unreachable: 'platform_unreachable',
  platform_answer_invalid: 'platform_answer_invalid',
  platform_answer_too_large: 'platform_answer_invalid',
  platform_rejected: 'platform_answer_invalid',
  address_not_allowed: 'platform_unreachable',
  registration_rejected: 'registration_rejected',
  registration_missing: 'registration_rejected',
  shop_unavailable: 'shop_unavailable',
};

/** The cause a platform's failure stands for; null when the code says nothing about the platform. */
export function causeOf(failure: Failure): DegradedCause | null {
  return CAUSES[failure.code] ?? null;
}
