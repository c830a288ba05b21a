// What the API reads of sync runs, of the records set aside, and of how many records there are. Never writes.
import type { Tx } from './database.ts';
import type { SetAside, SyncRun } from './generated/client.ts';
import type { PageAfter } from './page-after.ts';

export type SyncRunListRow = SyncRun;
export type SetAsideListRow = SetAside;

/** Newest first. */
export async function listSyncRuns(tx: Tx, connectionId: string, page: PageAfter): Promise<SyncRunListRow[]> {
  return tx.syncRun.findMany({
    where: { connectionId, ...(page.after === null ? {} : { id: { lt: page.after } }) },
    orderBy: { id: 'desc' },
    take: page.limit,
  });
}

export async function readSyncRun(tx: Tx, connectionId: string, id: string): Promise<SyncRunListRow | null> {
  return tx.syncRun.findFirst({ where: { id, connectionId } });
}

export async function findRunningSyncRun(tx: Tx, connectionId: string): Promise<SyncRunListRow | null> {
  return tx.syncRun.findFirst({ where: { connectionId, status: 'running' }, orderBy: { id: 'desc' } });
}

/** `after` is "resource/platformId". */
export async function listSetAside(
  tx: Tx,
  connectionId: string,
  page: PageAfter,
): Promise<SetAsideListRow[]> {
  const slash = page.after?.indexOf('/') ?? -1;
  const resource = page.after?.slice(0, slash) ?? '';
  const platformId = page.after?.slice(slash + 1) ?? '';
  return tx.setAside.findMany({
    where: {
      connectionId,
      ...(page.after === null
        ? {}
        : { OR: [{ resource: { gt: resource } }, { resource, platformId: { gt: platformId } }] }),
    },
    orderBy: [{ resource: 'asc' }, { platformId: 'asc' }],
    take: page.limit,
  });
}

export async function countSetAside(tx: Tx, connectionId: string): Promise<number> {
  return tx.setAside.count({ where: { connectionId } });
}

export async function countLiveRecords(
  tx: Tx,
  connectionId: string,
): Promise<{ resource: string; count: number }[]> {
  const rows = await tx.record.groupBy({
    by: ['resource'],
    where: { connectionId, deletedAt: null },
    _count: { _all: true },
  });
  return rows.map((row) => ({ resource: row.resource, count: row._count._all }));
}
