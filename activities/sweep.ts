// Compares connections with their schedules and workflows, and mends what drifted: a missing workflow is started again from Postgres, a
// schedule set, made or removed. So are the workflows of imports, fleet runs and requests to erase or to report. Then it ends what is past its time. Every repair is one that is safe to repeat; what cannot be mended is counted as stuck.
import { heartbeat } from '@temporalio/activity';
import { scheduleNoteOf } from '../domain/connection-schedule.ts';
import type { ConnectionId } from '../domain/ids.ts';
import { listNotFinal, type SweptConnection } from '../store/sweep.ts';
import { finishErasures } from './finish-erasures.ts';
import type { LifecycleActivities, SweepReport } from './lifecycle-contract.ts';
import type { LifecycleDeps } from './lifecycle-deps.ts';
import { purge } from './purge.ts';
import { restartRuns } from './restart-runs.ts';
import { warnOfDeadlines } from './warn-of-deadlines.ts';

type Deps = Pick<
  LifecycleDeps,
  | 'db'
  | 'platforms'
  | 'vault'
  | 'eraseRecords'
  | 'rewrapDataKeys'
  | 'schedules'
  | 'workflows'
  | 'nowMs'
  | 'onSwept'
>;
type Counts = { -readonly [K in keyof SweepReport]: SweepReport[K] };

const PAGE = 200;
/** A deadline missed by more than this is not lateness any more. */
const STUCK_AFTER_MS = 60 * 60_000;

export const sweep =
  (deps: Deps): LifecycleActivities['sweep'] =>
  async () => {
    const counts: Counts = {
      connections: 0,
      workflowsRestarted: 0,
      schedulesCreated: 0,
      schedulesSet: 0,
      schedulesRemoved: 0,
      stuck: 0,
      recordsErased: 0,
      tenantsErased: 0,
      idempotencyKeysPurged: 0,
      clientSecretsDestroyed: 0,
      connectSessionsPurged: 0,
      authorizationsExpired: 0,
      deliveriesPurged: 0,
      endpointSecretsDestroyed: 0,
      dataKeysRewrapped: 0,
    };
    const running = await collect(deps.workflows.listRunning());
    const schedules = new Map<ConnectionId, string | null>();
    for await (const { connectionId, pausedNote } of deps.schedules.list()) {
      schedules.set(connectionId, pausedNote);
    }
    for (let afterId = ''; ; ) {
      const page = await deps.db.acrossTenants((tx) => listNotFinal(tx, { afterId, limit: PAGE }));
      for (const connection of page) {
        counts.connections += 1;
        await mendWorkflow(deps, counts, connection, running);
        await mendSchedule(deps, counts, connection, schedules);
        if (isStuck(connection, deps.nowMs())) counts.stuck += 1;
        schedules.delete(connection.connectionId);
      }
      heartbeat(counts.connections);
      const last = page.at(-1);
      if (last === undefined || page.length < PAGE) break;
      afterId = last.connectionId;
    }
    await removeOrphans(deps, counts, schedules);
    const alive = () => heartbeat(counts.connections);
    counts.workflowsRestarted += await restartRuns(deps, alive);
    Object.assign(counts, await finishErasures(deps));
    Object.assign(counts, await purge(deps, alive));
    counts.dataKeysRewrapped = await deps.rewrapDataKeys(alive);
    await warnOfDeadlines(deps);
    deps.onSwept(counts);
    return counts;
  };

async function collect(ids: AsyncIterable<ConnectionId>): Promise<ReadonlySet<ConnectionId>> {
  const found = new Set<ConnectionId>();
  for await (const id of ids) {
    found.add(id);
    heartbeat(found.size);
  }
  return found;
}

/** The list is some seconds late, so a missing one is looked at by itself before it is started. */
async function mendWorkflow(
  deps: Deps,
  counts: Counts,
  connection: SweptConnection,
  running: ReadonlySet<ConnectionId>,
): Promise<void> {
  const { tenantId, connectionId } = connection;
  if (running.has(connectionId) || (await deps.workflows.isRunning(connectionId))) return;
  await deps.workflows.start({ tenantId, connectionId });
  counts.workflowsRestarted += 1;
}

async function mendSchedule(
  deps: Deps,
  counts: Counts,
  connection: SweptConnection,
  schedules: ReadonlyMap<ConnectionId, string | null>,
): Promise<void> {
  const { tenantId, connectionId, intervalS } = connection;
  const wanted = connection.isFenced ? undefined : scheduleNoteOf(connection);
  const found = schedules.get(connectionId);
  if (wanted === undefined) {
    if (found !== undefined && (await deps.schedules.remove(connectionId))) counts.schedulesRemoved += 1;
    return;
  }
  if (found !== undefined && found === wanted) return;
  const outcome = await deps.schedules.ensure({ tenantId, connectionId, intervalS, pausedNote: wanted });
  if (outcome === 'created') counts.schedulesCreated += 1;
  if (outcome === 'set') counts.schedulesSet += 1;
}

/** Schedules of connections that are final or gone. One made since the pages were read is left to its owner. */
async function removeOrphans(
  deps: Deps,
  counts: Counts,
  schedules: ReadonlyMap<ConnectionId, string | null>,
): Promise<void> {
  for (const connectionId of schedules.keys()) {
    if (await deps.workflows.isRunning(connectionId)) continue;
    if (await deps.schedules.remove(connectionId)) counts.schedulesRemoved += 1;
  }
}

function isStuck(connection: SweptConnection, nowMs: number): boolean {
  const due = connection.lifecycle === 'active' ? [connection.nextRefreshAtMs, connection.nextTryAtMs] : [];
  if (connection.lifecycle === 'revoking') due.push(connection.stateSinceMs + 24 * 60 * 60_000);
  return due.some((atMs) => atMs !== null && atMs + STUCK_AFTER_MS < nowMs);
}
