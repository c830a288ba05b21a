// Removes what is subscribed to at a platform. One that the platform will not remove stops no other: it is told of, and tried again at the next look.
import type { FoundSubscription, Subscribe } from '../domain/platform.ts';
import type { PlatformCall } from '../egress/index.ts';
import type { SyncedConnection } from '../store/sync-plan.ts';
import { isOfOneTopic } from './subscription-topics.ts';

/** Those that the platform keeps, each with the code of its refusal. */
export async function removeAll(
  {
    subscribe,
    connection,
  }: { readonly subscribe: Subscribe; readonly connection: Pick<SyncedConnection, 'shop'> },
  call: PlatformCall,
  some: readonly FoundSubscription[],
): Promise<ReadonlyMap<string, string>> {
  const kept = new Map<string, string>();
  for (const ref of new Set(some.map((one) => one.ref))) {
    try {
      await call(subscribe.remove(ref, connection.shop), { accept: ['not_found'] });
    } catch (error) {
      if (!isOfOneTopic(error)) throw error;
      kept.set(ref, error.code);
    }
  }
  return kept;
}
