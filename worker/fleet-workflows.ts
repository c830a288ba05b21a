// The workflows of single connections as the activities over many of them use them. Every function is safe to repeat.
import { type Client, WithStartWorkflowOperation } from '@temporalio/client';
import type { FleetWorkflows } from '../activities/fleet-deps.ts';
import {
  type AuthorizeInput,
  type AuthorizeOutcome,
  type ConnectionInput,
  connectionWorkflowId,
  type EnsureFreshOutcome,
  type RefreshNowInput,
  SIGNALS,
  TASK_QUEUES,
  UPDATES,
  type UpgradeCredentialInput,
  type UpgradeOutcome,
  WORKFLOW_TYPES,
} from '../workflows/messages.ts';
import { unlessEnded } from './unless-ended.ts';

export function createFleetWorkflows(client: Client): FleetWorkflows {
  return {
    authorizeNew: (ref, authorizationId) => {
      const input: ConnectionInput = ref;
      return client.workflow.executeUpdateWithStart<() => Promise<void>, AuthorizeOutcome, [AuthorizeInput]>(
        UPDATES.authorize,
        {
          args: [{ authorizationId, discardOnRefusal: true }],
          updateId: authorizationId,
          startWorkflowOperation: new WithStartWorkflowOperation(WORKFLOW_TYPES.connection, {
            workflowId: connectionWorkflowId(ref.connectionId),
            taskQueue: TASK_QUEUES.workflows,
            args: [input],
            workflowIdConflictPolicy: 'USE_EXISTING',
            workflowIdReusePolicy: 'ALLOW_DUPLICATE',
          }),
        },
      );
    },
    upgrade: (id, input, updateId) =>
      unlessEnded<UpgradeOutcome>({ outcome: 'revoked' }, () =>
        client.workflow
          .getHandle(connectionWorkflowId(id))
          .executeUpdate<UpgradeOutcome, [UpgradeCredentialInput]>(UPDATES.upgradeCredential, {
            args: [input],
            updateId,
          }),
      ),
    renew: (id, requestedBy) =>
      unlessEnded<EnsureFreshOutcome>({ outcome: 'revoked' }, () =>
        client.workflow
          .getHandle(connectionWorkflowId(id))
          .executeUpdate<EnsureFreshOutcome, [RefreshNowInput]>(UPDATES.refreshNow, {
            args: [{ requestedBy }],
          }),
      ),
    revoke: async (ref, input) => {
      await client.workflow.signalWithStart(WORKFLOW_TYPES.connection, {
        workflowId: connectionWorkflowId(ref.connectionId),
        taskQueue: TASK_QUEUES.workflows,
        args: [ref],
        signal: SIGNALS.revoke,
        signalArgs: [input],
      });
    },
  };
}
