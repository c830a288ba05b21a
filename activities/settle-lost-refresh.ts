// Finds out what became of an exchange whose activity did not come back (timed out, its worker died), from what Postgres holds. Sends
// nothing. Safe to run twice: the first outcome recorded stays.

import { findMarker, resolveMarker } from '../store/refresh-markers.ts';
import type { LifecycleActivities, RefreshResult } from './lifecycle-contract.ts';
import type { LifecycleDeps } from './lifecycle-deps.ts';
import { alreadyDecided, clearsOf, end } from './refresh-credential.ts';

export const settleLostRefresh =
  (deps: Pick<LifecycleDeps, 'db' | 'nowMs'>): LifecycleActivities['settleLostRefresh'] =>
  (attempt) =>
    deps.db.inTenant(attempt.tenantId, async (tx): Promise<RefreshResult> => {
      const decided = await alreadyDecided(tx, attempt);
      if (decided !== null) return decided;
      const marker = await findMarker(tx, attempt);
      const epoch = await end(tx, attempt);
      // Without a marker nothing was sent: an ordinary failure of ours.
      if (marker === null) return { outcome: 'failed', epoch, code: 'worker_unavailable' };
      await resolveMarker(tx, attempt, 'lost', new Date(deps.nowMs()));
      if (marker.outcome === 'dead') return { outcome: 'dead', epoch, generation: attempt.generation };
      if (marker.outcome === 'unreadable') return { outcome: 'unreadable', epoch };
      if (marker.outcome === 'failed') return { outcome: 'failed', epoch, code: 'platform_down' };
      return { outcome: 'lost', epoch, ...clearsOf(marker) };
    });
