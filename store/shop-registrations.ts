// A shop whose own server registers us, in two messages: an install that nobody can claim before both were judged. What each brought is sealed apart, and
// becomes one with the second. Every step is taken once.
import type { ConnectionId, InstallId, TenantId } from '../domain/ids.ts';
import type { Tx } from './database.ts';
import type { InstallRow } from './installs.ts';
import { rowId } from './row-ids.ts';

export interface KnownShop {
  readonly connectionId: ConnectionId;
  readonly tenantId: TenantId;
}

/** The connection that has this shop by this app, over all tenants; null where none has. */
export async function findShopConnection(
  tx: Tx,
  of: {
    readonly platform: string;
    readonly registrationId: string;
    readonly field: string;
    readonly value: string;
  },
): Promise<KnownShop | null> {
  const row = await tx.connection.findFirst({
    where: {
      platform: of.platform,
      registrationId: of.registrationId,
      shop: { path: [of.field], equals: of.value },
      generation: { gt: 0 },
      lifecycle: { notIn: ['revoked', 'abandoned'] },
    },
    orderBy: { id: 'asc' },
    select: { id: true, tenantId: true },
  });
  if (row === null) return null;
  return { connectionId: rowId('connection', row.id), tenantId: rowId('tenant', row.tenantId) };
}

/** The first message held: the shop may confirm. `connectionId`: whose secret signed it besides. */
export async function keepAnswered(
  tx: Tx,
  id: InstallId,
  { connectionId }: { readonly connectionId: ConnectionId | null },
): Promise<void> {
  await tx.install.updateMany({
    where: { id, exchange: 'registering' },
    data: { exchange: 'answered', connectionId },
  });
}

/** Takes the confirmation once, by the state that its address carried; null for one that is unknown, over, or was brought before. */
export async function takeConfirmation(
  tx: Tx,
  stateHash: Uint8Array<ArrayBuffer>,
  of: { readonly platform: string; readonly now: Date },
): Promise<InstallId | null> {
  const waiting = { tokenHash: stateHash, exchange: 'answered', platform: of.platform };
  const row = await tx.install.findFirst({ where: { ...waiting, expiresAt: { gt: of.now } } });
  if (row === null) return null;
  const { count } = await tx.install.updateMany({
    where: { ...waiting, id: row.id },
    data: { tokenHash: null },
  });
  return count === 1 ? rowId('install', row.id) : null;
}

export async function keepBrought(
  tx: Tx,
  id: InstallId,
  brought: { readonly sealed: Uint8Array<ArrayBuffer>; readonly keyVersion: number },
): Promise<void> {
  await tx.install.updateMany({
    where: { id, exchange: 'answered' },
    data: { brought: brought.sealed, broughtKeyVersion: brought.keyVersion },
  });
}

export interface Confirmed {
  readonly shop: Readonly<Record<string, string>>;
  readonly sealed: Uint8Array<ArrayBuffer>;
  readonly keyVersion: number;
  readonly expiresAt: Date;
}

/** Both held: it waits to be claimed. False where that was done before. */
export async function keepConfirmed(tx: Tx, id: InstallId, confirmed: Confirmed): Promise<boolean> {
  const { count } = await tx.install.updateMany({
    where: { id, exchange: 'answered' },
    data: {
      ...confirmed,
      shop: { ...confirmed.shop },
      connectionId: null,
      exchange: null,
      brought: null,
      broughtKeyVersion: null,
    },
  });
  return count === 1;
}

/** Both held, and the shop is connected: it is its connection's, whoever would claim it. False where that was done before. */
export async function giveToConnection(
  tx: Tx,
  { id, connectionId }: Pick<InstallRow, 'id' | 'connectionId'>,
  at: Date,
): Promise<boolean> {
  const { count } = await tx.install.updateMany({
    where: { id, exchange: 'answered' },
    data: {
      claimedAt: at,
      connectionId,
      exchange: null,
      sealed: null,
      keyVersion: null,
      brought: null,
      broughtKeyVersion: null,
    },
  });
  return count === 1;
}
