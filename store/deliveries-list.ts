// Deliveries as people look at them, and their replay. Who replays makes pending again what is settled; what is under way is left alone.
import { isWanted } from '../domain/delivery.ts';
import { TEST_EVENT } from '../domain/event-catalogue.ts';
import type { ConnectionId, DeliveryId, EndpointId, EventId, TenantId } from '../domain/ids.ts';
import type { Sql, Tx } from './database.ts';
import { DELIVERIES_CHANNEL, insertDeliveries } from './fan-out.ts';
import type { Delivery, DeliveryAttempt } from './generated/client.ts';
import { newId } from './new-id.ts';
import type { PageAfter } from './page-after.ts';

export type DeliveryRow = Delivery;
export type DeliveryAttemptRow = DeliveryAttempt;

export interface DeliveryFilter {
  readonly endpointId?: string | undefined;
  readonly state?: string | undefined;
  readonly eventType?: string | undefined;
  readonly connectionId?: string | undefined;
  readonly since?: Date | undefined;
  readonly until?: Date | undefined;
}

/** Newest first. */
export async function listDeliveries(
  tx: Tx,
  filter: DeliveryFilter,
  page: PageAfter,
): Promise<readonly DeliveryRow[]> {
  const { since, until, ...equal } = filter;
  const given = Object.fromEntries(Object.entries(equal).filter(([, value]) => value !== undefined));
  return tx.delivery.findMany({
    where: {
      ...given,
      ...(page.after === null ? {} : { id: { lt: page.after } }),
      ...(since === undefined && until === undefined
        ? {}
        : {
            createdAt: {
              ...(since === undefined ? {} : { gte: since }),
              ...(until === undefined ? {} : { lt: until }),
            },
          }),
    },
    orderBy: { id: 'desc' },
    take: page.limit,
  });
}

export async function readDelivery(tx: Tx, id: DeliveryId): Promise<DeliveryRow | null> {
  return tx.delivery.findUnique({ where: { id } });
}

/** As readDelivery, and held until the transaction ends: its attempts, read then, are of the same moment. */
export async function holdDelivery(tx: Tx, id: DeliveryId): Promise<DeliveryRow | null> {
  await tx.$queryRaw`SELECT id FROM deliveries WHERE id = ${id} FOR SHARE`;
  return readDelivery(tx, id);
}

/** The newest first. */
export async function listAttempts(
  tx: Tx,
  deliveryId: string,
  limit: number,
): Promise<readonly DeliveryAttemptRow[]> {
  return tx.deliveryAttempt.findMany({ where: { deliveryId }, orderBy: { number: 'desc' }, take: limit });
}

/** A delivery of a test event, which nobody else is told of. */
export async function insertTestDelivery(
  tx: Tx,
  of: { readonly tenantId: TenantId; readonly endpointId: EndpointId; readonly eventId: EventId },
): Promise<DeliveryId> {
  const id = newId('delivery');
  const { position } = await tx.event.findUniqueOrThrow({ where: { id: of.eventId } });
  await tx.delivery.create({ data: { id, ...of, eventType: TEST_EVENT, position } });
  await tellDeliverers(tx);
  return id;
}

/** False where it is under way or waits for its next try. */
export async function replayDelivery(tx: Tx, id: DeliveryId): Promise<boolean> {
  const { count } = await tx.delivery.updateMany({
    where: { id, state: { not: 'pending' } },
    data: {
      state: 'pending',
      because: null,
      tries: 0,
      dueAt: new Date(),
      settledAt: null,
      leasedUntil: null,
    },
  });
  if (count > 0) await tellDeliverers(tx);
  return count > 0;
}

async function tellDeliverers(tx: Tx): Promise<void> {
  await tx.$executeRaw`SELECT pg_notify(${DELIVERIES_CHANNEL}, '')`;
}

export interface ReplayRange {
  readonly endpointId: EndpointId;
  readonly tenantId: TenantId;
  readonly eventTypes: readonly string[];
  readonly state: 'failed' | 'all';
  readonly since: Date;
  /** null: whatever there is */
  readonly until: Date | null;
  /** Where an earlier call ended; null: from the first. */
  readonly afterPosition: string | null;
  readonly atMost: number;
}

export interface ReplayedRange {
  readonly deliveries: number;
  /** Of the last event taken, where there are more; null: that was all. */
  readonly lastPosition: string | null;
}

interface EventRow {
  readonly id: EventId;
  readonly type: string;
  readonly connection_id: ConnectionId | null;
  readonly position: string;
}

/** By the instants of the events, in the order of the feed. */
export async function replayRange(sql: Sql, range: ReplayRange): Promise<ReplayedRange> {
  const { endpointId, tenantId, state, since, until, afterPosition, atMost } = range;
  const failed = `AND EXISTS (SELECT FROM deliveries AS d WHERE d.endpoint_id = $5 AND d.event_id = v.id AND d.state = 'failed')`;
  const { rows } = await sql.query<EventRow>(
    `SELECT id, type, connection_id, position FROM events AS v
     WHERE tenant_id = $1 AND at >= $2 AND ($3::timestamptz IS NULL OR at < $3) AND ($6::bigint IS NULL OR position > $6)
       AND type <> '${TEST_EVENT}' ${state === 'failed' ? failed : 'AND $5::text IS NOT NULL'}
     ORDER BY position LIMIT $4`,
    [tenantId, since, until, atMost + 1, endpointId, afterPosition],
  );
  const taken = rows.slice(0, atMost);
  const wanted = state === 'failed' ? taken : taken.filter(({ type }) => isWanted(range.eventTypes, type));
  const { rowCount } = await sql.query(
    `UPDATE deliveries SET state = 'pending', because = NULL, tries = 0, due_at = now(), settled_at = NULL, leased_until = NULL
     WHERE endpoint_id = $1 AND event_id = ANY ($2) AND state <> 'pending'`,
    [endpointId, wanted.map(({ id }) => id)],
  );
  const made = await insertDeliveries(
    sql,
    wanted.map((one) => ({
      ...{ tenant_id: tenantId, endpoint_id: endpointId, event_id: one.id, event_type: one.type },
      ...{ connection_id: one.connection_id, position: one.position },
    })),
  );
  return {
    deliveries: (rowCount ?? 0) + made,
    lastPosition: rows.length > atMost ? (taken.at(-1)?.position ?? null) : null,
  };
}
