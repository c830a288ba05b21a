// The callback's side of authorizations: found by the hash of their state, over all tenants, because the state is the proof; and
// taken once. Sealed parameters go in here and are opened elsewhere.
import type { ErrorCode } from '../domain/errors.ts';
import type { AuthorizationId, ConnectionId, ConnectSessionId, TenantId } from '../domain/ids.ts';
import type { Tx } from './database.ts';
import type { Authorization } from './generated/client.ts';
import { rowId } from './row-ids.ts';

export type CallbackRow = Authorization & {
  readonly id: AuthorizationId;
  readonly tenantId: TenantId;
  readonly connectionId: ConnectionId;
  readonly sessionId: ConnectSessionId | null;
};

export async function findAuthorizationByState(
  tx: Tx,
  stateHash: Uint8Array<ArrayBuffer>,
): Promise<CallbackRow | null> {
  const row = await tx.authorization.findUnique({ where: { stateHash } });
  return row === null ? null : withIds(row);
}

export async function readAuthorization(tx: Tx, id: AuthorizationId): Promise<CallbackRow | null> {
  const row = await tx.authorization.findUnique({ where: { id } });
  return row === null ? null : withIds(row);
}

/** Takes the callback once: of two at the same time, one gets true. Not after its deadline, and not once it is settled. */
export async function receiveCallback(
  tx: Tx,
  id: AuthorizationId,
  callback: {
    readonly sealed: Uint8Array<ArrayBuffer>;
    readonly keyVersion: number;
    /** SHA-256 of what it brought. */
    readonly hash: Uint8Array<ArrayBuffer>;
    readonly at: Date;
  },
): Promise<boolean> {
  const { count } = await tx.authorization.updateMany({
    where: { id, status: 'started', settledAt: null, callbackAt: null, expiresAt: { gt: callback.at } },
    data: {
      status: 'received',
      sealed: callback.sealed,
      keyVersion: callback.keyVersion,
      callbackAt: callback.at,
      callbackHash: callback.hash,
    },
  });
  return count === 1;
}

const REFUSALS: Readonly<Partial<Record<ErrorCode, string>>> = {
  authorization_denied: 'the merchant declined',
  shop_mismatch: 'the approval was for another shop',
};

/** Uses up the state of an attempt that its own callback ends; false when it was used before. */
export async function receiveRefusal(
  tx: Tx,
  id: AuthorizationId,
  { refusal, at }: { readonly refusal: ErrorCode; readonly at: Date },
): Promise<boolean> {
  const { count } = await tx.authorization.updateMany({
    where: { id, status: 'started', settledAt: null, callbackAt: null },
    data: {
      status: 'refused',
      refusal,
      refusalDetail: REFUSALS[refusal] ?? refusal,
      callbackAt: at,
      settledAt: at,
      sealed: null,
      keyVersion: null,
      temporary: null,
      temporaryKeyVersion: null,
    },
  });
  return count === 1;
}

function withIds(row: Authorization): CallbackRow {
  return {
    ...row,
    id: rowId('authorization', row.id),
    tenantId: rowId('tenant', row.tenantId),
    connectionId: rowId('connection', row.connectionId),
    sessionId: row.sessionId === null ? null : rowId('connectSession', row.sessionId),
  };
}
