// The sync's workflow with worker processes that are killed, cancelled and left alone.
import type { ChildProcess } from 'node:child_process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SeededConnection } from '../egress/seed.ts';
import { items } from '../sync/shelf.ts';
import { until } from '../world.ts';
import { createSyncWorld, type SyncWorld, stopWorker } from './sync-world.ts';

const ORDERS = 2_000;
const PAGES = ORDERS / 10;

let world: SyncWorld;
/** The one of the moment; the first test kills its first. */
let worker: ChildProcess;
beforeAll(async () => {
  world = await createSyncWorld();
  world.shop.put('orders', ...items(ORDERS));
}, 120_000);
afterAll(() => world.close());

/** What a reader of the feed is left with, positions aside: they may have holes. */
async function finalRows(connection: SeededConnection): Promise<unknown[]> {
  const { rows } = await world.database.owner.query(
    'SELECT platform_id, hash, record, deleted_at FROM records WHERE connection_id = $1 ORDER BY platform_id',
    [connection.connectionId],
  );
  return rows;
}

async function count(connection: SeededConnection): Promise<number> {
  const { rows } = await world.database.owner.query<{ n: string }>(
    'SELECT count(*) AS n FROM records WHERE connection_id = $1',
    [connection.connectionId],
  );
  return Number(rows[0]?.n);
}

async function runOf(connection: SeededConnection) {
  const { rows } = await world.database.owner.query(
    'SELECT status, progress, finished_at FROM sync_runs WHERE connection_id = $1',
    [connection.connectionId],
  );
  expect(rows).toHaveLength(1);
  return rows[0];
}

test('a worker killed in the middle of a sync changes neither the rows nor the counts', async () => {
  const [undisturbed, disturbed] = [await world.connect(), await world.connect()];
  worker = await world.startWorker();
  const calm = await world.startSync(undisturbed, 'undisturbed');
  await calm.result();
  // 5 and 6 for each stretch of 45 s.
  expect((await calm.fetchHistory()).events).toHaveLength(11);

  world.slowness(5);
  const asked = world.asked();
  const run = await world.startSync(disturbed, 'disturbed');
  await until('a third of the records', async () => (await count(disturbed)) > ORDERS / 3, 60_000);
  const killedAtMs = performance.now();
  await stopWorker(worker, 'SIGKILL');
  const left = await count(disturbed);
  expect(left).toBeLessThan(ORDERS);
  worker = await world.startWorker();
  await until('the next page', async () => (await count(disturbed)) > left, 30_000);
  // A dead worker shows after 5 s without a heartbeat.
  expect(performance.now() - killedAtMs).toBeLessThan(15_000);
  expect(await run.result()).toMatchObject({ outcome: 'finished', status: 'completed', records: ORDERS });

  expect(await finalRows(disturbed)).toEqual(await finalRows(undisturbed));
  expect(world.asked() - asked).toBeLessThanOrEqual(PAGES + 2);
  const { progress } = await runOf(disturbed);
  expect(progress.orders).toMatchObject({
    pages: PAGES,
    seen: ORDERS,
    written: ORDERS,
    unchanged: 0,
    done: true,
  });
}, 120_000);

test('a cancelled run stops within seconds, keeps what it has and says that it was cancelled', async () => {
  const connection = await world.connect();
  world.slowness(20);
  const run = await world.startSync(connection, 'cancelled');
  await until('the first records', async () => (await count(connection)) > 0);
  await run.cancel();
  await expect(run.result()).rejects.toThrow();
  const kept = await count(connection);
  expect(kept).toBeGreaterThan(0);
  expect(kept).toBeLessThan(ORDERS);
  expect(await runOf(connection)).toMatchObject({ status: 'cancelled', finished_at: expect.any(Date) });
}, 60_000);
