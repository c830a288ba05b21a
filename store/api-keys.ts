// Keys of our own API. Only the SHA-256 of a key is kept. A row's tenant decides what it may see; null is an operator.
import type { ApiKeyId, TenantId } from '../domain/ids.ts';
import type { Tx } from './database.ts';
import type { ApiKey } from './generated/client.ts';
import { rowId } from './row-ids.ts';

export type ApiKeyRow = ApiKey & { readonly id: ApiKeyId; readonly tenantId: TenantId | null };

export interface NewApiKey {
  readonly id: ApiKeyId;
  readonly tenantId: TenantId | null;
  readonly role: string;
  readonly name: string;
  readonly hash: Uint8Array<ArrayBuffer>;
  readonly expiresAt: Date | null;
}

export async function createApiKey(tx: Tx, key: NewApiKey): Promise<ApiKeyRow> {
  return withIds(await tx.apiKey.create({ data: key }));
}

/** Gives a key another secret: the former one opens nothing from now on. */
export async function replaceApiKeyHash(
  tx: Tx,
  id: ApiKeyId,
  hash: Uint8Array<ArrayBuffer>,
): Promise<ApiKeyRow> {
  return withIds(await tx.apiKey.update({ where: { id }, data: { hash } }));
}

/** Over all tenants: who asks is not known before. */
export async function findApiKeyByHash(tx: Tx, hash: Uint8Array<ArrayBuffer>): Promise<ApiKeyRow | null> {
  const row = await tx.apiKey.findUnique({ where: { hash } });
  return row === null ? null : withIds(row);
}

/** Notes that a key is used; callers do it at most once a minute. */
export async function touchApiKey(tx: Tx, id: ApiKeyId, at: Date): Promise<void> {
  await tx.apiKey.updateMany({ where: { id }, data: { lastUsedAt: at } });
}

/** Keeps the first instant when it is repeated. */
export async function revokeApiKey(tx: Tx, id: ApiKeyId, at: Date): Promise<void> {
  await tx.apiKey.updateMany({ where: { id, revokedAt: null }, data: { revokedAt: at } });
}

function withIds(row: ApiKey): ApiKeyRow {
  return {
    ...row,
    id: rowId('apiKey', row.id),
    tenantId: row.tenantId === null ? null : rowId('tenant', row.tenantId),
  };
}
