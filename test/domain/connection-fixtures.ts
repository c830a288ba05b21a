// Connections in each state, for the lifecycle's tables. Instants count from T0 so that a row reads as arithmetic.
import {
  type ConnectionState,
  type CredentialFacts,
  publicState,
  type Step,
  transition,
} from '../../domain/connection.ts';
import type { Told } from '../../domain/connection-events.ts';
import type { ConnectionEvent } from '../../domain/connection-happenings.ts';
import { DEFAULT_TIMINGS } from '../../domain/refresh-plan.ts';

export const T0 = Date.UTC(2026, 0, 1);
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;

export const FACTS: CredentialFacts = {
  kind: 'offline',
  expiresAtMs: T0 + HOUR,
  lifetimeS: 3600,
  refreshExpiresAtMs: T0 + 90 * 24 * HOUR,
  grantedAtMs: T0,
};

export const CONNECTING: ConnectionState = {
  tenantId: 'ten_01',
  connectionId: 'con_01',
  platform: 'a-platform',
  renew: 'none',
  sameTokenAgain: false,
  lifecycle: { name: 'connecting', deadlineMs: T0 + 24 * HOUR },
  pausedBy: null,
  health: { status: 'ok' },
  heldSinceMs: null,
  stopped: {},
  seq: 0,
  generation: 0,
  epoch: 0,
  answerLost: false,
  sinceMs: T0,
  lastSyncAtMs: null,
  work: { authorizing: false, refreshing: false, probing: null },
  timings: DEFAULT_TIMINGS,
};

export const GRANT = {
  type: 'authorized',
  credential: FACTS,
  renew: 'ahead',
  sameTokenAgain: false,
  missingScopes: [],
} as const;

/** Applies events one minute apart, beginning at `fromMs`. */
export function live(state: ConnectionState, events: readonly Told[], fromMs = T0): Step {
  let step: Step = { state, effects: [] };
  events.forEach((told, at) => {
    step = transition(step.state, { ...told, atMs: fromMs + at * MINUTE } as ConnectionEvent);
  });
  return step;
}

export const ACTIVE = live(CONNECTING, [
  { type: 'authorization_started' },
  { ...GRANT, generation: 1 },
]).state;
export const REFRESHING = live(ACTIVE, [{ type: 'refresh_came_due' }]).state;
export const REAUTH = live(ACTIVE, [{ type: 'grant_died', generation: 1 }]).state;
export const REVOKING = live(ACTIVE, [
  { type: 'revoke_requested', by: 'key_01', upstream: true, erase: false },
]).state;
export const REVOKED = live(REVOKING, [{ type: 'revocation_finished', upstream: 'confirmed' }]).state;
export const ABANDONED = live(CONNECTING, [{ type: 'connect_deadline_passed' }]).state;

/** «state» or «state (why)». */
export function described(state: ConnectionState): string {
  const word = publicState(state);
  if (state.lifecycle.name === 'reauth_required') return `${word} (${state.lifecycle.reason})`;
  if (state.lifecycle.name === 'abandoned') return `${word} (${state.lifecycle.because})`;
  if (state.lifecycle.name === 'revoked') return `${word} (${state.lifecycle.upstream})`;
  return word === 'degraded' && state.health.status === 'degraded' ? `${word} (${state.health.cause})` : word;
}

export function effectNames({ effects }: Step): readonly string[] {
  return effects.map(({ type }) => type);
}

/** One row of the lifecycle's table: why it exists, where it begins, what happens, and what comes of it. */
export type Row = readonly [why: string, from: ConnectionState, events: readonly Told[], to: string];

export const REVOKE: Told = { type: 'revoke_requested', by: 'key_01', upstream: true, erase: false };
export const REFRESHED: Told = {
  type: 'refreshed',
  generation: 2,
  epoch: 1,
  credential: { ...FACTS, expiresAtMs: T0 + 2 * HOUR },
};
export const refusedProbe: Told = {
  type: 'probe_failed',
  generation: 1,
  failure: { code: 'credential_expired' },
};
export const failedRun = (
  code: 'credential_expired' | 'credential_dead' | 'platform_down' | 'shop_unavailable',
): Told => ({
  type: 'run_failed',
  generation: 1,
  failure: { code },
});
export const down: Told = { type: 'refresh_failed', epoch: 1, failure: { code: 'platform_down' } };
export const DOUBTED = live(ACTIVE, [failedRun('credential_expired')]).state;
export const RETRY: Told = { type: 'retry_came_due' };
