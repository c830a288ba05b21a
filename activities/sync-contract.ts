// What the sync's workflow may ask for: names and plain-JSON payloads, no code. Names are wire format.
import type { ErrorCode } from '../domain/errors.ts';
import type { ConnectionId, SyncRunId, TenantId } from '../domain/ids.ts';
import type { IdleReason } from './plan-run.ts';

export interface SyncPagesInput {
  readonly tenantId: TenantId;
  readonly connectionId: ConnectionId;
  /** The workflow execution the run belongs to; the same after continue-as-new. */
  readonly workflowId: string;
  readonly firstExecutionRunId: string;
}

export type SyncPagesResult =
  /** nothing was due, or nothing may be done */
  | { readonly outcome: 'idle'; readonly reason: IdleReason }
  /** the activity's time is up and there is more to do */
  | { readonly outcome: 'more'; readonly runId: SyncRunId; readonly pages: number; readonly records: number }
  | {
      readonly outcome: 'finished';
      readonly runId: SyncRunId;
      readonly status: string;
      readonly records: number;
    };

export interface CloseRunInput extends SyncPagesInput {
  readonly status: 'failed' | 'cancelled';
  readonly code: ErrorCode | null;
}

export interface PageActivities {
  syncPages(input: SyncPagesInput): Promise<SyncPagesResult>;
  /** Ends a run whose activity cannot do it any more. */
  closeRun(input: CloseRunInput): Promise<void>;
}
