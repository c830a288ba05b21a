// What a full pass did not see: counted, held until confirmed, or turned into tombstones. Never deletes on the word of a pass that did
// not reach its end, nor a record that changed after the pass began.
import { MooringError } from '../domain/errors.ts';
import type { ConnectionId, SyncRunId } from '../domain/ids.ts';
import type { PassMode } from '../domain/sync.ts';
import { outrun } from './checkpoints.ts';
import type { Sql, Tx } from './database.ts';
import type { RecordsOf } from './feed-heads.ts';
import { joinedByHash, writeTombstones } from './records.ts';
import { UNIDENTIFIED } from './set-aside.ts';

export interface FullPass {
  readonly of: RecordsOf;
  readonly passId: string;
  readonly passStartedAt: Date;
}

/**
 * Records alive that the pass did not see. What is set aside was seen; one product that does not map may stand for many stock levels.
 */
const MISSING = `WITH seen AS MATERIALIZED (
    SELECT unnest(ids) AS id FROM pass_pages WHERE connection_id = $1 AND resource = $2 AND pass_id = $3
  ), missing AS MATERIALIZED (
    SELECT r.platform_id, r.record->>'productPlatformId' AS product, r.record->>'variantPlatformId' AS variant
    FROM records r LEFT JOIN seen ON seen.id = r.platform_id
    WHERE r.connection_id = $1 AND r.resource = $2 AND r.deleted_at IS NULL AND r.changed_at < $4 AND seen.id IS NULL
  )
  SELECT platform_id FROM missing m WHERE NOT EXISTS (
    SELECT 1 FROM set_aside s WHERE s.connection_id = $1 AND s.resource = $2
      AND s.platform_id IN (m.platform_id, m.product, m.variant)
  )`;

const valuesOf = (pass: FullPass) => [
  pass.of.connectionId,
  pass.of.resource,
  pass.passId,
  pass.passStartedAt,
];

/** How many records are missing, of how many alive; null when an item without an id was set aside, so that nobody can say. */
export async function countMissing(
  sql: Sql,
  pass: FullPass,
): Promise<{ missing: number; live: number } | null> {
  const { rowCount } = await sql.query(
    `SELECT 1 FROM set_aside WHERE connection_id = $1 AND resource = $2 AND at >= $3 AND platform_id LIKE $4 LIMIT 1`,
    [pass.of.connectionId, pass.of.resource, pass.passStartedAt, `${UNIDENTIFIED}%`],
  );
  if (rowCount === 1) return null;
  const { rows } = await joinedByHash(sql, () =>
    sql.query<{ missing: string; live: string }>(
      `SELECT (SELECT count(*) FROM (${MISSING}) AS m) AS missing,
         (SELECT count(*) FROM records WHERE connection_id = $1 AND resource = $2 AND deleted_at IS NULL) AS live`,
      valuesOf(pass),
    ),
  );
  return { missing: Number(rows[0]?.missing ?? 0), live: Number(rows[0]?.live ?? 0) };
}

/** Turns up to `limit` missing records into tombstones and gives how many; 0 means it is done. */
export async function deleteMissing(sql: Sql, pass: FullPass, limit: number): Promise<number> {
  const { rows } = await joinedByHash(sql, () =>
    sql.query<{ platform_id: string }>(`${MISSING} LIMIT ${Math.trunc(limit)}`, valuesOf(pass)),
  );
  return writeTombstones(
    sql,
    pass.of,
    rows.map((row) => row.platform_id),
  );
}

/**
 * Keeps what the pass saw until its deletions are confirmed, or a later full pass knows better. False when it was held before.
 * Throws stale_write when another attempt took over.
 */
export async function holdPass(
  tx: Tx,
  held: FullPass & {
    readonly mode: PassMode;
    readonly writer: string;
    readonly runId: SyncRunId;
    readonly missing: number;
  },
): Promise<boolean> {
  const key = { connectionId: held.of.connectionId, resource: held.of.resource, mode: held.mode };
  const before = await tx.checkpoint.findFirst({ where: { ...key, writer: held.writer } });
  if (before === null) throw outrun(held.of);
  if (before.heldPassId === held.passId) return false;
  await tx.checkpoint.updateMany({
    where: key,
    data: {
      heldPassId: held.passId,
      heldPassStartedAt: held.passStartedAt,
      heldRunId: held.runId,
      heldConfirmedAt: null,
    },
  });
  await tx.$executeRaw`
    UPDATE sync_runs SET held_deletions = coalesce(held_deletions, '{}') || jsonb_build_object(${key.resource}::text, ${held.missing}::int)
    WHERE id = ${held.runId}`;
  return true;
}

