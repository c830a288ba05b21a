// Wrapped data keys. Only wrapped bytes are here; destroying a row makes all that its key sealed unreadable for good.
import { MooringError } from '../domain/errors.ts';
import type { TenantId } from '../domain/ids.ts';
import type { DataKeyPort, KeyOwner, WrappedDataKey } from '../domain/sealing.ts';
import type { Database, Sql, Tx } from './database.ts';

interface DataKeyRow {
  readonly owner: string;
  readonly version: number;
  readonly wrapped: Buffer;
  readonly kek_id: string;
}

const COLUMNS = 'owner, version, wrapped, kek_id';

/** The vault's port, each call in a transaction of its own: a key outlives the failure of what first needed it. */
export function createDataKeyPort(db: Database): DataKeyPort {
  return {
    findNewest: (owner) =>
      asOwner(db, owner, async (sql) => {
        const { rows } = await sql.query<DataKeyRow>({
          name: 'find-newest-data-key',
          text: `SELECT ${COLUMNS} FROM data_keys WHERE owner = $1 AND status = 'primary' ORDER BY version DESC LIMIT 1`,
          values: [owner],
        });
        return toKey(owner, rows[0]);
      }),
    find: (owner, version) => asOwner(db, owner, (sql) => findDataKey(sql, owner, version)),
    add: (key) => asOwner(db, key.owner, (sql) => addDataKey(sql, key)),
  };
}

/** Keys wrapped by another key-encrypting key than this one, in order, from the one after `after`; a page of them. */
export async function listDataKeysNotUnder(
  sql: Sql,
  kekId: string,
  after: WrappedDataKey | null,
): Promise<readonly WrappedDataKey[]> {
  const { rows } = await sql.query<DataKeyRow>(
    `SELECT ${COLUMNS} FROM data_keys WHERE kek_id <> $1 AND status <> 'destroyed'
       AND (owner, version) > ($2::text COLLATE "C", $3::int) ORDER BY owner, version LIMIT 100`,
    [kekId, after?.owner ?? '', after?.version ?? 0],
  );
  return rows.flatMap((row) => (isOwner(row.owner) ? [toKeyOf(row.owner, row)] : []));
}

/** Replaces the wrapping if it is still the one that was read; false when another process was first. */
export async function replaceWrapping(sql: Sql, old: WrappedDataKey, next: WrappedDataKey): Promise<boolean> {
  const { rowCount } = await sql.query(
    `UPDATE data_keys SET wrapped = $3, kek_id = $4
     WHERE owner = $1 AND version = $2 AND wrapped = $5 AND status <> 'destroyed'`,
    [old.owner, old.version, next.wrapped, next.kekId, old.wrapped],
  );
  return rowCount === 1;
}

/** Destroys a tenant's data keys: what they sealed cannot be opened again, wherever a copy of it is. */
export async function destroyDataKeys(tx: Tx, tenantId: TenantId): Promise<number> {
  const { count } = await tx.dataKey.updateMany({
    where: { owner: tenantId, status: { not: 'destroyed' } },
    data: { status: 'destroyed', wrapped: new Uint8Array(0), destroyedAt: new Date() },
  });
  return count;
}

async function findDataKey(sql: Sql, owner: KeyOwner, version: number): Promise<WrappedDataKey | null> {
  const { rows } = await sql.query<DataKeyRow>({
    name: 'find-data-key',
    text: `SELECT ${COLUMNS} FROM data_keys WHERE owner = $1 AND version = $2 AND status <> 'destroyed'`,
    values: [owner, version],
  });
  return toKey(owner, rows[0]);
}

async function addDataKey(sql: Sql, key: WrappedDataKey): Promise<WrappedDataKey> {
  const tenantId = key.owner === 'installation' ? null : key.owner;
  const added = await sql.query({
    name: 'add-data-key',
    text: `INSERT INTO data_keys (owner, version, tenant_id, wrapped, kek_id, status)
           VALUES ($1, $2, $3, $4, $5, 'primary') ON CONFLICT (owner, version) DO NOTHING`,
    values: [key.owner, key.version, tenantId, key.wrapped, key.kekId],
  });
  if (added.rowCount === 1) return key;
  // The conflict means the other writer has committed: this statement's own snapshot sees its row.
  const kept = await findDataKey(sql, key.owner, key.version);
  if (kept !== null) return kept;
  throw new MooringError('credential_unreadable', `the data keys of "${key.owner}" were destroyed`);
}

function asOwner<T>(db: Database, owner: KeyOwner, fn: (sql: Sql) => Promise<T>): Promise<T> {
  return owner === 'installation' ? db.sqlAcrossTenants(fn) : db.sqlInTenant(owner, fn);
}

function isOwner(text: string): text is KeyOwner {
  return text === 'installation' || text.startsWith('ten_');
}

function toKey(owner: KeyOwner, row: DataKeyRow | undefined): WrappedDataKey | null {
  return row === undefined ? null : toKeyOf(owner, row);
}

function toKeyOf(owner: KeyOwner, row: DataKeyRow): WrappedDataKey {
  return { owner, version: row.version, wrapped: row.wrapped, kekId: row.kek_id };
}
