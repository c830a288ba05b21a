// Numbers new events over all tenants. One writer at a time over all workers: the store takes a lock, and a second worker's turn does nothing.
import type { Database } from '../store/database.ts';
import { orderEvents } from '../store/event-order.ts';
import { keepTaking, type TurnLog } from './turns.ts';

/** Runs until `stop`, which waits for the turn under way. */
export function keepEventOrder(db: Database, log: TurnLog): { stop(): Promise<void> } {
  return keepTaking(
    () => orderEvents(db),
    (error) => log.warn({ error: String(error) }, 'the order of all events waits'),
  );
}
