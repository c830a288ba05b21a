// Updates for the server whose clock skips: it loses what an activity answered when an update reaches the workflow at that moment, and the
// workflow waits for ever (temporalio/sdk-java#3088 tells a sister of it). The dev server takes the same hundreds of times without a loss.
import type { Client, WorkflowClientInterceptor } from '@temporalio/client';
import { temporal } from '@temporalio/proto';

const { PENDING_ACTIVITY_STATE_SCHEDULED: SCHEDULED, PENDING_ACTIVITY_STATE_STARTED: STARTED } =
  temporal.api.enums.v1.PendingActivityState;
/** An activity that a test holds back is not waited for longer than this. */
const PATIENCE_MS = 1_000;

/**
 * Lets an update begin once no activity of its workflow is being worked on. One that comes while another is under way is sent at once: a
 * test that has many ask at the same time means it.
 */
export function calmUpdates(client: () => Client): WorkflowClientInterceptor {
  const underWay = new Map<string, number>();
  const count = (id: string, by: number): number => {
    const now = (underWay.get(id) ?? 0) + by;
    underWay.set(id, now);
    return now;
  };
  return {
    startUpdate: async (input, next) => {
      const id = input.workflowExecution.workflowId ?? '';
      try {
        if (count(id, 1) === 1) await calm(client(), id);
        return await next(input);
      } finally {
        count(id, -1);
      }
    },
  };
}

async function calm(client: Client, workflowId: string): Promise<void> {
  const until = performance.now() + PATIENCE_MS;
  while ((await isWorking(client, workflowId)) && performance.now() < until)
    await new Promise((resolve) => setTimeout(resolve, 5));
}

/** One that waits for its next attempt answers nothing now. */
async function isWorking(client: Client, workflowId: string): Promise<boolean> {
  const handle = client.workflow.getHandle(workflowId);
  const pending = await handle.describe().then(
    ({ raw }) => raw.pendingActivities ?? [],
    () => [], // the update says what is wrong with its workflow
  );
  return pending.some(
    ({ state, attempt }) => state === STARTED || (state === SCHEDULED && (attempt ?? 1) <= 1),
  );
}
