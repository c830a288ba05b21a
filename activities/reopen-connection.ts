// Begins a revoked or abandoned connection again: the fence goes, sequence and generation stay. Safe to run twice: a connection that is
// not final is left alone.
import { reopenConnection as reopen } from '../store/connections.ts';
import type { LifecycleActivities } from './lifecycle-contract.ts';
import type { LifecycleDeps } from './lifecycle-deps.ts';

export const reopenConnection =
  (deps: Pick<LifecycleDeps, 'db' | 'nowMs'>): LifecycleActivities['reopenConnection'] =>
  (input) =>
    deps.db.inTenant(input.tenantId, async (tx) => {
      await reopen(tx, input.connectionId, deps.nowMs());
    });
