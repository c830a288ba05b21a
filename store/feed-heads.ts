// The heads of the change feeds: one row per tenant and resource, locked by a writer until it commits, so that the order of commits is the
// order of positions and a reader misses nothing.
import type { ConnectionId, TenantId } from '../domain/ids.ts';
import type { Resource } from '../domain/resource.ts';
import type { Sql } from './database.ts';

/** Where records belong, and in which feed they show. */
export interface RecordsOf {
  readonly tenantId: TenantId;
  readonly connectionId: ConnectionId;
  readonly resource: Resource;
}

/** A feed begins with its head row. Safe to repeat. */
export async function ensureFeedHead(sql: Sql, of: RecordsOf): Promise<void> {
  await sql.query(`INSERT INTO feed_heads (tenant_id, feed) VALUES ($1, $2) ON CONFLICT DO NOTHING`, [
    of.tenantId,
    of.resource,
  ]);
}
