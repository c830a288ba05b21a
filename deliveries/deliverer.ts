// Sends what is due, as long as it runs: claims, posts, settles in batches. Two lanes with slots of their own: an endpoint that fails or dawdles is
// served in the slow one, so it holds up no other. What is claimed and not settled, because the process died, is due again when its lease ends.
import { setTimeout as pause } from 'node:timers/promises';
import { afterAttempt, DAWDLES_AFTER_MS, type Lane } from '../domain/delivery.ts';
import { MooringError } from '../domain/errors.ts';
import type { Deliverer } from '../egress/deliver.ts';
import type { Database } from '../store/database.ts';
import {
  type ClaimedDelivery,
  claimDeliveries,
  type MadeAttempt,
  releaseDelivery,
  settleAttempts,
} from '../store/deliveries.ts';
import { DELIVERIES_CHANNEL } from '../store/fan-out.ts';
import type { Message } from './message.ts';

export interface LaneBounds {
  /** Attempts under way in this process. */
  readonly slots: number;
  /** Of them at one endpoint, over all workers. */
  readonly atOneEndpoint: number;
}

export interface DeliveringDeps {
  readonly db: Database;
  readonly door: Pick<Deliverer, 'deliver'>;
  readonly messageOf: (delivery: ClaimedDelivery) => Promise<Message>;
  readonly log: { warn(facts: object, message: string): void };
  readonly lanes?: Readonly<Record<Lane, LaneBounds>>;
  /** From 0 to below 1. */
  readonly random?: () => number;
}

export const LANES: Readonly<Record<Lane, LaneBounds>> = {
  quick: { slots: 128, atOneEndpoint: 32 },
  slow: { slots: 64, atOneEndpoint: 2 },
};
const LANE_NAMES = ['quick', 'slow'] as const;
/** Behind the notices, which may be lost. */
const LOOK_EVERY_MS = 500;
/** Attempts end in swarms: one claim for several. */
const LINGER_MS = 4;
/**
 * Attempts that dawdle give their slots back, lest endpoints that go dead together hold up all others until they time out. So many times the
 * slots are under way at most.
 */
const UNDER_WAY_AT_MOST = 4;
const SETTLED_AT_ONCE = 200;

/** Runs until `stop`, which waits for the attempts under way. */
export async function keepDelivering(deps: DeliveringDeps): Promise<{ stop(): Promise<void> }> {
  const wake = createWake();
  const settling = createSettling(deps);
  const stopListening = await deps.db.listen(DELIVERIES_CHANNEL, () => wake.ring());
  let isStopping = false;
  const lanes = LANE_NAMES.map(async (lane) => {
    const bounds = (deps.lanes ?? LANES)[lane];
    const underWay = new Set<Promise<void>>();
    const dawdling = new Set<ClaimedDelivery>();
    const heard = wake.listener();
    while (!isStopping) {
      const slots = Math.min(bounds.slots + dawdling.size, bounds.slots * UNDER_WAY_AT_MOST);
      const claimed = await claim(deps, { lane, bounds, free: slots - underWay.size });
      for (const delivery of claimed) {
        const dawdles =
          lane === 'quick' ? setTimeout(() => dawdling.add(delivery), DAWDLES_AFTER_MS) : undefined;
        const attempt = attemptOne(deps, settling.add, delivery).finally(() => {
          clearTimeout(dawdles);
          dawdling.delete(delivery);
          underWay.delete(attempt);
          heard.ring();
        });
        underWay.add(attempt);
      }
      // What is due by now is taken, as far as there is room: room, or a notice, comes next.
      await heard.wait(LOOK_EVERY_MS);
      if (!isStopping) await pause(LINGER_MS);
    }
    await Promise.all(underWay);
  });
  return {
    stop: async () => {
      isStopping = true;
      wake.ring();
      await stopListening();
      await Promise.all(lanes);
      await settling.end();
    },
  };
}

