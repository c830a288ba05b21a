/** What apps have subscribed to, whatever the platform: kept, found, removed. The rules of each platform's API are its own. */
import { isLoopbackUrl } from './apps.ts';
import type { Sandbox } from './sandbox.ts';
import type { PlatformName, Subscription } from './state.ts';

type Wish = Pick<Subscription, 'platform' | 'shopKey' | 'topics' | 'url'> &
  Partial<Pick<Subscription, 'secret' | 'grantId' | 'facts' | 'id'>>;

/** Ids are whole numbers, as most platforms have them, unless one is given. */
export function subscribe(sandbox: Sandbox, wish: Wish): Subscription {
  sandbox.state.subscriptionCount += 1;
  const id = wish.id ?? String(1_000_000 + sandbox.state.subscriptionCount);
  const subscription: Subscription = {
    secret: '',
    grantId: null,
    facts: {},
    ...wish,
    id,
    state: 'active',
    failures: 0,
    createdAtMs: sandbox.now(),
    updatedAtMs: sandbox.now(),
  };
  sandbox.state.subscriptions[id] = subscription;
  sandbox.changed();
  return subscription;
}

/** In the order they were made. `shopKey` null: the app's own. */
export function subscriptionsOf(
  sandbox: Sandbox,
  platform: PlatformName,
  shopKey: string | null,
): Subscription[] {
  return Object.values(sandbox.state.subscriptions)
    .filter((one) => one.platform === platform && one.shopKey === shopKey)
    .sort((a, b) => a.createdAtMs - b.createdAtMs || a.id.localeCompare(b.id));
}

/** The shop's subscription by that id; null where there is none, or it is another shop's. */
export function subscriptionBy(
  sandbox: Sandbox,
  platform: PlatformName,
  shopKey: string | null,
  id: string,
): Subscription | null {
  const found = Object.hasOwn(sandbox.state.subscriptions, id) ? sandbox.state.subscriptions[id] : undefined;
  return found?.platform === platform && found.shopKey === shopKey ? found : null;
}

export function unsubscribe(sandbox: Sandbox, subscription: Subscription): void {
  delete sandbox.state.subscriptions[subscription.id];
  sandbox.changed();
}

/** An address of ours: https, or http on this machine. */
export function isPushable(url: string): boolean {
  if (!URL.canParse(url)) return false;
  return new URL(url).protocol === 'https:' || isLoopbackUrl(url);
}
