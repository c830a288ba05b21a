// Tells of changed records by events, told from the change feed itself: whoever writes records, however, is told of, and a lost worker loses
// nothing, because the position moves with the event. A feed is told of at once, and then at most every five seconds.
import { RECORDS_CHANGED } from '../domain/event-catalogue.ts';
import { writePlace } from '../domain/feed-place.ts';
import type { ConnectionId, TenantId } from '../domain/ids.ts';
import { RESOURCES } from '../domain/resource.ts';
import type { Database, Sql } from './database.ts';
import { appendEventBySql } from './events.ts';

const APART = '5 seconds';
const FEEDS = 50;
/** Of one feed in one transaction. */
const POSITIONS = 20_000;

interface Feed {
  readonly tenant_id: TenantId;
  readonly feed: string;
  readonly epoch: number;
  readonly head: string;
  readonly told: string;
}

interface Changed {
  readonly connection_id: ConnectionId;
  readonly changed: number;
  readonly deleted: number;
  readonly first: string;
}

/** Tells of what changed; how many events that made. */
export async function tellChanges(db: Database): Promise<number> {
  const feeds = await db.sqlAcrossTenants(feedsWithNews);
  let told = 0;
  for (const feed of feeds) told += await db.sqlInTenant(feed.tenant_id, (sql) => tellFeed(sql, feed));
  return told;
}

async function feedsWithNews(sql: Sql): Promise<readonly Feed[]> {
  const { rows } = await sql.query<Feed>({
    name: 'feeds-with-news',
    text: `SELECT h.tenant_id, h.feed, h.epoch, h.position AS head, coalesce(t.position, 0) AS told
      FROM feed_heads AS h LEFT JOIN told_changes AS t ON t.tenant_id = h.tenant_id AND t.resource = h.feed
      WHERE h.feed = ANY ($1) AND h.position > coalesce(t.position, 0) AND coalesce(t.told_at < now() - interval '${APART}', true)
      ORDER BY t.told_at NULLS FIRST LIMIT ${FEEDS}`,
    values: [RESOURCES],
  });
  return rows;
}

async function tellFeed(sql: Sql, feed: Feed): Promise<number> {
  const after = BigInt(feed.told);
  const head = BigInt(feed.head);
  const upTo = head - after > BigInt(POSITIONS) ? after + BigInt(POSITIONS) : head;
  // One teller at a time: another one that read the same place finds it moved.
  const { rowCount } = await sql.query(
    `INSERT INTO told_changes (tenant_id, resource, position, told_at) VALUES ($1, $2, $3, now())
     ON CONFLICT (tenant_id, resource) DO UPDATE SET position = excluded.position, told_at = excluded.told_at WHERE told_changes.position = $4`,
    [feed.tenant_id, feed.feed, upTo.toString(), after.toString()],
  );
  if (rowCount !== 1) return 0;
  const { rows } = await sql.query<Changed>(
    `SELECT connection_id, count(*)::int AS changed, count(deleted_at)::int AS deleted, min(position) AS first
     FROM records WHERE tenant_id = $1 AND resource = $2 AND position > $3 AND position <= $4 GROUP BY connection_id ORDER BY min(position)`,
    [feed.tenant_id, feed.feed, after.toString(), upTo.toString()],
  );
  for (const { connection_id: connectionId, changed, deleted, first } of rows) {
    const of = { tenantId: feed.tenant_id, feed: feed.feed, connectionId };
    const cursor = writePlace(of, { epoch: feed.epoch, position: BigInt(first) - 1n });
    await appendEventBySql(sql, {
      tenantId: feed.tenant_id,
      connectionId,
      type: RECORDS_CHANGED,
      data: { resource: feed.feed, changed, deleted, cursor },
    });
  }
  return rows.length;
}
