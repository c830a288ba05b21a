// The end of what was kept: records of revoked connections past their time, and all rows of a tenant that is erased. The audit trail stays: it
// holds ids and counts, no personal data.
import type { ConnectionId, TenantId } from '../domain/ids.ts';
import type { Sql, Tx } from './database.ts';

export interface KeptRecords {
  readonly tenantId: TenantId;
  readonly connectionId: ConnectionId;
}

/** Revoked connections whose records were to be kept until before `at`. */
export async function listRecordsPastKeeping(
  tx: Tx,
  at: Date,
  limit: number,
): Promise<readonly KeptRecords[]> {
  return tx.$queryRaw<KeptRecords[]>`
    SELECT tenant_id AS "tenantId", id AS "connectionId" FROM connections
    WHERE lifecycle IN ('revoked', 'abandoned') AND records_kept_until <= ${at} ORDER BY id LIMIT ${limit}`;
}

/** So that the next look does not find it again. */
export async function noteRecordsErased(tx: Tx, connectionId: ConnectionId): Promise<void> {
  await tx.connection.updateMany({ where: { id: connectionId }, data: { recordsKeptUntil: null } });
}

/** Tenants whose erasure was asked for and whose connections have all ended. */
export async function listErasableTenants(tx: Tx): Promise<readonly TenantId[]> {
  const rows = await tx.$queryRaw<{ id: TenantId }[]>`
    SELECT id FROM tenants WHERE erasing_at IS NOT NULL AND NOT EXISTS (
      SELECT FROM connections WHERE tenant_id = tenants.id AND lifecycle NOT IN ('revoked', 'abandoned'))`;
  return rows.map((row) => row.id);
}

/** Children before what they belong to. The data keys go first of all, by themselves: without them nothing sealed opens. */
export const OF_A_TENANT = [
  // Before their attempts: an attempt is written only where its delivery is held.
  'deliveries',
  'delivery_attempts',
  'endpoint_secrets',
  'endpoints',
  'told_changes',
  'notification_addresses',
  'notifications',
  'named_objects',
  'subscriptions',
  'subscription_checks',
  'notification_gaps',
  'privacy_erasures',
  'privacy_requests',
  'records',
  'pass_pages',
  'set_aside',
  'checkpoints',
  'sync_requests',
  'sync_runs',
  'events',
  'feed_heads',
  'endpoint_uses',
  'rate_budgets',
  'calendar_warnings',
  'deadlines',
  'refresh_markers',
  'transitions',
  'credentials',
  'authorizations',
  'fleet_run_items',
  'fleet_runs',
  'import_lines',
  'imports',
  'connect_sessions',
  'connections',
  'client_secrets',
  'client_registrations',
  'idempotency_keys',
  'data_keys',
  'api_keys',
] as const;

/** Deletes every row of the tenant and at last the tenant; how many rows. Run across tenants: a tenant may not delete itself. */
export async function eraseTenantRows(sql: Sql, tenantId: TenantId): Promise<number> {
  let rows = 0;
  for (const table of OF_A_TENANT) {
    const { rowCount } = await sql.query(`DELETE FROM ${table} WHERE tenant_id = $1`, [tenantId]);
    rows += rowCount ?? 0;
  }
  await sql.query('DELETE FROM tenants WHERE id = $1', [tenantId]);
  return rows;
}
