// One Temporal Schedule a connection, and the sweep's own. State is set by `update` and confirmed by describe: create, pause and trigger back to
// back lost the pause in 21 of 30 tries. Every function is safe to repeat.
import { createHash } from 'node:crypto';
import {
  type Client,
  type ScheduleDescription,
  type ScheduleHandle,
  ScheduleNotFoundError,
  type ScheduleOptions,
  ScheduleOverlapPolicy,
} from '@temporalio/client';
import type { ConnectionRef } from '../activities/lifecycle-contract.ts';
import type { ListedSchedule, Schedules } from '../activities/lifecycle-deps.ts';
import { type ConnectionId, isId } from '../domain/ids.ts';
import {
  SWEEP_SCHEDULE_ID,
  type SyncStoreInput,
  syncScheduleId,
  TASK_QUEUES,
  WORKFLOW_TYPES,
} from '../workflows/messages.ts';

interface Wanted extends ConnectionRef {
  readonly intervalS: number;
  readonly pausedNote: string | null;
}

const RUNNING_NOTE = 'syncing';
const CONFIRMATIONS = 5;
/** A tick missed for longer than this is not made up for: the next one reads everything since the checkpoint anyway. */
const CATCH_UP = '1 minute';

export function createSchedules(client: Client): Schedules {
  return {
    ensure: async (wanted) => {
      const handle = client.schedule.getHandle(syncScheduleId(wanted.connectionId));
      const found = await describe(client, wanted.connectionId);
      if (found === null) {
        await client.schedule.create({
          scheduleId: handle.scheduleId,
          ...optionsOf(wanted),
          state: stateOf(wanted),
        });
        if (wanted.pausedNote === null) await runNow(handle);
        return 'created';
      }
      if (isAsWanted(found, wanted)) {
        // Whoever made it may have died before its first run.
        if (wanted.pausedNote === null && found.info.numActionsTaken === 0) await runNow(handle);
        return 'unchanged';
      }
      for (let attempt = 0; attempt < CONFIRMATIONS; attempt++) {
        await handle.update(() => ({ ...optionsOf(wanted), state: stateOf(wanted) }));
        const after = await describe(client, wanted.connectionId);
        if (after === null || !isAsWanted(after, wanted)) continue;
        // What was missed while it stood still is caught up with now, not an interval later.
        if (found.state.paused && wanted.pausedNote === null) await runNow(handle);
        return 'set';
      }
      throw new Error(`schedule "${handle.scheduleId}" did not take its state`);
    },
    remove: async (connectionId) => {
      try {
        await client.schedule.getHandle(syncScheduleId(connectionId)).delete();
        return true;
      } catch (error) {
        if (error instanceof ScheduleNotFoundError) return false;
        throw error;
      }
    },
    cancelRuns: async (connectionId) => {
      const found = await describe(client, connectionId);
      const running = found?.info.runningActions ?? [];
      for (const action of running) await client.workflow.getHandle(action.workflow.workflowId).cancel();
      return running.length;
    },
    list: () => listSchedules(client),
  };
}

/** The sweep runs every five minutes; a second worker finds the schedule there. */
export async function ensureSweepSchedule(client: Client): Promise<void> {
  try {
    await client.schedule.create({
      scheduleId: SWEEP_SCHEDULE_ID,
      spec: { intervals: [{ every: '5 minutes' }] },
      policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: CATCH_UP },
      action: {
        type: 'startWorkflow',
        workflowType: WORKFLOW_TYPES.sweep,
        workflowId: SWEEP_SCHEDULE_ID,
        taskQueue: TASK_QUEUES.workflows,
        args: [],
      },
    });
  } catch (error) {
    if (!(error instanceof Error && error.name === 'ScheduleAlreadyRunning')) throw error;
  }
}

/**
 * A run that the schedule counts as its own: a tick meanwhile is skipped. Told nothing, a trigger, like `triggerImmediately`, starts one beside
 * whatever runs, and the next tick another beside that.
 */
async function runNow(handle: ScheduleHandle): Promise<void> {
  await handle.trigger(ScheduleOverlapPolicy.BUFFER_ONE);
}

type SyncSchedule = Pick<ScheduleOptions, 'spec' | 'policies' | 'action'>;

function optionsOf({ tenantId, connectionId, intervalS }: Wanted): SyncSchedule {
  const input: SyncStoreInput = { tenantId, connectionId };
  return {
    spec: { intervals: [{ every: intervalS * 1000, offset: offsetMs(connectionId, intervalS) }] },
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: CATCH_UP },
    action: {
      type: 'startWorkflow',
      workflowType: WORKFLOW_TYPES.syncStore,
      workflowId: syncScheduleId(connectionId),
      taskQueue: TASK_QUEUES.workflows,
      args: [input],
    },
  };
}

const stateOf = ({ pausedNote }: Wanted): { paused: boolean; note: string } => ({
  paused: pausedNote !== null,
  note: pausedNote ?? RUNNING_NOTE,
});

function isAsWanted(found: ScheduleDescription, wanted: Wanted): boolean {
  const { paused, note } = stateOf(wanted);
  const [interval] = found.spec.intervals ?? [];
  return (
    found.state.paused === paused && found.state.note === note && interval?.every === wanted.intervalS * 1000
  );
}

/** A place in the interval that only the id decides, so that a fleet connected in one minute spreads over it. */
function offsetMs(connectionId: ConnectionId, intervalS: number): number {
  return (createHash('sha256').update(connectionId).digest().readUInt32BE(0) % intervalS) * 1000;
}

async function describe(client: Client, connectionId: ConnectionId): Promise<ScheduleDescription | null> {
  try {
    return await client.schedule.getHandle(syncScheduleId(connectionId)).describe();
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return null;
    throw error;
  }
}

const PREFIX = 'sync/';

async function* listSchedules(client: Client): AsyncIterable<ListedSchedule> {
  for await (const { scheduleId, state } of client.schedule.list()) {
    const id = scheduleId.slice(PREFIX.length);
    if (!scheduleId.startsWith(PREFIX) || !isId('connection', id)) continue;
    yield { connectionId: id, pausedNote: state.paused ? (state.note ?? '') : null };
  }
}
