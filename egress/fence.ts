// Holds calls to the fence: none begins on a fence read older than 250 ms, and those under way end within 2 s of a fence's
// commit. Notifications end them at once; a poll behind them does when the listener is down. When the fence cannot be read
// at all, calls end too: an unread fence counts as shut.
import { MooringError } from '../domain/errors.ts';
import type { ConnectionId, TenantId } from '../domain/ids.ts';
import type { Database } from '../store/database.ts';
import { FENCE_CHANNEL, type FenceState, readFence, readFenced } from '../store/fence.ts';
import type { Clock, Log } from './surroundings.ts';

/** A call begins at most this long after the read it relies on. */
export const MAX_READ_AGE_MS = 250;
const POLL_MS = 400;
/** A busy process may get reads back too old to use; this long it tries again. */
const GIVE_UP_MS = 5_000;
/** Calls whose fence was last seen open longer ago than this are ended at the next poll: together under 2 s. */
const MAX_UNSEEN_MS = 1_500;

export interface FenceWatch {
  /** The fence by a read at most 250 ms old. Throws fenced, not_found, or store_unavailable. */
  assertOpen(tenantId: TenantId, connectionId: ConnectionId): Promise<FenceState>;
  /** Takes over a read made elsewhere (the opening's transaction), begun at `readAtMs`. */
  note(connectionId: ConnectionId, state: FenceState, readAtMs: number): void;
  /** Says whether a call may begin now on the newest read. */
  isFresh(connectionId: ConnectionId): boolean;
  /** Runs a call under a signal that aborts when the connection is fenced. */
  guard<T>(connectionId: ConnectionId, call: (signal: AbortSignal) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

interface Watched {
  state: FenceState | null;
  readAtMs: number;
  /** When the fence was last seen open, by a read or by the poll. */
  seenOpenAtMs: number;
  /** The last notification; a read begun before it may have missed the fence. */
  toldAtMs: number;
  reading: Promise<void> | null;
  readonly calls: Set<AbortController>;
}

/** One a process. Listens and polls from now on; `close` ends both, and every call under way. */
export function createFenceWatch(deps: { db: Database; clock: Clock; log: Log }): FenceWatch {
  const watched = new Map<ConnectionId, Watched>();
  const of = (id: ConnectionId): Watched => {
    const known = watched.get(id);
    if (known !== undefined) return known;
    const fresh: Watched = {
      state: null,
      readAtMs: Number.NEGATIVE_INFINITY,
      seenOpenAtMs: Number.NEGATIVE_INFINITY,
      toldAtMs: Number.NEGATIVE_INFINITY,
      reading: null,
      calls: new Set(),
    };
    watched.set(id, fresh);
    return fresh;
  };
  const isFresh = (id: ConnectionId) => deps.clock.monotonicMs() - of(id).readAtMs <= MAX_READ_AGE_MS;
  const note = (id: ConnectionId, state: FenceState, readAtMs: number) => {
    const one = of(id);
    if (readAtMs < one.readAtMs || readAtMs < one.toldAtMs) return;
    one.state = state;
    one.readAtMs = readAtMs;
    if (state.isFenced) endCalls(one, id);
    else one.seenOpenAtMs = Math.max(one.seenOpenAtMs, readAtMs);
  };
  const read = async (tenantId: TenantId, id: ConnectionId) => {
    // The age counts from the statement, not from the wait for a database connection before it.
    let readAtMs = Number.NEGATIVE_INFINITY;
    const state = await deps.db.sqlInTenant(tenantId, (sql) => {
      readAtMs = deps.clock.monotonicMs();
      return readFence(sql, id);
    });
    if (state === null) throw new MooringError('not_found', `there is no connection "${id}"`);
    note(id, state, readAtMs);
  };
  const listener = startListening(deps, watched);
  const stopPolling = startPolling(deps, watched);

  return {
    note,
    isFresh,
    assertOpen: async (tenantId, id) => {
      const one = of(id);
      // A read that others began may be too old by the time it is back; then one of our own is made.
      const giveUpAtMs = deps.clock.monotonicMs() + GIVE_UP_MS;
      while (!isFresh(id) && deps.clock.monotonicMs() < giveUpAtMs) {
        one.reading ??= read(tenantId, id).finally(() => {
          one.reading = null;
        });
        await one.reading;
      }
      if (one.state === null || !isFresh(id)) throw unread(id);
      if (one.state.isFenced) throw fenced(id);
      return one.state;
    },
    guard: async (id, call) => {
      const one = of(id);
      const controller = new AbortController();
      one.calls.add(controller);
      try {
        return await call(controller.signal);
      } finally {
        one.calls.delete(controller);
      }
    },
    close: async () => {
      stopPolling();
      for (const [id, one] of watched) endCalls(one, id, closing());
      await (await listener)();
    },
  };
}

function fenced(id: ConnectionId): MooringError {
  return new MooringError('fenced', `the connection "${id}" is revoked`);
}

function unread(id: ConnectionId): MooringError {
  return new MooringError('store_unavailable', `the fence of "${id}" cannot be read in time`);
}

/** Not `fenced`: that would be read as a revocation. */
function closing(): MooringError {
  return new MooringError('worker_unavailable', 'the worker stopped during the call');
}

function endCalls(one: Watched, id: ConnectionId, reason: MooringError = fenced(id)): void {
  for (const controller of one.calls) controller.abort(reason);
}

/** Gives the way to stop. Without a listener the poll alone ends calls, in time. */
async function startListening(
  deps: { db: Database; clock: Clock; log: Log },
  watched: Map<ConnectionId, Watched>,
): Promise<() => Promise<void>> {
  try {
    return await deps.db.listen(FENCE_CHANNEL, (payload) => {
      for (const [id, one] of watched) {
        if (id !== payload) continue;
        // A fence that is taken down is told the same way, with no call under way; what holds now is read at the next use.
        one.toldAtMs = deps.clock.monotonicMs();
        one.readAtMs = Number.NEGATIVE_INFINITY;
        endCalls(one, id);
      }
    });
  } catch (error) {
    deps.log.warn(
      { error: error instanceof Error ? error.message : 'unknown' },
      'the fence is not listened to, only polled',
    );
    return async () => {};
  }
}

function startPolling(
  deps: { db: Database; clock: Clock; log: Log },
  watched: Map<ConnectionId, Watched>,
): () => void {
  let isPolling = false;
  const timer = setInterval(() => {
    forgetIdle(deps.clock.monotonicMs(), watched);
    const busy = [...watched].filter(([, one]) => one.calls.size > 0);
    for (const [id, one] of busy) {
      if (deps.clock.monotonicMs() - one.seenOpenAtMs > MAX_UNSEEN_MS) endCalls(one, id, unread(id));
    }
    if (isPolling || busy.length === 0) return;
    isPolling = true;
    poll(deps, busy)
      .catch((error: unknown) =>
        deps.log.warn(
          { error: error instanceof Error ? error.message : 'unknown' },
          'the fence cannot be polled',
        ),
      )
      .finally(() => {
        isPolling = false;
      });
  }, POLL_MS);
  timer.unref();
  return () => clearInterval(timer);
}

async function poll(
  deps: { db: Database; clock: Clock },
  busy: readonly [ConnectionId, Watched][],
): Promise<void> {
  const readAtMs = deps.clock.monotonicMs();
  const shut = await deps.db.sqlAcrossTenants((sql) =>
    readFenced(
      sql,
      busy.map(([id]) => id),
    ),
  );
  for (const [id, one] of busy) {
    if (shut.has(id)) {
      one.readAtMs = Number.NEGATIVE_INFINITY;
      endCalls(one, id);
    } else one.seenOpenAtMs = Math.max(one.seenOpenAtMs, readAtMs);
  }
}

/** A connection nobody calls for a minute is forgotten; a fence, too, is read anew at its next use. */
function forgetIdle(nowMs: number, watched: Map<ConnectionId, Watched>): void {
  for (const [id, one] of watched) {
    if (one.calls.size === 0 && one.reading === null && nowMs - one.readAtMs > 60_000) watched.delete(id);
  }
}
