// Temporal as a lifecycle test has it: a server whose clock skips or the dev server, and what activities see of it.
import { temporal } from '@temporalio/proto';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import type { LifecycleWorkflows, Schedules } from '../../activities/lifecycle-deps.ts';
import type { ConnectionId } from '../../domain/ids.ts';
import { createLifecycleWorkflows } from '../../worker/workflows-client.ts';
import {
  type AuthorizeInput,
  type AuthorizeOutcome,
  connectionWorkflowId,
  SIGNALS,
  TASK_QUEUES,
  UPDATES,
  WORKFLOW_TYPES,
} from '../../workflows/messages.ts';
import { connectTemporal, startTimeSkipping } from '../world.ts';

export async function startTemporal(kind: 'skipping' | 'dev'): Promise<TestWorkflowEnvironment> {
  if (kind === 'skipping') {
    const env = await startTimeSkipping();
    await registerAttributes(env);
    return env;
  }
  const { address, namespace, close } = await connectTemporal();
  await close();
  return TestWorkflowEnvironment.createFromExistingServer({ address, namespace });
}

/** The names that a set-up registers; this server wants them too. */
async function registerAttributes(env: TestWorkflowEnvironment): Promise<void> {
  const { INDEXED_VALUE_TYPE_KEYWORD: keyword, INDEXED_VALUE_TYPE_DATETIME: datetime } =
    temporal.api.enums.v1.IndexedValueType;
  await env.connection.operatorService.addSearchAttributes({
    namespace: env.namespace ?? 'default',
    searchAttributes: {
      TenantId: keyword,
      Platform: keyword,
      ConnectionState: keyword,
      ReauthReason: keyword,
      CredentialExpiresAt: datetime,
    },
  });
}

/** The time-skipping server has no schedules: their wished state is what counts here. */
export function schedulesIn(known: Map<ConnectionId, string | null>): Schedules {
  return {
    ensure: async ({ connectionId, pausedNote }) => {
      const outcome = known.has(connectionId) ? 'set' : 'created';
      known.set(connectionId, pausedNote);
      return outcome;
    },
    remove: async (connectionId) => known.delete(connectionId),
    cancelRuns: async () => 0,
    list: async function* () {
      for (const [connectionId, pausedNote] of [...known]) yield { connectionId, pausedNote };
    },
  };
}

export function workflowsIn(env: TestWorkflowEnvironment): LifecycleWorkflows {
  const handle = (id: ConnectionId) => env.client.workflow.getHandle(connectionWorkflowId(id));
  const isRunning = (id: ConnectionId) =>
    handle(id)
      .describe()
      .then(({ status }) => status.name === 'RUNNING')
      .catch(() => false);
  const { startImport, startFleetRun, startPrivacy } = createLifecycleWorkflows(env.client);
  return {
    startImport,
    startFleetRun,
    startPrivacy,
    start: async (ref) => {
      await env.client.workflow.start(WORKFLOW_TYPES.connection, {
        workflowId: connectionWorkflowId(ref.connectionId),
        taskQueue: TASK_QUEUES.workflows,
        args: [ref],
        workflowIdConflictPolicy: 'USE_EXISTING',
      });
    },
    authorize: async (ref, attempt) => {
      const started = await env.client.workflow.start(WORKFLOW_TYPES.connection, {
        workflowId: connectionWorkflowId(ref.connectionId),
        taskQueue: TASK_QUEUES.workflows,
        args: [ref],
        workflowIdConflictPolicy: 'USE_EXISTING',
        workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      });
      await started.startUpdate<AuthorizeOutcome, [AuthorizeInput]>(UPDATES.authorize, {
        args: [attempt],
        updateId: attempt.authorizationId,
        waitForStage: 'ACCEPTED',
      });
    },
    isRunning,
    listRunning: async function* () {},
    signal: async (id, signal) => {
      if (!(await isRunning(id))) return false;
      await handle(id).signal(SIGNALS[signal]);
      return true;
    },
    startBreaker: async (platform) => {
      await env.client.workflow.start(WORKFLOW_TYPES.breaker, {
        workflowId: `breaker/${platform}`,
        taskQueue: TASK_QUEUES.workflows,
        args: [{ platform }],
        workflowIdConflictPolicy: 'USE_EXISTING',
      });
    },
  };
}
