// Durable positions: one per connection, resource and mode. Only the attempt that claimed a checkpoint last may move it: an older
// one's next write finds no row and ends. Never moved without the records it stands for.
import { randomBytes } from 'node:crypto';
import { MooringError } from '../domain/errors.ts';
import type { ConnectionId, SyncRunId } from '../domain/ids.ts';
import { RESOURCES } from '../domain/resource.ts';
import { type CheckpointState, type PassCursor, type PassMode, readCursor } from '../domain/sync.ts';
import type { Sql } from './database.ts';
import { ensureFeedHead, type RecordsOf } from './feed-heads.ts';

/** A pass that one attempt of an activity may write. Instants are epoch ms, `passStartedAt` as PostgreSQL gave it. */
export interface ClaimedPass {
  readonly of: RecordsOf;
  readonly mode: PassMode;
  readonly writer: string;
  readonly passId: string;
  readonly passStartedAt: Date;
  readonly cursor: PassCursor;
  /** The watermark the pass began with, and the one it sets. */
  readonly watermarkMs: number | null;
  readonly nextWatermarkMs: number;
  readonly pages: number;
  readonly recordsSeen: number;
}

interface CheckpointRow {
  resource: string;
  mode: string;
  cursor: unknown;
  watermark: Date | null;
  next_watermark: Date | null;
  pass_id: string | null;
  pass_started_at: Date | null;
  pages: number;
  records_seen: string;
  completed_at: Date | null;
  held_confirmed_at: Date | null;
}

export async function listCheckpoints(sql: Sql, connectionId: ConnectionId): Promise<CheckpointState[]> {
  const { rows } = await sql.query<CheckpointRow>(`SELECT * FROM checkpoints WHERE connection_id = $1`, [
    connectionId,
  ]);
  return rows.flatMap((row) => {
    const resource = RESOURCES.find((one) => one === row.resource);
    if (resource === undefined) return [];
    return {
      resource,
      mode: row.mode === 'backfill' ? 'backfill' : 'incremental',
      passId: row.pass_id,
      watermarkMs: row.watermark?.getTime() ?? null,
      completedAtMs: row.completed_at?.getTime() ?? null,
      hasConfirmedDeletions: row.held_confirmed_at !== null,
    };
  });
}

/** A name for one attempt at writing, told to `claimPass`. */
export function newWriter(): string {
  return randomBytes(9).toString('base64url');
}

/**
 * Takes the pass over for this attempt: goes on with the one under way, or begins one. Whoever claimed before can no longer
 * write. A writer that claims again (`takesOver` false) must still be the one that claimed last: an attempt given up for dead that wakes
 * must not push out its successor. Throws stale_write then. The first full pass of a resource also sets where its incremental passes begin.
 */
export async function claimPass(
  sql: Sql,
  claim: {
    readonly of: RecordsOf;
    readonly mode: PassMode;
    readonly runId: SyncRunId;
    readonly writer: string;
    readonly takesOver: boolean;
    readonly startsIncremental: boolean;
  },
): Promise<ClaimedPass> {
  const { of, mode, runId, writer } = claim;
  await ensureFeedHead(sql, of);
  const { rows } = await sql.query<CheckpointRow>(
    `INSERT INTO checkpoints AS c (tenant_id, connection_id, resource, mode, run_id, writer, pass_id, pass_started_at, next_watermark)
     VALUES ($1, $2, $3, $4, $5, $6, $7, now(), now())
     ON CONFLICT (connection_id, resource, mode) DO UPDATE SET run_id = $5, writer = $6, updated_at = now(),
       pass_started_at = CASE WHEN c.pass_id IS NULL THEN now() ELSE c.pass_started_at END,
       next_watermark = CASE WHEN c.pass_id IS NULL THEN now() ELSE c.next_watermark END,
       cursor = CASE WHEN c.pass_id IS NULL THEN NULL ELSE c.cursor END,
       pages = CASE WHEN c.pass_id IS NULL THEN 0 ELSE c.pages END,
       records_seen = CASE WHEN c.pass_id IS NULL THEN 0 ELSE c.records_seen END,
       pass_id = coalesce(c.pass_id, $7)
     WHERE $8::boolean OR c.writer = $6
     RETURNING *`,
    [of.tenantId, of.connectionId, of.resource, mode, runId, writer, newWriter(), claim.takesOver],
  );
  const row = rows[0];
  if (row === undefined && !claim.takesOver) throw outrun(of);
  if (
    row === undefined ||
    row.pass_id === null ||
    row.pass_started_at === null ||
    row.next_watermark === null
  )
    throw new MooringError('internal', `the checkpoint of "${of.resource}" cannot be claimed`);
  if (claim.startsIncremental) await startIncremental(sql, of, row.pass_started_at);
  return {
    of,
    mode,
    writer,
    passId: row.pass_id,
    passStartedAt: row.pass_started_at,
    cursor: readCursor(row.cursor),
    watermarkMs: row.watermark?.getTime() ?? null,
    nextWatermarkMs: row.next_watermark.getTime(),
    pages: row.pages,
    recordsSeen: Number(row.records_seen),
  };
}

