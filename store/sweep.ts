// What the sweep compares: every connection that is not final, in pages, over all tenants. Reads only.
import type { ConnectionId, TenantId } from '../domain/ids.ts';
import type { Tx } from './database.ts';

export interface SweptConnection {
  readonly connectionId: ConnectionId;
  readonly tenantId: TenantId;
  readonly lifecycle: string;
  readonly reauthReason: string | null;
  readonly pausedBy: string | null;
  readonly healthCause: string | null;
  readonly isFenced: boolean;
  readonly intervalS: number;
  readonly stateSinceMs: number;
  readonly nextRefreshAtMs: number | null;
  readonly nextTryAtMs: number | null;
}

interface SweptRow extends Omit<SweptConnection, 'stateSinceMs' | 'nextRefreshAtMs' | 'nextTryAtMs'> {
  readonly stateSince: Date;
  readonly nextRefreshAt: Date | null;
  readonly nextTryAt: Date | null;
}

export async function listNotFinal(
  tx: Tx,
  page: { readonly afterId: string; readonly limit: number },
): Promise<readonly SweptConnection[]> {
  const rows = await tx.$queryRaw<SweptRow[]>`
    SELECT id AS "connectionId", tenant_id AS "tenantId", lifecycle, reauth_reason AS "reauthReason", paused_by AS "pausedBy",
      health_cause AS "healthCause", fenced_at IS NOT NULL AS "isFenced", sync_interval_s AS "intervalS",
      state_since AS "stateSince", next_refresh_at AS "nextRefreshAt", next_try_at AS "nextTryAt"
    FROM connections WHERE lifecycle NOT IN ('revoked', 'abandoned') AND id > ${page.afterId}
    ORDER BY id LIMIT ${page.limit}`;
  return rows.map(({ stateSince, nextRefreshAt, nextTryAt, ...row }) => ({
    ...row,
    stateSinceMs: stateSince.getTime(),
    nextRefreshAtMs: nextRefreshAt?.getTime() ?? null,
    nextTryAtMs: nextTryAt?.getTime() ?? null,
  }));
}
