// Notes that platforms refuse one of our registrations, and tells so once: the first connection that finds out writes the event. Safe to
// run twice: the registration's health changes once.
import { findConnection } from '../store/connections.ts';
import { appendEvent } from '../store/events.ts';
import { rejectRegistration } from '../store/registration-health.ts';
import type { LifecycleActivities } from './lifecycle-contract.ts';
import type { LifecycleDeps } from './lifecycle-deps.ts';

export const reportRegistration =
  (deps: Pick<LifecycleDeps, 'db' | 'nowMs'>): LifecycleActivities['reportRegistration'] =>
  ({ tenantId, connectionId }) =>
    // Across tenants: the registration may be the installation's, which a tenant reads but does not write.
    deps.db.acrossTenants(async (tx) => {
      const row = await findConnection(tx, connectionId);
      if (row === null || row.registrationId === null) return;
      const isFirst = await rejectRegistration(tx, row.registrationId);
      if (!isFirst) return;
      await appendEvent(tx, {
        tenantId,
        connectionId,
        type: 'registration.rejected',
        data: { registrationId: row.registrationId, platform: row.platform },
        atMs: deps.nowMs(),
      });
    });
