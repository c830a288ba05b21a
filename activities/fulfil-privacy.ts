// Carries out a platform's request to erase somebody's data, a shop's, or to report what is held of somebody. Safe to repeat: what is erased is not found again
// and stays counted, and only one ends the request. The proof it leaves counts, and names nobody.
import type { ConnectionId, PrivacyRequestId, TenantId } from '../domain/ids.ts';
import type { OpenPrivacyRequest, PrivacySubject } from '../egress/index.ts';
import { appendAuditBySql } from '../store/audit.ts';
import type { Database, Sql } from '../store/database.ts';
import { eraseRecords } from '../store/erase-records.ts';
import { countSubject, eraseSubject, listForSubject } from '../store/erase-subject.ts';
import { appendEventBySql } from '../store/events.ts';
import {
  finishPrivacyRequest,
  noteErased,
  noteHeld,
  type PrivacyRequestRow,
  takeErased,
} from '../store/privacy-requests.ts';
import { failingSafely } from './failure.ts';

export interface PrivacyActivities {
  /** report: it stays open until its deadline, so that the vendor can fetch what is held. */
  fulfilPrivacy(input: { readonly privacyRequestId: PrivacyRequestId }): Promise<'done' | 'report'>;
  closePrivacy(input: { readonly privacyRequestId: PrivacyRequestId }): Promise<void>;
}

export interface PrivacyDeps {
  readonly db: Database;
  readonly openPrivacyRequest: OpenPrivacyRequest;
  readonly nowMs: () => number;
  readonly log: (activity: string, error: unknown) => void;
}

export function createPrivacyActivities(deps: PrivacyDeps): PrivacyActivities {
  return failingSafely<PrivacyActivities>(
    { fulfilPrivacy: fulfilPrivacy(deps), closePrivacy: closePrivacy(deps) },
    deps,
  );
}

const fulfilPrivacy =
  (deps: PrivacyDeps): PrivacyActivities['fulfilPrivacy'] =>
  async ({ privacyRequestId }) => {
    const opened = await deps.openPrivacyRequest(privacyRequestId, 'worker');
    if (opened === null || opened.subject === null || opened.row.state !== 'open') return 'done';
    const { row, subject } = opened;
    const connections = await connectionsOf(deps, row);
    switch (row.kind) {
      case 'erase_shop':
        await eraseShop(deps, row, connections);
        return 'done';
      case 'erase_customer':
        await eraseCustomer(deps, { row, subject }, connections);
        return 'done';
      case 'customer_data':
        await noteReport(deps, { row, subject }, connections);
        return 'report';
    }
  };

interface Concerning {
  readonly row: PrivacyRequestRow;
  readonly subject: PrivacySubject;
}

async function noteReport(
  deps: PrivacyDeps,
  { row, subject }: Concerning,
  connections: readonly OfTenant[],
): Promise<void> {
  const held = await countHeld(deps, subject, connections);
  await deps.db.sqlAcrossTenants(async (sql) => {
    if (await noteHeld(sql, row.id, held)) await tell(sql, row, 'privacy.data_requested', held);
  });
}

async function countHeld(deps: PrivacyDeps, subject: PrivacySubject, connections: readonly OfTenant[]) {
  const held = { connections: 0, customers: 0, orders: 0 };
  for (const { tenantId, connectionId } of connections) {
    const found = await deps.db.sqlInTenant(tenantId, (sql) => countSubject(sql, connectionId, subject));
    if (found.customers + found.orders > 0) held.connections += 1;
    held.customers += found.customers;
    held.orders += found.orders;
  }
  return held;
}

async function eraseCustomer(
  deps: PrivacyDeps,
  { row, subject }: Concerning,
  connections: readonly OfTenant[],
): Promise<void> {
  for (const of of connections) {
    await deps.db.sqlInTenant(of.tenantId, async (sql) => {
      const erased = await eraseSubject(sql, of, subject);
      if (erased.customers + erased.orders === 0) return;
      await noteErased(sql, row.id, of, erased);
      // A request to all shops of an app is in no tenant's list: each is told of its own part.
      if (row.tenantId === null) await tell(sql, { ...row, ...of }, 'privacy.done', { erased });
    });
  }
  await finish(deps, row, async (sql) => {
    const { connections, customers, orders } = await takeErased(sql, row.id);
    return { state: 'done', proof: { erased: { connections, customers, orders } } };
  });
}

