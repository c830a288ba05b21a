// The chain over the audit trail: each row's hash covers the row and the hash before it. One writer at a time links new rows, after
// they were committed, so that adding them never queues. Verifying walks the chain and names the first row that is not as it was.
import { createHash } from 'node:crypto';
import type { Database, Sql } from './database.ts';

export type AuditVerdict =
  | { readonly intact: true; readonly linked: number; readonly waiting: number }
  | {
      readonly intact: false;
      /** The chain position at which the trail is first broken. */
      readonly position: number;
      /** The row found there; null when it is missing. */
      readonly auditId: string | null;
      readonly because: 'row_missing' | 'row_changed' | 'link_changed' | 'head_changed';
    };

interface Row {
  readonly id: string;
  readonly content: string;
  readonly chain_position: string | null;
  readonly previous_hash: Buffer | null;
  readonly hash: Buffer | null;
}

const LINK_BATCH = 2_000;
const VERIFY_BATCH = 5_000;
/** Any number will do, so long as nothing else locks it. */
const CHAIN_LOCK = 7_326_401;
const GENESIS = createHash('sha256').update('mooring audit chain').digest();

/** A row's content as one text: a JSON array, so that no two rows with different fields have the same text. */
const CONTENT = `json_build_array(id, tenant_id, actor, action, target, connection_id, outcome, reason, detail::text,
  floor(extract(epoch FROM at) * 1000)::bigint, seq)::text AS content, id, chain_position, previous_hash, hash`;

/** Links the rows that wait, in the order they were numbered. Returns how many; 0 as well when another writer is at it. */
export async function linkAudit(db: Database): Promise<number> {
  let linked = 0;
  for (;;) {
    const batch = await db.sqlAcrossTenants(linkBatch);
    linked += batch;
    if (batch < LINK_BATCH) return linked;
  }
}

/** Walks the whole chain. Rows linked meanwhile are not looked at. */
export async function verifyAudit(db: Database): Promise<AuditVerdict> {
  return db.sqlAcrossTenants(async (sql) => {
    const head = await readHead(sql);
    let previous: Buffer = GENESIS;
    let position = 0;
    while (position < head.position) {
      const rows = await readLinked(sql, position, head.position);
      if (rows.length === 0) return broken(position + 1, null, 'row_missing');
      for (const row of rows) {
        position += 1;
        if (Number(row.chain_position) !== position) return broken(position, null, 'row_missing');
        if (row.previous_hash?.equals(previous) !== true) return broken(position, row.id, 'link_changed');
        const hash = hashRow(previous, position, row.content);
        if (row.hash?.equals(hash) !== true) return broken(position, row.id, 'row_changed');
        previous = hash;
      }
    }
    if (!head.hash.equals(previous)) return broken(position, null, 'head_changed');
    const { rows } = await sql.query<{ beyond: string; waiting: string }>(
      `SELECT count(*) FILTER (WHERE chain_position IS NULL) AS waiting,
              count(*) FILTER (WHERE chain_position > (SELECT position FROM audit_heads WHERE id = 1)) AS beyond
       FROM audit_events WHERE chain_position IS NULL OR chain_position > $1`,
      [head.position],
    );
    if (Number(rows[0]?.beyond) > 0) return broken(head.position, null, 'head_changed');
    return { intact: true, linked: head.position, waiting: Number(rows[0]?.waiting) };
  });
}

async function linkBatch(sql: Sql): Promise<number> {
  const lock = await sql.query<{ locked: boolean }>('SELECT pg_try_advisory_xact_lock($1) AS locked', [
    CHAIN_LOCK,
  ]);
  if (lock.rows[0]?.locked !== true) return 0;
  const { rows } = await sql.query<Row>(
    `SELECT ${CONTENT} FROM audit_events WHERE chain_position IS NULL ORDER BY audit_events.seq LIMIT ${LINK_BATCH}`,
  );
  if (rows.length === 0) return 0;
  const head = await readHead(sql);
  let { position, hash: previous } = head;
  const links = rows.map((row) => {
    position += 1;
    const hash = hashRow(previous, position, row.content);
    const link = { id: row.id, position, previous, hash };
    previous = hash;
    return link;
  });
  await sql.query(
    `UPDATE audit_events AS a SET chain_position = l.position, previous_hash = l.previous, hash = l.hash
     FROM unnest($1::text[], $2::bigint[], $3::bytea[], $4::bytea[]) AS l(id, position, previous, hash) WHERE a.id = l.id`,
    [
      links.map((link) => link.id),
      links.map((link) => link.position),
      links.map((link) => link.previous),
      links.map((link) => link.hash),
    ],
  );
  await sql.query(
    `INSERT INTO audit_heads (id, position, hash) VALUES (1, $1, $2)
     ON CONFLICT (id) DO UPDATE SET position = excluded.position, hash = excluded.hash`,
    [position, previous],
  );
  return rows.length;
}

async function readHead(sql: Sql): Promise<{ position: number; hash: Buffer }> {
  const { rows } = await sql.query<{ position: string; hash: Buffer }>(
    'SELECT position, hash FROM audit_heads WHERE id = 1',
  );
  const [head] = rows;
  return head === undefined
    ? { position: 0, hash: GENESIS }
    : { position: Number(head.position), hash: head.hash };
}

async function readLinked(sql: Sql, after: number, upTo: number): Promise<readonly Row[]> {
  const { rows } = await sql.query<Row>(
    `SELECT ${CONTENT} FROM audit_events WHERE chain_position > $1 AND chain_position <= $2
     ORDER BY audit_events.chain_position LIMIT ${VERIFY_BATCH}`,
    [after, upTo],
  );
  return rows;
}

function hashRow(previous: Buffer, position: number, content: string): Buffer {
  return createHash('sha256').update(previous).update(`${position}\n`).update(content).digest();
}

function broken(
  position: number,
  auditId: string | null,
  because: Extract<AuditVerdict, { intact: false }>['because'],
): AuditVerdict {
  return { intact: false, position, auditId, because };
}
