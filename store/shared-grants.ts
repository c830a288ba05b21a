// One approval for several shops: which of them the tenant has connected already, and what became of each. Each further shop is one more
// attempt whose parent is the approval's own; nothing here opens what they sealed.
import type { AuthorizationId, ConnectionId, ConnectSessionId } from '../domain/ids.ts';
import type { Tx } from './database.ts';
import type { Authorization } from './generated/client.ts';
import { rowId } from './row-ids.ts';
import { textFields } from './shop-moves.ts';

export interface LiveShop {
  readonly connectionId: ConnectionId;
  readonly lifecycle: string;
  readonly shop: Readonly<Record<string, string>>;
}

/** The tenant's connections by one registration that ever had a grant and are not final. */
export async function listLiveShops(
  tx: Tx,
  of: { readonly platform: string; readonly registrationId: string | null },
): Promise<readonly LiveShop[]> {
  const rows = await tx.connection.findMany({
    where: { ...of, generation: { gt: 0 }, lifecycle: { notIn: ['revoked', 'abandoned'] } },
    select: { id: true, lifecycle: true, shop: true },
  });
  return rows.map(({ id, lifecycle, shop }) => ({
    connectionId: rowId('connection', id),
    lifecycle,
    shop: textFields(shop),
  }));
}

/** What became of one attempt; the newest of a connection is what counts. */
export interface AttemptOutcome {
  readonly authorizationId: AuthorizationId;
  readonly connectionId: ConnectionId;
  readonly status: string;
  readonly refusal: string | null;
  /** null: the connection's own */
  readonly shop: Readonly<Record<string, string>> | null;
}

/** The attempts for the further shops of an approval. */
export async function listShares(tx: Tx, parentId: AuthorizationId): Promise<readonly AttemptOutcome[]> {
  const rows = await tx.authorization.findMany({ where: { parentId }, orderBy: { id: 'asc' } });
  return rows.map(outcomeOf);
}

/** Every attempt that began on one link, those for further shops included. */
export async function listSessionAttempts(
  tx: Tx,
  sessionId: ConnectSessionId,
): Promise<readonly AttemptOutcome[]> {
  const rows = await tx.authorization.findMany({ where: { sessionId }, orderBy: { id: 'asc' } });
  return rows.map(outcomeOf);
}

/** Those of the attempts that nobody has settled yet. */
export async function listOpen(tx: Tx, ids: readonly AuthorizationId[]): Promise<ReadonlySet<string>> {
  const rows = await tx.authorization.findMany({
    where: { id: { in: [...ids] }, settledAt: null },
    select: { id: true },
  });
  return new Set(rows.map(({ id }) => id));
}

function outcomeOf(row: Authorization): AttemptOutcome {
  return {
    authorizationId: rowId('authorization', row.id),
    connectionId: rowId('connection', row.connectionId),
    status: row.status,
    refusal: row.refusal,
    shop: row.shop === null ? null : textFields(row.shop),
  };
}
