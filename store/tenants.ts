// Tenants: the vendor's customers. Made by operators; erasing one is marked here and carried out by its connections' workflows.
import type { TenantId } from '../domain/ids.ts';
import type { Tx } from './database.ts';
import type { Prisma, Tenant } from './generated/client.ts';

export interface NewTenant {
  readonly id: TenantId;
  readonly name: string;
  readonly settings: Prisma.InputJsonObject;
}

export async function createTenant(tx: Tx, tenant: NewTenant): Promise<Tenant> {
  return tx.tenant.create({ data: tenant });
}

/** Keeps the first instant when it is repeated. */
export async function markTenantErasing(tx: Tx, id: TenantId, at: Date): Promise<void> {
  await tx.tenant.updateMany({ where: { id, erasingAt: null }, data: { erasingAt: at } });
}
