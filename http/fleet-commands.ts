// What a request may ask of the workflows that work on many connections, over the Temporal client: start one, tell it something, look at what
// stands behind a connection. Decides nothing.
import type { Client } from '@temporalio/client';
import type { ConnectionId, FleetRunId, ImportId } from '../domain/ids.ts';
import {
  connectionWorkflowId,
  type FLEET_SIGNALS,
  type FleetRunInput,
  type FleetSignalInput,
  fleetRunWorkflowId,
  IMPORT_READ_SIGNAL,
  type ImportInput,
  importWorkflowId,
  syncScheduleId,
  TASK_QUEUES,
  WORKFLOW_TYPES,
} from '../workflows/messages.ts';
import { byServer, unlessEnded } from './temporal-answers.ts';

/** What Temporal holds for one connection. */
export interface Inspection {
  readonly workflow: 'running' | 'ended' | 'missing';
  /** null: there is none; a note where it is paused. */
  readonly schedule: { readonly pausedNote: string | null } | null;
}

export interface FleetCommands {
  /** Starts the import's workflow; it waits for the upload's end. Safe to repeat. */
  startImport(id: ImportId): Promise<void>;
  /** Says that the upload was read; starts a workflow that is gone again. */
  endReading(id: ImportId): Promise<void>;
  /** Safe to repeat. */
  startFleetRun(id: FleetRunId): Promise<void>;
  /** Starts a workflow that is gone again, paused as the run is: nobody else would ever end the run. One of a run that has ended ends at once. */
  tellFleetRun(run: FleetRunInput, signal: keyof typeof FLEET_SIGNALS, by: string): Promise<void>;
  inspect(id: ConnectionId): Promise<Inspection>;
}

export function createFleetCommands(client: Client): FleetCommands {
  return {
    startImport: (importId) =>
      byServer(client, async () => {
        const input: ImportInput = { importId };
        await client.workflow.start(WORKFLOW_TYPES.importConnections, {
          workflowId: importWorkflowId(importId),
          taskQueue: TASK_QUEUES.workflows,
          args: [input],
          workflowIdConflictPolicy: 'USE_EXISTING',
        });
      }),
    endReading: (importId) =>
      byServer(client, async () => {
        const input: ImportInput = { importId };
        await client.workflow.signalWithStart(WORKFLOW_TYPES.importConnections, {
          workflowId: importWorkflowId(importId),
          taskQueue: TASK_QUEUES.workflows,
          args: [input],
          signal: IMPORT_READ_SIGNAL,
        });
      }),
    startFleetRun: (fleetRunId) =>
      byServer(client, async () => {
        const input: FleetRunInput = { fleetRunId };
        await client.workflow.start(WORKFLOW_TYPES.fleetRun, {
          workflowId: fleetRunWorkflowId(fleetRunId),
          taskQueue: TASK_QUEUES.workflows,
          args: [input],
          workflowIdConflictPolicy: 'USE_EXISTING',
        });
      }),
    tellFleetRun: (run, signal, by) =>
      byServer(client, async () => {
        const input: FleetSignalInput = { by };
        await client.workflow.signalWithStart(WORKFLOW_TYPES.fleetRun, {
          workflowId: fleetRunWorkflowId(run.fleetRunId),
          taskQueue: TASK_QUEUES.workflows,
          args: [run],
          signal,
          signalArgs: [input],
        });
      }),
    inspect: async (id) => ({
      workflow: await unlessEnded('missing' as const, () => byServer(client, () => workflowOf(client, id))),
      schedule: await unlessEnded(null, () => byServer(client, () => scheduleOf(client, id))),
    }),
  };
}

async function workflowOf(client: Client, id: ConnectionId): Promise<Inspection['workflow']> {
  const { status } = await client.workflow.getHandle(connectionWorkflowId(id)).describe();
  return status.name === 'RUNNING' ? 'running' : 'ended';
}

async function scheduleOf(client: Client, id: ConnectionId): Promise<Inspection['schedule']> {
  const { state } = await client.schedule.getHandle(syncScheduleId(id)).describe();
  return { pausedNote: state.paused ? (state.note ?? '') : null };
}
