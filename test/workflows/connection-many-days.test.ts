// Twelve days of a token that lives an hour, with a history cap so low that the workflow continues as new several times a day. A year of them is in test/long.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type LifecycleWorld, startLifecycleWorld } from './lifecycle-world.ts';

let world: LifecycleWorld;
const CAP = 120;

beforeAll(async () => {
  world = await startLifecycleWorld({ timings: { continueAfterEvents: CAP } });
});

afterAll(async () => {
  await world.endAll();
  await world.close();
});

test('twelve days of hourly refreshes: always fresh, nothing lost, no history too long', {
  timeout: 180_000,
}, async () => {
  const id = await world.connect();
  const begunMs = await world.env.currentTimeMs();
  const runs = new Set<string>();
  for (let day = 0; day < 12; day++) {
    await world.env.sleep('1 day');
    const { runId, historyLength } = await world.handle(id).describe();
    runs.add(runId);
    expect(historyLength).toBeLessThan(CAP + 40);
    const row = await world.row(id);
    expect(row.state).toBe('active');
    expect(row.expiresAt?.getTime()).toBeGreaterThan(await world.env.currentTimeMs());
  }
  const row = await world.row(id);
  const hours = ((await world.env.currentTimeMs()) - begunMs) / 3_600_000;
  expect(world.fake.exchanges(id)).toBe(row.generation - 1);
  expect(row.generation).toBeGreaterThan(hours);
  expect(row.generation).toBeLessThan(hours * 1.7);
  expect(runs.size).toBe(12);
  const { rows } = await world.database.owner.query<{ count: string }>(
    `SELECT count(*) FROM transitions WHERE connection_id = $1 AND event->>'type' = 'refreshed'`,
    [id],
  );
  expect(Number(rows[0]?.count)).toBe(row.generation - 1);
});
