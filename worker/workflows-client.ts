// The workflows of connections, breakers and whatever the sweep starts again as the activities use them, over the Temporal client. Every function is safe to repeat.
import {
  type Client,
  WithStartWorkflowOperation,
  WorkflowExecutionAlreadyStartedError,
} from '@temporalio/client';
import type { LifecycleWorkflows } from '../activities/lifecycle-deps.ts';
import type { EnsureFreshOutcome } from '../domain/credential.ts';
import { type ConnectionId, isId } from '../domain/ids.ts';
import type { AskWorkflow } from '../egress/index.ts';
import {
  type AuthorizeInput,
  type AuthorizeOutcome,
  type BreakerInput,
  breakerWorkflowId,
  type ConnectionInput,
  connectionWorkflowId,
  type EnsureFreshInput,
  ensureFreshUpdate,
  type FleetRunInput,
  fleetRunWorkflowId,
  type ImportInput,
  importWorkflowId,
  type PrivacyInput,
  privacyWorkflowId,
  SIGNALS,
  TASK_QUEUES,
  UPDATES,
  WORKFLOW_TYPES,
} from '../workflows/messages.ts';
import { unlessEnded } from './unless-ended.ts';

export function createLifecycleWorkflows(client: Client): LifecycleWorkflows {
  return {
    start: async (ref) => {
      const input: ConnectionInput = ref;
      await client.workflow.start(WORKFLOW_TYPES.connection, {
        workflowId: connectionWorkflowId(ref.connectionId),
        taskQueue: TASK_QUEUES.workflows,
        args: [input],
        workflowIdConflictPolicy: 'USE_EXISTING',
        workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      });
    },
    authorize: async (ref, attempt) => {
      const input: AuthorizeInput = attempt;
      await client.workflow.startUpdateWithStart<() => Promise<void>, AuthorizeOutcome, [AuthorizeInput]>(
        UPDATES.authorize,
        {
          args: [input],
          updateId: attempt.authorizationId,
          waitForStage: 'ACCEPTED',
          startWorkflowOperation: new WithStartWorkflowOperation(WORKFLOW_TYPES.connection, {
            workflowId: connectionWorkflowId(ref.connectionId),
            taskQueue: TASK_QUEUES.workflows,
            args: [ref],
            workflowIdConflictPolicy: 'USE_EXISTING',
            workflowIdReusePolicy: 'ALLOW_DUPLICATE',
          }),
        },
      );
    },
    isRunning: (connectionId) =>
      unlessEnded(false, async () => {
        const { status } = await client.workflow.getHandle(connectionWorkflowId(connectionId)).describe();
        return status.name === 'RUNNING';
      }),
    listRunning: () => listRunning(client),
    signal: (connectionId, signal) =>
      unlessEnded(false, async () => {
        await client.workflow.getHandle(connectionWorkflowId(connectionId)).signal(SIGNALS[signal]);
        return true;
      }),
    startBreaker: async (platform) => {
      const input: BreakerInput = { platform };
      await startUnlessRunning(client, WORKFLOW_TYPES.breaker, breakerWorkflowId(platform), input);
    },
    startImport: (importId) => {
      const input: ImportInput = { importId };
      return startUnlessRunning(client, WORKFLOW_TYPES.importConnections, importWorkflowId(importId), input);
    },
    startFleetRun: (input) =>
      startUnlessRunning(client, WORKFLOW_TYPES.fleetRun, fleetRunWorkflowId(input.fleetRunId), input),
    startPrivacy: (input) =>
      startUnlessRunning(client, WORKFLOW_TYPES.privacy, privacyWorkflowId(input.privacyRequestId), input),
  };
}

/** False where it runs. */
async function startUnlessRunning(
  client: Client,
  type: string,
  workflowId: string,
  input: BreakerInput | ImportInput | FleetRunInput | PrivacyInput,
): Promise<boolean> {
  try {
    await client.workflow.start(type, { workflowId, taskQueue: TASK_QUEUES.workflows, args: [input] });
    return true;
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return false;
    throw error;
  }
}

/** Asks the connection's workflow for a newer credential. */
export function askWorkflow(client: Client): AskWorkflow {
  return (connectionId, after) =>
    unlessEnded<EnsureFreshOutcome>({ outcome: 'revoked' }, () =>
      client.workflow
        .getHandle(connectionWorkflowId(connectionId))
        .executeUpdate<EnsureFreshOutcome, [EnsureFreshInput]>(UPDATES.ensureFresh, ensureFreshUpdate(after)),
    );
}

const PREFIX = 'connection/';

async function* listRunning(client: Client): AsyncIterable<ConnectionId> {
  const query = `WorkflowType = '${WORKFLOW_TYPES.connection}' AND ExecutionStatus = 'Running'`;
  for await (const { workflowId } of client.workflow.list({ query })) {
    const id = workflowId.slice(PREFIX.length);
    if (isId('connection', id)) yield id;
  }
}
