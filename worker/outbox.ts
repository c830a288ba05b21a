// Carries the outbox on, one turn after another: what changed in the records is told of, new events get their place over all tenants, and what
// endpoints want becomes deliveries. Any number of workers may: the store sees to it that each thing is done once.
import type { Database } from '../store/database.ts';
import { orderEvents } from '../store/event-order.ts';
import { fanOut } from '../store/fan-out.ts';
import { tellChanges } from '../store/told-changes.ts';
import { keepTaking, type TurnLog } from './turns.ts';

/** Runs until `stop`, which waits for the turn under way. */
export function keepOutbox(db: Database, log: TurnLog): { stop(): Promise<void> } {
  const step = (what: string, take: () => Promise<unknown>) =>
    take().catch((error: unknown) => log.warn({ error: String(error) }, `${what} waits`));
  return keepTaking(
    async () => {
      await step('news of changed records', () => tellChanges(db));
      await step('the order of all events', () => orderEvents(db));
      await step('the fan-out of events', () => fanOut(db));
    },
    (error) => log.warn({ error: String(error) }, 'the outbox waits'),
  );
}
