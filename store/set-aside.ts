// Records that could not be mapped, each with its reason, until a later page maps them. Never holds the record's own values.
import type { SyncRunId } from '../domain/ids.ts';
import type { Sql } from './database.ts';
import type { RecordsOf } from './feed-heads.ts';

/** The ids of items that do not even tell one begin like this. */
export const UNIDENTIFIED = 'unidentified/';

export interface SetAsideItem {
  /** The platform's id of the item, or UNIDENTIFIED and a digest. */
  readonly id: string;
  readonly reason: string;
  /** JSON path of the value that broke the rule. */
  readonly path: string | null;
}

export async function saveSetAside(
  sql: Sql,
  of: RecordsOf,
  runId: SyncRunId | 'notification',
  items: readonly SetAsideItem[],
): Promise<void> {
  await sql.query(
    `INSERT INTO set_aside (tenant_id, connection_id, resource, run_id, platform_id, reason, path)
     SELECT $1, $2, $3, $4, i.id, i.reason, i.path FROM unnest($5::text[], $6::text[], $7::text[]) AS i(id, reason, path)
     ON CONFLICT (connection_id, resource, platform_id) DO UPDATE
     SET run_id = excluded.run_id, reason = excluded.reason, path = excluded.path, at = now()`,
    [
      of.tenantId,
      of.connectionId,
      of.resource,
      runId,
      items.map((one) => one.id),
      items.map((one) => one.reason),
      items.map((one) => one.path),
    ],
  );
}

/** What maps now is no longer set aside. */
export async function clearSetAside(
  sql: Sql,
  of: RecordsOf,
  mapped: readonly { id: string }[],
): Promise<void> {
  await sql.query(
    `DELETE FROM set_aside WHERE connection_id = $1 AND resource = $2 AND platform_id = ANY($3)`,
    [of.connectionId, of.resource, mapped.map((one) => one.id)],
  );
}

export async function hasSetAside(sql: Sql, of: RecordsOf): Promise<boolean> {
  const { rowCount } = await sql.query(
    `SELECT 1 FROM set_aside WHERE connection_id = $1 AND resource = $2 LIMIT 1`,
    [of.connectionId, of.resource],
  );
  return rowCount === 1;
}

/** A full pass that did not set a record aside again proves that it is gone or maps. */
export async function dropSetAsideBefore(sql: Sql, of: RecordsOf, passStartedAt: Date): Promise<void> {
  await sql.query(`DELETE FROM set_aside WHERE connection_id = $1 AND resource = $2 AND at < $3`, [
    of.connectionId,
    of.resource,
    passStartedAt,
  ]);
}
