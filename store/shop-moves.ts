// Moves that wait: a shop reconnected at another address, its new credential proved and sealed in the attempt, until somebody confirms.
// The connection says that one waits; at most one does. Nothing here opens what is sealed.
import type { AuthorizationId, ConnectionId } from '../domain/ids.ts';
import type { Tx } from './database.ts';
import { Prisma } from './generated/client.ts';

/** What is shown of a move; nothing of its credential. */
export interface ShopMove {
  readonly authorizationId: string;
  readonly shop: Readonly<Record<string, string>>;
  readonly sinceMs: number;
  readonly untilMs: number;
}

export interface MoveToKeep {
  readonly authorizationId: AuthorizationId;
  readonly connectionId: ConnectionId;
  readonly shop: Readonly<Record<string, string>>;
  /** what the approval gave beside its secrets, as plain JSON */
  readonly proved: Prisma.InputJsonObject;
  readonly sealed: Uint8Array<ArrayBuffer>;
  readonly keyVersion: number;
  readonly sinceMs: number;
  readonly untilMs: number;
}

/** Keeps the move and drops an earlier one. False when the connection was fenced or the attempt settled meanwhile: nothing is kept. */
export async function keepMove(tx: Tx, move: MoveToKeep): Promise<boolean> {
  const { authorizationId, connectionId, shop, sinceMs, untilMs } = move;
  const shown = { authorizationId, shop: { ...shop }, sinceMs, untilMs };
  const connection = await tx.connection.updateMany({
    where: { id: connectionId, fencedAt: null },
    data: { move: shown, updatedAt: new Date(sinceMs) },
  });
  if (connection.count === 0) return false;
  await dropMoves(tx, connectionId, { except: authorizationId, at: new Date(sinceMs) });
  const attempt = await tx.authorization.updateMany({
    where: { id: authorizationId, connectionId, settledAt: null },
    data: {
      status: 'proved',
      shop: { ...shop },
      proved: move.proved,
      sealed: move.sealed,
      keyVersion: move.keyVersion,
      expiresAt: new Date(untilMs),
    },
  });
  return attempt.count === 1;
}

/** Drops what waits besides one attempt, and destroys what it sealed. */
export async function dropMoves(
  tx: Tx,
  connectionId: ConnectionId,
  { except, at }: { readonly except: AuthorizationId; readonly at: Date },
): Promise<void> {
  await tx.authorization.updateMany({
    where: { connectionId, status: 'proved', settledAt: null, id: { not: except } },
    data: { status: 'dropped', settledAt: at, sealed: null, keyVersion: null, proved: Prisma.DbNull },
  });
}

/** The connection says no more that a move waits. */
export async function clearMove(tx: Tx, connectionId: ConnectionId): Promise<void> {
  await tx.connection.updateMany({ where: { id: connectionId }, data: { move: Prisma.DbNull } });
}

/** Reads the column; null where nothing waits. */
export function readMove(json: unknown): ShopMove | null {
  if (typeof json !== 'object' || json === null) return null;
  const { authorizationId, shop, sinceMs, untilMs } = { ...EMPTY, ...json };
  if (typeof authorizationId !== 'string' || typeof sinceMs !== 'number' || typeof untilMs !== 'number')
    return null;
  return { authorizationId, shop: textFields(shop), sinceMs, untilMs };
}

const EMPTY: Readonly<Record<keyof ShopMove, unknown>> = {
  authorizationId: null,
  shop: null,
  sinceMs: null,
  untilMs: null,
};

/** A JSON column that holds texts by name. */
export function textFields(json: unknown): Record<string, string> {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return {};
  return Object.fromEntries(
    Object.entries(json).flatMap(([name, text]) => (typeof text === 'string' ? [[name, text]] : [])),
  );
}
