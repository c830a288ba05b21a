// From the outbox to deliveries: what a tenant's feed holds behind an endpoint's position becomes its deliveries, and the position moves, in one
// transaction. An event is one delivery to an endpoint, however often this runs.
import { isWanted } from '../domain/delivery.ts';
import { TEST_EVENT } from '../domain/event-catalogue.ts';
import type { Database, Sql } from './database.ts';
import { newId } from './new-id.ts';

/** Where deliverers listen. */
export const DELIVERIES_CHANNEL = 'deliveries';

const ENDPOINTS = 100;
const EVENTS = 100;

interface DueEvent {
  readonly endpoint_id: string;
  readonly tenant_id: string;
  readonly event_types: readonly string[] | null;
  readonly id: string;
  readonly type: string;
  readonly connection_id: string | null;
  readonly position: string;
}

/** Fans out what waits; how many deliveries that made. */
export async function fanOut(db: Database): Promise<number> {
  let made = 0;
  for (;;) {
    const batch = await db.sqlAcrossTenants(fanOutBatch);
    made += batch.made;
    if (!batch.isMore) return made;
  }
}

async function fanOutBatch(sql: Sql): Promise<{ made: number; isMore: boolean }> {
  // A statement of its own: what the next one sees is not older than the locks. In the order of ids, as everybody locks endpoints.
  const behind = await sql.query<{ id: string }>(
    `SELECT e.id FROM endpoints AS e JOIN feed_heads AS h ON h.tenant_id = e.tenant_id AND h.feed = 'events'
     WHERE e.status = 'enabled' AND e.position < h.position ORDER BY e.id LIMIT ${ENDPOINTS} FOR UPDATE OF e`,
  );
  if (behind.rows.length === 0) return { made: 0, isMore: false };
  const { rows } = await sql.query<DueEvent>(
    `WITH due AS (
       SELECT e.id AS endpoint_id, e.tenant_id, e.event_types, v.id, v.type, v.connection_id, v.position
       FROM endpoints AS e CROSS JOIN LATERAL (
         SELECT id, type, connection_id, position FROM events
         WHERE tenant_id = e.tenant_id AND position > e.position ORDER BY position LIMIT ${EVENTS}) AS v
       WHERE e.id = ANY ($1)
     ), moved AS (
       UPDATE endpoints SET position = last.position
       FROM (SELECT endpoint_id, max(position) AS position FROM due GROUP BY endpoint_id) AS last
       WHERE endpoints.id = last.endpoint_id)
     SELECT * FROM due ORDER BY endpoint_id, position`,
    [behind.rows.map(({ id }) => id)],
  );
  // Who tests an endpoint has made the delivery itself.
  const wanted = rows.filter(
    ({ type, event_types }) => type !== TEST_EVENT && isWanted(event_types ?? [], type),
  );
  const made = await insertDeliveries(
    sql,
    wanted.map((row) => ({ ...row, event_id: row.id, event_type: row.type })),
  );
  return { made, isMore: rows.length > 0 };
}

export interface DeliveryOf {
  readonly tenant_id: string;
  readonly endpoint_id: string;
  readonly event_id: string;
  readonly event_type: string;
  readonly connection_id: string | null;
  readonly position: string | bigint;
}

/** Those that are there already are left as they are. Tells who delivers. */
export async function insertDeliveries(sql: Sql, deliveries: readonly DeliveryOf[]): Promise<number> {
  if (deliveries.length === 0) return 0;
  const { rowCount } = await sql.query(
    `INSERT INTO deliveries (id, tenant_id, endpoint_id, event_id, event_type, connection_id, position)
     SELECT id, tenant_id, endpoint_id, event_id, event_type, connection_id, position
     FROM jsonb_to_recordset($1::jsonb) AS d(id text, tenant_id text, endpoint_id text, event_id text, event_type text, connection_id text, position bigint)
     ON CONFLICT (endpoint_id, event_id) DO NOTHING`,
    [
      JSON.stringify(
        deliveries.map((one) => ({ ...one, id: newId('delivery'), position: String(one.position) })),
      ),
    ],
  );
  await sql.query(`SELECT pg_notify($1, '')`, [DELIVERIES_CHANNEL]);
  return rowCount ?? 0;
}
