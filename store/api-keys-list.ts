// Reads of API keys for the API: names, roles and dates. The hash stays here. Never writes.
import type { ApiKeyId } from '../domain/ids.ts';
import type { Tx } from './database.ts';
import type { ApiKey } from './generated/client.ts';
import type { PageAfter } from './page-after.ts';
import { rowId } from './row-ids.ts';

export type ApiKeyListRow = Omit<ApiKey, 'hash' | 'id'> & { readonly id: ApiKeyId };

export async function listApiKeys(tx: Tx, page: PageAfter): Promise<ApiKeyListRow[]> {
  const rows = await tx.apiKey.findMany({
    ...(page.after === null ? {} : { where: { id: { gt: page.after } } }),
    omit: { hash: true },
    orderBy: { id: 'asc' },
    take: page.limit,
  });
  return rows.map((row) => ({ ...row, id: rowId('apiKey', row.id) }));
}

export async function readApiKey(tx: Tx, id: string): Promise<ApiKeyListRow | null> {
  const row = await tx.apiKey.findUnique({ where: { id }, omit: { hash: true } });
  return row === null ? null : { ...row, id: rowId('apiKey', row.id) };
}
