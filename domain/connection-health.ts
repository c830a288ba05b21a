// Rules about health beside the state: probes, runs, the operator's pause, the platform's breaker. Only repeated proof against a
// credential that is fresh by our clock moves a connection to reauth_required from here.
import type { ConnectionState, ProbeReason, Rule, Step } from './connection.ts';
import { scheduleNote } from './connection-schedule.ts';
import {
  causeOf,
  degrade,
  HEALTHY,
  idleProbe,
  only,
  requireReauth,
  startProbe,
  startRefresh,
  uninstalledForSure,
} from './connection-steps.ts';
import { BETWEEN_PLANNED_MS, spread } from './refresh-plan.ts';

export const retryCameDue: Rule<'retry_came_due'> = (state) => {
  if (state.health.status === 'ok' || state.heldSinceMs !== null) return null;
  if (state.health.retry !== 'refresh') return startProbe(state, state.health.retry);
  return startRefresh(state) ?? startProbe(state, 'health');
};

export const probeRequested: Rule<'probe_requested'> = (state) => startProbe(state, 'asked');

export const probeSucceeded: Rule<'probe_succeeded'> = (state) => {
  const reason = state.work.probing;
  const idle = idleProbe(state);
  // The access token still works, so the exchange most likely never arrived: once more, with the same refresh token.
  // What is never renewed lost the answer to an upgrade, which is not sent again by itself: it works as before.
  if (reason === 'lost_answer' && state.renew !== 'none') return startRefresh(idle) ?? only(idle);
  if (state.health.status === 'degraded' && state.health.retry === 'refresh') return only(idle);
  return only({ ...idle, health: HEALTHY });
};

export const probeFailed: Rule<'probe_failed'> = (state, event) => {
  const reason = state.work.probing ?? 'health';
  const idle = idleProbe(state);
  if (event.generation < state.generation || state.lifecycle.name !== 'active') return only(idle);
  switch (event.failure.code) {
    case 'credential_expired':
    case 'credential_rejected':
    case 'credential_dead':
      return credentialRefused(idle, reason, event);
    case 'credential_unreadable':
      return only(requireReauth(idle, 'credential_unreadable', event.atMs));
    case 'scope_missing':
      return only(requireReauth(idle, 'scope_missing', event.atMs));
    case 'app_uninstalled':
      return uninstalledForSure(idle);
    default: {
      if (reason === 'uninstall' && event.failure.code === 'shop_unavailable')
        return uninstalledForSure(idle);
      const retry = reason === 'asked' ? 'health' : reason;
      const next = { retry, atMs: event.atMs, notBeforeMs: event.failure.retryAtMs };
      return only(degrade(idle, causeOf(event.failure) ?? 'internal', next));
    }
  }
};

function credentialRefused(
  state: ConnectionState,
  reason: ProbeReason,
  event: Parameters<Rule<'probe_failed'>>[1],
): Step {
  if (reason === 'uninstall') return uninstalledForSure(state);
  if (reason === 'lost_answer') return only(requireReauth(state, 'refresh_outcome_unknown', event.atMs));
  if (event.failure.code === 'credential_dead') {
    return only(requireReauth(state, 'grant_dead', event.atMs));
  }
  if (expiredByOurClock(state, event.atMs)) return startRefresh(state) ?? only(state);
  const failures = doubts(state) + 1;
  if (failures >= state.timings.probesBeforeReauth && state.heldSinceMs === null) {
    return only(requireReauth(state, 'credential_rejected', event.atMs));
  }
  return only(doubt(state, event.atMs));
}

/** How many probes have failed since the doubt began; the report that began it is not one. */
function doubts(state: ConnectionState): number {
  return state.health.status === 'degraded' && state.health.cause === 'credential_doubted'
    ? state.health.failures
    : 0;
}

function doubt(state: ConnectionState, atMs: number): ConnectionState {
  return degrade(state, 'credential_doubted', { retry: 'health', atMs });
}

