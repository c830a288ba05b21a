// Connections: the projection of each lifecycle, guarded by the transition's number, the credential's facts, guarded by the
// generation, and the fence. Never decides a lifecycle; an older writer changes nothing.
import type { Projection } from '../domain/connection-projection.ts';
import type { ClientRegistrationId, ConnectionId, TenantId } from '../domain/ids.ts';
import type { Permission } from '../domain/resource.ts';
import type { Tx } from './database.ts';
import type { Connection } from './generated/client.ts';

export type ConnectionRow = Connection;

export interface NewConnection {
  readonly id: ConnectionId;
  readonly tenantId: TenantId;
  readonly platform: string;
  readonly registrationId: ClientRegistrationId | null;
  readonly shop: Readonly<Record<string, string>>;
  readonly permissions: readonly Permission[];
  readonly syncIntervalS?: number;
}

/** A connection begins as connecting; its workflow takes over from there. */
export async function insertConnection(tx: Tx, connection: NewConnection): Promise<ConnectionRow> {
  const { syncIntervalS, permissions, shop, ...rest } = connection;
  return tx.connection.create({
    data: {
      ...rest,
      shop: { ...shop },
      permissions: [...permissions],
      ...(syncIntervalS === undefined ? {} : { syncIntervalS }),
    },
  });
}

export async function findConnection(tx: Tx, id: ConnectionId): Promise<ConnectionRow | null> {
  return tx.connection.findUnique({ where: { id } });
}

/** Locks the row until the transaction ends. */
export async function lockConnection(tx: Tx, id: ConnectionId): Promise<ConnectionRow | null> {
  await tx.$queryRaw`SELECT 1 FROM connections WHERE id = ${id} FOR UPDATE`;
  return findConnection(tx, id);
}

/** Writes the projection unless a newer one is there; says whether it did. */
export async function writeProjection(tx: Tx, projection: Projection): Promise<boolean> {
  const { count } = await tx.connection.updateMany({
    where: { id: projection.connectionId, seq: { lt: projection.seq } },
    data: {
      seq: projection.seq,
      lifecycle: projection.lifecycle,
      state: projection.state,
      health: projection.health,
      healthCause: projection.healthCause,
      healthSince: instant(projection.healthSinceMs),
      nextTryAt: instant(projection.nextTryAtMs),
      nextRefreshAt: instant(projection.nextRefreshAtMs),
      pausedBy: projection.pausedBy,
      reauthReason: projection.reauthReason,
      stateSince: new Date(projection.stateSinceMs),
      upstreamRevocation: projection.upstreamRevocation,
      stoppedResources: { ...projection.stopped },
      updatedAt: new Date(projection.transition.atMs),
      ...(projection.lifecycle === 'revoked' ? { revokedAt: new Date(projection.transition.atMs) } : {}),
    },
  });
  return count === 1;
}

/**
 * Puts up the fence: from this commit on only the purpose `revocation` may open the credential. A trigger tells
 * every worker at commit. Safe to repeat: the first instant stays. False when there is no such connection.
 */
export async function fenceConnection(tx: Tx, id: ConnectionId, atMs: number): Promise<boolean> {
  const at = new Date(atMs);
  const count = await tx.$executeRaw`
    UPDATE connections SET fenced_at = coalesce(fenced_at, ${at}::timestamptz), updated_at = ${at}::timestamptz WHERE id = ${id}`;
  return count === 1;
}

/** Notes when the newest generation was obtained and when the next is planned, and ends the attempt. Call it beside `saveGeneration`. */
export async function noteRefreshed(
  tx: Tx,
  id: ConnectionId,
  refreshed: { readonly epoch: number; readonly nextRefreshAtMs: number | null; readonly atMs: number },
): Promise<void> {
  const at = new Date(refreshed.atMs);
  await tx.connection.updateMany({
    where: { id },
    data: {
      epoch: refreshed.epoch,
      nextRefreshAt: instant(refreshed.nextRefreshAtMs),
      lastRefreshAt: at,
      updatedAt: at,
    },
  });
}

/** Ends an attempt without a new credential: the next attempt is a new update id. Never goes back. */
export async function endAttempt(tx: Tx, id: ConnectionId, epoch: number): Promise<void> {
  await tx.connection.updateMany({ where: { id, epoch: { lt: epoch } }, data: { epoch } });
}

export interface ShopFacts {
  /** the shop fields, those among them that only the approval told */
  readonly shop: Readonly<Record<string, string>>;
  readonly shopKey: string | null;
  readonly shopName: string | null;
  readonly grantedScopes: readonly string[];
  readonly facts: Readonly<Record<string, string>>;
  readonly markets: readonly string[];
}

/** Keeps what the proof read. Violates a unique index when another live connection has the shop. */
export async function saveShopFacts(tx: Tx, id: ConnectionId, shop: ShopFacts): Promise<void> {
  await tx.connection.update({
    where: { id },
    data: {
      shop: { ...shop.shop },
      shopKey: shop.shopKey,
      shopName: shop.shopName,
      grantedScopes: [...shop.grantedScopes],
      facts: { ...shop.facts },
      markets: [...shop.markets],
    },
  });
}

/** Keeps what a proof read again tells of the grant, unless the credential moved on or the fence fell; says whether it did. */
export async function saveProof(
  tx: Tx,
  id: ConnectionId,
  proof: Pick<ShopFacts, 'grantedScopes' | 'facts'> & { readonly generation: number },
): Promise<boolean> {
  const { count } = await tx.connection.updateMany({
    where: { id, generation: proof.generation, fencedAt: null },
    data: { grantedScopes: [...proof.grantedScopes], facts: { ...proof.facts } },
  });
  return count === 1;
}

/** Begins a revoked or abandoned connection again: same sequence and generation, no fence. False when it is not final. */
export async function reopenConnection(tx: Tx, id: ConnectionId, atMs: number): Promise<boolean> {
  const { count } = await tx.connection.updateMany({
    where: { id, lifecycle: { in: ['revoked', 'abandoned'] } },
    data: {
      lifecycle: 'connecting',
      state: 'connecting',
      stateSince: new Date(atMs),
      fencedAt: null,
      revokedAt: null,
      upstreamRevocation: null,
      recordsKeptUntil: null,
      pausedBy: null,
      updatedAt: new Date(atMs),
    },
  });
  return count === 1;
}

/** Removes a connection that was never authorized; false when it was. */
export async function deleteUnauthorized(tx: Tx, id: ConnectionId): Promise<boolean> {
  const { count } = await tx.connection.deleteMany({ where: { id, generation: 0 } });
  return count === 1;
}

/** From when the records of a revoked connection may go; null keeps them without end. Never later than was said before: an erasure stays one. */
export async function keepRecordsUntil(tx: Tx, id: ConnectionId, untilMs: number | null): Promise<void> {
  if (untilMs === null) return;
  const until = new Date(untilMs);
  await tx.connection.updateMany({
    where: { id, OR: [{ recordsKeptUntil: null }, { recordsKeptUntil: { gt: until } }] },
    data: { recordsKeptUntil: until },
  });
}

function instant(ms: number | null): Date | null {
  return ms === null ? null : new Date(ms);
}
