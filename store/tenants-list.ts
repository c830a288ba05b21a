// Reads of tenants for the API. Never writes.
import type { TenantId } from '../domain/ids.ts';
import type { Tx } from './database.ts';
import type { Tenant } from './generated/client.ts';
import type { PageAfter } from './page-after.ts';

export type TenantRow = Tenant;

export async function listTenants(tx: Tx, page: PageAfter): Promise<TenantRow[]> {
  return tx.tenant.findMany({
    ...(page.after === null ? {} : { where: { id: { gt: page.after } } }),
    orderBy: { id: 'asc' },
    take: page.limit,
  });
}

export async function readTenant(tx: Tx, id: TenantId): Promise<TenantRow | null> {
  return tx.tenant.findUnique({ where: { id } });
}
