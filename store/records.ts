// Writes one page of records: checkpoint, records, feed positions and what could not be mapped commit together or not at all.
// Another attempt may be writing the same pass: the checkpoint's compare-and-set, the first statement, lets only the newest go on.
import { MooringError } from '../domain/errors.ts';
import type { SyncRunId } from '../domain/ids.ts';
import { advanceCheckpoint, type CheckpointAdvance } from './checkpoints.ts';
import type { Sql } from './database.ts';
import type { RecordsOf } from './feed-heads.ts';
import { clearSetAside, type SetAsideItem, saveSetAside } from './set-aside.ts';
import { type ResourceProgress, writeProgress } from './sync-runs.ts';

/** A mapped record, ready to be sent: `json` is the unified record, `hash` a uuid over it and the mapper's version. */
export interface PreparedRecord {
  readonly id: string;
  readonly hash: string;
  readonly json: string;
  readonly updatedAt: string | null;
}

export interface PageWrite {
  readonly of: RecordsOf;
  readonly runId: SyncRunId;
  readonly advance: CheckpointAdvance;
  /** No id twice. */
  readonly records: readonly PreparedRecord[];
  /** Ids the platform says are gone. */
  readonly deletedIds: readonly string[];
  /** Of a full pass: every id the page told, mapped or not; null otherwise. */
  readonly seen: { readonly passId: string; readonly page: number; readonly ids: readonly string[] } | null;
  readonly setAside: readonly SetAsideItem[];
  /** Whether earlier set-aside records may be among these. */
  readonly mayClearSetAside: boolean;
  /** Asks first which records differ and sends only those: right when most are unchanged. */
  readonly probeFirst: boolean;
  readonly progress: (counts: PageCounts) => ResourceProgress;
}

export interface PageCounts {
  readonly created: number;
  readonly changed: number;
  readonly unchanged: number;
  readonly deleted: number;
}

/** Writes the page. Throws stale_write when another attempt took over, fenced when the connection is being revoked. */
export async function writePage(sql: Sql, page: PageWrite): Promise<PageCounts> {
  await advanceCheckpoint(sql, page.of, page.advance);
  if (page.seen !== null) await rememberSeen(sql, page.of, page.seen);
  const toSend = page.probeFirst ? await onlyDifferent(sql, page.of, page.records) : page.records;
  if (page.setAside.length > 0) await saveSetAside(sql, page.of, page.runId, page.setAside);
  if (page.mayClearSetAside) await clearSetAside(sql, page.of, page.records);
  const put = toSend.length === 0 ? { created: 0, changed: 0 } : await putRecords(sql, page.of, toSend);
  const deleted = page.deletedIds.length === 0 ? 0 : await deleteByIds(sql, page.of, page.deletedIds);
  const counts = { ...put, unchanged: page.records.length - put.created - put.changed, deleted };
  await writeProgress(sql, page.runId, page.of.resource, page.progress(counts));
  return counts;
}

async function rememberSeen(sql: Sql, of: RecordsOf, seen: NonNullable<PageWrite['seen']>): Promise<void> {
  await sql.query({
    name: 'remember-seen',
    text: `INSERT INTO pass_pages (tenant_id, connection_id, resource, pass_id, page, ids) VALUES ($1, $2, $3, $4, $5, $6)`,
    values: [of.tenantId, of.connectionId, of.resource, seen.passId, seen.page, seen.ids],
  });
}

/** Says which records the store does not have in this form. */
async function onlyDifferent(
  sql: Sql,
  of: RecordsOf,
  records: readonly PreparedRecord[],
): Promise<readonly PreparedRecord[]> {
  const { rows } = await sql.query<{ ord: string }>({
    name: 'probe-records',
    text: `SELECT i.ord FROM unnest($3::text[], $4::uuid[]) WITH ORDINALITY AS i(id, hash, ord)
      LEFT JOIN records r ON r.connection_id = $1 AND r.resource = $2 AND r.platform_id = i.id
      WHERE r.hash IS DISTINCT FROM i.hash`,
    values: [of.connectionId, of.resource, records.map((one) => one.id), records.map((one) => one.hash)],
  });
  const wanted = new Set(rows.map((row) => Number(row.ord) - 1));
  return records.filter((_, index) => wanted.has(index));
}

