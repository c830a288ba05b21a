// The activities of the task queue `pages`, composed. They share no queue with refreshes, so that pages never starve one.
import { failingSafely } from './failure.ts';
import { closeRun } from './run-end.ts';
import type { PageActivities } from './sync-contract.ts';
import type { SyncDeps } from './sync-deps.ts';
import { syncPages } from './sync-pages.ts';

export function createPageActivities(deps: SyncDeps): PageActivities {
  return failingSafely<PageActivities>({ syncPages: syncPages(deps), closeRun: closeRun(deps) }, deps);
}