async function startIncremental(sql: Sql, of: RecordsOf, at: Date): Promise<void> {
  await sql.query(
    `INSERT INTO checkpoints (tenant_id, connection_id, resource, mode, watermark) VALUES ($1, $2, $3, 'incremental', $4)
     ON CONFLICT DO NOTHING`,
    [of.tenantId, of.connectionId, of.resource, at],
  );
}

export interface CheckpointAdvance {
  readonly mode: PassMode;
  readonly writer: string;
  /** Pages in before this one. */
  readonly pagesBefore: number;
  readonly recordsSeen: number;
  readonly cursor: PassCursor;
}

/**
 * The beginning of every page's first statement: moves the checkpoint on by one page, or finds no row, and what follows then does nothing;
 * a full pass remembers what the page told. Parameters 1 to 10, in the order of `moveParameters`.
 */
export const MOVE_CHECKPOINT = `WITH moved AS (
    UPDATE checkpoints SET cursor = $7::jsonb, pages = pages + 1, records_seen = records_seen + $8::int, updated_at = now()
    WHERE connection_id = $2 AND resource = $3 AND mode = $4 AND writer = $5 AND pages = $6::int
      AND EXISTS (SELECT 1 FROM connections WHERE id = $2 AND fenced_at IS NULL)
    RETURNING 1
  ), seen AS (
    INSERT INTO pass_pages (tenant_id, connection_id, resource, pass_id, page, ids)
    SELECT $1, $2, $3, $9::text, $6::int, $10::text[] FROM moved WHERE $9::text IS NOT NULL
  )`;

export function moveParameters(
  of: RecordsOf,
  advance: CheckpointAdvance,
  seen: { readonly passId: string; readonly ids: readonly string[] } | null,
): unknown[] {
  const { mode, writer, pagesBefore, cursor, recordsSeen } = advance;
  return [
    ...[of.tenantId, of.connectionId, of.resource, mode, writer, pagesBefore],
    ...[JSON.stringify(cursor), recordsSeen, seen?.passId ?? null, seen?.ids ?? []],
  ];
}

/** Makes sure, and holds until the commit, that this attempt may still write. Throws stale_write or fenced. */
export async function holdCheckpoint(
  sql: Sql,
  pass: Pick<ClaimedPass, 'of' | 'mode' | 'writer'>,
): Promise<void> {
  const { rowCount } = await sql.query(
    `SELECT 1 FROM checkpoints WHERE connection_id = $1 AND resource = $2 AND mode = $3 AND writer = $4
       AND EXISTS (SELECT 1 FROM connections WHERE id = $1 AND fenced_at IS NULL) FOR UPDATE OF checkpoints`,
    [pass.of.connectionId, pass.of.resource, pass.mode, pass.writer],
  );
  if (rowCount !== 1) throw await whyNot(sql, pass.of);
}

/** Ends the pass: its watermark holds from now on. Call it after `holdCheckpoint`, in the same transaction. */
export async function completePass(sql: Sql, pass: ClaimedPass): Promise<void> {
  await sql.query(
    `UPDATE checkpoints SET watermark = next_watermark, next_watermark = NULL, cursor = NULL, pass_id = NULL,
       completed_at = now(), updated_at = now()
     WHERE connection_id = $1 AND resource = $2 AND mode = $3`,
    [pass.of.connectionId, pass.of.resource, pass.mode],
  );
}

/** Why a checkpoint did not move: stale_write or fenced. The transaction must be abandoned. */
export async function whyNot(sql: Sql, of: RecordsOf): Promise<MooringError> {
  const { rowCount } = await sql.query(`SELECT 1 FROM connections WHERE id = $1 AND fenced_at IS NULL`, [
    of.connectionId,
  ]);
  return rowCount === 1
    ? outrun(of)
    : new MooringError('fenced', `the connection "${of.connectionId}" is revoked`);
}

/** Another attempt claimed the pass. */
export function outrun(of: RecordsOf): MooringError {
  return new MooringError('stale_write', `another attempt writes "${of.resource}" of "${of.connectionId}"`);
}
