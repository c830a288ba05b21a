// Tells a connection's workflow how a sync run went: one signal, at its end.
import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import type { SyncDeps } from '../activities/sync-deps.ts';
import { connectionWorkflowId, SIGNALS } from '../workflows/messages.ts';

/** False where the workflow has ended. */
export const createReportRun =
  (client: Client): SyncDeps['reportRun'] =>
  async (_tenantId, connectionId, report) => {
    try {
      await client.workflow.getHandle(connectionWorkflowId(connectionId)).signal(SIGNALS.runReported, report);
      return true;
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return false;
      throw error;
    }
  };
