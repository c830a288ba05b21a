// What the sync's activities are made of, and how long they may take. The worker's main composes them.
import type { ConnectionId, TenantId } from '../domain/ids.ts';
import type { Platform } from '../domain/platform.ts';
import { DELETION_GUARD, type DeletionGuard } from '../domain/sync.ts';
import type { Egress } from '../egress/index.ts';
import type { Database } from '../store/database.ts';
import type { RunReportedInput } from '../workflows/messages.ts';

export interface SyncTimings {
  /** After this an activity begins no further page and hands over to the next. */
  readonly activityMs: number;
  /** After this a backfill lets what became due meanwhile go first. */
  readonly sliceMs: number;
  /** Without progress for this long the heartbeat falls silent. More than a call may take, less than twice. */
  readonly hungAfterMs: number;
  readonly heartbeatMs: number;
  /** A rate limit is waited out up to this long; a longer one ends the run, which says when it may go on. */
  readonly longestWaitMs: number;
  /** Waits before a page is tried again after a platform's own error. */
  readonly pageRetryMs: readonly number[];
}

export const SYNC_TIMINGS: SyncTimings = {
  activityMs: 45_000,
  sliceMs: 15_000,
  hungAfterMs: 40_000,
  heartbeatMs: 1_000,
  longestWaitMs: 20_000,
  pageRetryMs: [500, 2_000],
};

export interface SyncDeps {
  readonly db: Pick<Database, 'inTenant' | 'sqlInTenant'>;
  readonly egress: Pick<Egress, 'withCredential'>;
  readonly platforms: ReadonlyMap<string, Platform>;
  /** Signals the connection's workflow how the run went; false where that workflow has ended. */
  readonly reportRun: (
    tenantId: TenantId,
    connectionId: ConnectionId,
    report: RunReportedInput,
  ) => Promise<boolean>;
  readonly timings: SyncTimings;
  readonly deletionGuard: DeletionGuard;
  readonly nowMs: () => number;
  readonly log: (activity: string, error: unknown) => void;
}

/** The parts a caller need not choose. */
export const SYNC_DEFAULTS = { timings: SYNC_TIMINGS, deletionGuard: DELETION_GUARD, nowMs: Date.now };