/** A life shorter than a probe may take excuses no refusal: each would end in one more renewal, without end. */
function expiredByOurClock(state: ConnectionState, atMs: number): boolean {
  if (state.lifecycle.name !== 'active' || state.renew === 'none') return false;
  const { expiresAtMs, lifetimeS } = state.lifecycle.credential;
  if (lifetimeS !== null && lifetimeS * 1000 < BETWEEN_PLANNED_MS) return false;
  return expiresAtMs !== null && expiresAtMs <= atMs;
}

export const runSucceeded: Rule<'run_succeeded'> = (state, event) => {
  if (state.lifecycle.name !== 'active') return null;
  const after = { ...state, stopped: event.stopped, lastSyncAtMs: event.finishedAtMs };
  if (event.running === 0) return only(requireReauth(after, 'scope_missing', event.atMs));
  if (state.health.status === 'degraded' && state.health.retry === 'refresh') return only(after);
  return only({ ...after, health: HEALTHY });
};

export const runFailed: Rule<'run_failed'> = (state, event) => {
  if (state.lifecycle.name !== 'active') return null;
  if (event.generation !== null && event.generation < state.generation) return null;
  const { code, retryAtMs } = event.failure;
  if (code === 'credential_unreadable') {
    return only(requireReauth(state, 'credential_unreadable', event.atMs));
  }
  // One answer may be late or odd; a probe confirms it, because nothing brings destroyed secrets back.
  if (code === 'app_uninstalled') return startProbe(state, 'uninstall');
  if (code === 'credential_dead') {
    return state.work.refreshing ? null : only(requireReauth(state, 'grant_dead', event.atMs));
  }
  if (code === 'credential_expired')
    return doubts(state) > 0 || doubted(state) ? null : only(doubt(state, event.atMs));
  const cause = causeOf(event.failure);
  if (cause === null || (state.health.status === 'degraded' && state.health.cause === cause)) return null;
  return only(degrade(state, cause, { retry: 'health', atMs: event.atMs, notBeforeMs: retryAtMs }));
};

function doubted(state: ConnectionState): boolean {
  return state.health.status === 'degraded' && state.health.cause === 'credential_doubted';
}

export const registrationChanged: Rule<'registration_changed'> = (state, event) => {
  if (state.health.status === 'ok' || state.health.cause !== 'registration_rejected') return null;
  return only({ ...state, health: { ...state.health, nextTryAtMs: event.atMs } });
};

export const paused: Rule<'paused'> = (state, event) => {
  if (state.lifecycle.name === 'revoking' || state.pausedBy !== null) return null;
  return only({ ...state, pausedBy: event.by });
};

export const resumed: Rule<'resumed'> = (state) => {
  if (state.lifecycle.name === 'revoking' || state.pausedBy === null) return null;
  return only({ ...state, pausedBy: null });
};

/** The interval may have changed too, so the schedule is set again. */
export const settingsChanged: Rule<'settings_changed'> = (state, event) => {
  const pausedNote = scheduleNote(state);
  const next = { ...state, timings: event.timings };
  return pausedNote === undefined ? only(next) : only(next, { type: 'set_schedule', pausedNote });
};

export const breakerOpened: Rule<'breaker_opened'> = (state, event) => {
  if (state.lifecycle.name !== 'active' || state.heldSinceMs !== null) return null;
  return only({ ...state, heldSinceMs: event.atMs });
};

/** Everybody held may go on, but not everybody at once: the next tries spread over five minutes. */
export const breakerClosed: Rule<'breaker_closed'> = (state, event) => {
  if (state.heldSinceMs === null) return null;
  const released = { ...state, heldSinceMs: null };
  if (state.health.status === 'ok') return only(released);
  const nextTryAtMs = event.atMs + Math.floor(spread(state.connectionId) * 300_000);
  return only({ ...released, health: { ...state.health, nextTryAtMs, failures: 0 } });
};
