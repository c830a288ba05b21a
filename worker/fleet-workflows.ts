// The workflows of single connections as the activities over many of them use them. Every function is safe to repeat.
import { type Client, WithStartWorkflowOperation } from '@temporalio/client';
import type { FleetWorkflows } from '../activities/fleet-deps.ts';
import {
  type AuthorizeInput,
  type AuthorizeOutcome,
  type ConnectionInput,
  connectionWorkflowId,
  TASK_QUEUES,
  UPDATES,
  WORKFLOW_TYPES,
} from '../workflows/messages.ts';

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
  };
}
