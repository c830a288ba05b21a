// What the metrics count, read in one transaction.
import { countConnections, countStuckConnections } from '../store/connections-list.ts';
import {
  countDriftedConnections,
  countOpenBreakers,
  countRejectedRegistrations,
  countSetAsideOverall,
} from '../store/fleet-counts.ts';
import type { HttpDeps } from './deps.ts';

export interface FleetCounts {
  readonly connections: readonly { platform: string; state: string; count: number }[];
  readonly stuck: number;
  readonly drifted: number;
  readonly setAside: number;
  readonly openBreakers: number;
  readonly rejectedRegistrations: number;
}

export function readFleetCounts(deps: Pick<HttpDeps, 'db' | 'nowMs'>): Promise<FleetCounts> {
  const now = new Date(deps.nowMs());
  return deps.db.acrossTenants(async (tx) => ({
    connections: await countConnections(tx),
    stuck: await countStuckConnections(tx, now),
    drifted: await countDriftedConnections(tx, now),
    setAside: await countSetAsideOverall(tx),
    openBreakers: await countOpenBreakers(tx),
    rejectedRegistrations: await countRejectedRegistrations(tx),
  }));
}
