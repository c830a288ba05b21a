// The key that a platform signs all notifications of a shop with, where it gives one by a call of its own: asked for once, since each call ends the key before it, and kept
// sealed beside the subscriptions. Safe to repeat: a key that was not kept is asked for anew.
import type { Subscribe } from '../domain/platform.ts';
import type { PlatformCall } from '../egress/index.ts';
import { SHOP_KEY, subscriptionBinding } from '../store/notification-openings.ts';
import { beginSubscription, type SubscriptionOwner, type SubscriptionRow } from '../store/subscriptions.ts';
import type { SubscriptionDeps } from './keep-subscriptions.ts';

export async function keepShopKey(
  deps: Pick<SubscriptionDeps, 'db' | 'vault'>,
  of: {
    readonly of: SubscriptionOwner;
    readonly subscribe: Subscribe;
    readonly connection: { readonly shop: Readonly<Record<string, string>> };
  },
  at: { readonly rows: readonly SubscriptionRow[]; readonly call: PlatformCall },
): Promise<void> {
  const { key } = of.subscribe;
  if (key === undefined || at.rows.some(({ topic, hasSecret }) => topic === SHOP_KEY && hasSecret)) return;
  const secret = key.read(await at.call(key.request(of.connection.shop)));
  const sealed = await deps.vault.seal(subscriptionBinding(of.of, SHOP_KEY), { notificationSecret: secret });
  await deps.db.sqlInTenant(of.of.tenantId, (sql) =>
    beginSubscription(sql, of.of, { topic: SHOP_KEY, sealed }),
  );
}
