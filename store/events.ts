// The outbox: events written in the transaction of the change they tell of. The feed's head row is locked until commit, so that commit
// order is position order and a reader that goes by position misses nothing.
import type { ConnectionId, TenantId } from '../domain/ids.ts';
import type { Tx } from './database.ts';
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
export async function appendEvent(tx: Tx, event: NewEvent): Promise<void> {
  const rows = await tx.$queryRaw<{ position: bigint }[]>`
    INSERT INTO feed_heads (tenant_id, feed, position) VALUES (${event.tenantId}, 'events', 1)
    ON CONFLICT (tenant_id, feed) DO UPDATE SET position = feed_heads.position + 1
    RETURNING position`;
  const position = rows[0]?.position ?? 0n;
  const data: Prisma.InputJsonObject = JSON.parse(JSON.stringify(event.data));
  await tx.event.create({
    data: {
      id: newId('event'),
      tenantId: event.tenantId,
      position,
      type: event.type,
      connectionId: event.connectionId ?? null,
      data,
      ...(event.atMs === undefined ? {} : { at: new Date(event.atMs) }),
    },
  });
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

/**
 * Reads on in every tenant's feed at once, for an operator; `after` is the position reached in each. In order of time, and within a tenant of
 * position: an event is never told before one of its tenant that was committed earlier.
 */
export async function readEventsOfAll(
  tx: Tx,
  page: { readonly after: Readonly<Record<string, string>>; readonly limit: number },
): Promise<readonly EventRow[]> {
  const after = JSON.stringify(page.after);
  return tx.$queryRaw<EventRow[]>`
    SELECT e.id, e.tenant_id AS "tenantId", e.position, e.type, e.connection_id AS "connectionId", e.data, e.at
    FROM events AS e LEFT JOIN jsonb_each_text(${after}::jsonb) AS a(tenant, position) ON a.tenant = e.tenant_id
    WHERE e.position > coalesce(a.position::bigint, 0)
    ORDER BY max(e.at) OVER (PARTITION BY e.tenant_id ORDER BY e.position), e.tenant_id, e.position
    LIMIT ${page.limit}`;
}
