// Hands on what a platform told that is not an object to be read: an uninstall to the connection's workflow, a duty to erase or to report to one of its own. What
// was told stays until somebody took it, and telling twice changes nothing.
import type { ConnectionId } from '../domain/ids.ts';
import { findConnection } from '../store/connections.ts';
import type { Database } from '../store/database.ts';
import { claimToTell, noteTold, type WaitingNotification } from '../store/notifications.ts';
import type { LifecycleWorkflows } from './lifecycle-deps.ts';
import { startDuties } from './start-duties.ts';

export interface TellDeps extends Pick<LifecycleWorkflows, 'startPrivacy'> {
  readonly db: Database;
  /** Signals the connection's workflow; false where it has ended, and there is nobody to tell. */
  readonly tellUninstalled: (connectionId: ConnectionId, atMs: number) => Promise<boolean>;
}

const BATCH = 50;

/** One turn; how many were told. */
export async function tellNotified(deps: TellDeps): Promise<number> {
  const waiting = await deps.db.sqlAcrossTenants((sql) => claimToTell(sql, BATCH));
  // Their rows are beside the notifications that asked for them: whatever nothing was done for has its workflow after this.
  if (waiting.some(({ means }) => !means.endsWith('uninstalled'))) await startDuties(deps, 'unbegun');
  for (const one of waiting) {
    await tell(deps, one);
    await deps.db.sqlAcrossTenants((sql) => noteTold(sql, one));
  }
  return waiting.length;
}

async function tell(deps: TellDeps, one: WaitingNotification): Promise<void> {
  const { connectionId, tenantId, means } = one;
  if (connectionId === null || tenantId === null) return;
  // Without a signature over it, it must not end what waits for a new approval: there, nothing would probe.
  const isTold =
    means === 'uninstalled' ||
    (means === 'maybe_uninstalled' &&
      (await deps.db.inTenant(tenantId, (tx) => findConnection(tx, connectionId)))?.lifecycle === 'active');
  if (isTold) await deps.tellUninstalled(connectionId, one.receivedAtMs);
}
