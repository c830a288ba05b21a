// What the sweep ends for good: records kept after a revocation, when their time is over, and tenants whose last connection has ended. Safe to
// repeat: what is gone is not found again, and a tenant's data keys are destroyed before its rows, so that half an erasure opens nothing.
import { appendAudit } from '../store/audit.ts';
import { destroyDataKeys } from '../store/data-keys.ts';
import {
  eraseTenantRows,
  listErasableTenants,
  listRecordsPastKeeping,
  noteRecordsErased,
} from '../store/erasures.ts';
import type { LifecycleDeps } from './lifecycle-deps.ts';

type Deps = Pick<LifecycleDeps, 'db' | 'vault' | 'eraseRecords' | 'nowMs'>;

/** Connections a sweep; the rest follow with the next. */
const BATCH = 100;
const ACTOR = 'sweep';

/** Gives how many connections' records and how many tenants are gone. */
export async function finishErasures(
  deps: Deps,
): Promise<{ readonly recordsErased: number; readonly tenantsErased: number }> {
  const past = await deps.db.acrossTenants((tx) => listRecordsPastKeeping(tx, new Date(deps.nowMs()), BATCH));
  for (const { tenantId, connectionId } of past) {
    const records = await deps.eraseRecords(tenantId, connectionId);
    await deps.db.inTenant(tenantId, async (tx) => {
      await noteRecordsErased(tx, connectionId);
      const detail = { records };
      await appendAudit(tx, {
        tenantId,
        actor: ACTOR,
        action: 'records.erased',
        target: connectionId,
        connectionId,
        outcome: 'done',
        reason: 'kept long enough',
        detail,
      });
    });
  }
  const tenants = await deps.db.acrossTenants((tx) => listErasableTenants(tx));
  for (const tenantId of tenants) {
    await deps.db.inTenant(tenantId, (tx) => destroyDataKeys(tx, tenantId));
    deps.vault.forget(tenantId);
    const rows = await deps.db.sqlAcrossTenants((sql) => eraseTenantRows(sql, tenantId));
    await deps.db.acrossTenants((tx) =>
      appendAudit(tx, {
        tenantId,
        actor: ACTOR,
        action: 'tenant.erased',
        target: tenantId,
        outcome: 'done',
        reason: 'erasure was asked for',
        detail: { rows },
      }),
    );
  }
  return { recordsErased: past.length, tenantsErased: tenants.length };
}
