// Rate budgets over real PostgreSQL, spent by two instances that know nothing of each other, as two workers would.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Platform, RateLimit } from '../../domain/platform.ts';
import { createRateBudgets, type RateBudgets, type Spender } from '../../egress/rate-budget.ts';
import { SYSTEM_CLOCK } from '../../egress/surroundings.ts';
import type { Database } from '../../store/database.ts';
import { newId } from '../../store/new-id.ts';
import { createTestDatabase, type TestDatabase } from '../world.ts';
import { PLAIN } from './plain-platform.ts';
import { seedConnection } from './seed.ts';

let world: TestDatabase;
beforeAll(async () => {
  world = await createTestDatabase();
}, 60_000);
afterAll(() => world.close());

const LIMIT: RateLimit = { scope: 'connection', burst: 20, perSecond: 10, certainty: 'unverified' };

function budgets(maxWaitMs?: number): RateBudgets {
  return createRateBudgets({
    db: world.db,
    clock: SYSTEM_CLOCK,
    ...(maxWaitMs === undefined ? {} : { maxWaitMs }),
  });
}

async function spender(limits: readonly RateLimit[], registrationId: string | null = null): Promise<Spender> {
  const platform: Platform = { ...PLAIN, rateLimits: limits };
  const registration = registrationId === null ? null : { id: registrationId, tenantId: null };
  return { ...(await seedConnection(world)), platform, registration };
}

/** When a call's token was asked for, and when the call had it: it was taken between the two, however late this process was told. */
interface Spent {
  readonly askedMs: number;
  readonly hadMs: number;
}

/** The most calls that fall into any window beyond what the bucket allows for the window's length; at most 0 when kept. */
function excess(spent: readonly Spent[], { burst, perSecond }: RateLimit): number {
  const inOrder = [...spent].sort((a, b) => a.hadMs - b.hadMs);
  let most = Number.NEGATIVE_INFINITY;
  for (const [from, first] of inOrder.entries()) {
    for (const [to, last] of inOrder.entries()) {
      if (to < from) continue;
      const seconds = (last.hadMs - first.askedMs) / 1000;
      most = Math.max(most, to - from + 1 - (burst + perSecond * seconds));
    }
  }
  return most;
}

/** A worker that spends for one shop, a call after another. */
function worker(shop: Spender): () => Promise<Spent> {
  let askedMs = 0;
  const db: Database = {
    ...world.db,
    sqlAcrossTenants: (fn) => {
      askedMs = performance.now();
      return world.db.sqlAcrossTenants(fn);
    },
  };
  const own = createRateBudgets({ db, clock: SYSTEM_CLOCK, maxWaitMs: 2_000 });
  return async () => {
    const beganMs = performance.now();
    await own.spend(shop, 1);
    const hadMs = performance.now();
    // A call that asked nobody spent a token of an earlier lease.
    return { askedMs: askedMs < beganMs ? hadMs : askedMs, hadMs };
  };
}

