// Keeps calls inside a platform's rate limits, over all workers: tokens are leased in chunks from buckets in PostgreSQL.
// A leased token is good for half a second, and the bucket is kept that much smaller, so that old leases never add up to
// more than the platform's own bucket. A long wait is an error with its end, so that no worker is held by it.
import { setTimeout as sleep } from 'node:timers/promises';
import { MooringError } from '../domain/errors.ts';
import type { ConnectionId, TenantId } from '../domain/ids.ts';
import type { Json, Platform, RateLimit } from '../domain/platform.ts';
import type { Database } from '../store/database.ts';
import { type BucketRule, blockBuckets, leaseTokens, lowerTokens } from '../store/rate-budgets.ts';
import type { Clock } from './surroundings.ts';

const LEASE_MS = 500;
const OBSERVE_EVERY_MS = 1_000;

/** Whose budgets a call spends. */
export interface Spender {
  readonly platform: Platform;
  readonly tenantId: TenantId;
  readonly connectionId: ConnectionId;
  /** null where the platform needs no registration: its limits then count a connection. */
  readonly registration: { readonly id: string; readonly tenantId: TenantId | null } | null;
  /** Of the call; without it only limits that hold for all calls are spent. */
  readonly endpoint?: string;
}

export interface RateBudgets {
  /** Waits for its turn in every bucket. Throws platform_rate_limited with retryAtMs when the wait is longer than allowed. */
  spend(spender: Spender, cost: number, signal?: AbortSignal): Promise<void>;
  /** Lowers our buckets to what the platform says is left. */
  observe(spender: Spender, answer: { body: Json; headers: Readonly<Record<string, string>> }): void;
  /** Grants nothing to this spender until then, on all workers. */
  block(spender: Spender, untilMs: number): Promise<void>;
}

interface Bucket {
  readonly name: string;
  readonly tenantId: TenantId | null;
  readonly limit: RateLimit;
}

interface LocalRule extends BucketRule {
  /** Whether more than one call's tokens may be leased at once. */
  readonly isChunked: boolean;
}

/** One bucket as this process knows it. */
interface Local {
  rule: LocalRule;
  tokens: number;
  leasedUntilMs: number;
  chunk: number;
  blockedUntilMs: number;
  observedAtMs: number;
  usedAtMs: number;
  /** Callers take turns; the database is asked by one of them at a time. */
  turn: Promise<void>;
}

/** Buckets live in the store, shared by all workers; this process leases tokens from them. `maxWaitMs`: how long a call may wait for its turn; default 5000. */
export function createRateBudgets(deps: { db: Database; clock: Clock; maxWaitMs?: number }): RateBudgets {
  const maxWaitMs = deps.maxWaitMs ?? 5_000;
  const locals = new Map<string, Local>();
  const localOf = (bucket: Bucket): Local => {
    const known = locals.get(bucket.name);
    if (known !== undefined) return known;
    forgetIdle(locals, deps.clock.monotonicMs());
    const fresh = newLocal(bucket.limit);
    locals.set(bucket.name, fresh);
    return fresh;
  };
  return {
    spend: async (spender, cost, signal) => {
      const untilMs = deps.clock.monotonicMs() + maxWaitMs;
      for (const bucket of bucketsOf(spender)) {
        const local = localOf(bucket);
        await inTurn(local, () => take(deps, bucket, local, { cost, untilMs, signal }));
      }
    },
    observe: (spender, answer) => {
      for (const bucket of bucketsOf(spender)) observeOne(deps, bucket, localOf(bucket), answer);
    },
    block: async (spender, untilMs) => {
      const ms = untilMs - deps.clock.nowMs();
      const all = bucketsOf(spender);
      // A shop told to slow down does not hold the other shops of our app.
      const own = all.filter((bucket) => bucket.limit.scope === 'connection');
      const buckets = own.length > 0 ? own : all;
      for (const bucket of buckets) {
        const local = localOf(bucket);
        local.tokens = 0;
        local.blockedUntilMs = Math.max(local.blockedUntilMs, deps.clock.monotonicMs() + ms);
      }
      const shared = buckets.filter((bucket) => bucket.limit.perSecond > 0);
      if (ms <= 0 || shared.length === 0) return;
      const names = shared.map((bucket) => bucket.name);
      const tenantId = own.length > 0 ? spender.tenantId : (spender.registration?.tenantId ?? null);
      await deps.db.sqlAcrossTenants((sql) => blockBuckets(sql, names, tenantId, ms));
    },
  };
}

/** The limits the platform's data names for this call; where it names none, one without a rate that only carries blocks. */
function bucketsOf(spender: Spender): Bucket[] {
  const { platform, connectionId, tenantId, registration, endpoint } = spender;
  const buckets = platform.rateLimits.flatMap((limit, index) => {
    if (limit.endpoints !== undefined && !limit.endpoints.some((one) => one === endpoint)) return [];
    return limit.scope === 'registration' && registration !== null
      ? [{ name: `${registration.id}/${platform.id}/${index}`, tenantId: registration.tenantId, limit }]
      : [{ name: `${connectionId}/${platform.id}/${index}`, tenantId, limit }];
  });
  if (buckets.length > 0) return buckets;
  const limit: RateLimit = { scope: 'connection', burst: 0, perSecond: 0, certainty: 'unverified' };
  return [{ name: `${connectionId}/blocks`, tenantId, limit }];
}

