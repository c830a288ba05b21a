// What a connection waits for: the next instant at which time alone is an event, and the answer to «is the credential fresh?».
// Pure, so that a replay waits for what the first run waited for.
import type { ConnectionState } from './connection.ts';
import { waitingMove } from './connection-move.ts';
import type { EnsureFreshOutcome } from './credential.ts';
import { refreshAtMs } from './refresh-plan.ts';

type Timed =
  | 'connect_deadline_passed'
  | 'refresh_came_due'
  | 'retry_came_due'
  | 'refresh_token_expired'
  | 'reminder_came_due'
  | 'given_up'
  | 'move_expired';

export interface Wake {
  readonly atMs: number;
  readonly type: Timed;
}

/** The earliest thing time will bring; null: only messages wake it. */
export function nextWake(state: ConnectionState): Wake | null {
  let earliest: Wake | null = null;
  for (const wake of wakes(state)) {
    if (earliest === null || wake.atMs < earliest.atMs) earliest = wake;
  }
  return earliest;
}

function wakes(state: ConnectionState): readonly Wake[] {
  const move = waitingMove(state);
  // While it is being confirmed its end waits for the answer.
  if (move === null || state.work.authorizing) return lifecycleWakes(state);
  const expiry = { type: 'move_expired', atMs: move.untilMs } as const;
  // A connection that begins again has its approval already: it is not abandoned while that waits.
  return state.lifecycle.name === 'connecting' ? [expiry] : [expiry, ...lifecycleWakes(state)];
}

function lifecycleWakes(state: ConnectionState): readonly Wake[] {
  const { lifecycle } = state;
  switch (lifecycle.name) {
    case 'connecting':
      return state.work.authorizing ? [] : [{ type: 'connect_deadline_passed', atMs: lifecycle.deadlineMs }];
    case 'active':
      return activeWakes(state, lifecycle.credential.refreshExpiresAtMs);
    case 'reauth_required': {
      const { reminderAfterMs, giveUpAfterMs } = state.timings;
      const reminder = reminderAfterMs[lifecycle.remindersSent];
      return [
        ...(reminder === undefined
          ? []
          : [{ type: 'reminder_came_due', atMs: lifecycle.sinceMs + reminder } as const]),
        ...(giveUpAfterMs === null
          ? []
          : [{ type: 'given_up', atMs: lifecycle.sinceMs + giveUpAfterMs } as const]),
      ];
    }
    case 'revoking':
    case 'revoked':
    case 'abandoned':
      return [];
  }
}

function activeWakes(state: ConnectionState, refreshExpiresAtMs: number | null): readonly Wake[] {
  const wakes: Wake[] = [];
  if (refreshExpiresAtMs !== null) wakes.push({ type: 'refresh_token_expired', atMs: refreshExpiresAtMs });
  if (state.heldSinceMs !== null || state.work.refreshing || state.work.authorizing) return wakes;
  const { health } = state;
  if (health.status === 'degraded' && state.work.probing === null) {
    wakes.push({ type: 'retry_came_due', atMs: health.nextTryAtMs });
  }
  const refreshAt = nextRefreshAtMs(state);
  if (refreshAt !== null && (health.status === 'ok' || renewsBesides(health.cause, health.retry))) {
    wakes.push({ type: 'refresh_came_due', atMs: refreshAt });
  }
  return wakes;
}

/** Whether the planned refresh goes on while degraded: not where the retry is that refresh, nor where our app is refused. */
function renewsBesides(cause: string, retry: string): boolean {
  return retry !== 'refresh' && retry !== 'lost_answer' && cause !== 'registration_rejected';
}

/** When the timer renews; null where only use renews, or nothing does. */
export function nextRefreshAtMs(state: ConnectionState): number | null {
  if (state.lifecycle.name !== 'active' || state.renew !== 'ahead') return null;
  return refreshAtMs(state.lifecycle.credential, state.connectionId);
}

/** Answers a caller who found generation `afterGeneration` unusable; null: a refresh must be tried or joined first. */
export function freshness(
  state: ConnectionState,
  afterGeneration: number,
  nowMs: number,
): EnsureFreshOutcome | null {
  switch (state.lifecycle.name) {
    case 'connecting':
      return { outcome: 'retry_later', retryAtMs: nowMs + 5_000 };
    case 'reauth_required':
      return { outcome: 'reauth_required', reason: state.lifecycle.reason };
    case 'revoking':
    case 'revoked':
    case 'abandoned':
      return { outcome: 'revoked' };
    case 'active': {
      if (state.generation > afterGeneration) return { outcome: 'fresh', generation: state.generation };
      if (state.heldSinceMs !== null) return { outcome: 'retry_later', retryAtMs: nowMs + 60_000 };
      if (state.work.refreshing || state.work.authorizing) return null;
      // Nothing renews it: the caller may try once more with what there is, and report what comes of it.
      if (state.renew === 'none') return { outcome: 'fresh', generation: state.generation };
      const { health } = state;
      if (
        health.status === 'degraded' &&
        !renewsBesides(health.cause, health.retry) &&
        health.nextTryAtMs > nowMs
      ) {
        return { outcome: 'retry_later', retryAtMs: health.nextTryAtMs };
      }
      return null;
    }
  }
}
