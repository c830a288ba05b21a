// How deliveries go, for the metrics and the console.
import type { Tx } from './database.ts';

export interface DeliveryCounts {
  readonly pending: number;
  /** Seconds since the oldest pending one was made; 0 without one. */
  readonly oldestPendingS: number;
  readonly endpointsFailing: number;
  readonly endpointsDisabled: number;
}

/** In the transaction's scope: a tenant's, or all; how much there is, never whose. */
export async function countDeliveries(tx: Tx, now: Date): Promise<DeliveryCounts> {
  const [pending] = await tx.$queryRaw<{ count: bigint; oldest: Date | null }[]>`
    SELECT count(*) AS count, min(created_at) AS oldest FROM deliveries WHERE state = 'pending'`;
  const [endpoints] = await tx.$queryRaw<{ failing: bigint; disabled: bigint }[]>`
    SELECT count(*) FILTER (WHERE status = 'enabled' AND failing_since IS NOT NULL) AS failing,
      count(*) FILTER (WHERE status = 'disabled' AND disabled_because <> 'by_hand') AS disabled FROM endpoints`;
  const oldest = pending?.oldest ?? now;
  return {
    pending: Number(pending?.count ?? 0n),
    oldestPendingS: Math.max(0, Math.round((now.getTime() - oldest.getTime()) / 1000)),
    endpointsFailing: Number(endpoints?.failing ?? 0n),
    endpointsDisabled: Number(endpoints?.disabled ?? 0n),
  };
}
