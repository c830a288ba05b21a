// A connection at a shop with hooks that a test plays, and looks at what is subscribed to there, one at a time.
import type { QueryResult } from 'pg';
import { keepSubscriptions, type SubscriptionDeps } from '../../activities/keep-subscriptions.ts';
import { setSchedule } from '../../activities/set-schedule.ts';
import type { Door } from '../egress/door.ts';
import { createStage, type Stage } from '../sync/stage.ts';
import { answerAsShop, HOOKED, type HookShop } from './hooked-platform.ts';

export interface LookingAtShop {
  readonly stage: Stage;
  readonly shop: HookShop;
  /** Connections whose sync was asked for. */
  readonly triggered: readonly string[];
  deps(): SubscriptionDeps;
  /** Rows of the connection, which is $1. */
  ask(sql: string): Promise<QueryResult['rows']>;
  /** What the workflow's activity does when syncs begin. */
  wake(): Promise<unknown>;
  look(): Promise<void>;
}

export async function startLooking(door: Door): Promise<LookingAtShop> {
  await door.world.owner.query('DELETE FROM subscription_checks');
  const stage = await createStage(door, 'orders', 'inventory');
  const shop: HookShop = { hooks: [], refused: [], down: [], kept: undefined };
  const triggered: string[] = [];
  door.answer((asked, response, request) => answerAsShop(shop, asked, response, request));
  const deps = (): SubscriptionDeps => ({
    db: door.world.db,
    vault: door.vault,
    egress: door.open(),
    platforms: new Map([[HOOKED.id, HOOKED]]),
    triggerSync: async (id) => triggered.push(id) > 0,
    publicUrl: 'https://mooring.example',
    checkEveryMs: 3_600_000,
  });
  const wake = () =>
    setSchedule({
      db: door.world.db,
      schedules: {
        ensure: async () => 'set',
        remove: async () => true,
        cancelRuns: async () => 0,
        list: async function* () {},
      },
    })({ ...stage, pausedNote: null });
  return {
    ...{ stage, shop, triggered, deps, wake },
    ask: async (sql) => (await door.world.owner.query(sql, [stage.connectionId])).rows,
    look: async () => {
      await wake();
      await keepSubscriptions(deps());
    },
  };
}
