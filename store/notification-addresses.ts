// Where platforms tell us things, one connection each. Only the SHA-256 of an address's token is kept, so that an address is shown once and never again.
import type { ClientRegistrationId, ConnectionId, TenantId } from '../domain/ids.ts';
import type { Sql } from './database.ts';

export interface NotifiedConnection {
  readonly tenantId: TenantId;
  readonly connectionId: ConnectionId;
  readonly platform: string;
  readonly registrationId: ClientRegistrationId | null;
  readonly shop: Readonly<Record<string, string>>;
}

interface Row {
  readonly tenant_id: TenantId;
  readonly connection_id: ConnectionId;
  readonly platform: string;
  readonly registration_id: ClientRegistrationId | null;
  readonly shop: Readonly<Record<string, string>>;
}

/** Run across tenants: nobody knows yet whose it is. null: no such address, or its connection has ended. */
export async function findByAddress(sql: Sql, tokenHash: Uint8Array): Promise<NotifiedConnection | null> {
  const { rows } = await sql.query<Row>({
    name: 'find-by-address',
    text: `SELECT n.tenant_id, n.id AS connection_id, n.platform, n.registration_id, n.shop
           FROM notification_addresses AS a JOIN connections AS n ON n.id = a.connection_id
           WHERE a.token_hash = $1 AND n.fenced_at IS NULL`,
    values: [tokenHash],
  });
  return rows[0] === undefined ? null : told(rows[0]);
}

const ALIVE = `fenced_at IS NULL AND lifecycle NOT IN ('revoked', 'abandoned')`;

/** Connections of a shop as a platform names it. `field` null: by the shop's key. `registrationIds` null: whichever they were made with. */
export async function findByShop(
  sql: Sql,
  of: {
    readonly platform: string;
    readonly field: string | null;
    readonly shop: string;
    readonly registrationIds: readonly ClientRegistrationId[] | null;
    readonly isEndedToo: boolean;
  },
): Promise<readonly NotifiedConnection[]> {
  const by = of.field === null ? 'key' : 'field';
  const { rows } = await sql.query<Row>({
    name: `find-by-shop-${by}${of.isEndedToo ? '-ended-too' : ''}`,
    text: `SELECT tenant_id, id AS connection_id, platform, registration_id, shop FROM connections
           WHERE platform = $1 AND ${of.isEndedToo ? 'true' : ALIVE}
             AND ${of.field === null ? 'shop_key = $2' : 'shop ->> $4 = $2'}
             AND ($3::text[] IS NULL OR registration_id = ANY ($3)) ${of.isEndedToo ? '' : 'LIMIT 50'}`,
    values: [of.platform, of.shop, of.registrationIds, ...(of.field === null ? [] : [of.field])],
  });
  return rows.map(told);
}

export async function addAddress(
  sql: Sql,
  of: { readonly tenantId: TenantId; readonly connectionId: ConnectionId; readonly tokenHash: Uint8Array },
): Promise<void> {
  await sql.query(
    'INSERT INTO notification_addresses (token_hash, tenant_id, connection_id) VALUES ($1, $2, $3)',
    [of.tokenHash, of.tenantId, of.connectionId],
  );
}

/** One that nobody was shown. */
export async function dropAddress(sql: Sql, tokenHash: Uint8Array): Promise<void> {
  await sql.query('DELETE FROM notification_addresses WHERE token_hash = $1', [tokenHash]);
}

/** In hex: what an address that a platform tells is compared with. */
export async function listAddressHashes(sql: Sql, connectionId: ConnectionId): Promise<readonly string[]> {
  const { rows } = await sql.query<{ hash: string }>(
    `SELECT encode(token_hash, 'hex') AS hash FROM notification_addresses WHERE connection_id = $1`,
    [connectionId],
  );
  return rows.map(({ hash }) => hash);
}

function told(row: Row): NotifiedConnection {
  return {
    tenantId: row.tenant_id,
    connectionId: row.connection_id,
    platform: row.platform,
    registrationId: row.registration_id,
    shop: row.shop,
  };
}
