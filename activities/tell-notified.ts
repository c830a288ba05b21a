// Hands on what a platform told that is not an object to be read: an uninstall to the connection's workflow, a duty to erase or to report to one of its own. What
// was told stays until somebody took it, and telling twice changes nothing.
import type { ConnectionId, PrivacyRequestId } from '../domain/ids.ts';
import { findConnection } from '../store/connections.ts';
import type { Database } from '../store/database.ts';
import { claimToTell, noteTold, type WaitingNotification } from '../store/notifications.ts';
import { listUnbegunRequests } from '../store/privacy-requests.ts';

export interface TellDeps {
  readonly db: Database;
  /** Signals the connection's workflow; false where it has ended, and there is nobody to tell. */
  readonly tellUninstalled: (connectionId: ConnectionId, atMs: number) => Promise<boolean>;
  /** Starts the request's workflow, or leaves the running one alone. */
  readonly startPrivacy: (id: PrivacyRequestId, dueAtMs: number) => Promise<void>;
}

const BATCH = 50;
/** Of a page. */
const DUTIES = 500;

/** One turn; how many were told. */
export async function tellNotified(deps: TellDeps): Promise<number> {
  const waiting = await deps.db.sqlAcrossTenants((sql) => claimToTell(sql, BATCH));
  if (waiting.some(({ means }) => !means.endsWith('uninstalled'))) await startDuties(deps);
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

/** Their rows are beside the notifications that asked for them: whatever nothing was done for has its workflow after this, however many there are. */
async function startDuties(deps: TellDeps): Promise<void> {
  for (let afterId = ''; ; ) {
    const page = { afterId, limit: DUTIES };
    const open = await deps.db.sqlAcrossTenants((sql) => listUnbegunRequests(sql, page));
    for (const { id, dueAt } of open) await deps.startPrivacy(id, dueAt.getTime());
    const last = open.at(-1);
    if (last === undefined || open.length < DUTIES) return;
    afterId = last.id;
  }
}