/**
 * One statement, one parameter. The head row is locked from here to the commit, so that commit order is position order.
 * A tombstone has the hash zero, so that a record that comes back differs from it.
 */
async function putRecords(
  sql: Sql,
  of: RecordsOf,
  records: readonly PreparedRecord[],
): Promise<{ created: number; changed: number }> {
  const { rows } = await sql.query<{ put: string; created: string; heads: string }>({
    name: 'put-records',
    text: `WITH head AS (
        UPDATE feed_heads SET position = position + $4 WHERE tenant_id = $1 AND feed = $3 RETURNING position - $4 AS base
      ), put AS (
        INSERT INTO records AS r (tenant_id, connection_id, resource, platform_id, position, hash, record, platform_updated_at)
        SELECT $1, $2, $3, i.id, head.base + i.ord, i.hash, i.record, i.updated
        FROM head, ROWS FROM (jsonb_to_recordset($5::jsonb) AS (id text, hash uuid, record jsonb, updated timestamptz))
          WITH ORDINALITY AS i(id, hash, record, updated, ord)
        ON CONFLICT (connection_id, resource, platform_id) DO UPDATE SET position = excluded.position, hash = excluded.hash,
          record = excluded.record, platform_updated_at = excluded.platform_updated_at, changed_at = now(), deleted_at = NULL
        WHERE r.hash IS DISTINCT FROM excluded.hash
        RETURNING r.first_seen_at = now()::timestamptz(3) AS is_new
      )
      SELECT count(*) AS put, count(*) FILTER (WHERE is_new) AS created, (SELECT count(*) FROM head) AS heads FROM put`,
    values: [of.tenantId, of.connectionId, of.resource, records.length, asParameter(records)],
  });
  const put = Number(rows[0]?.put ?? 0);
  const created = Number(rows[0]?.created ?? 0);
  if (rows[0]?.heads !== '1')
    throw new MooringError('internal', `the feed "${of.resource}" of "${of.tenantId}" has no head`);
  return { created, changed: put - created };
}

/** The records' own text is spliced in, so that it is not serialised a second time. */
function asParameter(records: readonly PreparedRecord[]): string {
  const parts = records.map(
    (one) =>
      `{"id":${JSON.stringify(one.id)},"hash":"${one.hash}","updated":${JSON.stringify(one.updatedAt)},"record":${one.json}}`,
  );
  return `[${parts.join(',')}]`;
}

async function deleteByIds(sql: Sql, of: RecordsOf, ids: readonly string[]): Promise<number> {
  const { rows } = await sql.query<{ platform_id: string }>(
    `SELECT platform_id FROM records
     WHERE connection_id = $1 AND resource = $2 AND platform_id = ANY($3) AND deleted_at IS NULL`,
    [of.connectionId, of.resource, ids],
  );
  return writeTombstones(
    sql,
    of,
    rows.map((row) => row.platform_id),
  );
}

/** Turns living records into tombstones, each with a position of its own in the feed. Gives how many there were. */
export async function writeTombstones(sql: Sql, of: RecordsOf, ids: readonly string[]): Promise<number> {
  if (ids.length === 0) return 0;
  const { rowCount } = await sql.query(
    `WITH head AS (
       UPDATE feed_heads SET position = position + $4 WHERE tenant_id = $1 AND feed = $3 RETURNING position - $4 AS base
     )
     UPDATE records r SET position = head.base + i.ord, hash = '00000000-0000-0000-0000-000000000000', record = NULL,
       changed_at = now(), deleted_at = now()
     FROM head, unnest($5::text[]) WITH ORDINALITY AS i(id, ord)
     WHERE r.connection_id = $2 AND r.resource = $3 AND r.platform_id = i.id AND r.deleted_at IS NULL`,
    [of.tenantId, of.connectionId, of.resource, ids.length, ids],
  );
  return rowCount ?? 0;
}
