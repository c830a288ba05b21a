// Commits one transition: the projection, the timeline's row and the outbox events, in one transaction. Safe to run twice: the number of
// the transition guards the projection and is the row's key, and events follow only a row that was new.

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
      for (const event of outbox) {
        await appendEvent(tx, { tenantId, connectionId, ...event, atMs: transition.atMs });
      }
    });