/** The time to fetch a report is over: whom it was about is forgotten. */
const closePrivacy =
  (deps: PrivacyDeps): PrivacyActivities['closePrivacy'] =>
  async ({ privacyRequestId }) => {
    const opened = await deps.openPrivacyRequest(privacyRequestId, 'worker');
    if (opened === null || opened.subject === null) return;
    const { row, subject } = opened;
    const { customers, orders } = await countHeld(deps, subject, await connectionsOf(deps, row));
    await finish(deps, row, async () => ({ state: 'done', proof: { reported: { customers, orders } } }));
  };

interface OfTenant {
  readonly tenantId: TenantId;
  readonly connectionId: ConnectionId;
}

async function connectionsOf(deps: PrivacyDeps, row: PrivacyRequestRow): Promise<readonly OfTenant[]> {
  if (row.tenantId !== null && row.connectionId !== null)
    return [{ tenantId: row.tenantId, connectionId: row.connectionId }];
  // A person may be known to a whole platform; a shop that nobody has here is nobody's to erase.
  if (row.kind !== 'erase_customer') return [];
  const all: OfTenant[] = [];
  for (let afterId = ''; ; ) {
    const { platform, registrationId } = row;
    const page = await deps.db.sqlAcrossTenants((sql) =>
      listForSubject(sql, { platform, registrationId, afterId }),
    );
    all.push(...page);
    const last = page.at(-1);
    if (last === undefined) return all;
    afterId = last.connectionId;
  }
}

/**
 * It comes two days after an uninstall, when the connection has ended or waits for a new approval: what is kept of it goes. A shop that is connected again is
 * nobody's to erase: the vendor is told.
 */
async function eraseShop(
  deps: PrivacyDeps,
  row: PrivacyRequestRow,
  connections: readonly OfTenant[],
): Promise<void> {
  let stillConnected = 0;
  for (const of of connections) {
    await deps.db.sqlInTenant(of.tenantId, async (sql) => {
      if (await isConnectedNow(sql, of.connectionId)) stillConnected += 1;
      else await noteErased(sql, row.id, of, { records: await eraseRecords(sql, of.connectionId) });
    });
  }
  await finish(deps, row, async (sql) => {
    const { records } = await takeErased(sql, row.id);
    if (stillConnected > 0) return { state: 'refused', proof: { erased: { records }, stillConnected } };
    return { state: 'done', proof: { erased: { records } } };
  });
}

async function isConnectedNow(sql: Sql, connectionId: ConnectionId): Promise<boolean> {
  const { rowCount } = await sql.query(
    `SELECT 1 FROM connections WHERE id = $1 AND fenced_at IS NULL AND lifecycle = 'active'`,
    [connectionId],
  );
  return rowCount === 1;
}

interface End {
  readonly state: 'done' | 'refused';
  readonly proof: Readonly<Record<string, unknown>>;
}

/** The request's end, its audit row and its event, or none of them. */
async function finish(
  deps: PrivacyDeps,
  row: PrivacyRequestRow,
  endOf: (sql: Sql) => Promise<End>,
): Promise<void> {
  await deps.db.sqlAcrossTenants(async (sql) => {
    const end = await endOf(sql);
    if (!(await finishPrivacyRequest(sql, row.id, end))) return;
    await appendAuditBySql(sql, {
      tenantId: row.tenantId,
      actor: 'worker',
      action: `privacy_request.${end.state}`,
      target: row.id,
      ...(row.connectionId === null ? {} : { connectionId: row.connectionId }),
      outcome: end.state === 'done' ? 'done' : 'refused',
      reason: row.kind,
      detail: { proof: JSON.stringify(end.proof) },
    });
    await tell(sql, row, end.state === 'done' ? 'privacy.done' : 'privacy.refused', end.proof);
  });
}

async function tell(
  sql: Sql,
  row: PrivacyRequestRow,
  type: 'privacy.data_requested' | 'privacy.done' | 'privacy.refused',
  proof: Readonly<Record<string, unknown>>,
): Promise<void> {
  const { tenantId, connectionId } = row;
  if (tenantId === null) return;
  await appendEventBySql(sql, {
    tenantId,
    type,
    ...(connectionId === null ? {} : { connectionId }),
    data: { privacyRequestId: row.id, kind: row.kind, dueAt: row.dueAt.toISOString(), proof },
  });
}
