// Carries out a platform's request to erase somebody's data, a shop's, or to report what is held of somebody. Safe to repeat: what is erased is not found again,
// and only one ends the request. The proof it leaves counts, and names nobody.
import type { ConnectionId, PrivacyRequestId, TenantId } from '../domain/ids.ts';
import type { OpenPrivacyRequest } from '../egress/index.ts';
import { appendAuditBySql } from '../store/audit.ts';
import type { Database, Sql } from '../store/database.ts';
import { countSubject, eraseSubject, listForSubject } from '../store/erase-subject.ts';
import { appendEventBySql } from '../store/events.ts';
import { finishPrivacyRequest, noteHeld, type PrivacyRequestRow } from '../store/privacy-requests.ts';
import { failingSafely } from './failure.ts';

export interface PrivacyActivities {
  /** report: it stays open until its deadline, so that the vendor can fetch what is held. */
  fulfilPrivacy(input: { readonly privacyRequestId: PrivacyRequestId }): Promise<'done' | 'report'>;
  closePrivacy(input: { readonly privacyRequestId: PrivacyRequestId }): Promise<void>;
}

export interface PrivacyDeps {
  readonly db: Database;
  readonly openPrivacyRequest: OpenPrivacyRequest;
  readonly eraseRecords: (tenantId: TenantId, connectionId: ConnectionId) => Promise<number>;
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
    if (row.kind === 'erase_shop') return eraseShop(deps, row, connections);
    const counts = { connections: 0, customers: 0, orders: 0 };
    for (const { tenantId, connectionId } of connections) {
      const found = await deps.db.sqlInTenant(tenantId, async (sql) => {
        if (row.kind === 'customer_data') return countSubject(sql, connectionId, subject);
        const erased = await eraseSubject(sql, { tenantId, connectionId }, subject);
        // A request to all shops of an app is in no tenant's list: each is told of its own part.
        if (row.tenantId === null && erased.customers + erased.orders > 0)
          await tell(sql, { ...row, tenantId, connectionId }, 'privacy.done', { erased });
        return erased;
      });
      if (found.customers + found.orders > 0) counts.connections += 1;
      counts.customers += found.customers;
      counts.orders += found.orders;
    }
    if (row.kind === 'customer_data') {
      await deps.db.sqlAcrossTenants(async (sql) => {
        if (await noteHeld(sql, row.id, counts)) await tell(sql, row, 'privacy.data_requested', counts);
      });
      return 'report';
    }
    await finish(deps, row, { state: 'done', proof: { erased: counts } });
    return 'done';
  };

/** The time to fetch a report is over: whom it was about is forgotten. */
const closePrivacy =
  (deps: PrivacyDeps): PrivacyActivities['closePrivacy'] =>
  async ({ privacyRequestId }) => {
    const opened = await deps.openPrivacyRequest(privacyRequestId, 'worker');
    if (opened === null || opened.subject === null) return;
    const { row, subject } = opened;
    const counts = { customers: 0, orders: 0 };
    for (const { tenantId, connectionId } of await connectionsOf(deps, row)) {
      const held = await deps.db.sqlInTenant(tenantId, (sql) => countSubject(sql, connectionId, subject));
      counts.customers += held.customers;
      counts.orders += held.orders;
    }
    await finish(deps, row, { state: 'done', proof: { reported: counts } });
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
): Promise<'done'> {
  let records = 0;
  let connected = 0;
  for (const { tenantId, connectionId } of connections) {
    const isConnected = await deps.db.sqlInTenant(tenantId, (sql) => isConnectedNow(sql, connectionId));
    if (isConnected) connected += 1;
    else records += await deps.eraseRecords(tenantId, connectionId);
  }
  await finish(deps, row, {
    state: connected > 0 ? 'refused' : 'done',
    proof: { erased: { records }, ...(connected > 0 ? { stillConnected: connected } : {}) },
  });
  return 'done';
}

async function isConnectedNow(sql: Sql, connectionId: ConnectionId): Promise<boolean> {
  const { rowCount } = await sql.query(
    `SELECT 1 FROM connections WHERE id = $1 AND fenced_at IS NULL AND lifecycle = 'active'`,
    [connectionId],
  );
  return rowCount === 1;
}

/** The request's end, its audit row and its event, or none of them. */
async function finish(
  deps: PrivacyDeps,
  row: PrivacyRequestRow,
  end: { readonly state: 'done' | 'refused'; readonly proof: Readonly<Record<string, unknown>> },
): Promise<void> {
  await deps.db.sqlAcrossTenants(async (sql) => {
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
