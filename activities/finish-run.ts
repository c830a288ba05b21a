// Ends a run: its row, its requests, its event, and one signal to the connection's workflow. Safe to repeat: the row ends once, and the
// workflow takes the same report twice for one.
import type { ConnectionId, SyncRunId, TenantId } from '../domain/ids.ts';
import { appendEvent } from '../store/events.ts';
import { finishRequests } from '../store/sync-requests.ts';
import { endRun, noteLastSync, type RunEnd, type RunStatus, readProgress } from '../store/sync-runs.ts';
import type { RunHealth } from '../workflows/messages.ts';
import type { SyncDeps } from './sync-deps.ts';

export interface FinishRun extends RunEnd {
  readonly tenantId: TenantId;
  readonly connectionId: ConnectionId;
  readonly id: SyncRunId;
  /** Null: nothing the connection's workflow should know. */
  readonly health: RunHealth | null;
}

/** A run that left out a resource, or holds deletions, brought the rest all the same. */
const BROUGHT_RECORDS: ReadonlySet<RunStatus> = new Set<RunStatus>(['completed', 'held', 'partial']);

export async function finishRun(
  deps: Pick<SyncDeps, 'db' | 'reportRun' | 'nowMs'>,
  run: FinishRun,
): Promise<void> {
  const finishedAtMs = deps.nowMs();
  await deps.db.inTenant(run.tenantId, async (tx) => {
    await finishRequests(tx, run.id);
    const ended = await endRun(tx, run);
    if (!ended) return;
    if (BROUGHT_RECORDS.has(run.status)) await noteLastSync(tx, run.connectionId, new Date(finishedAtMs));
    // Somebody wanted it to stop: nothing failed.
    if (run.status === 'cancelled') return;
    await appendEvent(tx, {
      tenantId: run.tenantId,
      type: BROUGHT_RECORDS.has(run.status) ? 'sync.completed' : 'sync.failed',
      connectionId: run.connectionId,
      data: { runId: run.id, status: run.status, error: run.error, progress: await readProgress(tx, run.id) },
    });
  });
  if (run.health !== null)
    await deps.reportRun(run.tenantId, run.connectionId, { runId: run.id, finishedAtMs, health: run.health });
}
