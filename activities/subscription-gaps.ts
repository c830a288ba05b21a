// What may have been missed while a subscription was not there: from when on, and the incremental sync that makes up for it. It reads nothing from a platform itself.
import type { Notifications } from '../domain/platform.ts';
import { RESOURCES } from '../domain/resource.ts';
import { openGap, type SubscriptionOwner, takeMissed } from '../store/subscriptions.ts';
import type { SubscriptionDeps } from './keep-subscriptions.ts';

/** After the subscriptions are there again, so that nothing falls between the sync and them. Stopped anywhere, the next look does it. */
export async function makeUpFor(
  deps: Pick<SubscriptionDeps, 'db' | 'triggerSync'>,
  of: SubscriptionOwner,
  { topics }: Pick<Notifications, 'topics'>,
): Promise<void> {
  const isOpen = await deps.db.inTenant(of.tenantId, async (tx) => {
    const missed = await takeMissed(tx, of.connectionId);
    const ofResources = missed.filter(({ topic }) => RESOURCES.some((one) => one === topics[topic]));
    const [first] = ofResources.toSorted((a, b) => a.since.getTime() - b.since.getTime());
    if (first === undefined) return false;
    const resources = RESOURCES.filter((one) => ofResources.some(({ topic }) => topics[topic] === one));
    await openGap(tx, of, { cause: first.cause, from: first.since, until: new Date(), resources });
    return true;
  });
  if (isOpen) await deps.triggerSync(of.connectionId);
}
