// Links to the hosted connect page. Only the SHA-256 of a link's token is kept; who holds the token acts as the merchant.
import type { ConnectionId, ConnectSessionId, TenantId } from '../domain/ids.ts';
import type { Tx } from './database.ts';
import type { ConnectSession } from './generated/client.ts';
import { rowId } from './row-ids.ts';

export type ConnectSessionRow = ConnectSession & {
  readonly id: ConnectSessionId;
  readonly tenantId: TenantId;
  readonly connectionId: ConnectionId | null;
};

export interface NewConnectSession {
  readonly id: ConnectSessionId;
  readonly tenantId: TenantId;
  readonly tokenHash: Uint8Array<ArrayBuffer>;
  readonly platform: string | null;
  readonly permissions: readonly string[];
  readonly connectionId: ConnectionId | null;
  readonly returnUrl: string | null;
  readonly expiresAt: Date;
}

/** One that is there already gets another token. */
export async function createConnectSession(tx: Tx, session: NewConnectSession): Promise<void> {
  const { id, tokenHash, expiresAt } = session;
  await tx.connectSession.upsert({
    where: { id },
    create: { ...session, permissions: [...session.permissions] },
    update: { tokenHash, expiresAt },
  });
}

/** By the hash of its token, over all tenants: the token is the proof. Expired ones are found too. */
export async function findConnectSession(
  tx: Tx,
  tokenHash: Uint8Array<ArrayBuffer>,
): Promise<ConnectSessionRow | null> {
  const row = await tx.connectSession.findUnique({ where: { tokenHash } });
  return row === null ? null : withIds(row);
}

/** By id, for showing the outcome of an authorization that began on it. */
export async function readConnectSession(tx: Tx, id: string): Promise<ConnectSessionRow | null> {
  const row = await tx.connectSession.findUnique({ where: { id } });
  return row === null ? null : withIds(row);
}

/** As it is now; who asks after this waits until the transaction ends. */
export async function lockConnectSession(tx: Tx, id: ConnectSessionId): Promise<ConnectSessionRow> {
  await tx.$executeRaw`SELECT 1 FROM connect_sessions WHERE id = ${id} FOR UPDATE`;
  return withIds(await tx.connectSession.findUniqueOrThrow({ where: { id } }));
}

/** Ties the link to the connection made through it, so that it can neither make a second one nor another tenant's. */
export async function useConnectSession(
  tx: Tx,
  id: string,
  connectionId: ConnectionId,
  now: Date,
): Promise<void> {
  await tx.connectSession.update({ where: { id }, data: { connectionId, usedAt: now } });
}

function withIds(row: ConnectSession): ConnectSessionRow {
  return {
    ...row,
    id: rowId('connectSession', row.id),
    tenantId: rowId('tenant', row.tenantId),
    connectionId: row.connectionId === null ? null : rowId('connection', row.connectionId),
  };
}
