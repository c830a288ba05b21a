// The fleet in numbers, for Prometheus. Counts are read when asked for and shared for ten seconds; no label names a tenant.
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { FleetCounts } from './fleet-counts.ts';

export interface Metrics {
  readonly contentType: string;
  text(): Promise<string>;
}

const SHARED_MS = 10_000;

const NOTIFIED = {
  notifications_waiting: 'Objects that platforms named and that are still to be read',
  notifications_oldest_seconds: 'How long the oldest of them has waited',
  notifications_untold: 'Uninstalls and duties to erase that nobody took yet',
  subscriptions_missing: 'Subscriptions at platforms that are not as they should be',
  notification_gaps_open:
    'Times in which notifications may have been missed and that no sync has made up for yet',
  notification_gaps_closed: 'Those that a sync has made up for',
  privacy_requests_open: 'Requests to erase or to report that are not done',
  privacy_requests_overdue: 'Those past their deadline',
} as const;

export function createMetrics(read: () => Promise<FleetCounts>): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const gauge = (name: string, help: string, labelNames: string[] = []) =>
    new Gauge({ name, help, labelNames, registers: [registry] });
  const connections = gauge('mooring_connections', 'Connections by platform and public state', [
    'platform',
    'state',
  ]);
  const stuck = gauge(
    'mooring_connections_stuck',
    'Connections whose next step is overdue: the workflow does not move',
  );
  const drifted = gauge(
    'mooring_connections_drifted',
    'Connections whose syncs run although they should not, or the reverse',
  );
  const setAside = gauge('mooring_records_set_aside', 'Records that could not be mapped');
  const breakers = gauge('mooring_breakers_open', 'Breakers that hold a platform or a registration');
  const registrations = gauge(
    'mooring_registrations_rejected',
    'Client registrations whose secret the platform refuses',
  );
  const notified = Object.fromEntries(
    Object.entries(NOTIFIED).map(([name, help]) => [name, gauge(`mooring_${name}`, help)]),
  );
  const deliveriesPending = gauge('mooring_deliveries_pending', 'Deliveries that wait or are under way');
  const deliveriesOldest = gauge(
    'mooring_deliveries_oldest_seconds',
    'Since when the oldest pending delivery waits',
  );
  const endpointsFailing = gauge('mooring_endpoints_failing', 'Endpoints whose last attempts failed');
  const endpointsDisabled = gauge(
    'mooring_endpoints_disabled',
    'Endpoints given up: gone, or failing for days',
  );
  let readAtMs = 0;

  return {
    contentType: registry.contentType,
    text: async () => {
      if (Date.now() - readAtMs > SHARED_MS) {
        const counts = await read();
        readAtMs = Date.now();
        connections.reset();
        for (const { platform, state, count } of counts.connections)
          connections.set({ platform, state }, count);
        stuck.set(counts.stuck);
        drifted.set(counts.drifted);
        setAside.set(counts.setAside);
        breakers.set(counts.openBreakers);
        registrations.set(counts.rejectedRegistrations);
        deliveriesPending.set(counts.deliveries.pending);
        deliveriesOldest.set(counts.deliveries.oldestPendingS);
        endpointsFailing.set(counts.deliveries.endpointsFailing);
        endpointsDisabled.set(counts.deliveries.endpointsDisabled);
        const { notifications } = counts;
        notified['notifications_waiting']?.set(notifications.waiting);
        notified['notifications_oldest_seconds']?.set(notifications.oldestWaitingS);
        notified['notifications_untold']?.set(notifications.untold);
        notified['subscriptions_missing']?.set(notifications.subscriptionsMissing);
        notified['notification_gaps_open']?.set(notifications.gapsOpen);
        notified['notification_gaps_closed']?.set(notifications.gapsClosed);
        notified['privacy_requests_open']?.set(notifications.privacyOpen);
        notified['privacy_requests_overdue']?.set(notifications.privacyOverdue);
      }
      return registry.metrics();
    },
  };
}
