// Endpoints: where a tenant is told of its events. A new one begins where the feed is; so does one that is enabled again.
import type { EndpointId, TenantId } from '../domain/ids.ts';
import type { Sql, Tx } from './database.ts';
import type { Endpoint } from './generated/client.ts';
import type { PageAfter } from './page-after.ts';
import { rowId } from './row-ids.ts';

export type EndpointRow = Endpoint & { readonly id: EndpointId; readonly tenantId: TenantId };

export interface NewEndpoint {
  readonly id: EndpointId;
  readonly tenantId: TenantId;
  readonly url: string;
  readonly name: string;
  readonly eventTypes: readonly string[];
  readonly data: 'thin' | 'full';
  readonly ordered: 'connection' | null;
}

export async function insertEndpoint(tx: Tx, endpoint: NewEndpoint): Promise<EndpointRow> {
  const position = await feedPosition(tx, endpoint.tenantId);
  const row = await tx.endpoint.create({
    data: { ...endpoint, eventTypes: [...endpoint.eventTypes], position },
  });
  return withIds(row);
}

export interface EndpointChange {
  readonly url?: string;
  readonly name?: string;
  readonly eventTypes?: readonly string[];
  readonly data?: 'thin' | 'full';
  readonly ordered?: 'connection' | null;
  readonly secretVersion?: number;
}

const WELL = { lane: 'quick', failingSince: null, failuresInARow: 0 };

export async function changeEndpoint(tx: Tx, id: EndpointId, change: EndpointChange): Promise<void> {
  const { eventTypes, ...rest } = change;
  await tx.endpoint.update({
    where: { id },
    data: {
      ...rest,
      ...(eventTypes === undefined ? {} : { eventTypes: [...eventTypes] }),
      // Another address has its troubles before it.
      ...(change.url === undefined ? {} : WELL),
    },
  });
}

/** What happened meanwhile is not made up for, unless somebody replays it. */
export async function enableEndpoint(tx: Tx, { id, tenantId }: EndpointRow): Promise<void> {
  await tx.endpoint.update({
    where: { id },
    data: {
      ...{ status: 'enabled', disabledBecause: null, disabledAt: null, ...WELL },
      position: await feedPosition(tx, tenantId),
    },
  });
}

export async function disableByHand(tx: Tx, id: EndpointId, now: Date): Promise<void> {
  await tx.endpoint.update({
    where: { id },
    data: { status: 'disabled', disabledBecause: 'by_hand', disabledAt: now },
  });
  await tx.delivery.updateMany({
    where: { endpointId: id, state: 'pending' },
    data: { state: 'failed', because: 'endpoint_disabled', settledAt: now, leasedUntil: null },
  });
}

/** With its secrets, its deliveries and their attempts. What is settling a delivery is waited for: its attempt goes too. */
export async function deleteEndpoint(tx: Tx, id: EndpointId): Promise<void> {
  await tx.$executeRaw`SELECT FROM deliveries WHERE endpoint_id = ${id} ORDER BY id FOR UPDATE`;
  await tx.$executeRaw`DELETE FROM delivery_attempts WHERE delivery_id IN (SELECT id FROM deliveries WHERE endpoint_id = ${id})`;
  await tx.delivery.deleteMany({ where: { endpointId: id } });
  await tx.endpointSecret.deleteMany({ where: { endpointId: id } });
  await tx.endpoint.deleteMany({ where: { id } });
}

export async function readEndpoint(tx: Tx, id: EndpointId): Promise<EndpointRow | null> {
  const row = await tx.endpoint.findUnique({ where: { id } });
  return row === null ? null : withIds(row);
}

/** Its row is held until the transaction ends. */
export async function lockEndpoint(tx: Tx, id: EndpointId): Promise<EndpointRow | null> {
  await tx.$queryRaw`SELECT id FROM endpoints WHERE id = ${id} FOR UPDATE`;
  return readEndpoint(tx, id);
}

/** As lockEndpoint, for what Prisma cannot say. */
export async function lockEndpointBySql(
  sql: Sql,
  id: EndpointId,
): Promise<Pick<EndpointRow, 'id' | 'status' | 'eventTypes'> | null> {
  const { rows } = await sql.query<Pick<EndpointRow, 'id' | 'status' | 'eventTypes'>>(
    'SELECT id, status, event_types AS "eventTypes" FROM endpoints WHERE id = $1 FOR UPDATE',
    [id],
  );
  return rows[0] ?? null;
}

export async function listEndpoints(
  tx: Tx,
  page: PageAfter & { readonly tenantId: TenantId | null },
): Promise<readonly EndpointRow[]> {
  const rows = await tx.endpoint.findMany({
    where: {
      ...(page.tenantId === null ? {} : { tenantId: page.tenantId }),
      ...(page.after === null ? {} : { id: { gt: page.after } }),
    },
    orderBy: { id: 'asc' },
    take: page.limit,
  });
  return rows.map(withIds);
}

export async function countEndpoints(tx: Tx, tenantId: TenantId): Promise<number> {
  return tx.endpoint.count({ where: { tenantId } });
}

async function feedPosition(tx: Tx, tenantId: TenantId): Promise<bigint> {
  const head = await tx.feedHead.findUnique({
    where: { tenantId_feed: { tenantId, feed: 'events' } },
    select: { position: true },
  });
  return head?.position ?? 0n;
}

function withIds(row: Endpoint): EndpointRow {
  return { ...row, id: rowId('endpoint', row.id), tenantId: rowId('tenant', row.tenantId) };
}
