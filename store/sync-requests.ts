// Wishes for a sync now. A wish is claimed by the run that serves it and finished with that run; claiming twice changes nothing.
import type { ConnectionId, SyncRequestId, SyncRunId, TenantId } from '../domain/ids.ts';
import { RESOURCES, type Resource } from '../domain/resource.ts';
import type { PassMode, SyncWish } from '../domain/sync.ts';
import type { Tx } from './database.ts';
import { newId } from './new-id.ts';

/** Writes the wish; whoever calls triggers the schedule after the commit. No resources means all. */
export async function requestSync(
  tx: Tx,
  wish: {
    readonly tenantId: TenantId;
    readonly connectionId: ConnectionId;
    readonly resources: readonly Resource[];
    readonly mode: PassMode;
    readonly requestedBy: string;
  },
): Promise<{ id: SyncRequestId }> {
  const id = newId('syncRequest');
  await tx.syncRequest.create({ data: { ...wish, resources: [...wish.resources], id } });
  return { id };
}

/** Claims what is open for this run, and gives all that the run has claimed. */
export async function claimRequests(
  tx: Tx,
  claim: { readonly connectionId: ConnectionId; readonly runId: SyncRunId },
): Promise<SyncWish[]> {
  await tx.syncRequest.updateMany({
    where: {
      connectionId: claim.connectionId,
      finishedAt: null,
      OR: [{ runId: null }, { runId: { not: claim.runId } }],
    },
    data: { runId: claim.runId, claimedAt: new Date() },
  });
  return listRequests(tx, { connectionId: claim.connectionId });
}

/** What is asked for and not finished. */
export async function listRequests(tx: Tx, of: { readonly connectionId: ConnectionId }): Promise<SyncWish[]> {
  const rows = await tx.syncRequest.findMany({
    where: { connectionId: of.connectionId, finishedAt: null },
    orderBy: { createdAt: 'asc' },
  });
  return rows.map((row) => ({
    id: row.id,
    resources: RESOURCES.filter((one) => row.resources.includes(one)),
    mode: row.mode === 'backfill' ? 'backfill' : 'incremental',
    createdAtMs: row.createdAt.getTime(),
  }));
}

/** Ends the wishes this run claimed. One that came after the last claim stays open, for the run its trigger has queued. */
export async function finishRequests(tx: Tx, runId: SyncRunId): Promise<number> {
  const { count } = await tx.syncRequest.updateMany({
    where: { runId, finishedAt: null },
    data: { finishedAt: new Date() },
  });
  return count;
}
