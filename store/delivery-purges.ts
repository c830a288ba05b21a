// What of deliveries may go after its time, a batch a call over all tenants: settled ones with their attempts, retired secrets; and the records that attempts
// show, once they are to be erased.
import { RECORDS_CHANGED } from '../domain/event-catalogue.ts';
import { type ConnectionId, formatId } from '../domain/ids.ts';
import { appendAuditBySql } from './audit.ts';
import type { Sql } from './database.ts';
import { rowId } from './row-ids.ts';

/** In place of a body that showed records. */
export const ERASED = '[erased]';

const KEPT_DAYS = 30;
const DAY_MS = 86_400_000;

/** Those that ended longer ago than they are kept. They are found by their ids, which say when they were made: no index is kept for it. */
export async function purgeDeliveries(sql: Sql, now: Date, limit: number): Promise<number> {
  const before = new Date(now.getTime() - KEPT_DAYS * DAY_MS);
  const { rows } = await sql.query<{ id: string }>(
    `DELETE FROM deliveries WHERE id = ANY (ARRAY(SELECT id FROM deliveries
       WHERE id < $1 AND state <> 'pending' AND settled_at < $2 ORDER BY id LIMIT $3 FOR UPDATE SKIP LOCKED))
     RETURNING id`,
    [madeAt(before), before, limit],
  );
  await sql.query('DELETE FROM delivery_attempts WHERE delivery_id = ANY ($1)', [rows.map(({ id }) => id)]);
  return rows.length;
}

/**
 * Attempts show what was sent as it was sent: where those were records of a connection that are erased, that they were made is all that stays. One under way is
 * settled after this, or its row is there when its delivery's lock is held: so the deliveries come first.
 */
export async function forgetSentRecords(sql: Sql, connectionId: ConnectionId): Promise<void> {
  const { rows } = await sql.query<{ id: string }>(
    `WITH told AS (SELECT id FROM deliveries WHERE connection_id = $1 AND event_type = '${RECORDS_CHANGED}' AND attempts > 0 ORDER BY id FOR UPDATE)
     UPDATE deliveries AS d SET erased_through = d.attempts FROM told WHERE d.id = told.id RETURNING d.id`,
    [connectionId],
  );
  if (rows.length === 0) return;
  await sql.query(
    `UPDATE delivery_attempts SET body = '${ERASED}', answer = NULL WHERE delivery_id = ANY ($1) AND body LIKE '%"records":[%'`,
    [rows.map(({ id }) => id)],
  );
}

/** The least id that a delivery made at this instant can have. */
function madeAt(instant: Date): string {
  const bytes = Buffer.alloc(16);
  bytes.writeUIntBE(Math.max(0, instant.getTime()), 0, 6);
  return formatId('delivery', bytes);
}

/** Destroys secrets of endpoints whose overlap is over, each with its audit row. */
export async function destroyRetiredEndpointSecrets(
  sql: Sql,
  by: { readonly actor: string; readonly reason: string },
  { now, limit }: { readonly now: Date; readonly limit: number },
): Promise<number> {
  const { rows } = await sql.query<{ endpoint_id: string; version: number; tenant_id: string }>(
    `DELETE FROM endpoint_secrets WHERE ctid = ANY (ARRAY(SELECT ctid FROM endpoint_secrets
       WHERE retires_at <= $1 ORDER BY retires_at LIMIT $2 FOR UPDATE SKIP LOCKED))
     RETURNING endpoint_id, version, tenant_id`,
    [now, limit],
  );
  for (const { endpoint_id, version, tenant_id } of rows)
    await appendAuditBySql(sql, {
      ...by,
      tenantId: rowId('tenant', tenant_id),
      action: 'endpoint.secret_destroyed',
      target: endpoint_id,
      outcome: 'done',
      detail: { version },
    });
  return rows.length;
}
