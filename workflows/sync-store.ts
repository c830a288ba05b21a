// One sync of one shop: hands stretches of work to an activity until nothing is due. Decides nothing: what is due, and whether the
// connection may be worked at all, is read anew in each stretch. It never retries what a platform refused: the run ends and is reported.
import {
  ActivityCancellationType,
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  continueAsNew,
  isCancellation,
  log,
  proxyActivities,
  setCurrentDetails,
  workflowInfo,
} from '@temporalio/workflow';
import type { PageActivities, SyncPagesInput, SyncPagesResult } from '../activities/sync-contract.ts';
import { ERRORS, type ErrorCode } from '../domain/errors.ts';
import type { SyncStoreInput } from './messages.ts';
import { MANY_PAGES, RUN_END } from './policies.ts';

const { syncPages } = proxyActivities<PageActivities>({
  ...MANY_PAGES,
  summary: 'pages of what is due',
  // The run is closed after its last page, not beside it.
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
});
const { closeRun } = proxyActivities<PageActivities>({ ...RUN_END, summary: 'end of the run' });

/** How the run went: ids, words and counts. */
export type SyncStoreResult = SyncPagesResult;

export async function syncStore(input: SyncStoreInput): Promise<SyncStoreResult> {
  const { workflowId, firstExecutionRunId } = workflowInfo();
  const run: SyncPagesInput = { ...input, workflowId, firstExecutionRunId };
  try {
    for (;;) {
      const result = await syncPages(run);
      if (result.outcome !== 'more') return result;
      setCurrentDetails(`${result.records} records on ${result.pages} pages so far`);
      if (workflowInfo().continueAsNewSuggested) break;
    }
  } catch (error) {
    const isCancelled = isCancellation(error);
    log.warn('the sync run ends early', { isCancelled });
    await CancellationScope.nonCancellable(() =>
      closeRun({ ...run, status: isCancelled ? 'cancelled' : 'failed', code: codeOf(error) }),
    );
    throw error;
  }
  return continueAsNew<typeof syncStore>(input);
}

function codeOf(error: unknown): ErrorCode | null {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  const type = cause instanceof ApplicationFailure ? (cause.type ?? '') : '';
  return isCode(type) ? type : null;
}

function isCode(text: string): text is ErrorCode {
  return Object.hasOwn(ERRORS, text);
}
