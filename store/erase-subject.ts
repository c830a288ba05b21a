// The erasure of one customer from what a connection holds: the customer's record becomes a tombstone, and what is personal in their orders goes. Their hashes
// stay, so that a page that was read before, or reading the same once more, does not bring them back. Readers of the feed see both as changes.
import type { ConnectionId, TenantId } from '../domain/ids.ts';
import type { Sql } from './database.ts';
import { forgetSentRecords } from './delivery-purges.ts';
import { ensureFeedHead } from './feed-heads.ts';
import { deleteByIds } from './records.ts';

export interface ErasedSubject {
  readonly customers: number;
  readonly orders: number;
}

interface Subject {
  readonly customer: string | null;
  readonly orders: readonly string[];
}

export async function eraseSubject(
  sql: Sql,
  of: { readonly tenantId: TenantId; readonly connectionId: ConnectionId },
  { customer, orders }: Subject,
): Promise<ErasedSubject> {
  const customers = customer === null ? 0 : await eraseCustomer(sql, of, customer);
  await ensureFeedHead(sql, { ...of, resource: 'orders' });
  const { rowCount } = await sql.query(
    `WITH mine AS (
       SELECT platform_id, row_number() OVER (ORDER BY platform_id) AS nth FROM records
       WHERE ${OF_SUBJECT} AND (record ->> 'email' IS NOT NULL OR record -> 'shippingAddress' <> 'null' OR record -> 'billingAddress' <> 'null'
         OR record ->> 'customerPlatformId' IS NOT NULL)
     ), head AS (
       UPDATE feed_heads SET position = position + (SELECT count(*) FROM mine) WHERE tenant_id = $4 AND feed = 'orders'
       RETURNING position - (SELECT count(*) FROM mine) AS base
     )
     UPDATE records AS r SET position = head.base + mine.nth, changed_at = now(),
       record = record || '{"email": null, "shippingAddress": null, "billingAddress": null, "customerPlatformId": null}'::jsonb
     FROM head, mine WHERE r.connection_id = $1 AND r.resource = 'orders' AND r.platform_id = mine.platform_id`,
    [of.connectionId, customer, orders, of.tenantId],
  );
  // Of a record that was deleted before, attempts may show it still.
  if (customers + (rowCount ?? 0) > 0 || (await isKnown(sql, of.connectionId, { customer, orders })))
    await forgetSentRecords(sql, of.connectionId);
  if (customer !== null)
    await sql.query(`DELETE FROM notifications WHERE scope = $1 AND means = 'customers' AND object_id = $2`, [
      of.connectionId,
      customer,
    ]);
  return { customers, orders: rowCount ?? 0 };
}

/** Whether anything of theirs was ever held, tombstones included. */
async function isKnown(
  sql: Sql,
  connectionId: ConnectionId,
  { customer, orders }: Subject,
): Promise<boolean> {
  const { rows } = await sql.query(
    `SELECT FROM records WHERE connection_id = $1
       AND (resource = 'customers' AND platform_id = $2 OR resource = 'orders' AND platform_id = ANY ($3::text[])) LIMIT 1`,
    [connectionId, customer, orders],
  );
  return rows.length > 0;
}

async function eraseCustomer(
  sql: Sql,
  of: { readonly tenantId: TenantId; readonly connectionId: ConnectionId },
  customer: string,
): Promise<number> {
  const { rows } = await sql.query<{ hash: string }>(
    `SELECT hash FROM records WHERE connection_id = $1 AND resource = 'customers' AND platform_id = $2 AND deleted_at IS NULL`,
    [of.connectionId, customer],
  );
  const [known] = rows;
  if (known === undefined) return 0;
  const count = await deleteByIds(sql, { ...of, resource: 'customers' }, [customer]);
  await sql.query(
    `UPDATE records SET hash = $3 WHERE connection_id = $1 AND resource = 'customers' AND platform_id = $2`,
    [of.connectionId, customer, known.hash],
  );
  return count;
}

/** How much is held of somebody. */
export async function countSubject(
  sql: Sql,
  connectionId: ConnectionId,
  { customer, orders }: Subject,
): Promise<ErasedSubject> {
  const { rows } = await sql.query<{ customers: string; orders: string }>(
    `SELECT (SELECT count(*) FROM records WHERE connection_id = $1 AND resource = 'customers' AND platform_id = $2 AND deleted_at IS NULL) AS customers,
       (SELECT count(*) FROM records WHERE ${OF_SUBJECT}) AS orders`,
    [connectionId, customer, orders],
  );
  return { customers: Number(rows[0]?.customers ?? 0), orders: Number(rows[0]?.orders ?? 0) };
}

/** The records themselves, for a report to the tenant whose they are. */
export async function readSubjectRecords(
  sql: Sql,
  connectionId: ConnectionId,
  { customer, orders }: Subject,
): Promise<readonly { readonly resource: string; readonly record: unknown }[]> {
  const { rows } = await sql.query<{ resource: string; record: unknown }>(
    `SELECT resource, record FROM records WHERE connection_id = $1 AND resource = 'customers' AND platform_id = $2 AND deleted_at IS NULL
     UNION ALL SELECT resource, record FROM records WHERE ${OF_SUBJECT} LIMIT 10000`,
    [connectionId, customer, orders],
  );
  return rows;
}

const OF_SUBJECT = `connection_id = $1 AND resource = 'orders' AND deleted_at IS NULL
  AND (platform_id = ANY ($3::text[]) OR ($2::text IS NOT NULL AND record ->> 'customerPlatformId' = $2))`;

/** Connections of one of our apps, or of all at a platform, a page at a time. Run across tenants. */
export async function listForSubject(
  sql: Sql,
  of: { readonly platform: string; readonly registrationId: string | null; readonly afterId: string },
): Promise<readonly { readonly tenantId: TenantId; readonly connectionId: ConnectionId }[]> {
  const { rows } = await sql.query<{ tenantId: TenantId; connectionId: ConnectionId }>(
    `SELECT tenant_id AS "tenantId", id AS "connectionId" FROM connections
     WHERE platform = $1 AND ($2::text IS NULL OR registration_id = $2) AND id > $3 ORDER BY id LIMIT 200`,
    [of.platform, of.registrationId, of.afterId],
  );
  return rows;
}
