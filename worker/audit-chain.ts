// Links new audit events into their hash chain. One writer at a time over all workers: the store takes a lock, and a second worker's turn does nothing.
import { linkAudit } from '../store/audit-chain.ts';
import type { Database } from '../store/database.ts';
import { keepTaking, type TurnLog, type Turns } from './turns.ts';

/** Runs until `stop`, which waits for the turn under way. */
export function keepAuditChain(db: Database, log: TurnLog): Turns {
  return keepTaking(
    () => linkAudit(db),
    (error) => log.warn({ error: String(error) }, 'the audit chain waits'),
  );
}
