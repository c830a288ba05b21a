// Counts which endpoints are called, in memory, and adds them to the store in batches and at the close. A killed process
// loses the last few seconds of counts: they are an inventory, not a bill.
import type { ConnectionId, TenantId } from '../domain/ids.ts';
import type { Database } from '../store/database.ts';
import { addEndpointUses, type EndpointCount } from '../store/endpoint-uses.ts';
import type { Clock, Log } from './surroundings.ts';

const FLUSH_EVERY_MS = 5_000;

export interface EndpointUses {
  count(tenantId: TenantId, connectionId: ConnectionId, endpoint: string, succeeded: 'ok' | 'failed'): void;
  /** Writes what was counted; what cannot be written is kept for the next time. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

/** Counts in memory and writes every five seconds, and at `close`. Throws nothing: what cannot be written is logged and kept. */
export function createEndpointUses(deps: { db: Database; clock: Clock; log: Log }): EndpointUses {
  let counts = new Map<string, EndpointCount>();
  let flushing: Promise<void> = Promise.resolve();

  const add = (count: EndpointCount) => {
    const key = `${count.connectionId} ${count.day} ${count.endpoint}`;
    const known = counts.get(key);
    counts.set(key, known === undefined ? count : sumOf(known, count));
  };
  const write = async () => {
    if (counts.size === 0) return;
    const batch = [...counts.values()];
    counts = new Map();
    try {
      await deps.db.sqlAcrossTenants((sql) => addEndpointUses(sql, batch));
    } catch (error) {
      batch.forEach(add);
      deps.log.warn(
        { error: error instanceof Error ? error.message : 'unknown' },
        'endpoint uses cannot be written yet',
      );
    }
  };
  const flush = () => {
    flushing = flushing.then(write);
    return flushing;
  };
  const timer = setInterval(() => void flush(), FLUSH_EVERY_MS);
  timer.unref();

  return {
    count: (tenantId, connectionId, endpoint, succeeded) => {
      const nowMs = deps.clock.nowMs();
      const day = new Date(nowMs).toISOString().slice(0, 10);
      const failures = succeeded === 'ok' ? 0 : 1;
      add({ tenantId, connectionId, endpoint, day, calls: 1, failures, lastCalledAtMs: nowMs });
    },
    flush,
    close: () => {
      clearInterval(timer);
      return flush();
    },
  };
}

function sumOf(a: EndpointCount, b: EndpointCount): EndpointCount {
  return {
    ...a,
    calls: a.calls + b.calls,
    failures: a.failures + b.failures,
    lastCalledAtMs: Math.max(a.lastCalledAtMs, b.lastCalledAtMs),
  };
}
