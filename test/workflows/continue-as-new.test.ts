// Continuing as new while callers keep asking: nobody is lost between two runs, and no exchange is made twice.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SIGNALS } from '../../workflows/messages.ts';
import { until } from '../world.ts';
import { type LifecycleWorld, startLifecycleWorld } from './lifecycle-world.ts';

let world: LifecycleWorld;

beforeAll(async () => {
  world = await startLifecycleWorld({ temporal: 'dev', timings: { continueAfterEvents: 30 } });
});

afterAll(async () => {
  await world.endAll();
  await world.close();
});

test('callers and signals across many runs: one exchange a generation, every pause kept', async () => {
  const id = await world.connect();
  const runs = new Set<string>();
  for (let round = 1; round <= 15; round++) {
    const { generation, epoch } = await world.row(id);
    expect(generation).toBe(round);
    await world.handle(id).signal(round % 2 === 0 ? SIGNALS.resume : SIGNALS.pause, { by: 'key_01' });
    const callers = Array.from({ length: 20 }, () => world.ensureFresh(id, { generation, epoch }));
    for (const outcome of await Promise.all(callers)) {
      expect(outcome).toEqual({ outcome: 'fresh', generation: generation + 1 });
    }
    runs.add((await world.handle(id).describe()).runId);
  }
  expect(world.fake.exchanges(id)).toBe(15);
  expect(runs.size).toBeGreaterThan(3);
  await until('the pause', async () => (await world.row(id)).state === 'paused');
}, 60_000);
