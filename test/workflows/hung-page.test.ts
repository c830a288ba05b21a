// A page that hangs in the middle of a sync: its heartbeat falls silent, Temporal ends the attempt, the next one resumes, and the one that
// hung writes nothing any more, whenever it wakes. Real Temporal, workflows, activities, HTTP and PostgreSQL.
import { Worker } from '@temporalio/worker';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createPageActivities } from '../../activities/pages.ts';
import { SYNC_DEFAULTS } from '../../activities/sync-deps.ts';
import { workflowBundle } from '../../worker/bundle.ts';
import { TASK_QUEUES, WORKFLOW_TYPES } from '../../workflows/messages.ts';
import { createDoor, type Door } from '../egress/door.ts';
import { createShop, items, SHELF } from '../sync/shelf.ts';
import { connectTemporal, type TestTemporal, until } from '../world.ts';
import { quietRuntime } from './quiet-runtime.ts';

const RECORDS = 50;
/** The attempt is silent after this; MANY_PAGES gives it 5 s from its last heartbeat. */
const HUNG_AFTER_MS = 1_000;

let door: Door;
let temporal: TestTemporal;
let workers: Worker[];
let running: Promise<unknown>;

beforeAll(async () => {
  quietRuntime();
  [door, temporal] = await Promise.all([createDoor(SHELF), connectTemporal()]);
  const common = {
    connection: temporal.connection,
    namespace: temporal.namespace,
    maxHeartbeatThrottleInterval: '1 second',
  };
  const pages = createPageActivities({
    ...SYNC_DEFAULTS,
    timings: { ...SYNC_DEFAULTS.timings, heartbeatMs: 200, hungAfterMs: HUNG_AFTER_MS },
    db: door.world.db,
    egress: door.open(),
    platforms: new Map([[SHELF.id, SHELF]]),
    reportRun: async () => true,
    log: () => undefined,
  });
  workers = await Promise.all([
    Worker.create({ ...common, taskQueue: TASK_QUEUES.workflows, workflowBundle: await workflowBundle() }),
    Worker.create({ ...common, taskQueue: TASK_QUEUES.pages, activities: { ...pages } }),
  ]);
  running = Promise.all(workers.map((worker) => worker.run()));
}, 120_000);

afterAll(async () => {
  await stop();
  await temporal?.close();
  await door?.close();
});

async function stop(): Promise<void> {
  for (const worker of workers ?? []) if (worker.getState() === 'RUNNING') worker.shutdown();
  await running;
}

test('a page that hangs costs its attempt alone: the next one goes on behind what is saved, each record once', async () => {
  const shop = createShop();
  shop.put('orders', ...items(RECORDS));
  let release: (() => void) | undefined;
  door.answer(({ url }, response) => {
    const isThird = url.includes('after=item-000019');
    if (isThird && release === undefined) release = () => shop.answer(url, response);
    else shop.answer(url, response);
  });
  const connection = await door.connect({});
  await door.world.owner.query("UPDATE connections SET permissions = '{orders:read}' WHERE id = $1", [
    connection.connectionId,
  ]);
  const handle = await temporal.client.workflow.start(WORKFLOW_TYPES.syncStore, {
    taskQueue: TASK_QUEUES.workflows,
    workflowId: `sync/${connection.connectionId}/hung`,
    args: [{ tenantId: connection.tenantId, connectionId: connection.connectionId }],
  });
  await until('the page that hangs', async () => release !== undefined);
  const hungAtMs = performance.now();
  const failure = await until('the next attempt', async () => {
    const { raw } = await handle.describe();
    const [pending] = raw.pendingActivities ?? [];
    return (pending?.attempt ?? 0) > 1 && (pending?.lastFailure ?? null);
  }).catch(async (error: unknown) => {
    // It may have finished between two looks.
    if ((await handle.describe()).status.name === 'COMPLETED') return null;
    throw error;
  });
  if (failure !== null) expect(failure.message).toMatch(/heartbeat/i);
  expect(await handle.result()).toMatchObject({ outcome: 'finished', status: 'completed', records: RECORDS });
  // Well before the 30 s after which the call itself would have been given up.
  expect(performance.now() - hungAtMs).toBeLessThan(15_000);

  const rows = async () =>
    (
      await door.world.owner.query(
        'SELECT platform_id, position FROM records WHERE connection_id = $1 ORDER BY 1',
        [connection.connectionId],
      )
    ).rows;
  const before = await rows();
  expect(before).toHaveLength(RECORDS);
  const asked = (after: string) => door.asked.filter(({ url }) => url.includes(`after=${after}&`)).length;
  // The pages before it were not read again; the one that hung was asked for by each attempt.
  expect([asked(''), asked('item-000009'), asked('item-000019')]).toEqual([1, 1, 2]);
  const calls = door.asked.length;

  // The one that hung wakes with a page of other contents.
  shop.put('orders', ...items(RECORDS, '9.99'));
  release?.();
  await stop();
  expect(await rows()).toEqual(before);
  // It may fetch one page ahead before the write of its own refuses it.
  expect(door.asked.length - calls).toBeLessThanOrEqual(1);
}, 60_000);
