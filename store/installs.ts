// Installs that began at the platform, before any tenant is known: found by the hash of a token, or by an operator, and claimed once.
import type { ClientRegistrationId, ConnectionId, InstallId } from '../domain/ids.ts';
import type { SealBinding } from '../domain/sealing.ts';
import type { Tx } from './database.ts';
import type { Install } from './generated/client.ts';
import type { PageAfter } from './page-after.ts';
import { rowId } from './row-ids.ts';

export type InstallRow = Install & { readonly id: InstallId };

export interface NewInstall {
  readonly id: InstallId;
  readonly platform: string;
  readonly obtain: string;
  readonly shop: Readonly<Record<string, string>>;
  /** null where no browser was there to be given one. */
  readonly tokenHash: Uint8Array<ArrayBuffer> | null;
  /** Of the value by which a browser finds it later; null where none is expected. */
  readonly correlationHash: Uint8Array<ArrayBuffer> | null;
  readonly sealed: Uint8Array<ArrayBuffer>;
  readonly keyVersion: number;
  readonly redirectUri: string;
  /** Where a shop registers us, and nobody can claim it before that is done. */
  readonly exchange?: 'registering';
  readonly expiresAt: Date;
}

/** What the sealed bytes are bound to, before and after the claim. */
export function installBinding(id: InstallId): SealBinding {
  return { owner: 'installation', subject: id, kind: 'authorization', generation: 0 };
}

/** Of what the confirmation of a registration brought, beside what it began with. */
export function broughtBinding(id: InstallId): SealBinding {
  return { ...installBinding(id), generation: 1 };
}

export async function insertInstall(tx: Tx, install: NewInstall): Promise<void> {
  await tx.install.create({ data: { ...install, shop: { ...install.shop } } });
}

/** How many wait to be claimed, so that a flood of them can be refused. */
export async function countUnclaimed(tx: Tx, platform: string, now: Date): Promise<number> {
  return tx.install.count({ where: { platform, claimedAt: null, expiresAt: { gt: now } } });
}

export async function findInstall(
  tx: Tx,
  by: { readonly tokenHash: Uint8Array<ArrayBuffer> } | { readonly id: InstallId },
): Promise<InstallRow | null> {
  const row = await tx.install.findUnique({ where: by });
  return row === null ? null : withId(row);
}

/** Gives the newest install of this correlation to the browser that asks first; null where there is none, or another was first. */
export async function giveToken(
  tx: Tx,
  correlationHash: Uint8Array<ArrayBuffer>,
  { tokenHash, now }: { readonly tokenHash: Uint8Array<ArrayBuffer>; readonly now: Date },
): Promise<InstallRow | null> {
  const waiting = { correlationHash, tokenHash: null, claimedAt: null, expiresAt: { gt: now } };
  const row = await tx.install.findFirst({ where: waiting, orderBy: { id: 'desc' } });
  if (row === null) return null;
  const { count } = await tx.install.updateMany({ where: { ...waiting, id: row.id }, data: { tokenHash } });
  return count === 1 ? withId(row) : null;
}

const CLAIMABLE = [{ exchange: null }, { exchange: 'exchanged' }];

export async function listUnclaimed(tx: Tx, page: PageAfter & { readonly now: Date }): Promise<InstallRow[]> {
  const rows = await tx.install.findMany({
    where: {
      claimedAt: null,
      expiresAt: { gt: page.now },
      OR: CLAIMABLE,
      ...(page.after === null ? {} : { id: { gt: page.after } }),
    },
    orderBy: { id: 'asc' },
    take: page.limit,
  });
  return rows.map(withId);
}

/** Takes the exchange once: of two tries, one gets the install. Null where it is over, claimed, or was taken before. */
export async function beginExchange(tx: Tx, id: InstallId, now: Date): Promise<InstallRow | null> {
  const { count } = await tx.install.updateMany({
    where: { id, exchange: null, claimedAt: null, expiresAt: { gt: now } },
    data: { exchange: 'under_way' },
  });
  return count === 1 ? findInstall(tx, { id }) : null;
}

export interface IssuedInstall {
  readonly sealed: Uint8Array<ArrayBuffer>;
  readonly keyVersion: number;
  readonly shop: Readonly<Record<string, string>>;
  readonly registrationId: ClientRegistrationId | null;
  /** Kind and dates of the credential; nothing of it. */
  readonly issued: Readonly<Record<string, string | number | string[] | null>>;
}

/** What was issued takes the place of what the callback brought. */
export async function keepIssued(tx: Tx, id: InstallId, issued: IssuedInstall): Promise<void> {
  await tx.install.updateMany({
    where: { id, exchange: 'under_way', claimedAt: null },
    data: { ...issued, shop: { ...issued.shop }, issued: { ...issued.issued }, exchange: 'exchanged' },
  });
}

/** What it brought is worth nothing any more, and is destroyed. */
export async function refuseInstall(tx: Tx, id: InstallId): Promise<void> {
  await tx.install.updateMany({
    where: { id, exchange: 'under_way' },
    data: { exchange: 'refused', sealed: null, keyVersion: null },
  });
}

/** Not for us to exchange: as it was. */
export async function leaveInstall(tx: Tx, id: InstallId): Promise<void> {
  await tx.install.updateMany({ where: { id, exchange: 'under_way' }, data: { exchange: null } });
}

export async function deleteUnclaimed(tx: Tx, id: InstallId): Promise<void> {
  await tx.install.deleteMany({ where: { id, claimedAt: null } });
}

/** Claims it once: of two at the same time, one gets true. What was sealed goes with the claim. */
export async function claimInstall(
  tx: Tx,
  id: InstallId,
  claim: { readonly connectionId: ConnectionId; readonly at: Date },
): Promise<boolean> {
  const { count } = await tx.install.updateMany({
    where: {
      id,
      claimedAt: null,
      expiresAt: { gt: claim.at },
      OR: CLAIMABLE,
    },
    data: { claimedAt: claim.at, connectionId: claim.connectionId, sealed: null, keyVersion: null },
  });
  return count === 1;
}

function withId(row: Install): InstallRow {
  return { ...row, id: rowId('install', row.id) };
}
