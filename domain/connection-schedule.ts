// What a connection's sync schedule should be, derived from its state alone. The workflow sets it, the sweep compares with it.
import type { ConnectionState } from './connection.ts';

/** The facts that decide, as a state or a projection's row has them. */
export interface ScheduleFacts {
  readonly lifecycle: string;
  readonly reauthReason: string | null;
  readonly pausedBy: string | null;
  readonly healthCause: string | null;
}

/** As `scheduleNoteOf`, for a state. */
export function scheduleNote(state: ConnectionState): string | null | undefined {
  const { lifecycle, health, pausedBy } = state;
  const cause = health.status === 'degraded' ? health.cause : null;
  return scheduleNoteOf({
    lifecycle: lifecycle.name,
    reauthReason: lifecycle.name === 'reauth_required' ? lifecycle.reason : null,
    pausedBy,
    healthCause: state.heldSinceMs !== null ? 'platform_breaker' : cause,
  });
}

/**
 * Why the connection's sync schedule stands still; null: it runs; undefined: there should be none.
 * Passing trouble (5xx, 429, network) does not stop it: the next run is what finds out that the trouble is over.
 */
export function scheduleNoteOf(facts: ScheduleFacts): string | null | undefined {
  const { lifecycle, reauthReason, pausedBy, healthCause } = facts;
  if (lifecycle === 'reauth_required') return `reauth_required: ${reauthReason ?? 'unknown'}`;
  if (lifecycle !== 'active') return undefined;
  if (pausedBy !== null) return `paused by ${pausedBy}`;
  if (healthCause !== null && STOPPING.has(healthCause)) return `degraded: ${healthCause}`;
  return null;
}

const STOPPING: ReadonlySet<string> = new Set([
  'platform_breaker',
  'registration_rejected',
  'shop_unavailable',
]);
