// Counts over all tenants, for the metrics. Never reads what a tenant owns, only how much of it there is.
import type { Tx } from './database.ts';

/**
 * Connections whose syncs do not match their state: active and not run for three intervals, or run in the last interval although
 * paused or in need of an approval.
 */
export async function countDriftedConnections(tx: Tx, now: Date): Promise<number> {
  const rows = await tx.$queryRaw<{ count: bigint }[]>`
    SELECT count(*) AS count FROM connections AS c
    LEFT JOIN LATERAL (
      SELECT started_at FROM sync_runs WHERE connection_id = c.id ORDER BY started_at DESC LIMIT 1
    ) AS run ON true
    WHERE (c.state = 'active' AND coalesce(run.started_at, c.state_since) < ${now}::timestamptz - make_interval(secs => 3 * c.sync_interval_s + 120)
           AND c.state_since < ${now}::timestamptz - make_interval(secs => 3 * c.sync_interval_s + 120))
       OR (c.state IN ('paused', 'reauth_required', 'revoked') AND run.started_at > c.state_since + interval '2 minutes')`;
  return Number(rows[0]?.count ?? 0n);
}

export async function countSetAsideOverall(tx: Tx): Promise<number> {
  return tx.setAside.count();
}

export async function countOpenBreakers(tx: Tx): Promise<number> {
  return tx.breaker.count({ where: { state: { not: 'closed' } } });
}

export async function countRejectedRegistrations(tx: Tx): Promise<number> {
  return tx.clientRegistration.count({ where: { health: 'rejected' } });
}
