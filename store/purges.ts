// What may go after its time: saved answers, retired client secrets, links and approvals that nobody finished. A batch a call, over all
// tenants; each call says how many went, so that the caller knows whether to come again.
import { appendAuditBySql } from './audit.ts';
import type { Sql } from './database.ts';
import { rowId } from './row-ids.ts';

/** Saved answers and claims older than a day: their keys are free again anyway. */
export async function purgeIdempotencyKeys(sql: Sql, now: Date, limit: number): Promise<number> {
  const { rowCount } = await sql.query(
    `DELETE FROM idempotency_keys WHERE ctid = ANY (ARRAY(SELECT ctid FROM idempotency_keys
       WHERE created_at < $1::timestamptz - interval '24 hours' ORDER BY created_at LIMIT $2 FOR UPDATE SKIP LOCKED))`,
    [now, limit],
  );
  return rowCount ?? 0;
}

/** Destroys client secrets whose overlap is over, each with its audit row. */
export async function destroyRetiredSecrets(
  sql: Sql,
  by: { readonly actor: string; readonly reason: string },
  { now, limit }: { readonly now: Date; readonly limit: number },
): Promise<number> {
  const { rows } = await sql.query<{ registration_id: string; version: number; tenant_id: string | null }>(
    `DELETE FROM client_secrets WHERE ctid = ANY (ARRAY(SELECT ctid FROM client_secrets
       WHERE retires_at <= $1 ORDER BY retires_at LIMIT $2 FOR UPDATE SKIP LOCKED))
     RETURNING registration_id, version, tenant_id`,
    [now, limit],
  );
  for (const { registration_id, version, tenant_id } of rows) {
    await appendAuditBySql(sql, {
      ...by,
      tenantId: tenant_id === null ? null : rowId('tenant', tenant_id),
      action: 'registration.secret_destroyed',
      target: registration_id,
      outcome: 'done',
      detail: { version },
    });
  }
  return rows.length;
}

/** Links that expired a week ago; until then their page says that they did. */
export async function purgeConnectSessions(sql: Sql, now: Date, limit: number): Promise<number> {
  const { rowCount } = await sql.query(
    `DELETE FROM connect_sessions WHERE id IN (SELECT id FROM connect_sessions
       WHERE expires_at < $1::timestamptz - interval '7 days' ORDER BY expires_at LIMIT $2)`,
    [now, limit],
  );
  return rowCount ?? 0;
}

/** Installs that nobody claimed in time, with what they had sealed (the exchanged ones a day later: their workflow ends them at the platform first); and the claimed ones a week later. */
export async function purgeInstalls(sql: Sql, now: Date, limit: number): Promise<number> {
  const { rowCount } = await sql.query(
    `DELETE FROM installs WHERE id IN (SELECT id FROM installs
       WHERE (claimed_at IS NULL AND exchange IS NULL AND expires_at < $1)
         OR (claimed_at IS NULL AND expires_at < $1::timestamptz - interval '24 hours')
         OR claimed_at < $1::timestamptz - interval '7 days' ORDER BY id LIMIT $2)`,
    [now, limit],
  );
  return rowCount ?? 0;
}

/** Ends approvals that nobody finished, a day after they expired: what they sealed is destroyed, that they were begun stays told. */
export async function expireAuthorizations(sql: Sql, now: Date, limit: number): Promise<number> {
  const { rowCount } = await sql.query(
    `UPDATE authorizations SET status = 'expired', settled_at = $1, sealed = NULL, key_version = NULL, temporary = NULL, temporary_key_version = NULL
     WHERE id IN (SELECT id FROM authorizations WHERE settled_at IS NULL AND status IN ('started', 'received')
       AND expires_at < $1::timestamptz - interval '24 hours' ORDER BY id LIMIT $2)`,
    [now, limit],
  );
  return rowCount ?? 0;
}
