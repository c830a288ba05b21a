// Goes on with what platforms told: reads the objects they named, hands on uninstalls and duties, keeps subscriptions, makes up for gaps. Any number of workers
// may; the store gives each thing to one of them at a time.
import type { Client } from '@temporalio/client';
import { keepSubscriptions, type SubscriptionDeps } from '../activities/keep-subscriptions.ts';
import type { NamedDeps } from '../activities/named-deps.ts';
import { readNamed } from '../activities/read-named.ts';
import { type TellDeps, tellNotified } from '../activities/tell-notified.ts';
import type { ConnectionId } from '../domain/ids.ts';
import type { Database } from '../store/database.ts';
import { askForGap, closeGaps, listUnasked, noteAsked } from '../store/subscriptions.ts';
import { connectionWorkflowId, SIGNALS, syncScheduleId } from '../workflows/messages.ts';
import { keepTaking, keepWorkingOff, type TurnLog, type Turns } from './turns.ts';
import { unlessEnded } from './unless-ended.ts';

/** Side by side, so that a slow platform keeps no other one waiting. */
const READERS = 3;
/** Gaps of an outage are made up for a few at a time: all shops at once would be an outage of their own. */
const GAPS_A_TURN = 10;

export interface NotifiedDeps extends NamedDeps, TellDeps, SubscriptionDeps {
  readonly log: TurnLog;
}

/** Runs until `stop`, which waits for the turns under way. */
export function keepNotified(deps: NotifiedDeps): Turns {
  const failed = (what: string) => (error: unknown) =>
    deps.log.warn({ error: String(error) }, `${what} waits`);
  const all = [
    ...Array.from({ length: READERS }, () =>
      keepWorkingOff(() => readNamed(deps), failed('reading what was named')),
    ),
    keepWorkingOff(() => tellNotified(deps), failed('handing on what was told')),
    keepTaking(() => keepSubscriptions(deps), failed('keeping subscriptions')),
    keepTaking(() => makeUpForGaps(deps), failed('making up for gaps')),
  ];
  return {
    stop: async () => {
      await Promise.all(all.map((one) => one.stop()));
    },
  };
}

/** One turn. A gap counts as asked for only once its schedule was told: what Temporal does not answer is tried again. */
export async function makeUpForGaps(deps: {
  readonly db: Database;
  readonly triggerSync: NamedDeps['triggerSync'];
}): Promise<void> {
  const unasked = await deps.db.sqlAcrossTenants((sql) => listUnasked(sql, GAPS_A_TURN));
  for (const gap of unasked) {
    const requestId = await deps.db.inTenant(gap.tenantId, (tx) => askForGap(tx, gap));
    await deps.triggerSync(gap.connectionId);
    await deps.db.inTenant(gap.tenantId, (tx) => noteAsked(tx, gap, requestId));
  }
  await deps.db.sqlAcrossTenants(closeGaps);
}

/** What is told to Temporal. Every function is safe to repeat; false where there is nobody to tell any more. */
export function createNotifiedClient(client: Client): Pick<NotifiedDeps, 'triggerSync' | 'tellUninstalled'> {
  return {
    triggerSync: (id: ConnectionId) =>
      unlessEnded(false, async () => {
        await client.schedule.getHandle(syncScheduleId(id)).trigger('BUFFER_ONE');
        return true;
      }),
    tellUninstalled: (id, atMs) =>
      unlessEnded(false, async () => {
        await client.workflow.getHandle(connectionWorkflowId(id)).signal(SIGNALS.uninstalled, { atMs });
        return true;
      }),
  };
}
