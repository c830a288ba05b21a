// Authorizations: one attempt each to obtain a grant. What one has sealed is single-use: it is dropped when the attempt is settled.
import type { ErrorCode } from '../domain/errors.ts';
import type { AuthorizationId, ConnectionId, ConnectSessionId, InstallId, TenantId } from '../domain/ids.ts';
import type { SealBinding } from '../domain/sealing.ts';
import type { Tx } from './database.ts';
import { type Authorization, Prisma } from './generated/client.ts';

export type AuthorizationRow = Authorization;

export interface NewAuthorization {
  readonly id: AuthorizationId;
  readonly tenantId: TenantId;
  readonly connectionId: ConnectionId;
  readonly sessionId: ConnectSessionId | null;
  readonly platform: string;
  readonly obtain: string;
  readonly stateHash: Uint8Array<ArrayBuffer> | null;
  readonly browserHash: Uint8Array<ArrayBuffer> | null;
  readonly sealed: Uint8Array<ArrayBuffer> | null;
  readonly keyVersion: number | null;
  readonly redirectUri: string | null;
  /** The shop fields it is for, where they are not the connection's own. */
  readonly shop?: Readonly<Record<string, string>>;
  /** The approval for several shops that it is one shop of. */
  readonly parentId?: AuthorizationId;
  /** The install it was claimed from: what is sealed is bound to that. */
  readonly installId?: InstallId;
  /** Kind and dates of the credential that is sealed, where it was exchanged before the install was claimed. */
  readonly proved?: Prisma.InputJsonObject;
  readonly expiresAt: Date;
}

/** What an authorization seals: its approval's parameters or a pasted credential. */
export function authorizationBinding(owner: TenantId, id: AuthorizationId): SealBinding {
  return { owner, subject: id, kind: 'authorization', generation: 0 };
}

/** Beside it, for OAuth 1.0a: the temporary credentials that the browser left with. */
export function temporaryBinding(owner: TenantId, id: AuthorizationId): SealBinding {
  return { ...authorizationBinding(owner, id), generation: 1 };
}

export async function keepTemporary(
  tx: Tx,
  id: AuthorizationId,
  temporary: { readonly sealed: Uint8Array<ArrayBuffer>; readonly keyVersion: number },
): Promise<void> {
  await tx.authorization.updateMany({
    where: { id, status: 'started', settledAt: null },
    data: { temporary: temporary.sealed, temporaryKeyVersion: temporary.keyVersion },
  });
}

/** The state of an approval that only the platform could name. */
export async function setState(
  tx: Tx,
  id: AuthorizationId,
  stateHash: Uint8Array<ArrayBuffer>,
): Promise<void> {
  await tx.authorization.updateMany({ where: { id, stateHash: null, settledAt: null }, data: { stateHash } });
}

export async function insertAuthorization(
  tx: Tx,
  authorization: NewAuthorization,
): Promise<AuthorizationRow> {
  const { shop, ...rest } = authorization;
  return tx.authorization.create({ data: { ...rest, ...(shop === undefined ? {} : { shop: { ...shop } }) } });
}

export async function findAuthorization(tx: Tx, id: AuthorizationId): Promise<AuthorizationRow | null> {
  return tx.authorization.findUnique({ where: { id } });
}

const NOTHING_SEALED = {
  sealed: null,
  keyVersion: null,
  temporary: null,
  temporaryKeyVersion: null,
  proved: Prisma.DbNull,
};

/** Settles an attempt once: the sealed parts are gone with it. A second settling changes nothing. */
export async function settleAuthorization(
  tx: Tx,
  id: AuthorizationId,
  settled: { readonly refusal: ErrorCode | null; readonly refusalDetail: string | null; readonly at: Date },
): Promise<void> {
  await tx.authorization.updateMany({
    where: { id, settledAt: null },
    data: {
      status: settled.refusal === null ? 'authorized' : 'refused',
      refusal: settled.refusal,
      refusalDetail: settled.refusalDetail,
      settledAt: settled.at,
      ...NOTHING_SEALED,
    },
  });
}

/** Ends every attempt still open: none of them may be exchanged any more, and what they sealed is destroyed. */
export async function dropAuthorizations(tx: Tx, connectionId: ConnectionId, at: Date): Promise<number> {
  const { count } = await tx.authorization.updateMany({
    where: { connectionId, settledAt: null },
    data: { status: 'dropped', settledAt: at, ...NOTHING_SEALED },
  });
  return count;
}

/** Attempts for the shops of one approval stay: they tell what became of each. */
export async function deleteAuthorizations(tx: Tx, connectionId: ConnectionId): Promise<void> {
  await tx.authorization.deleteMany({ where: { connectionId, parentId: null } });
}
