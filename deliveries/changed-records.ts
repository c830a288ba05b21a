// The records behind a `records.changed`, for endpoints that want them sent: the first hundred from its place in the feed, each at its newest state.
import { parsePlace, writePlace } from '../domain/feed-place.ts';
import { RESOURCES } from '../domain/resource.ts';
import type { Database } from '../store/database.ts';
import type { ClaimedDelivery } from '../store/deliveries.ts';
import { readFeedEpoch, readRecordsAfter } from '../store/feeds.ts';

export interface ChangedRecords {
  readonly records: readonly object[];
  readonly nextCursor: string;
  readonly hasMore: boolean;
}

const AT_MOST = 100;
/** A message is no larger, but for one record that alone is. */
const AT_MOST_BYTES = 256 * 1024;

/** Null where the place is of an earlier epoch, or no place: what is told then is the cursor alone, and reading says why. */
export async function changedRecords(
  db: Database,
  { tenantId, event }: ClaimedDelivery,
): Promise<ChangedRecords | null> {
  const { connectionId, data } = event;
  const resource = RESOURCES.find((one) => one === data['resource']);
  const { cursor } = data;
  if (connectionId === null || resource === undefined || typeof cursor !== 'string') return null;
  const of = { tenantId, feed: resource, connectionId };
  const place = parsePlace(of, cursor);
  if (place === null) return null;
  const rows = await db.inTenant(tenantId, async (tx) =>
    (await readFeedEpoch(tx, tenantId, resource)) === place.epoch
      ? readRecordsAfter(tx, { tenantId, resource, connectionId, after: place.position, limit: AT_MOST + 1 })
      : null,
  );
  if (rows === null) return null;
  const records: object[] = [];
  let last = place.position;
  let sizeBytes = 0;
  for (const row of rows.slice(0, AT_MOST)) {
    const shown = {
      platformId: row.platformId,
      record: row.deletedAt === null ? row.record : null,
      platformUpdatedAt: row.platformUpdatedAt?.toISOString() ?? null,
      firstSeenAt: row.firstSeenAt.toISOString(),
      changedAt: row.changedAt.toISOString(),
      deletedAt: row.deletedAt?.toISOString() ?? null,
    };
    sizeBytes += JSON.stringify(shown).length;
    if (records.length > 0 && sizeBytes > AT_MOST_BYTES) break;
    records.push(shown);
    last = row.position;
  }
  return {
    records,
    nextCursor: writePlace(of, { epoch: place.epoch, position: last }),
    hasMore: rows.length > records.length,
  };
}