/** Forgets what full passes of this resource saw, all but the held one, and the held one too when a newer pass settled. */
export async function forgetPasses(
  sql: Sql,
  of: RecordsOf,
  keep: { readonly mode: PassMode; readonly heldPassId: string | null },
): Promise<void> {
  if (keep.heldPassId === null)
    await sql.query(
      `UPDATE checkpoints SET held_pass_id = NULL, held_pass_started_at = NULL, held_run_id = NULL, held_confirmed_at = NULL
       WHERE connection_id = $1 AND resource = $2 AND mode = $3`,
      [of.connectionId, of.resource, keep.mode],
    );
  await sql.query(
    `DELETE FROM pass_pages WHERE connection_id = $1 AND resource = $2 AND pass_id IS DISTINCT FROM $3`,
    [of.connectionId, of.resource, keep.heldPassId],
  );
  await endHolding(sql, of.connectionId);
}

/** Runs that hold nothing any more, carried out or overtaken by a later full pass, are completed. */
async function endHolding(sql: Sql, connectionId: ConnectionId): Promise<void> {
  await sql.query(
    `UPDATE sync_runs r SET status = 'completed' WHERE connection_id = $1 AND status = 'held'
       AND NOT EXISTS (SELECT 1 FROM checkpoints c WHERE c.connection_id = $1 AND c.held_run_id = r.id)`,
    [connectionId],
  );
}

/** Forgets a held pass that was carried out. */
export async function forgetHeld(sql: Sql, pass: FullPass & { readonly mode: PassMode }): Promise<void> {
  await sql.query(
    `UPDATE checkpoints SET held_pass_id = NULL, held_pass_started_at = NULL, held_run_id = NULL, held_confirmed_at = NULL
     WHERE connection_id = $1 AND resource = $2 AND mode = $3 AND held_pass_id = $4`,
    [pass.of.connectionId, pass.of.resource, pass.mode, pass.passId],
  );
  await sql.query(`DELETE FROM pass_pages WHERE connection_id = $1 AND resource = $2 AND pass_id = $3`, [
    pass.of.connectionId,
    pass.of.resource,
    pass.passId,
  ]);
  await endHolding(sql, pass.of.connectionId);
}

export interface HeldDeletions {
  readonly resource: string;
  readonly runId: string;
  readonly sinceMs: number;
  readonly isConfirmed: boolean;
}

/** What full passes of a connection found gone and hold. */
export async function listHeld(tx: Tx, connectionId: ConnectionId): Promise<readonly HeldDeletions[]> {
  const rows = await tx.checkpoint.findMany({
    where: { connectionId, heldPassId: { not: null }, heldRunId: { not: null } },
    orderBy: { resource: 'asc' },
  });
  return rows.map((row) => ({
    resource: row.resource,
    runId: row.heldRunId ?? '',
    sinceMs: (row.heldPassStartedAt ?? row.updatedAt).getTime(),
    isConfirmed: row.heldConfirmedAt !== null,
  }));
}

/** The held pass of a resource whose deletions somebody confirmed; null when there is none. */
export async function findConfirmedPass(
  sql: Sql,
  of: RecordsOf,
  mode: PassMode,
): Promise<(FullPass & { readonly heldRunId: string | null }) | null> {
  const { rows } = await sql.query<{
    held_pass_id: string;
    held_pass_started_at: Date;
    held_run_id: string | null;
  }>(
    `SELECT held_pass_id, held_pass_started_at, held_run_id FROM checkpoints
     WHERE connection_id = $1 AND resource = $2 AND mode = $3 AND held_confirmed_at IS NOT NULL AND held_pass_id IS NOT NULL`,
    [of.connectionId, of.resource, mode],
  );
  const row = rows[0];
  if (row === undefined) return null;
  return {
    of,
    passId: row.held_pass_id,
    passStartedAt: row.held_pass_started_at,
    heldRunId: row.held_run_id,
  };
}

/** Lets the next run carry out what this one held. Throws run_not_held when a later full pass has settled it already. */
export async function confirmDeletions(
  tx: Tx,
  held: { readonly connectionId: ConnectionId; readonly runId: string },
): Promise<void> {
  const { count } = await tx.checkpoint.updateMany({
    where: { connectionId: held.connectionId, heldRunId: held.runId },
    data: { heldConfirmedAt: new Date() },
  });
  if (count === 0)
    throw new MooringError('run_not_held', `the run "${held.runId}" holds no deletions any more`);
}
