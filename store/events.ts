// The outbox: events written in the transaction of the change they tell of. The feed's head row is locked until commit, so that commit
// order is position order and a reader that goes by position misses nothing.
import type { ConnectionId, EventId, TenantId } from '../domain/ids.ts';
import type { Sql, Tx } from './database.ts';
import type { Event, Prisma } from './generated/client.ts';
import { newId } from './new-id.ts';

export type EventRow = Event;

export interface NewEvent {
  readonly tenantId: TenantId;
  /** e.g. `connection.reauth_required`, `sync.completed` */
  readonly type: string;
  readonly connectionId?: ConnectionId;
  /** Facts for a program; never a secret. */
  readonly data: Readonly<Record<string, unknown>>;
  readonly atMs?: number;
}

/** Appends one event. Call it last in a transaction: every other writer of the tenant's feed waits for the commit. */
export async function appendEvent(tx: Tx, event: NewEvent): Promise<EventId> {
  const rows = await tx.$queryRaw<{ position: bigint }[]>`
    INSERT INTO feed_heads (tenant_id, feed, position) VALUES (${event.tenantId}, 'events', 1)
    ON CONFLICT (tenant_id, feed) DO UPDATE SET position = feed_heads.position + 1
    RETURNING position`;
  const position = rows[0]?.position ?? 0n;
  const data: Prisma.InputJsonObject = JSON.parse(JSON.stringify(event.data));
  const id = newId('event');
  await tx.event.create({
    data: {
      id,
      tenantId: event.tenantId,
      position,
      type: event.type,
      connectionId: event.connectionId ?? null,
      data,
      ...(event.atMs === undefined ? {} : { at: new Date(event.atMs) }),
    },
  });
  return id;
}

/** The same on a plain connection. */
export async function appendEventBySql(sql: Sql, event: NewEvent): Promise<void> {
  const head = await sql.query<{ position: string }>(
    `INSERT INTO feed_heads (tenant_id, feed, position) VALUES ($1, 'events', 1)
     ON CONFLICT (tenant_id, feed) DO UPDATE SET position = feed_heads.position + 1 RETURNING position`,
    [event.tenantId],
  );
  await sql.query(
    `INSERT INTO events (id, tenant_id, position, type, connection_id, data, at)
     VALUES ($1, $2, $3, $4, $5, $6, coalesce(to_timestamp($7::float8 / 1000), now()))`,
    [
      newId('event'),
      event.tenantId,
      head.rows[0]?.position ?? 0,
      event.type,
      event.connectionId ?? null,
      JSON.stringify(event.data),
      event.atMs ?? null,
    ],
  );
}

/** Reads on from a position, oldest first. */
export async function readEvents(
  tx: Tx,
  page: { readonly tenantId: TenantId; readonly after: bigint; readonly limit: number },
): Promise<readonly EventRow[]> {
  return tx.event.findMany({
    where: { tenantId: page.tenantId, position: { gt: page.after } },
    orderBy: { position: 'asc' },
    take: page.limit,
  });
}

/** The newest of a tenant's events, oldest first. */
export async function readNewestEvents(tx: Tx, tenantId: TenantId, count: number): Promise<EventRow[]> {
  const rows = await tx.event.findMany({ where: { tenantId }, orderBy: { position: 'desc' }, take: count });
  return rows.reverse();
}
