// The lifecycle of a connection as data: its states, what happened, what to do. Decides; never waits, never performs, never throws.
// The rules are in connection-rules.ts and what it imports; a workflow, a test or a replay gets the same answer from the same input.
import { consequences } from './connection-consequences.ts';
import type { ConnectionEvent, EventOf, EventType } from './connection-happenings.ts';
import { RULES } from './connection-rules.ts';
import type { AuthorizationId, ConnectionId, TenantId } from './ids.ts';
import type { Resource } from './resource.ts';

/** What may be known of the credential without opening it. Instants are epoch ms. */
export interface CredentialFacts {
  readonly kind: string;
  readonly expiresAtMs: number | null;
  /** seconds */
  readonly lifetimeS: number | null;
  readonly refreshExpiresAtMs: number | null;
  /** when the merchant approved; an uninstall older than this is late */
  readonly grantedAtMs: number;
}

export type ReauthReason =
  | 'grant_dead'
  | 'scope_missing'
  | 'refresh_token_expired'
  | 'refresh_outcome_unknown'
  | 'credential_rejected'
  | 'credential_unreadable';

/** Whether the platform knows that the grant ended. */
export type UpstreamRevocation = 'confirmed' | 'unsupported' | 'unconfirmed';

export type Lifecycle =
  | { readonly name: 'connecting'; readonly deadlineMs: number }
  | { readonly name: 'active'; readonly credential: CredentialFacts }
  | {
      readonly name: 'reauth_required';
      readonly reason: ReauthReason;
      readonly sinceMs: number;
      readonly remindersSent: number;
      /** when the merchant approved what is dead now; absent in states carried over from before it was kept */
      readonly grantedAtMs?: number;
    }
  | { readonly name: 'revoking'; readonly by: string; readonly upstream: boolean; readonly erase: boolean }
  | { readonly name: 'revoked'; readonly upstream: UpstreamRevocation }
  /** discarded: its caller was refused, and nothing of it is kept */
  | { readonly name: 'abandoned'; readonly because: 'deadline' | 'revoked' | 'refused' | 'discarded' };

export type DegradedCause =
  | 'platform_down'
  | 'platform_rate_limited'
  | 'platform_unreachable'
  | 'platform_answer_invalid'
  | 'registration_rejected'
  | 'shop_unavailable'
  /** a 401 although the token is fresh by our clock: probed before it is believed */
  | 'credential_doubted'
  | 'internal';

/** Why a harmless call is made: what its answer decides. */
export type ProbeReason = 'health' | 'lost_answer' | 'uninstall' | 'asked';

/** What to try next: the exchange again, or a harmless call. */
export type Retry = 'refresh' | ProbeReason;

export type Health =
  | { readonly status: 'ok' }
  | {
      readonly status: 'degraded';
      readonly cause: DegradedCause;
      readonly sinceMs: number;
      readonly nextTryAtMs: number;
      readonly retry: Retry;
      readonly failures: number;
    };

/** What runs now and will end in an event. At most one of each. */
export interface Work {
  readonly authorizing: boolean;
  readonly refreshing: boolean;
  readonly probing: ProbeReason | null;
}

/** A proved credential at another address than the one we know, on a platform that tells no key: somebody must confirm it. */
export interface WaitingMove {
  readonly authorizationId: AuthorizationId;
  readonly sinceMs: number;
  /** after this instant it is nobody's any more, and its secret is destroyed */
  readonly untilMs: number;
}

/** Settable waits; a tenant's or the installation's settings replace single ones. */
export interface Timings {
  readonly backoffFirstMs: number;
  readonly backoffMaxMs: number;
  readonly probeSpacingMs: number;
  readonly probesBeforeReauth: number;
  readonly fixedByOthersRetryMs: number;
  /** after how long without a new approval a reminder is due, ascending */
  readonly reminderAfterMs: readonly number[];
  /** after how long without a new approval the connection revokes itself; null: never */
  readonly giveUpAfterMs: number | null;
  /** how long a history may grow before the workflow continues as new; null: until Temporal suggests it */
  readonly continueAfterEvents: number | null;
}

