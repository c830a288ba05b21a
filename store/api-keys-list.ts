// Reads of API keys for the API: names, roles and dates. The hash stays here. Never writes.
import type { ApiKeyId, TenantId } from '../domain/ids.ts';
import type { Tx } from './database.ts';
import type { ApiKey } from './generated/client.ts';
import type { PageAfter } from './page-after.ts';
import { rowId } from './row-ids.ts';

export type ApiKeyListRow = Omit<ApiKey, 'hash' | 'id' | 'tenantId'> & {
  readonly id: ApiKeyId;
  readonly tenantId: TenantId | null;
};

export async function listApiKeys(tx: Tx, page: PageAfter): Promise<ApiKeyListRow[]> {
  const rows = await tx.apiKey.findMany({
    ...(page.after === null ? {} : { where: { id: { gt: page.after } } }),
    omit: { hash: true },
    orderBy: { id: 'asc' },
    take: page.limit,
  });
  return rows.map(withIds);
}

export async function readApiKey(tx: Tx, id: string): Promise<ApiKeyListRow | null> {
  const row = await tx.apiKey.findUnique({ where: { id }, omit: { hash: true } });
  return row === null ? null : withIds(row);
}

function withIds(row: Omit<ApiKey, 'hash'>): ApiKeyListRow {
  return {
    ...row,
    id: rowId('apiKey', row.id),
    tenantId: row.tenantId === null ? null : rowId('tenant', row.tenantId),
  };
}
