// A whole year of a token that lives an hour. For people: minutes long.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type LifecycleWorld, startLifecycleWorld } from '../workflows/lifecycle-world.ts';

let world: LifecycleWorld;

beforeAll(async () => {
  world = await startLifecycleWorld();
});

afterAll(async () => {
  await world.endAll();
  await world.close();
});

test('a year of hourly refreshes continues as new by Temporal’s own suggestion and never misses one', async () => {
  const id = await world.connect();
  const runs = new Set<string>();
  for (let day = 0; day < 365; day += 5) {
    await world.env.sleep('5 days');
    runs.add((await world.handle(id).describe()).runId);
    const row = await world.row(id);
    expect(row.state).toBe('active');
    expect(row.expiresAt?.getTime()).toBeGreaterThan(await world.env.currentTimeMs());
  }
  expect(world.fake.exchanges(id)).toBe((await world.row(id)).generation - 1);
  expect(runs.size).toBeGreaterThan(3);
}, 1_800_000);
