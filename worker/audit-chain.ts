// Links new audit events into their hash chain. One writer at a time over all workers: the store takes a lock, and a second worker's turn does nothing.

import { linkAudit } from '../store/audit-chain.ts';
import type { Database } from '../store/database.ts';

const EVERY_MS = 500;

interface ChainLog {
  warn(facts: object, message: string): void;
}

/** Runs until `stop`, which waits for the turn under way. */
export function keepAuditChain(db: Database, log: ChainLog): { stop(): Promise<void> } {
  let isStopping = false;
  let wake: (() => void) | undefined;
  const running = (async () => {
    while (!isStopping) {
      await linkAudit(db).catch((error: unknown) =>
        log.warn({ error: String(error) }, 'the audit chain waits'),
      );
      if (isStopping) return;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, EVERY_MS);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  })();
  return {
    stop: async () => {
      isStopping = true;
      wake?.();
      await running;
    },
  };
}
