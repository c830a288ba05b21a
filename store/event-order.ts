// One order over the events of all tenants, for a reader of all. A head row locked until commit, as each tenant has, would let one
// tenant's writers wait for every other's; so the position over all is given after the commit, by one writer at a time, and a reader that
// goes by it misses nothing: what it passed was committed before it was numbered.
import type { Database, Sql, Tx } from './database.ts';
import type { Event } from './generated/client.ts';

/** In `feed_heads`, where a restore bumps its epoch with those of the tenants. */
export const ALL_TENANTS = '*';

/** Where readers listen for new events. */
export const EVENTS_CHANNEL = 'events';

const BATCH = 2_000;
/** Any number will do, so long as nothing else locks it. */
const ORDER_LOCK = 7_326_402;

export type OrderedEventRow = Event & { readonly overallPosition: bigint };

/** Numbers the events that wait. Returns how many; 0 as well when another writer is at it. */
export async function orderEvents(db: Database): Promise<number> {
  let ordered = 0;
  for (;;) {
    const batch = await db.sqlAcrossTenants(orderBatch);
    ordered += batch;
    if (batch < BATCH) return ordered;
  }
}

/** `seq` was drawn under the lock of the tenant's feed, so what is visible of a tenant is always its beginning, in its order. */
async function orderBatch(sql: Sql): Promise<number> {
  const lock = await sql.query<{ locked: boolean }>('SELECT pg_try_advisory_xact_lock($1) AS locked', [
    ORDER_LOCK,
  ]);
  if (lock.rows[0]?.locked !== true) return 0;
  const { rowCount } = await sql.query(
    `UPDATE events SET overall_position = head.position + waiting.nth
     FROM (SELECT position FROM feed_heads WHERE tenant_id = $1 AND feed = 'events') AS head, (SELECT id, row_number() OVER (ORDER BY seq) AS nth FROM events WHERE overall_position IS NULL ORDER BY seq LIMIT ${BATCH}) AS waiting
     WHERE events.id = waiting.id`,
    [ALL_TENANTS],
  );
  if (rowCount === null || rowCount === 0) return 0;
  // By more than were numbered: an erasure may have taken some of them meanwhile, and no number is given twice.
  await sql.query(
    `UPDATE feed_heads SET position = position + ${BATCH} WHERE tenant_id = $1 AND feed = 'events'`,
    [ALL_TENANTS],
  );
  // Told here and not by whoever writes an event: notices make their transactions commit one after another.
  await sql.query(`SELECT pg_notify($1, '')`, [EVENTS_CHANNEL]);
  return rowCount;
}

/** Reads on from a position over all tenants, oldest first. */
export async function readOrderedEvents(
  tx: Tx,
  page: { readonly after: bigint; readonly limit: number },
): Promise<OrderedEventRow[]> {
  const rows = await tx.event.findMany({
    where: { overallPosition: { gt: page.after } },
    orderBy: { overallPosition: 'asc' },
    take: page.limit,
  });
  return rows.filter(isOrdered);
}

/** The newest events of all tenants, oldest first. */
export async function readNewestOrderedEvents(tx: Tx, count: number): Promise<OrderedEventRow[]> {
  const rows = await tx.event.findMany({
    where: { overallPosition: { not: null } },
    orderBy: { overallPosition: 'desc' },
    take: count,
  });
  return rows.filter(isOrdered).reverse();
}

function isOrdered(row: Event): row is OrderedEventRow {
  return row.overallPosition !== null;
}
