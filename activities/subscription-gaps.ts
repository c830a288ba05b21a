// What may have been missed while a subscription was not there: from when on, and the incremental sync that makes up for it. It reads nothing from a platform itself.
import type { Notifications } from '../domain/platform.ts';
import { RESOURCES, type Resource } from '../domain/resource.ts';
import {
  type GapCause,
  openGap,
  type SubscriptionOwner,
  type SubscriptionRow,
} from '../store/subscriptions.ts';
import type { SubscriptionDeps } from './keep-subscriptions.ts';

export type MissedSince = Map<Resource, { readonly cause: GapCause; readonly from: Date }>;

/** Only what was there once can have been missed since, however long it took to be made again. */
export function noteGap(
  gaps: MissedSince,
  data: Notifications,
  at: { readonly known: SubscriptionRow; readonly isThere: boolean },
): void {
  const { known } = at;
  const resource = RESOURCES.find((one) => one === data.topics[known.topic]);
  const from = known.checkedAt;
  if (from === null || resource === undefined) return;
  const before = gaps.get(resource);
  if (before !== undefined && before.from <= from) return;
  gaps.set(resource, { cause: at.isThere ? 'disabled' : 'dropped', from });
}

/** After the subscriptions are there again, so that nothing falls between the sync and them. */
export async function makeUpFor(
  deps: Pick<SubscriptionDeps, 'db' | 'triggerSync'>,
  of: SubscriptionOwner,
  gaps: MissedSince,
): Promise<void> {
  const [first] = gaps.values();
  if (first === undefined) return;
  const from = new Date(Math.min(...[...gaps.values()].map((one) => one.from.getTime())));
  await deps.db.inTenant(of.tenantId, (tx) =>
    openGap(tx, of, { cause: first.cause, from, until: new Date(), resources: [...gaps.keys()] }),
  );
  await deps.triggerSync(of.connectionId);
}
