// What a connection's sync schedule should be, derived from its state alone. The workflow sets it, the sweep compares with it.
import type { ConnectionState } from './connection.ts';

/**
 * Why the connection's sync schedule stands still; null: it runs; undefined: there is none to speak of.
 * Passing trouble (5xx, 429, network) does not stop it: the next run is what finds out that the trouble is over.
 */
export function scheduleNote(state: ConnectionState): string | null | undefined {
  if (state.lifecycle.name === 'reauth_required') return `reauth_required: ${state.lifecycle.reason}`;
  if (state.lifecycle.name !== 'active') return undefined;
  if (state.pausedBy !== null) return `paused by ${state.pausedBy}`;
  if (state.heldSinceMs !== null) return 'held by the breaker of the platform';
  const cause = state.health.status === 'degraded' ? state.health.cause : null;
  if (cause === 'registration_rejected' || cause === 'shop_unavailable') return `degraded: ${cause}`;
  return null;
}
