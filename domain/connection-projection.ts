// The rows a connection's state becomes, and the state that rows become again when a workflow is missing. Postgres holds projections,
// the workflow holds the lifecycle: restoring is for a new run alone, and what a row does not keep begins anew (retry counts).
import type {
  ConnectionState,
  CredentialFacts,
  DegradedCause,
  Lifecycle,
  OutboxEvent,
  PublicState,
  ReauthReason,
  Timings,
  WaitingMove,
} from './connection.ts';
import { publicState } from './connection.ts';
import type { ConnectionEvent } from './connection-happenings.ts';
import { nextRefreshAtMs } from './connection-wake.ts';
import type { ConnectionId, TenantId } from './ids.ts';
import type { Resource } from './resource.ts';

/** Everything one write_projection commits in one transaction; plain JSON. */
export interface Projection {
  readonly tenantId: TenantId;
  readonly connectionId: ConnectionId;
  readonly seq: number;
  readonly lifecycle: Lifecycle['name'];
  readonly state: PublicState;
  readonly health: 'ok' | 'degraded';
  readonly healthCause: string | null;
  readonly healthSinceMs: number | null;
  readonly nextTryAtMs: number | null;
  readonly nextRefreshAtMs: number | null;
  readonly pausedBy: string | null;
  readonly reauthReason: string | null;
  readonly stateSinceMs: number;
  readonly upstreamRevocation: string | null;
  readonly stopped: Readonly<Partial<Record<Resource, string>>>;
  /** true: no use of the credential from here on but revocation */
  readonly isEnding: boolean;
  readonly transition: {
    readonly event: Readonly<Record<string, unknown>> & { readonly type: string };
    readonly from: PublicState;
    readonly to: PublicState;
    readonly atMs: number;
  };
  readonly outbox: readonly OutboxEvent[];
}

/** Of one transition: `before` and `after` it, what happened, and what the vendor is told of it. */
export function projectionOf(
  before: ConnectionState,
  after: ConnectionState,
  event: ConnectionEvent,
  outbox: readonly OutboxEvent[],
): Projection {
  const { lifecycle, health } = after;
  const degraded = health.status === 'degraded' ? health : null;
  const held = after.heldSinceMs !== null;
  const { atMs, ...told } = event;
  return {
    tenantId: after.tenantId,
    connectionId: after.connectionId,
    seq: after.seq,
    lifecycle: lifecycle.name,
    state: publicState(after),
    health: held || degraded !== null ? 'degraded' : 'ok',
    healthCause: held ? 'platform_breaker' : (degraded?.cause ?? null),
    healthSinceMs: held ? after.heldSinceMs : (degraded?.sinceMs ?? null),
    nextTryAtMs: held ? null : (degraded?.nextTryAtMs ?? null),
    nextRefreshAtMs: nextRefreshAtMs(after),
    pausedBy: after.pausedBy,
    reauthReason: lifecycle.name === 'reauth_required' ? lifecycle.reason : null,
    stateSinceMs: after.sinceMs,
    upstreamRevocation: lifecycle.name === 'revoked' ? lifecycle.upstream : null,
    stopped: after.stopped,
    isEnding: lifecycle.name === 'revoking' || lifecycle.name === 'revoked' || lifecycle.name === 'abandoned',
    transition: { event: told, from: publicState(before), to: publicState(after), atMs },
    outbox,
  };
}

/** What the rows of a connection say, as the activity that reads them passes it on. */
export interface StoredConnection {
  readonly tenantId: TenantId;
  readonly connectionId: ConnectionId;
  readonly platform: string;
  readonly lifecycle: string;
  readonly seq: number;
  readonly generation: number;
  readonly epoch: number;
  readonly pausedBy: string | null;
  readonly health: string;
  readonly healthCause: string | null;
  readonly healthSinceMs: number | null;
  readonly nextTryAtMs: number | null;
  readonly reauthReason: string | null;
  readonly stateSinceMs: number;
  readonly lastSyncAtMs: number | null;
  readonly stopped: Readonly<Partial<Record<Resource, string>>>;
  readonly isFenced: boolean;
  readonly connectDeadlineMs: number;
  readonly credential: CredentialFacts | null;
  readonly renew: ConnectionState['renew'];
  readonly sameTokenAgain: boolean;
  /** an exchange of the current generation was sent and never answered */
  readonly answerLost: boolean;
  readonly move?: WaitingMove | null;
  readonly timings: Timings;
}

