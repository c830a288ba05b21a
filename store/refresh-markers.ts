// A marker is committed before a refresh is sent and resolved with its outcome. One that stays unresolved says that an answer was
// lost; nothing may be sent while it could still be on its way.
import type { ConnectionId, TenantId } from '../domain/ids.ts';
import type { Tx } from './database.ts';

export interface Attempt {
  readonly connectionId: ConnectionId;
  readonly tenantId: TenantId;
  readonly generation: number;
  readonly epoch: number;
}

/** When the newest exchange was sent whose answer is missing; null when all were answered. A lost one may still be on its way. */
export async function findUnanswered(tx: Tx, connectionId: ConnectionId): Promise<number | null> {
  const row = await tx.refreshMarker.findFirst({
    where: { connectionId, OR: [{ resolvedAt: null }, { outcome: 'lost' }] },
    orderBy: { sentAt: 'desc' },
  });
  return row === null ? null : row.sentAt.getTime();
}

export interface MarkerRow {
  readonly sentAt: Date;
  readonly outcome: string | null;
}

export async function findMarker(tx: Tx, attempt: Attempt): Promise<MarkerRow | null> {
  const { connectionId, generation, epoch } = attempt;
  return tx.refreshMarker.findUnique({
    where: { connectionId_generation_epoch: { connectionId, generation, epoch } },
    select: { sentAt: true, outcome: true },
  });
}

/** Marks an attempt as sent. Hold the connection's row lock: two senders must not both find nothing unresolved. */
export async function markSent(tx: Tx, attempt: Attempt, sentAt: Date): Promise<void> {
  const { connectionId, tenantId, generation, epoch } = attempt;
  await tx.refreshMarker.upsert({
    where: { connectionId_generation_epoch: { connectionId, generation, epoch } },
    create: { connectionId, tenantId, generation, epoch, sentAt },
    update: { sentAt, resolvedAt: null, outcome: null },
  });
}

/** Records what an attempt came to; the first outcome stays. */
export async function resolveMarker(tx: Tx, attempt: Attempt, outcome: string, at: Date): Promise<void> {
  const { connectionId, generation, epoch } = attempt;
  await tx.refreshMarker.updateMany({
    where: { connectionId, generation, epoch: { lte: epoch }, resolvedAt: null },
    data: { resolvedAt: at, outcome },
  });
}

/** Whether an answer to an exchange of this generation was lost, or may be. */
export async function wasAnswerLost(
  tx: Tx,
  connectionId: ConnectionId,
  generation: number,
): Promise<boolean> {
  const lost = await tx.refreshMarker.count({
    where: { connectionId, generation, OR: [{ resolvedAt: null }, { outcome: 'lost' }] },
  });
  return lost > 0;
}

/** Removes what is older and resolved: a marker is of use until its generation has been replaced. */
export async function forgetMarkers(
  tx: Tx,
  connectionId: ConnectionId,
  olderThanGeneration: number,
): Promise<void> {
  await tx.refreshMarker.deleteMany({
    where: { connectionId, generation: { lt: olderThanGeneration }, NOT: { resolvedAt: null } },
  });
}

export async function deleteMarkers(tx: Tx, connectionId: ConnectionId): Promise<void> {
  await tx.refreshMarker.deleteMany({ where: { connectionId } });
}