async function claim(
  deps: DeliveringDeps,
  { lane, bounds, free }: { readonly lane: Lane; readonly bounds: LaneBounds; readonly free: number },
): Promise<readonly ClaimedDelivery[]> {
  if (free <= 0) return [];
  const wish = { lane, atOneEndpoint: bounds.atOneEndpoint, atMost: free };
  try {
    return await deps.db.sqlAcrossTenants((sql) => claimDeliveries(sql, wish));
  } catch (error) {
    deps.log.warn({ error: String(error) }, 'deliveries wait');
    return [];
  }
}

async function attemptOne(
  deps: DeliveringDeps,
  settle: (attempt: MadeAttempt) => Promise<void>,
  delivery: ClaimedDelivery,
): Promise<void> {
  const { tenantId, endpointId, url, secretVersion, event, tries } = delivery;
  try {
    const { body, shown, answerShown } = await deps.messageOf(delivery);
    const target = { tenantId, endpointId, url, secretVersion };
    const sent = await deps.door.deliver(target, { id: event.id, body });
    const after = afterAttempt(sent.outcome, tries, (deps.random ?? Math.random)());
    const answer = sent.answer === null ? null : answerShown(sent.answer);
    const made = { claim: delivery, ...sent, answer, body: shown, after };
    // What was sent is settled, though the database does not take what would be shown of it: sent again and again it would be no better.
    await settle(made).catch((error: unknown) => {
      if (error instanceof MooringError) throw error;
      return settle({ ...made, headers: {}, body: '', answer: null });
    });
  } catch (error) {
    deps.log.warn({ delivery: delivery.id, error: nameOf(error) }, 'a delivery could not be tried');
    await deps.db
      .sqlInTenant(tenantId, (sql) => releaseDelivery(sql, delivery))
      .catch(() => undefined /* its lease ends by itself */);
  }
}

/** Its message may hold what was to be sent. */
function nameOf(error: unknown): string {
  return error instanceof Error ? ('code' in error ? String(error.code) : error.name) : typeof error;
}

/** Collects what is to be written while the last batch is being written: many attempts, few transactions. */
function createSettling({ db }: Pick<DeliveringDeps, 'db'>) {
  interface Waiting {
    readonly attempt: MadeAttempt;
    done(): void;
    failed(error: unknown): void;
  }
  const settle = (some: readonly Waiting[]) =>
    db.sqlAcrossTenants((sql) =>
      settleAttempts(
        sql,
        some.map(({ attempt }) => attempt),
      ),
    );
  /** One that the database does not take holds up no other. */
  async function settleAll(batch: readonly Waiting[]): Promise<void> {
    try {
      await settle(batch);
      for (const one of batch) one.done();
    } catch (error) {
      const isOfAll = batch.length === 1 || error instanceof MooringError;
      if (isOfAll) for (const one of batch) one.failed(error);
      else for (const one of batch) await settleAll([one]);
    }
  }
  let waiting: Waiting[] = [];
  let writing: Promise<void> | null = null;
  async function write(): Promise<void> {
    while (waiting.length > 0) {
      await pause(LINGER_MS);
      const batch = waiting.slice(0, SETTLED_AT_ONCE);
      waiting = waiting.slice(SETTLED_AT_ONCE);
      await settleAll(batch);
    }
    writing = null;
  }
  return {
    add: (attempt: MadeAttempt) =>
      new Promise<void>((done, failed) => {
        waiting.push({ attempt, done, failed });
        writing ??= write();
      }),
    end: async () => {
      await writing;
    },
  };
}

/** Rings once for whoever waits, and for the next wait of whoever does not. */
function createWake() {
  const listeners: { ring(): void }[] = [];
  return {
    ring: () => {
      for (const listener of listeners) listener.ring();
    },
    listener: () => {
      let isRung = false;
      let awake: (() => void) | undefined;
      const listener = {
        ring: () => {
          isRung = true;
          awake?.();
        },
        wait: async (ms: number): Promise<void> => {
          if (!isRung)
            await new Promise<void>((resolve) => {
              const timer = setTimeout(resolve, ms);
              awake = () => {
                clearTimeout(timer);
                resolve();
              };
            });
          isRung = false;
          awake = undefined;
        },
      };
      listeners.push(listener);
      return listener;
    },
  };
}
