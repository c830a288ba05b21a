// The fence against real PostgreSQL: how old a read may be, and how soon a call ends after the fence commits.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createFenceWatch, type FenceWatch, MAX_READ_AGE_MS } from '../../egress/fence.ts';
import { type Clock, SYSTEM_CLOCK } from '../../egress/surroundings.ts';
import { fenceConnection, reopenConnection } from '../../store/connections.ts';
import type { Database } from '../../store/database.ts';
import { startStopwatch } from '../stopwatch.ts';
import { createTestDatabase, type TestDatabase, until } from '../world.ts';
import { type SeededConnection, SILENT, seedConnection } from './seed.ts';

let world: TestDatabase;
const watches: FenceWatch[] = [];

beforeAll(async () => {
  world = await createTestDatabase();
}, 60_000);
afterAll(() => world.close());
afterEach(async () => {
  for (const watch of watches.splice(0)) await watch.close();
});

function watchOn(db: Database = world.db, clock: Clock = SYSTEM_CLOCK): FenceWatch {
  const watch = createFenceWatch({ db, clock, log: SILENT });
  watches.push(watch);
  return watch;
}

function fence({ tenantId, connectionId }: SeededConnection): Promise<boolean> {
  return world.db.inTenant(tenantId, (tx) => fenceConnection(tx, connectionId, Date.now()));
}

/** A call that only ends when it is aborted; gives the reason. */
function endless(watch: FenceWatch, { connectionId }: SeededConnection): Promise<unknown> {
  return watch.guard(
    connectionId,
    (signal) => new Promise((resolve) => signal.addEventListener('abort', () => resolve(signal.reason))),
  );
}

function movable(): { clock: Clock; move(ms: number): void } {
  let atMs = 0;
  return { clock: { nowMs: () => atMs, monotonicMs: () => atMs }, move: (ms) => (atMs += ms) };
}

/** The database, counting its fence reads. */
function counting(): { db: Database; reads: () => number } {
  let reads = 0;
  const db: Database = {
    ...world.db,
    sqlInTenant: (tenantId, fn) => {
      reads++;
      return world.db.sqlInTenant(tenantId, fn);
    },
  };
  return { db, reads: () => reads };
}

describe('the fence', () => {
  it('is read again when the last read is older than 250 ms, and not before', async () => {
    const seeded = await seedConnection(world);
    const { clock, move } = movable();
    const { db, reads } = counting();
    const watch = watchOn(db, clock);
    await watch.assertOpen(seeded.tenantId, seeded.connectionId);
    move(MAX_READ_AGE_MS);
    await watch.assertOpen(seeded.tenantId, seeded.connectionId);
    expect(reads()).toBe(1);
    move(1);
    expect(watch.isFresh(seeded.connectionId)).toBe(false);
    await watch.assertOpen(seeded.tenantId, seeded.connectionId);
    expect(reads()).toBe(2);
  });

  it('is read once for calls that begin together', async () => {
    const seeded = await seedConnection(world);
    const { db, reads } = counting();
    const watch = watchOn(db);
    await Promise.all(
      Array.from({ length: 50 }, () => watch.assertOpen(seeded.tenantId, seeded.connectionId)),
    );
    expect(reads()).toBe(1);
  });

  it('tells the newest generation', async () => {
    const seeded = await seedConnection(world, { generation: 7 });
    expect(await watchOn().assertOpen(seeded.tenantId, seeded.connectionId)).toEqual({
      isFenced: false,
      generation: 7,
    });
  });

  it('stops new calls from the moment it is heard of, and ends those under way', async () => {
    const seeded = await seedConnection(world);
    const watch = watchOn();
    await watch.assertOpen(seeded.tenantId, seeded.connectionId);
    const call = endless(watch, seeded);
    await fence(seeded);
    const stopwatch = startStopwatch();
    expect(await call).toMatchObject({ code: 'fenced' });
    expect(stopwatch.stop()).toBeLessThan(2_000);
    await expect(watch.assertOpen(seeded.tenantId, seeded.connectionId)).rejects.toMatchObject({
      code: 'fenced',
    });
  });

  it('ends calls under way within 2 s though nobody hears the notification', async () => {
    const seeded = await seedConnection(world);
    const watch = watchOn({ ...world.db, listen: async () => Promise.reject(new Error('no listener')) });
    await watch.assertOpen(seeded.tenantId, seeded.connectionId);
    const call = endless(watch, seeded);
    await fence(seeded);
    const stopwatch = startStopwatch();
    expect(await call).toMatchObject({ code: 'fenced' });
    expect(stopwatch.stop()).toBeLessThan(2_000);
  });

  it('ends calls under way within 2 s when it can no longer be read at all', async () => {
    const seeded = await seedConnection(world);
    let isDown = false;
    const db: Database = {
      ...world.db,
      listen: async () => async () => {},
      sqlAcrossTenants: (fn) => (isDown ? new Promise(() => {}) : world.db.sqlAcrossTenants(fn)),
    };
    const watch = watchOn(db);
    await watch.assertOpen(seeded.tenantId, seeded.connectionId);
    const call = endless(watch, seeded);
    isDown = true;
    const stopwatch = startStopwatch();
    expect(await call).toMatchObject({ code: 'store_unavailable' });
    expect(stopwatch.stop()).toBeLessThan(2_100);
  });

  it('leaves a long call alone while it stays open', async () => {
    const seeded = await seedConnection(world);
    const watch = watchOn();
    await watch.assertOpen(seeded.tenantId, seeded.connectionId);
    const ended: unknown[] = [];
    void endless(watch, seeded).then((reason) => ended.push(reason));
    const beganAt = performance.now();
    await until('three seconds of a call', async () => performance.now() - beganAt > 3_000);
    expect(ended).toEqual([]);
  });

  it('ends the calls of one connection alone', async () => {
    const [fenced, other] = [await seedConnection(world), await seedConnection(world)];
    const watch = watchOn();
    for (const one of [fenced, other]) await watch.assertOpen(one.tenantId, one.connectionId);
    const ended: string[] = [];
    void endless(watch, other).then(() => ended.push('other'));
    const call = endless(watch, fenced);
    await fence(fenced);
    await call;
    expect(ended).toEqual([]);
    await watch.assertOpen(other.tenantId, other.connectionId);
  });

  it('opens again when a revoked connection begins anew', async () => {
    const seeded = await seedConnection(world, { lifecycle: 'revoked' });
    const watch = watchOn();
    await fence(seeded);
    await expect(watch.assertOpen(seeded.tenantId, seeded.connectionId)).rejects.toMatchObject({
      code: 'fenced',
    });
    await world.db.inTenant(seeded.tenantId, (tx) => reopenConnection(tx, seeded.connectionId, Date.now()));
    await until(
      'the fence to be seen open',
      () => watch.assertOpen(seeded.tenantId, seeded.connectionId).catch(() => null),
      2_000,
    );
  });

  it('of another tenant’s connection is not found', async () => {
    const [mine, theirs] = [await seedConnection(world), await seedConnection(world)];
    await expect(watchOn().assertOpen(mine.tenantId, theirs.connectionId)).rejects.toMatchObject({
      code: 'not_found',
    });
  });
});
