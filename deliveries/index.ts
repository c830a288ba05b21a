// How an event reaches whoever is to be told: what changed is told of, the outbox is fanned out, deliveries are sent. Composition only.
import type { Deliverer } from '../egress/deliver.ts';
import type { Database } from '../store/database.ts';
import { changedRecords } from './changed-records.ts';
import { type DeliveringDeps, keepDelivering } from './deliverer.ts';
import { linkFor, type MerchantLinkDeps } from './merchant-link.ts';
import { messageOf } from './message.ts';

export { LANES, type LaneBounds } from './deliverer.ts';

export interface DeliveriesDeps extends MerchantLinkDeps, Pick<DeliveringDeps, 'log' | 'lanes' | 'random'> {
  readonly db: Database;
  readonly door: Pick<Deliverer, 'deliver'>;
}

/** Sends what is due until `stop`. Any number of processes may. */
export function startDelivering(deps: DeliveriesDeps): Promise<{ stop(): Promise<void> }> {
  return keepDelivering({
    ...deps,
    messageOf: (delivery) =>
      messageOf(
        { linkFor: (one) => linkFor(deps, one), recordsOf: (one) => changedRecords(deps.db, one) },
        delivery,
      ),
  });
}