export interface ConnectionState {
  readonly tenantId: TenantId;
  readonly connectionId: ConnectionId;
  readonly platform: string;
  /** how the platform's data says that this credential is renewed */
  readonly renew: 'ahead' | 'on_use' | 'none';
  /** whether a lost answer may be retried with the same refresh token */
  readonly sameTokenAgain: boolean;
  readonly lifecycle: Lifecycle;
  readonly pausedBy: string | null;
  readonly health: Health;
  /** the platform's breaker is open: everything waits for its canary */
  readonly heldSinceMs: number | null;
  readonly stopped: Readonly<Partial<Record<Resource, string>>>;
  /** the number of the newest transition */
  readonly seq: number;
  readonly generation: number;
  /** the number of the refresh attempt */
  readonly epoch: number;
  /** an answer of this generation's exchange was lost; a dead grant then means we may have caused it */
  readonly answerLost: boolean;
  /** since when the public state is what it is */
  readonly sinceMs: number;
  readonly lastSyncAtMs: number | null;
  readonly work: Work;
  /** absent in states carried over from before there were moves */
  readonly move?: WaitingMove | null;
  readonly timings: Timings;
}

/** What to do now. Performing one may take long; its end is told by another event. */
export type Effect =
  /** writes the state as it is after this transition, the transition's row, and the outbox events, in one transaction */
  | { readonly type: 'write_projection'; readonly events: readonly OutboxEvent[] }
  | { readonly type: 'set_schedule'; readonly pausedNote: string | null }
  | { readonly type: 'refresh' }
  | { readonly type: 'probe'; readonly reason: ProbeReason }
  | { readonly type: 'report_registration' }
  | { readonly type: 'weigh_breaker' }
  | { readonly type: 'revoke'; readonly upstream: boolean; readonly erase: boolean; readonly told: boolean }
  /** destroys what a move that nobody confirmed had sealed */
  | {
      readonly type: 'end_move';
      readonly authorizationId: AuthorizationId;
      readonly because: 'refused' | 'expired';
      readonly by: string;
    }
  /** destroys what a pending authorization sealed; `row: true` removes the connection too */
  | { readonly type: 'discard'; readonly row: boolean };

export interface OutboxEvent {
  readonly type: string;
  readonly data: Readonly<Record<string, string | number | null>>;
}

/** Says what an event means for a state; null: it means nothing there. */
export type Rule<T extends EventType> = (state: ConnectionState, event: EventOf<T>) => Step | null;

export interface Step {
  readonly state: ConnectionState;
  readonly effects: readonly Effect[];
}

export type PublicState =
  | 'connecting'
  | 'active'
  | 'degraded'
  | 'paused'
  | 'reauth_required'
  | 'revoking'
  | 'revoked'
  | 'abandoned';

/** The one word for users. First match: final or revoking; reauth_required; paused; degraded; active. */
export function publicState(
  state: Pick<ConnectionState, 'lifecycle' | 'pausedBy' | 'health' | 'heldSinceMs'>,
): PublicState {
  if (state.lifecycle.name !== 'active') return state.lifecycle.name;
  if (state.pausedBy !== null) return 'paused';
  if (state.heldSinceMs !== null || state.health.status === 'degraded') return 'degraded';
  return 'active';
}

/** Nothing can happen to it any more. */
export function isFinal(state: Pick<ConnectionState, 'lifecycle'>): boolean {
  return state.lifecycle.name === 'revoked' || state.lifecycle.name === 'abandoned';
}

/** Applies one event. An event that means nothing in this state, or that nobody knows, changes nothing. */
export function transition(state: ConnectionState, event: ConnectionEvent): Step {
  const step = decide(state, event);
  if (step === null) return { state, effects: [] };
  const moved = publicState(step.state) !== publicState(state);
  const next = { ...step.state, seq: state.seq + 1, sinceMs: moved ? event.atMs : state.sinceMs };
  return { state: next, effects: [...consequences(state, next), ...step.effects] };
}

function decide(state: ConnectionState, event: ConnectionEvent): Step | null {
  if (isFinal(state) || !Object.hasOwn(RULES, event.type)) return null;
  // The table's type gives each event the rule of its own type; the compiler cannot follow that through a union.
  const rule = RULES[event.type] as Rule<EventType>;
  return rule(state, event);
}
