// Carries the outbox on, one turn after another: what changed in the records is told of, new events get their place over all tenants, and what
// endpoints want becomes deliveries. Any number of workers may: the store sees to it that each thing is done once.
import { setTimeout as pause } from 'node:timers/promises';
import type { Database } from '../store/database.ts';
import { orderEvents } from '../store/event-order.ts';
import { fanOut } from '../store/fan-out.ts';
import { tellChanges } from '../store/told-changes.ts';
import { keepWorkingOff, type TurnLog, type Turns } from './turns.ts';

/** Events come in swarms: one turn for several. */
const LINGER_MS = 40;

/** Runs until `stop`, which waits for the turn under way. */
export function keepOutbox(db: Database, log: TurnLog): Turns {
  const step = (what: string, take: () => Promise<number>) =>
    take().catch((error: unknown) => {
      log.warn({ error: String(error) }, `${what} waits`);
      return 0;
    });
  return keepWorkingOff(
    async () => {
      const told = await step('news of changed records', () => tellChanges(db));
      const ordered = await step('the order of all events', () => orderEvents(db));
      const made = await step('the fan-out of events', () => fanOut(db));
      const found = told + ordered + made;
      if (found > 0) await pause(LINGER_MS);
      return found;
    },
    (error) => log.warn({ error: String(error) }, 'the outbox waits'),
  );
}
