// The fleet in numbers, for the metrics and the console. The scope is the transaction's: a tenant's rows, or all.
import { countConnections, countStuckConnections } from '../store/connections-list.ts';
import type { Tx } from '../store/database.ts';
import { countDeliveries, type DeliveryCounts } from '../store/delivery-counts.ts';
import {
  countDriftedConnections,
  countOpenBreakers,
  countRejectedRegistrations,
  countSetAsideOverall,
} from '../store/fleet-counts.ts';
import { countNotifications, type NotificationCounts } from '../store/notification-facts.ts';
import type { HttpDeps } from './deps.ts';

export interface FleetCounts {
  readonly connections: { platform: string; state: string; count: number }[];
  readonly stuck: number;
  readonly drifted: number;
  readonly setAside: number;
  readonly openBreakers: number;
  readonly rejectedRegistrations: number;
  readonly notifications: NotificationCounts;
  readonly deliveries: DeliveryCounts;
}

/** Over all tenants, in one transaction. */
export function readFleetCounts(deps: Pick<HttpDeps, 'db' | 'nowMs'>): Promise<FleetCounts> {
  return deps.db.acrossTenants((tx) => countFleet(tx, new Date(deps.nowMs())));
}

export async function countFleet(tx: Tx, now: Date): Promise<FleetCounts> {
  return {
    connections: await countConnections(tx),
    stuck: await countStuckConnections(tx, now),
    drifted: await countDriftedConnections(tx, now),
    setAside: await countSetAsideOverall(tx),
    openBreakers: await countOpenBreakers(tx),
    rejectedRegistrations: await countRejectedRegistrations(tx),
    notifications: await countNotifications(tx, now),
    deliveries: await countDeliveries(tx, now),
  };
}
