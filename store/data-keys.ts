// Wrapped data keys. Only wrapped bytes are here; destroying a row makes all that its key sealed unreadable for good.
import { MooringError } from '../domain/errors.ts';
import type { TenantId } from '../domain/ids.ts';
import type {
  DataKeyPort,
  DataKeyUse,
  KeyOwner,
  RewrapPort,
  Rewrapped,
  WrappedDataKey,
} from '../domain/sealing.ts';
import { appendAuditBySql } from './audit.ts';
import type { Database, Sql, Tx } from './database.ts';

interface DataKeyRow {
  readonly owner: string;
  readonly version: number;
  readonly wrapped: Buffer;
  readonly kek_id: string;
}

const COLUMNS = 'owner, version, wrapped, kek_id';
const EXAMPLES = 3;

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

/** Moves data keys to another wrapping, a page a transaction, each page with its audit row. */
export function createRewrapPort(
  db: Database,
  by: { readonly actor: string; readonly reason: string },
): RewrapPort {
  return {
    listNotUnder: (kekId, after) => db.sqlAcrossTenants((sql) => listDataKeysNotUnder(sql, kekId, after)),
    replace: (page) =>
      db.sqlAcrossTenants(async (sql) => {
        const moved = await replaceWrappings(sql, page);
        const [first] = page;
        if (moved > 0 && first !== undefined) {
          await appendAuditBySql(sql, {
            ...by,
            tenantId: null,
            action: 'data_keys.rewrapped',
            target: first.next.kekId,
            outcome: 'done',
            detail: { moved },
          });
        }
        return moved;
      }),
  };
}

/** Replaces each wrapping that is still the one that was read, in one statement; how many. */
export async function replaceWrappings(sql: Sql, page: readonly Rewrapped[]): Promise<number> {
  const { rowCount } = await sql.query(
    `UPDATE data_keys AS d SET wrapped = p.next, kek_id = p.kek_id
     FROM unnest($1::text[], $2::int[], $3::bytea[], $4::bytea[], $5::text[]) AS p (owner, version, old, next, kek_id)
     WHERE d.owner = p.owner AND d.version = p.version AND d.wrapped = p.old AND d.status <> 'destroyed'`,
    [
      page.map(({ old }) => old.owner),
      page.map(({ old }) => old.version),
      page.map(({ old }) => Buffer.from(old.wrapped)),
      page.map(({ next }) => Buffer.from(next.wrapped)),
      page.map(({ next }) => next.kekId),
    ],
  );
  return rowCount ?? 0;
}

/** How many data keys are under each key-encrypting key, with a few of them. */
export async function listDataKeyUses(sql: Sql): Promise<readonly DataKeyUse[]> {
  const { rows } = await sql.query<DataKeyRow & { data_keys: number }>(
    `SELECT ${COLUMNS}, data_keys FROM (
       SELECT ${COLUMNS}, count(*) OVER (PARTITION BY kek_id)::int AS data_keys,
         row_number() OVER (PARTITION BY kek_id ORDER BY owner, version) AS place
       FROM data_keys WHERE status <> 'destroyed') AS placed
     WHERE place <= ${EXAMPLES} ORDER BY kek_id, place`,
  );
  return [...new Set(rows.map((row) => row.kek_id))].map((kekId) => {
    const found = rows.filter((row) => row.kek_id === kekId);
    return {
      kekId,
      dataKeys: found[0]?.data_keys ?? 0,
      examples: found.flatMap((row) => (isOwner(row.owner) ? [toKeyOf(row.owner, row)] : [])),
    };
  });
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
