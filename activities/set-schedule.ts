// The connection's sync schedule in Temporal: set, removed, its runs cancelled. Each is safe to run twice.
import { findConnection } from '../store/connections.ts';
import { checkSoon } from '../store/subscriptions.ts';
import type { LifecycleActivities } from './lifecycle-contract.ts';
import type { LifecycleDeps } from './lifecycle-deps.ts';

export const setSchedule =
  (deps: Pick<LifecycleDeps, 'db' | 'schedules'>): LifecycleActivities['setSchedule'] =>
  async ({ tenantId, connectionId, pausedNote }) => {
    const row = await deps.db.inTenant(tenantId, (tx) => findConnection(tx, connectionId));
    // Fenced meanwhile: the revocation removes the schedule, and nothing may bring it back.
    if (row === null || row.fencedAt !== null) return;
    await deps.schedules.ensure({ tenantId, connectionId, pausedNote, intervalS: row.syncIntervalS });
    // It works now, or works again: what is subscribed to is looked at.
    if (pausedNote === null)
      await deps.db.inTenant(tenantId, (tx) => checkSoon(tx, { tenantId, connectionId }));
  };

export const removeSchedule =
  (deps: Pick<LifecycleDeps, 'schedules'>): LifecycleActivities['removeSchedule'] =>
  async ({ connectionId }) => {
    await deps.schedules.remove(connectionId);
  };

/** Asks runs to stop; the fence is what makes them. */
export const cancelRuns =
  (deps: Pick<LifecycleDeps, 'schedules'>): LifecycleActivities['cancelRuns'] =>
  async ({ connectionId }) => {
    await deps.schedules.cancelRuns(connectionId);
  };
