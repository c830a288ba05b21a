// What reading named objects is made of. The worker's main composes it.
import type { ConnectionId } from '../domain/ids.ts';
import type { Platform } from '../domain/platform.ts';
import type { Egress } from '../egress/index.ts';
import type { Database } from '../store/database.ts';

export interface NamedDeps {
  readonly db: Database;
  readonly egress: Pick<Egress, 'withCredential'>;
  readonly platforms: ReadonlyMap<string, Platform>;
  /** Runs the connection's schedule now, or after the run under way. False where there is no schedule. */
  readonly triggerSync: (connectionId: ConnectionId) => Promise<boolean>;
  readonly nowMs: () => number;
  readonly timings: NamedTimings;
}

export interface NamedTimings {
  /** How long a claim lasts: longer than a batch of one connection takes. */
  readonly leaseMs: number;
  /** Waits before an object is tried again, by attempt; after the last one a sync is asked for in its place. */
  readonly retryMs: readonly number[];
}

export const NAMED_TIMINGS: NamedTimings = {
  leaseMs: 60_000,
  retryMs: [2_000, 15_000, 60_000, 300_000],
};
