// Reads for the inventory: which credentials exist, what stands behind each connection, which endpoints are called. Metadata alone: nothing
// sealed is read.
import type { ConnectionId, TenantId } from '../domain/ids.ts';
import type { Tx } from './database.ts';
import type { PageAfter } from './page-after.ts';

export interface InventoryFilter extends PageAfter {
  readonly tenantId?: string | undefined;
  readonly platform?: string | undefined;
  readonly kind?: string | undefined;
}

export interface CredentialInventoryRow {
  readonly connectionId: ConnectionId;
  readonly tenantId: TenantId;
  readonly platform: string;
  readonly state: string;
  readonly kind: string;
  readonly generation: number;
  readonly createdAt: Date;
  readonly firstUsedAt: Date | null;
  readonly expiresAt: Date | null;
  readonly refreshExpiresAt: Date | null;
  readonly nextRefreshAt: Date | null;
  readonly keyVersion: number;
  readonly registrationId: string | null;
  readonly registrationVersion: number | null;
  readonly permissions: readonly string[];
  readonly grantedScopes: readonly string[];
}

export async function listCredentialInventory(
  tx: Tx,
  filter: InventoryFilter,
): Promise<CredentialInventoryRow[]> {
  const { after, limit, tenantId = null, platform = null, kind = null } = filter;
  return tx.$queryRaw<CredentialInventoryRow[]>`
    SELECT n.id AS "connectionId", n.tenant_id AS "tenantId", n.platform, n.state, c.kind, c.generation, c.created_at AS "createdAt",
      c.first_used_at AS "firstUsedAt", c.expires_at AS "expiresAt", c.refresh_expires_at AS "refreshExpiresAt",
      n.next_refresh_at AS "nextRefreshAt", c.key_version AS "keyVersion", n.registration_id AS "registrationId",
      c.registration_version AS "registrationVersion", n.permissions, n.granted_scopes AS "grantedScopes"
    FROM connections AS n JOIN credentials AS c ON c.connection_id = n.id AND c.generation = n.generation
    WHERE n.id > coalesce(${after}::text, '') AND (${tenantId}::text IS NULL OR n.tenant_id = ${tenantId})
      AND (${platform}::text IS NULL OR n.platform = ${platform}) AND (${kind}::text IS NULL OR c.kind = ${kind})
    ORDER BY n.id LIMIT ${limit}`;
}

export interface EndpointInventoryRow {
  readonly platform: string;
  readonly endpoint: string;
  readonly connections: number;
  readonly calls: bigint;
  readonly failures: bigint;
  readonly firstDay: Date;
  readonly lastCalledAt: Date;
}

/** Calls of the last `days`, by platform and endpoint. */
export async function listEndpointUses(
  tx: Tx,
  filter: {
    readonly tenantId?: string | undefined;
    readonly platform?: string | undefined;
    readonly since: Date;
  },
): Promise<EndpointInventoryRow[]> {
  const { tenantId = null, platform = null, since } = filter;
  return tx.$queryRaw<EndpointInventoryRow[]>`
    SELECT n.platform, u.endpoint, count(DISTINCT u.connection_id)::int AS connections, sum(u.calls)::bigint AS calls,
      sum(u.failures)::bigint AS failures, min(u.day) AS "firstDay", max(u.last_called_at) AS "lastCalledAt"
    FROM endpoint_uses AS u JOIN connections AS n ON n.id = u.connection_id
    WHERE u.day >= ${since}::date AND (${tenantId}::text IS NULL OR u.tenant_id = ${tenantId})
      AND (${platform}::text IS NULL OR n.platform = ${platform})
    GROUP BY 1, 2 ORDER BY 1, 2`;
}

/** The platforms that somebody has a connection at. */
export async function listUsedPlatforms(tx: Tx, tenantId: string | undefined): Promise<string[]> {
  const rows = await tx.connection.findMany({
    where: {
      lifecycle: { notIn: ['revoked', 'abandoned'] },
      ...(tenantId === undefined ? {} : { tenantId }),
    },
    distinct: ['platform'],
    select: { platform: true },
    orderBy: { platform: 'asc' },
  });
  return rows.map((row) => row.platform);
}
