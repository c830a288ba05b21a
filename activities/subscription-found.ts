// What a platform says that is subscribed to, and which of it is as it should be. It asks, and changes nothing.
import type { FoundSubscription, Subscribe } from '../domain/platform.ts';
import type { PlatformCall } from '../egress/index.ts';
import type { SubscriptionRow } from '../store/subscriptions.ts';
import type { SyncedConnection } from '../store/sync-plan.ts';

const MOST_PAGES = 20;

export async function listAll(
  subscribe: Subscribe,
  shop: SyncedConnection['shop'],
  call: PlatformCall,
): Promise<readonly FoundSubscription[]> {
  const all: FoundSubscription[] = [];
  for (let page = 1; page <= MOST_PAGES; page++) {
    const answer = await call(subscribe.list(page, shop), { accept: ['not_found'] });
    // Some say so that there are none.
    if (answer.classification === 'not_found') break;
    const { found, isLast } = subscribe.listed(answer, page);
    all.push(...found);
    if (isLast) break;
  }
  return all;
}

/** One that is on, is for these topics and no other, and whose secret we have: of several the one that we know by its name. Null: none is. */
export function goodRef(
  { secret }: Subscribe,
  topics: readonly string[],
  at: { readonly same: readonly FoundSubscription[]; readonly rows: readonly SubscriptionRow[] },
): string | null {
  const isOwn = secret === 'ours' || secret === 'told';
  const isKnown = (topic: string): boolean =>
    !isOwn || at.rows.some((row) => row.topic === topic && row.hasSecret);
  const isGood = (ref: string): boolean => {
    const parts = at.same.filter((one) => one.ref === ref);
    return (
      parts.every(({ isEnabled, topic }) => isEnabled && topics.includes(topic)) &&
      topics.every((topic) => isKnown(topic) && parts.some((one) => one.topic === topic))
    );
  };
  const good = at.same.filter(({ ref }) => isGood(ref));
  const isNoted = (ref: string): boolean =>
    at.rows.some((row) => row.platformRef === ref && topics.includes(row.topic));
  return (good.find(({ ref }) => isNoted(ref)) ?? good[0])?.ref ?? null;
}
