// The breaker of a platform: when too many of its connections fail within ten minutes, the fault is the platform's or ours, not
// theirs. Opened by compare-and-set, so that one of many workers opens it. Read and written across tenants.
import type { Scales } from '../domain/breaker.ts';
import type { ConnectionId, TenantId } from '../domain/ids.ts';
import type { Tx } from './database.ts';

/**
 * Counts a platform's live connections, and those whose credential it refuses since `sinceMs` although our clock calls it fresh. A dead
 * grant, a lost answer or a closed shop is one connection's own trouble, and a rejected secret of ours holds nobody.
 */
export async function weighPlatform(tx: Tx, platform: string, sinceMs: number): Promise<Scales> {
  const since = new Date(sinceMs);
  const rows = await tx.$queryRaw<{ failing: bigint; total: bigint }[]>`
    SELECT count(*) AS total, count(*) FILTER (WHERE
        (lifecycle = 'active' AND health = 'degraded' AND health_cause = 'credential_doubted' AND health_since >= ${since})
        OR (lifecycle = 'reauth_required' AND state_since >= ${since} AND reauth_reason = 'credential_rejected')
      ) AS failing
    FROM connections WHERE platform = ${platform} AND lifecycle IN ('active', 'reauth_required')`;
  const [row] = rows;
  return { failing: Number(row?.failing ?? 0n), total: Number(row?.total ?? 0n) };
}

/** Opens the platform's breaker; true for the one caller that did. */
export async function openBreaker(tx: Tx, platform: string, atMs: number): Promise<boolean> {
  const at = new Date(atMs);
  const changed = await tx.$executeRaw`
    INSERT INTO breakers (scope, kind, state, opened_at, updated_at) VALUES (${platform}, 'platform', 'open', ${at}, ${at})
    ON CONFLICT (scope) DO UPDATE SET state = 'open', opened_at = ${at}, canary = NULL, updated_at = ${at}
    WHERE breakers.state = 'closed'`;
  return changed === 1;
}

export async function closeBreaker(tx: Tx, platform: string, atMs: number): Promise<void> {
  await tx.breaker.updateMany({
    where: { scope: platform },
    data: { state: 'closed', canary: null, nextTryAt: null, updatedAt: new Date(atMs) },
  });
}

export async function isBreakerOpen(tx: Tx, platform: string): Promise<boolean> {
  const row = await tx.breaker.findUnique({ where: { scope: platform } });
  return row?.state === 'open';
}

export async function noteCanary(
  tx: Tx,
  platform: string,
  canary: { readonly connectionId: ConnectionId | null; readonly nextTryAtMs: number | null },
): Promise<void> {
  await tx.breaker.updateMany({
    where: { scope: platform },
    data: {
      canary: canary.connectionId,
      nextTryAt: canary.nextTryAtMs === null ? null : new Date(canary.nextTryAtMs),
    },
  });
}

export interface LiveConnection {
  readonly id: ConnectionId;
  readonly tenantId: TenantId;
}

/** Live connections of a platform in the order of their ids, after one of them. */
export async function listLiveOfPlatform(
  tx: Tx,
  platform: string,
  page: { readonly afterId: string; readonly limit: number },
): Promise<readonly LiveConnection[]> {
  return tx.$queryRaw<LiveConnection[]>`
    SELECT id, tenant_id AS "tenantId" FROM connections
    WHERE platform = ${platform} AND lifecycle = 'active' AND fenced_at IS NULL AND id > ${page.afterId}
    ORDER BY id LIMIT ${page.limit}`;
}

/** A few connections to try, others each time, so that one with a trouble of its own cannot hold the rest for long. */
export async function listCanaries(
  tx: Tx,
  platform: string,
  limit: number,
): Promise<readonly LiveConnection[]> {
  return tx.$queryRaw<LiveConnection[]>`
    SELECT id, tenant_id AS "tenantId" FROM connections
    WHERE platform = ${platform} AND lifecycle = 'active' AND fenced_at IS NULL
    ORDER BY random() LIMIT ${limit}`;
}