describe('a rate budget', () => {
  it.each<[string, RateLimit]>([
    ['of a wide bucket, leased in chunks', LIMIT],
    ['of a narrow bucket, leased call by call', { ...LIMIT, burst: 2, perSecond: 20 }],
    ['of an app that many shops share', { ...LIMIT, scope: 'registration' }],
  ])('%s is never exceeded by two workers', async (_why, limit) => {
    const registrationId = newId('clientRegistration');
    const shops = [await spender([limit], registrationId), await spender([limit], registrationId)];
    const perBucket = new Map<Spender | undefined, Spent[]>();
    const untilMs = performance.now() + 2_500;
    const busy = async (shop: Spender) => {
      const spend = worker(shop);
      const bucket = limit.scope === 'registration' ? shops[0] : shop;
      const spent = perBucket.get(bucket) ?? [];
      perBucket.set(bucket, spent);
      for (let call = 0; call < 40 && performance.now() < untilMs; call++) {
        const one = await spend().catch(() => null);
        if (one !== null) spent.push(one);
      }
    };
    await Promise.all([...shops, ...shops].map(busy));
    for (const spent of perBucket.values()) {
      expect(spent.length).toBeGreaterThan(limit.burst);
      // One call of tolerance: the bucket's clock is the database's.
      expect(excess(spent, limit)).toBeLessThanOrEqual(1);
    }
  });

  it('is nearly used up by one busy worker, in few leases', async () => {
    const shop = await spender([{ ...LIMIT, burst: 200, perSecond: 50 }]);
    let leases = 0;
    const db: Database = {
      ...world.db,
      sqlAcrossTenants: (fn) => {
        leases++;
        return world.db.sqlAcrossTenants(fn);
      },
    };
    const one = createRateBudgets({ db, clock: SYSTEM_CLOCK });
    for (let call = 0; call < 150; call++) await one.spend(shop, 1);
    expect(leases).toBeLessThan(15);
  });

  it('counts what a call costs', async () => {
    const shop = await spender([{ ...LIMIT, burst: 100, perSecond: 1 }]);
    const one = budgets(100);
    await one.spend(shop, 60);
    await expect(one.spend(shop, 60)).rejects.toMatchObject({ code: 'platform_rate_limited' });
    await one.spend(shop, 30);
  });

  it('of one endpoint is spent by its calls alone, and a wait there holds no other', async () => {
    const slow = { ...LIMIT, endpoints: ['GET /slow'], burst: 1, perSecond: 0.05 };
    const shop = await spender([slow, { ...LIMIT, endpoints: ['GET /quick'] }]);
    const one = budgets(100);
    const [toSlow, toQuick] = [
      { ...shop, endpoint: 'GET /slow' },
      { ...shop, endpoint: 'GET /quick' },
    ];
    await one.spend(toSlow, 1);
    await expect(one.spend(toSlow, 1)).rejects.toMatchObject({ code: 'platform_rate_limited' });
    await one.block(toSlow, Date.now() + 30_000);
    await one.spend(toQuick, 1);
    await one.spend({ ...shop, endpoint: 'GET /unlimited' }, 1);
  });

  it('that needs a long wait is an error with its end, so that no worker is held', async () => {
    const shop = await spender([{ ...LIMIT, burst: 1, perSecond: 0.05 }]);
    const one = budgets(1_000);
    await one.spend(shop, 1);
    const before = performance.now();
    const refusal = await one.spend(shop, 1).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: 'platform_rate_limited' });
    const { retryAtMs } = refusal as { retryAtMs: number };
    expect(retryAtMs - Date.now()).toBeGreaterThan(15_000);
    expect(performance.now() - before).toBeLessThan(900);
  });

  it('that needs a short wait is waited for', async () => {
    const shop = await spender([{ ...LIMIT, burst: 1, perSecond: 5 }]);
    const one = budgets();
    await one.spend(shop, 1);
    const before = performance.now();
    await one.spend(shop, 1);
    expect(performance.now() - before).toBeGreaterThan(120);
  });

  it('a platform blocks holds every worker until Retry-After', async () => {
    const shop = await spender([LIMIT]);
    const [one, other] = [budgets(100), budgets(100)];
    await one.spend(shop, 1);
    await one.block(shop, Date.now() + 30_000);
    for (const worker of [one, other]) {
      const refusal = await worker.spend(shop, 1).catch((error: unknown) => error);
      expect(refusal).toMatchObject({ code: 'platform_rate_limited' });
      expect((refusal as { retryAtMs: number }).retryAtMs - Date.now()).toBeGreaterThan(25_000);
    }
  });

  it('of a platform that declares no limit still holds after a Retry-After', async () => {
    const shop = await spender([]);
    const one = budgets(100);
    await one.spend(shop, 1);
    await one.block(shop, Date.now() + 5_000);
    await expect(one.spend(shop, 1)).rejects.toMatchObject({ code: 'platform_rate_limited' });
  });

  it('of one shop that was told to slow down leaves the other shops of the app alone', async () => {
    const registrationId = newId('clientRegistration');
    const limits: RateLimit[] = [LIMIT, { ...LIMIT, scope: 'registration' }];
    const [slow, other] = [await spender(limits, registrationId), await spender(limits, registrationId)];
    const one = budgets(100);
    await one.block(slow, Date.now() + 30_000);
    await expect(one.spend(slow, 1)).rejects.toMatchObject({ code: 'platform_rate_limited' });
    await one.spend(other, 1);
  });

  it('is lowered on all workers to what the platform says is left', async () => {
    const shop = await spender([{ ...LIMIT, burst: 100, perSecond: 1, observe: () => ({ available: 2 }) }]);
    const [one, other] = [budgets(50), budgets(50)];
    await one.spend(shop, 1);
    one.observe(shop, { body: null, headers: {} });
    await expect
      .poll(() =>
        other.spend(shop, 10).then(
          () => 'spent',
          (error: { code: string }) => error.code,
        ),
      )
      .toBe('platform_rate_limited');
  });

  it('that is waited for is given up with the caller’s reason', async () => {
    const shop = await spender([{ ...LIMIT, burst: 1, perSecond: 0.5 }]);
    const one = budgets();
    await one.spend(shop, 1);
    const stop = new AbortController();
    const waiting = one.spend(shop, 1, stop.signal);
    const reason = new Error('cancelled');
    stop.abort(reason);
    await expect(waiting).rejects.toBe(reason);
  });
});
