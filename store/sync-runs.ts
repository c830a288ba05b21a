// Executions of syncStore: one row each, with live progress, kept in the transactions of the pages it tells of.
import type { ErrorCode } from '../domain/errors.ts';
import type { ConnectionId, SyncRunId, TenantId } from '../domain/ids.ts';
import type { Resource } from '../domain/resource.ts';
import type { PassMode } from '../domain/sync.ts';
import type { Sql, Tx } from './database.ts';
import type { Prisma } from './generated/client.ts';
import { newId } from './new-id.ts';
import { rowId } from './row-ids.ts';

/** How far a run is with one resource. */
export interface ResourceProgress {
  readonly mode: PassMode;
  readonly pages: number;
  readonly seen: number;
  readonly written: number;
  readonly unchanged: number;
  readonly deleted: number;
  readonly setAside: number;
  readonly done: boolean;
  /** Of the whole pass, where the platform tells it. */
  readonly total?: number;
  /** Why this resource went no further. */
  readonly failed?: ErrorCode;
}

export type RunProgress = Readonly<Partial<Record<Resource, ResourceProgress>>>;
/** held: all is in, but deletions wait for a confirmation. partial: a resource was left out. */
export type RunStatus = 'completed' | 'held' | 'partial' | 'failed' | 'cancelled' | 'interrupted';

/**
 * Finds the run of this workflow execution, or begins it: a retried activity goes on with the same row. Other runs of the connection are
 * closed, whether a crash left them behind or somebody started this one beside them: one that finds itself closed stops.
 */
export async function beginRun(
  tx: Tx,
  run: {
    readonly tenantId: TenantId;
    readonly connectionId: ConnectionId;
    readonly workflowId: string;
    readonly temporalRunId: string;
    readonly trigger: 'schedule' | 'request';
  },
): Promise<{ id: SyncRunId; status: string; progress: RunProgress }> {
  const { workflowId, temporalRunId } = run;
  const row = await tx.syncRun.upsert({
    where: { workflowId_temporalRunId: { workflowId, temporalRunId } },
    create: { id: newId('syncRun'), ...run },
    update: {},
  });
  const id = rowId('syncRun', row.id);
  const begun = { id, status: row.status, progress: asProgress(row.progress) };
  if (row.status !== 'running') return begun;
  await tx.syncRun.updateMany({
    where: { connectionId: run.connectionId, status: 'running', id: { not: id } },
    data: { status: 'interrupted', finishedAt: new Date() },
  });
  return begun;
}

/** One resource's progress, in the page's own transaction. */
export async function writeProgress(
  sql: Sql,
  runId: SyncRunId,
  resource: Resource,
  progress: ResourceProgress,
): Promise<void> {
  await sql.query({
    name: 'write-progress',
    text: `UPDATE sync_runs SET progress = progress || jsonb_build_object($2::text, $3::jsonb) WHERE id = $1`,
    values: [runId, resource, JSON.stringify(progress)],
  });
}

export interface RunEnd {
  readonly id: SyncRunId;
  readonly status: RunStatus;
  readonly error: { readonly code: ErrorCode; readonly message: string } | null;
}

/** Ends a run; false when it had ended before. */
export async function endRun(tx: Tx, end: RunEnd): Promise<boolean> {
  const { count } = await tx.syncRun.updateMany({
    where: { id: end.id, status: 'running' },
    data: {
      status: end.status,
      finishedAt: new Date(),
      ...(end.error === null ? {} : { error: { ...end.error } }),
    },
  });
  return count === 1;
}

export async function findRunOfWorkflow(
  tx: Tx,
  of: { readonly workflowId: string; readonly temporalRunId: string },
): Promise<SyncRunId | null> {
  const row = await tx.syncRun.findUnique({ where: { workflowId_temporalRunId: of }, select: { id: true } });
  return row === null ? null : rowId('syncRun', row.id);
}

export async function readProgress(tx: Tx, id: SyncRunId): Promise<RunProgress> {
  const row = await tx.syncRun.findUnique({ where: { id }, select: { progress: true } });
  return asProgress(row?.progress ?? {});
}

/** When a sync of the connection last ended well. */
export async function noteLastSync(tx: Tx, connectionId: ConnectionId, at: Date): Promise<void> {
  await tx.connection.updateMany({ where: { id: connectionId }, data: { lastSyncAt: at } });
}

function asProgress(value: Prisma.JsonValue): RunProgress {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as unknown as RunProgress) // written by writeProgress alone
    : {};
}
