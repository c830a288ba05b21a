// Commits one transition: the projection, the timeline's row and the outbox events, in one transaction. Safe to run twice: the number of
// the transition guards the projection and is the row's key, and events follow only a row that was new.

import type { Projection } from '../domain/connection-projection.ts';
import { diagnoseCondition } from '../domain/diagnosis.ts';
import { fenceConnection, writeProjection as write } from '../store/connections.ts';
import { appendEvent } from '../store/events.ts';
import { appendTransition } from '../store/transitions.ts';
import type { LifecycleActivities } from './lifecycle-contract.ts';
import type { LifecycleDeps } from './lifecycle-deps.ts';

export const writeProjection =
  (deps: Pick<LifecycleDeps, 'db'>): LifecycleActivities['writeProjection'] =>
  (projection) =>
    deps.db.inTenant(projection.tenantId, async (tx) => {
      const { tenantId, connectionId, seq, transition, outbox } = projection;
      await write(tx, projection);
      if (projection.isEnding) await fenceConnection(tx, connectionId, transition.atMs);
      const isNew = await appendTransition(tx, { tenantId, connectionId, seq, ...transition });
      if (!isNew) return;
      const diagnosis = diagnosisOf(projection);
      for (const event of outbox) {
        // An event of a state says why, and who helps.
        const data = 'because' in event.data ? { ...event.data, diagnosis } : event.data;
        await appendEvent(tx, { tenantId, connectionId, type: event.type, data, atMs: transition.atMs });
      }
    });

function diagnosisOf(projection: Projection) {
  const { action, actor, because } = diagnoseCondition({
    lifecycle: projection.lifecycle,
    pausedBy: projection.pausedBy,
    healthCause: projection.health === 'ok' ? null : projection.healthCause,
    reauthReason: projection.reauthReason,
    nextTryAtMs: projection.nextTryAtMs,
    stopped: Object.keys(projection.stopped),
  });
  return { action, actor, because };
}