/** The state a new run begins with. A final connection begins again as connecting, keeping its sequence and generation. */
export function restore(stored: StoredConnection): ConnectionState {
  return {
    tenantId: stored.tenantId,
    connectionId: stored.connectionId,
    platform: stored.platform,
    renew: stored.renew,
    sameTokenAgain: stored.sameTokenAgain,
    lifecycle: restoreLifecycle(stored),
    pausedBy: stored.pausedBy,
    health: restoreHealth(stored),
    heldSinceMs: stored.healthCause === 'platform_breaker' ? stored.healthSinceMs : null,
    stopped: stored.stopped,
    seq: stored.seq,
    generation: stored.generation,
    epoch: stored.epoch,
    answerLost: stored.answerLost,
    sinceMs: stored.stateSinceMs,
    lastSyncAtMs: stored.lastSyncAtMs,
    work: { authorizing: false, refreshing: false, probing: null },
    ...(stored.move === undefined ? {} : { move: stored.move }),
    timings: stored.timings,
  };
}

function restoreLifecycle(stored: StoredConnection): Lifecycle {
  const isEnded = stored.lifecycle === 'revoked' || stored.lifecycle === 'abandoned';
  if (stored.lifecycle === 'revoking' || (stored.isFenced && !isEnded && stored.lifecycle !== 'connecting')) {
    return { name: 'revoking', by: 'restart', upstream: true, erase: false };
  }
  if (stored.lifecycle === 'reauth_required') {
    return {
      name: 'reauth_required',
      reason: isReauthReason(stored.reauthReason) ? stored.reauthReason : 'grant_dead',
      sinceMs: stored.stateSinceMs,
      remindersSent: 0,
      ...(stored.credential === null ? {} : { grantedAtMs: stored.credential.grantedAtMs }),
    };
  }
  // connecting with a credential: the run ended between the approval's commit and its transition
  const isUsable = stored.lifecycle === 'active' || stored.lifecycle === 'connecting';
  if (isUsable && stored.credential !== null) {
    return { name: 'active', credential: stored.credential };
  }
  return { name: 'connecting', deadlineMs: stored.connectDeadlineMs };
}

function restoreHealth(stored: StoredConnection): ConnectionState['health'] {
  if (stored.lifecycle !== 'active' || stored.health !== 'degraded' || !isCause(stored.healthCause)) {
    return { status: 'ok' };
  }
  return {
    status: 'degraded',
    cause: stored.healthCause,
    sinceMs: stored.healthSinceMs ?? stored.stateSinceMs,
    nextTryAtMs: stored.nextTryAtMs ?? stored.stateSinceMs,
    retry: 'health',
    failures: 0,
  };
}

const REASONS: Readonly<Record<ReauthReason, true>> = {
  grant_dead: true,
  scope_missing: true,
  refresh_token_expired: true,
  refresh_outcome_unknown: true,
  credential_rejected: true,
  credential_unreadable: true,
};

const CAUSES: Readonly<Record<DegradedCause, true>> = {
  platform_down: true,
  platform_rate_limited: true,
  platform_unreachable: true,
  platform_answer_invalid: true,
  registration_rejected: true,
  shop_unavailable: true,
  credential_doubted: true,
  internal: true,
};

function isReauthReason(text: string | null): text is ReauthReason {
  return text !== null && Object.hasOwn(REASONS, text);
}

function isCause(text: string | null): text is DegradedCause {
  return text !== null && Object.hasOwn(CAUSES, text);
}
