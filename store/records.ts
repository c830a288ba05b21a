// Writes one page of records: checkpoint, records, feed positions and what could not be mapped commit together or not at all.
// Another attempt may be writing the same pass: the checkpoint's compare-and-set, the first statement, lets only the newest go on.
import { MooringError } from '../domain/errors.ts';
import type { SyncRunId } from '../domain/ids.ts';
import { type CheckpointAdvance, MOVE_CHECKPOINT, moveParameters, whyNot } from './checkpoints.ts';
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
  readonly seen: { readonly passId: string; readonly ids: readonly string[] } | null;
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
  const put = page.probeFirst ? await putDifferent(sql, page) : await putAll(sql, page);
  if (page.setAside.length > 0) await saveSetAside(sql, page.of, page.runId, page.setAside);
  if (page.mayClearSetAside) await clearSetAside(sql, page.of, page.records);
  const deleted = page.deletedIds.length === 0 ? 0 : await deleteByIds(sql, page.of, page.deletedIds);
  const counts = { ...put, unchanged: page.records.length - put.created - put.changed, deleted };
  if (page.probeFirst || deleted > 0)
    await writeProgress(sql, page.runId, page.of.resource, page.progress(counts));
  return counts;
}

interface Put {
  readonly created: number;
  readonly changed: number;
}

/**
 * The page in one statement: checkpoint, records, progress. While a statement is on its way the next page is parsed and mapped, and every
 * answer waits for that: each statement saved is worth more than it costs PostgreSQL.
 */
async function putAll(sql: Sql, page: PageWrite): Promise<Put> {
  const nothingPut = page.progress({ created: 0, changed: 0, unchanged: 0, deleted: 0 });
  const { rows } = await sql.query<{ moved: string; heads: string; put: string; created: string }>({
    name: 'write-page',
    text: `${MOVE_CHECKPOINT}, head AS (
        UPDATE feed_heads SET position = position + $11::int WHERE tenant_id = $1 AND feed = $3 AND EXISTS (SELECT 1 FROM moved)
        RETURNING position - $11::int AS base
      ), put AS (${PUT('$12', '$9::text IS NOT NULL', 'false')}), told AS (
        UPDATE sync_runs SET progress = progress || jsonb_build_object($3::text, $14::jsonb || jsonb_build_object(
          'written', ($14::jsonb->>'written')::int + (SELECT count(*) FROM put),
          'unchanged', ($14::jsonb->>'unchanged')::int + $11::int - (SELECT count(*) FROM put)))
        WHERE id = $13 AND EXISTS (SELECT 1 FROM moved)
      )
      SELECT (SELECT count(*) FROM moved) AS moved, (SELECT count(*) FROM head) AS heads, count(*) AS put,
        count(*) FILTER (WHERE is_new) AS created FROM put`,
    values: [
      ...moveParameters(page.of, page.advance, page.seen),
      page.records.length,
      asParameter(page.records),
      page.runId,
      JSON.stringify(nothingPut),
    ],
  });
  const row = rows[0];
  if (row?.moved !== '1') throw await whyNot(sql, page.of);
  if (row.heads !== '1') throw headless(page.of);
  return { created: Number(row.created), changed: Number(row.put) - Number(row.created) };
}

/** Moves the checkpoint and asks which records the store does not have in this form; sends only those. */
async function putDifferent(sql: Sql, page: PageWrite): Promise<Put> {
  const { rows } = await sql.query<{ moved: string; different: string[] | null }>({
    name: 'probe-page',
    // «The next id from here» is answered by the primary key alone. Asked for the id itself, a planner without statistics (a new table, a
    // first load) may walk all records of the tenant by the feed's index, for every id.
    text: `${MOVE_CHECKPOINT} SELECT (SELECT count(*) FROM moved) AS moved, (
        SELECT array_agg(i.ord) FROM unnest($11::text[], $12::uuid[]) WITH ORDINALITY AS i(id, hash, ord)
        LEFT JOIN LATERAL (
          SELECT r.platform_id, r.hash FROM records r
          WHERE r.connection_id = $2 AND r.resource = $3 AND r.platform_id >= i.id ORDER BY r.platform_id LIMIT 1
        ) known ON true
        WHERE known.platform_id IS DISTINCT FROM i.id OR known.hash IS DISTINCT FROM i.hash
      ) AS different`,
    values: [
      ...moveParameters(page.of, page.advance, page.seen),
      page.records.map((one) => one.id),
      page.records.map((one) => one.hash),
    ],
  });
  const row = rows[0];
  if (row?.moved !== '1') throw await whyNot(sql, page.of);
  const wanted = new Set((row.different ?? []).map((ord) => Number(ord) - 1));
  const toSend = page.records.filter((_, index) => wanted.has(index));
  return toSend.length === 0
    ? { created: 0, changed: 0 }
    : putSome(sql, page.of, toSend, { isFull: page.seen !== null, wasReadAlone: false });
}

