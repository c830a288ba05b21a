// Reads of connections for the API, the diagnosis and the metrics. Never writes: the projection belongs to the workflow.
import type { ConnectionId, TenantId } from '../domain/ids.ts';
import type { Tx } from './database.ts';
import type { Connection } from './generated/client.ts';
import type { PageAfter } from './page-after.ts';
import { rowId } from './row-ids.ts';

export type ConnectionListRow = Connection & { readonly id: ConnectionId; readonly tenantId: TenantId };

export interface ConnectionFilter extends PageAfter {
  readonly tenantId?: TenantId | undefined;
  readonly platform?: string | undefined;
  readonly state?: string | undefined;
  readonly shopKey?: string | undefined;
  /** Part of the shop's name, key or address in any case, or the start of the connection's id. */
  readonly search?: string | undefined;
}

export async function listConnections(tx: Tx, filter: ConnectionFilter): Promise<ConnectionListRow[]> {
  const { after, limit, tenantId, platform, state, shopKey, search } = filter;
  const rows = await tx.connection.findMany({
    where: {
      ...(search === undefined ? {} : { AND: [{ id: { in: await idsMatching(tx, filter, search) } }] }),
      ...(after === null ? {} : { id: { gt: after } }),
      ...(tenantId === undefined ? {} : { tenantId }),
      ...(platform === undefined ? {} : { platform }),
      ...(state === undefined ? {} : { state }),
      ...(shopKey === undefined ? {} : { shopKey }),
    },
    orderBy: { id: 'asc' },
    take: limit,
  });
  return rows.map(withIds);
}

/** The ids of one page. The shop's address may be in any of its fields. */
async function idsMatching(tx: Tx, filter: ConnectionFilter, search: string): Promise<string[]> {
  const { after, limit, tenantId = null, platform = null, state = null } = filter;
  const rows = await tx.$queryRaw<{ id: string }[]>`
    SELECT id FROM connections AS c
    WHERE id > coalesce(${after}::text, '') AND (${tenantId}::text IS NULL OR tenant_id = ${tenantId})
      AND (${platform}::text IS NULL OR platform = ${platform}) AND (${state}::text IS NULL OR state = ${state})
      AND (starts_with(id, ${search}) OR strpos(lower(shop_name), lower(${search})) > 0
        OR strpos(lower(shop_key), lower(${search})) > 0
        OR EXISTS (SELECT FROM jsonb_each_text(c.shop) AS field WHERE strpos(lower(field.value), lower(${search})) > 0))
    ORDER BY id LIMIT ${limit}`;
  return rows.map(({ id }) => id);
}

export async function readConnection(tx: Tx, id: string): Promise<ConnectionListRow | null> {
  const row = await tx.connection.findUnique({ where: { id } });
  return row === null ? null : withIds(row);
}

/** Those of the ids that no connection has, of this tenant where one is named. */
export async function unknownConnections(
  tx: Tx,
  ids: readonly string[],
  tenantId: TenantId | null,
): Promise<readonly string[]> {
  const rows = await tx.connection.findMany({
    where: { id: { in: [...ids] }, ...(tenantId === null ? {} : { tenantId }) },
    select: { id: true },
  });
  const known = new Set(rows.map(({ id }) => id));
  return ids.filter((id) => !known.has(id));
}

function withIds(row: Connection): ConnectionListRow {
  return { ...row, id: rowId('connection', row.id), tenantId: rowId('tenant', row.tenantId) };
}

/** How many connections each platform has in each state. */
export async function countConnections(
  tx: Tx,
): Promise<{ platform: string; state: string; count: number }[]> {
  const rows = await tx.connection.groupBy({ by: ['platform', 'state'], _count: { _all: true } });
  return rows.map((row) => ({ platform: row.platform, state: row.state, count: row._count._all }));
}

/** Connections whose refresh or retry is overdue by a minute, or that are revoking or connecting far beyond their time. */
export async function countStuckConnections(tx: Tx, now: Date): Promise<number> {
  const minuteAgo = new Date(now.getTime() - 60_000);
  const dayAgo = new Date(now.getTime() - 86_400_000);
  return tx.connection.count({
    where: {
      OR: [
        { lifecycle: 'active', nextRefreshAt: { lt: minuteAgo }, health: 'ok' },
        { lifecycle: 'active', health: 'degraded', nextTryAt: { lt: minuteAgo } },
        { lifecycle: { in: ['revoking', 'connecting'] }, stateSince: { lt: dayAgo } },
      ],
    },
  });
}

/** What may be known of the newest credential without opening it. */
export async function readCredentialFacts(
  tx: Tx,
  connectionId: string,
): Promise<{
  kind: string;
  generation: number;
  expiresAt: Date | null;
  refreshExpiresAt: Date | null;
  createdAt: Date;
} | null> {
  return tx.credential.findFirst({
    where: { connectionId },
    orderBy: { generation: 'desc' },
    select: { kind: true, generation: true, expiresAt: true, refreshExpiresAt: true, createdAt: true },
  });
}

/** The generations of a connection's credential that are still kept. */
export async function countKeptGenerations(tx: Tx, connectionId: string): Promise<number> {
  return tx.credential.count({ where: { connectionId } });
}
