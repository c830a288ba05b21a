// Starts the workflows of imports, fleet runs and requests to erase or to report again that are open in Postgres and have none: nobody else would ever end them. Safe to repeat:
// one that runs is left alone, and one that has ended meanwhile finds nothing to do.
import { listOpenFleetRuns } from '../store/fleet-runs.ts';
import { listOpenImports } from '../store/imports.ts';
import type { LifecycleDeps } from './lifecycle-deps.ts';
import { startDuties } from './start-duties.ts';

type Deps = Pick<LifecycleDeps, 'db' | 'workflows'>;

/** How many were started; `onEach` hears of each that was looked at. A paused run stays paused. */
export async function restartRuns({ db, workflows }: Deps, onEach: () => void): Promise<number> {
  let started = 0;
  for (const importId of await db.acrossTenants(listOpenImports)) {
    if (await workflows.startImport(importId)) started += 1;
    onEach();
  }
  for (const run of await db.acrossTenants(listOpenFleetRuns)) {
    if (await workflows.startFleetRun(run)) started += 1;
    onEach();
  }
  return started + (await startDuties({ db, startPrivacy: workflows.startPrivacy }, 'all', onEach));
}