/** Writes records that were read one by one, just now: an older state never comes after a newer one, and what was deleted is there again. The feed has its head. */
export async function putRecords(
  sql: Sql,
  of: RecordsOf,
  records: readonly PreparedRecord[],
): Promise<number> {
  const { created, changed } = await putSome(sql, of, records, { isFull: false, wasReadAlone: true });
  return created + changed;
}

async function putSome(
  sql: Sql,
  of: RecordsOf,
  records: readonly PreparedRecord[],
  { isFull, wasReadAlone }: { readonly isFull: boolean; readonly wasReadAlone: boolean },
): Promise<Put> {
  const { rows } = await sql.query<{ put: string; created: string; heads: string }>({
    name: 'put-records',
    text: `WITH head AS (
        UPDATE feed_heads SET position = position + $4::int WHERE tenant_id = $1 AND feed = $3 RETURNING position - $4::int AS base
      ), put AS (${PUT('$5', '$6::boolean', '$7::boolean')})
      SELECT count(*) AS put, count(*) FILTER (WHERE is_new) AS created, (SELECT count(*) FROM head) AS heads FROM put`,
    values: [
      of.tenantId,
      of.connectionId,
      of.resource,
      records.length,
      asParameter(records),
      isFull,
      wasReadAlone,
    ],
  });
  const row = rows[0];
  if (row?.heads !== '1') throw headless(of);
  return { created: Number(row.created), changed: Number(row.put) - Number(row.created) };
}

/**
 * One parameter holds all records. The head row is locked from here to the commit, so that commit order is position order.
 * A tombstone has the hash zero, so that a record that comes back differs from it. Beside a pass a notified object may be read and written: a page that was
 * read before it holds an older state, by the platform's own clock, and does not take its place, nor that of a deletion: only a newer state does. A full pass may: it
 * mends a shop that was set back.
 */
const PUT = (
  records: '$5' | '$12',
  isFull: '$6::boolean' | '$9::text IS NOT NULL',
  wasReadAlone: '$7::boolean' | 'false',
) => `INSERT INTO records AS r
    (tenant_id, connection_id, resource, platform_id, position, hash, record, platform_updated_at)
  SELECT $1, $2, $3, i.id, head.base + i.ord, i.hash, i.record, i.updated
  FROM head, ROWS FROM (jsonb_to_recordset(${records}::jsonb) AS (id text, hash uuid, record jsonb, updated timestamptz))
    WITH ORDINALITY AS i(id, hash, record, updated, ord)
  ON CONFLICT (connection_id, resource, platform_id) DO UPDATE SET position = excluded.position, hash = excluded.hash,
    record = excluded.record, platform_updated_at = excluded.platform_updated_at, changed_at = now(), deleted_at = NULL
  WHERE r.hash IS DISTINCT FROM excluded.hash AND (${isFull} OR excluded.platform_updated_at > r.platform_updated_at
    OR excluded.platform_updated_at = r.platform_updated_at AND r.deleted_at IS NULL OR ${wasReadAlone} AND r.deleted_at IS NOT NULL) IS NOT FALSE
  RETURNING r.first_seen_at = now()::timestamptz(3) AS is_new`;

function headless(of: RecordsOf): MooringError {
  return new MooringError('internal', `the feed "${of.resource}" of "${of.tenantId}" has no head`);
}

/** The records' own text is spliced in, so that it is not serialised a second time. */
function asParameter(records: readonly PreparedRecord[]): string {
  const parts = records.map(
    (one) =>
      `{"id":${JSON.stringify(one.id)},"hash":"${one.hash}","updated":${JSON.stringify(one.updatedAt)},"record":${one.json}}`,
  );
  return `[${parts.join(',')}]`;
}

/** Tombstones for what lives of these; how many. */
export async function deleteByIds(sql: Sql, of: RecordsOf, ids: readonly string[]): Promise<number> {
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
  const write = () =>
    sql.query(
      `WITH head AS (
         UPDATE feed_heads SET position = position + $4 WHERE tenant_id = $1 AND feed = $3 RETURNING position - $4 AS base
       )
       UPDATE records r SET position = head.base + i.ord, hash = '00000000-0000-0000-0000-000000000000', record = NULL,
         changed_at = now(), deleted_at = now()
       FROM head, unnest($5::text[]) WITH ORDINALITY AS i(id, ord)
       WHERE r.connection_id = $2 AND r.resource = $3 AND r.platform_id = i.id AND r.deleted_at IS NULL`,
      [of.tenantId, of.connectionId, of.resource, ids.length, ids],
    );
  const { rowCount } = ids.length > MANY ? await joinedByHash(sql, write) : await write();
  return rowCount ?? 0;
}

const MANY = 200;

/** Nobody can guess how many ids an array holds, and a nested loop over a wrong guess is quadratic: the join is by hash, always. */
export async function joinedByHash<T>(sql: Sql, query: () => Promise<T>): Promise<T> {
  await sql.query('SET LOCAL enable_nestloop = off');
  const result = await query();
  await sql.query('SET LOCAL enable_nestloop = on');
  return result;
}