function newLocal(limit: RateLimit): Local {
  return {
    rule: ruleOf(limit.burst, limit.perSecond),
    tokens: 0,
    leasedUntilMs: 0,
    chunk: 1,
    blockedUntilMs: 0,
    observedAtMs: Number.NEGATIVE_INFINITY,
    usedAtMs: 0,
    turn: Promise.resolve(),
  };
}

/** Calls sent within any d seconds were leased within d + LEASE_MS, so the capacity gives up what refills in LEASE_MS. */
function ruleOf(burst: number, perSecond: number): LocalRule {
  const reduced = burst - (perSecond * LEASE_MS) / 1000;
  const isChunked = reduced >= burst / 2 && reduced >= 2;
  return { capacity: isChunked ? reduced : burst, perSecond, isChunked };
}

function inTurn(local: Local, act: () => Promise<void>): Promise<void> {
  const mine = local.turn.then(act);
  local.turn = mine.catch(() => {});
  return mine;
}

interface Wish {
  readonly cost: number;
  readonly untilMs: number;
  readonly signal: AbortSignal | undefined;
}

async function take(
  deps: { db: Database; clock: Clock },
  bucket: Bucket,
  local: Local,
  wish: Wish,
): Promise<void> {
  for (;;) {
    wish.signal?.throwIfAborted();
    const nowMs = deps.clock.monotonicMs();
    local.usedAtMs = nowMs;
    if (local.blockedUntilMs > nowMs) {
      await waitOrThrow(deps.clock, local.blockedUntilMs - nowMs, wish);
      continue;
    }
    if (bucket.limit.perSecond <= 0) return;
    const cost = Math.min(wish.cost, Math.max(1, Math.floor(local.rule.capacity)));
    if (local.leasedUntilMs < nowMs) local.tokens = 0;
    if (local.tokens >= cost) {
      local.tokens -= cost;
      return;
    }
    const waitMs = await lease(deps, bucket, local, cost, nowMs);
    if (waitMs > 0) await waitOrThrow(deps.clock, waitMs, wish);
  }
}

/** Adds to the local tokens, or gives the milliseconds to wait. Doubles the chunk while chunks are used up in time. */
async function lease(
  deps: { db: Database },
  bucket: Bucket,
  local: Local,
  cost: number,
  nowMs: number,
): Promise<number> {
  const isBusy = nowMs <= local.leasedUntilMs;
  const maxChunk = local.rule.isChunked ? Math.max(1, Math.floor(local.rule.capacity / 4)) : 1;
  local.chunk = isBusy ? Math.min(local.chunk * 2, maxChunk) : 1;
  const { granted, waitMs } = await deps.db.sqlAcrossTenants((sql) =>
    leaseTokens(sql, {
      bucket: bucket.name,
      tenantId: bucket.tenantId,
      capacity: local.rule.capacity,
      perSecond: local.rule.perSecond,
      least: cost,
      most: Math.min(Math.max(cost, local.chunk * cost), Math.max(cost, Math.floor(local.rule.capacity))),
    }),
  );
  if (granted === 0) return waitMs;
  local.tokens += granted;
  // From before the statement: the tokens may have been taken at its beginning.
  local.leasedUntilMs = nowMs + LEASE_MS;
  return 0;
}

async function waitOrThrow(clock: Clock, waitMs: number, wish: Wish): Promise<void> {
  if (clock.monotonicMs() + waitMs > wish.untilMs) {
    throw new MooringError('platform_rate_limited', 'the rate budget is spent', {
      retryAtMs: clock.nowMs() + Math.ceil(waitMs),
    });
  }
  try {
    await sleep(Math.ceil(waitMs), undefined, wish.signal === undefined ? {} : { signal: wish.signal });
  } catch {
    wish.signal?.throwIfAborted();
  }
}

function observeOne(
  deps: { db: Database; clock: Clock },
  bucket: Bucket,
  local: Local,
  answer: { body: Json; headers: Readonly<Record<string, string>> },
): void {
  const told = bucket.limit.observe?.(answer);
  if (told === undefined || told === null) return;
  local.rule = ruleOf(told.burst ?? bucket.limit.burst, told.perSecond ?? bucket.limit.perSecond);
  local.tokens = Math.min(local.tokens, told.available);
  const nowMs = deps.clock.monotonicMs();
  const isScarce = told.available < local.rule.capacity / 2;
  if (!isScarce || nowMs - local.observedAtMs < OBSERVE_EVERY_MS) return;
  local.observedAtMs = nowMs;
  // Advice: when it cannot be written the platform's own 429 still holds us.
  deps.db
    .sqlAcrossTenants((sql) => lowerTokens(sql, bucket.name, told.available, local.rule.perSecond))
    .catch(() => {});
}

function forgetIdle(locals: Map<string, Local>, nowMs: number): void {
  if (locals.size < 10_000) return;
  for (const [name, local] of locals) {
    if (nowMs - local.usedAtMs > 60_000 && local.blockedUntilMs < nowMs) locals.delete(name);
  }
}
