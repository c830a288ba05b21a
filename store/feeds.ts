// Reads of the change feed by position, and of a feed's epoch. Never writes; the head belongs to whoever writes the records.
import type { ConnectionId, TenantId } from '../domain/ids.ts';
import type { Resource } from '../domain/resource.ts';
import type { Tx } from './database.ts';
import type { ALL_TENANTS } from './event-order.ts';
import type { Record as RecordRow } from './generated/client.ts';

export type FeedRow = RecordRow;

export async function readRecordsAfter(
  tx: Tx,
  page: {
    readonly tenantId: TenantId;
    readonly resource: Resource;
    readonly connectionId: ConnectionId | null;
    readonly after: bigint;
    readonly limit: number;
  },
): Promise<FeedRow[]> {
  return tx.record.findMany({
    where: {
      tenantId: page.tenantId,
      resource: page.resource,
      position: { gt: page.after },
      ...(page.connectionId === null ? {} : { connectionId: page.connectionId }),
    },
    orderBy: { position: 'asc' },
    take: page.limit,
  });
}

/** 1 until a restore bumped it. */
export async function readFeedEpoch(
  tx: Tx,
  tenantId: TenantId | typeof ALL_TENANTS,
  feed: string,
): Promise<number> {
  const head = await tx.feedHead.findUnique({
    where: { tenantId_feed: { tenantId, feed } },
    select: { epoch: true },
  });
  return head?.epoch ?? 1;
}
