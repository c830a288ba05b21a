// Reads of client registrations for the API and for choosing one. Never reads a secret.
import type { ClientRegistrationId, ConnectionId, TenantId } from '../domain/ids.ts';
import type { Tx } from './database.ts';
import type { ClientRegistration } from './generated/client.ts';
import type { PageAfter } from './page-after.ts';
import { rowId } from './row-ids.ts';

export type ClientRegistrationRow = ClientRegistration & {
  readonly id: ClientRegistrationId;
  readonly tenantId: TenantId | null;
};

export async function listClientRegistrations(
  tx: Tx,
  page: PageAfter & { platform?: string | undefined },
): Promise<ClientRegistrationRow[]> {
  const rows = await tx.clientRegistration.findMany({
    where: {
      ...(page.after === null ? {} : { id: { gt: page.after } }),
      ...(page.platform === undefined ? {} : { platform: page.platform }),
    },
    orderBy: { id: 'asc' },
    take: page.limit,
  });
  return rows.map(withIds);
}

export async function readClientRegistration(tx: Tx, id: string): Promise<ClientRegistrationRow | null> {
  const row = await tx.clientRegistration.findUnique({ where: { id } });
  return row === null ? null : withIds(row);
}

/** The registration a new connection uses: the tenant's own before the installation's, the newest first. */
export async function chooseClientRegistration(
  tx: Tx,
  tenantId: TenantId,
  platform: string,
): Promise<ClientRegistrationRow | null> {
  const rows = await tx.clientRegistration.findMany({
    where: { platform, status: 'active', OR: [{ tenantId }, { tenantId: null }] },
    orderBy: { id: 'desc' },
  });
  const row = rows.find((one) => one.tenantId === tenantId) ?? rows[0];
  return row === undefined ? null : withIds(row);
}

/** The platforms at which this tenant can be connected through an app: its own, or the installation's. */
export async function listRegisteredPlatforms(tx: Tx, tenantId: TenantId): Promise<ReadonlySet<string>> {
  const rows = await tx.clientRegistration.findMany({
    where: { status: 'active', OR: [{ tenantId }, { tenantId: null }] },
    select: { platform: true },
    distinct: ['platform'],
  });
  return new Set(rows.map(({ platform }) => platform));
}

/** How many connections that are not final still use it. */
export async function countConnectionsOf(tx: Tx, id: ClientRegistrationId): Promise<number> {
  return tx.connection.count({
    where: { registrationId: id, lifecycle: { notIn: ['revoked', 'abandoned'] } },
  });
}

/** The connections to tell of a new version; not the final ones. */
export async function listConnectionIdsOf(tx: Tx, id: ClientRegistrationId): Promise<ConnectionId[]> {
  const rows = await tx.connection.findMany({
    where: { registrationId: id, lifecycle: { notIn: ['revoked', 'abandoned'] } },
    select: { id: true },
  });
  return rows.map((row) => rowId('connection', row.id));
}

function withIds(row: ClientRegistration): ClientRegistrationRow {
  return {
    ...row,
    id: rowId('clientRegistration', row.id),
    tenantId: row.tenantId === null ? null : rowId('tenant', row.tenantId),
  };
}
