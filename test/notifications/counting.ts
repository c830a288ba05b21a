// Counts what a run through outages left: in the tables, past the product's own words; in what a reader of the feeds and a receiver of deliveries were told.
import type { OwnGround } from './own-ground.ts';

type Owner = OwnGround['database']['owner'];

export interface FeedRecord {
  readonly connectionId: string;
  readonly platformId: string;
  readonly changedAt: string;
}

/** From here on every state of a record that is written is noted, in the transaction that writes it. */
export async function noteWrites(owner: Owner): Promise<void> {
  await owner.query(`
    CREATE TABLE noted_writes (connection_id text, resource text, platform_id text, position bigint, hash uuid);
    CREATE FUNCTION note_write() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN
      INSERT INTO noted_writes VALUES (NEW.connection_id, NEW.resource, NEW.platform_id, NEW.position, NEW.hash);
      RETURN NULL;
    END $$;
    CREATE TRIGGER note_write AFTER INSERT OR UPDATE ON records FOR EACH ROW EXECUTE FUNCTION note_write()`);
}

export async function count(owner: Owner, sql: string, ...values: unknown[]): Promise<number> {
  const { rows } = await owner.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${sql}`, values);
  return rows[0]?.n ?? 0;
}

/** What is not gone on with yet: to be read, to be told, under way, to be made up for, to be sent. One statement: what moves on between two is in neither. */
export async function countUnfinished(owner: Owner): Promise<number> {
  return count(
    owner,
    `(SELECT FROM named_objects
      UNION ALL SELECT FROM notifications WHERE handled_at IS NULL
      UNION ALL SELECT FROM notification_gaps WHERE closed_at IS NULL
      UNION ALL SELECT FROM sync_runs WHERE status = 'running'
      UNION ALL SELECT FROM sync_requests WHERE finished_at IS NULL
      UNION ALL SELECT FROM feed_heads AS h LEFT JOIN told_changes AS t ON t.tenant_id = h.tenant_id AND t.resource = h.feed
        WHERE h.feed IN ('orders', 'products', 'customers', 'inventory') AND h.position > coalesce(t.position, 0)
      UNION ALL SELECT FROM endpoints AS e JOIN feed_heads AS h ON h.tenant_id = e.tenant_id AND h.feed = 'events' WHERE e.position < h.position
      UNION ALL SELECT FROM deliveries WHERE state = 'pending') AS unfinished`,
  );
}

/** As if the time had passed that a dead worker's claims last. */
export async function endClaims(owner: Owner): Promise<void> {
  await owner.query(
    `UPDATE deliveries SET leased_until = NULL, due_at = now() WHERE state = 'pending' AND due_at > now()`,
  );
  await owner.query('UPDATE named_objects SET next_try_at = now() WHERE next_try_at > now()');
}

export interface Writes {
  /** States that were written. */
  readonly writes: number;
  /** Records that were written more often than their object was changed. */
  readonly writtenTooOften: number;
  /** States that were written twice of one record. */
  readonly writtenTwice: number;
  /** Positions of the feed that two writes had. */
  readonly positionsTwice: number;
  /** Writes whose position is beyond the head of their feed, or not that of their record's last write. */
  readonly positionsLost: number;
}

/** `changes` of each order, by its id at the platform within its connection. */
export async function countWrites(owner: Owner, changes: ReadonlyMap<string, number>): Promise<Writes> {
  const { rows } = await owner.query<{ key: string; n: number }>(
    `SELECT connection_id || ' ' || platform_id AS key, count(*)::int AS n FROM noted_writes GROUP BY 1`,
  );
  return {
    writes: rows.reduce((sum, { n }) => sum + n, 0),
    writtenTooOften: rows.filter(({ key, n }) => n > (changes.get(key) ?? 0)).length,
    writtenTwice: await count(
      owner,
      '(SELECT 1 FROM noted_writes GROUP BY connection_id, resource, platform_id, hash HAVING count(*) > 1) AS t',
    ),
    positionsTwice: await count(
      owner,
      '(SELECT 1 FROM noted_writes GROUP BY resource, position HAVING count(*) > 1) AS t',
    ),
    positionsLost: await count(
      owner,
      `(SELECT connection_id, resource, platform_id, max(position) AS position FROM noted_writes GROUP BY 1, 2, 3) AS w
       JOIN records AS r USING (connection_id, resource, platform_id) JOIN feed_heads AS h ON h.tenant_id = r.tenant_id AND h.feed = r.resource
       WHERE w.position <> r.position OR w.position > h.position`,
    ),
  };
}

export interface FeedRead {
  /** Changes that the reader was told of. */
  readonly told: number;
  /** The same change of the same record, told twice. */
  readonly twice: number;
  /** Records whose newest change the reader was not told of. */
  readonly missed: number;
}

export async function compareFeed(owner: Owner, seen: readonly FeedRecord[]): Promise<FeedRead> {
  const newest = new Map<string, string>();
  const all = new Set<string>();
  for (const { connectionId, platformId, changedAt } of seen) {
    newest.set(`${connectionId} ${platformId}`, changedAt);
    all.add(`${connectionId} ${platformId} ${changedAt}`);
  }
  const { rows } = await owner.query<{ key: string; changed_at: Date }>(
    `SELECT connection_id || ' ' || platform_id AS key, changed_at FROM records WHERE resource = 'orders'`,
  );
  return {
    told: seen.length,
    twice: seen.length - all.size,
    missed: rows.filter(({ key, changed_at }) => newest.get(key) !== changed_at.toISOString()).length,
  };
}

/** How many events were before the one endpoint. */
export async function placeOfEndpoint(owner: Owner): Promise<number> {
  const { rows } = await owner.query<{ position: string }>('SELECT position::text FROM endpoints');
  return Number(rows[0]?.position);
}

/** Ids of the orders of each connection. */
export async function ordersOf(owner: Owner): Promise<ReadonlyMap<string, readonly string[]>> {
  const { rows } = await owner.query<{ connection: string; ids: string[] }>(
    `SELECT connection_id AS connection, array_agg(platform_id ORDER BY platform_id) AS ids FROM records WHERE resource = 'orders' GROUP BY 1`,
  );
  return new Map(rows.map(({ connection, ids }) => [connection, ids]));
}
