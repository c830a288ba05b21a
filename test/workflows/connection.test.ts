// A connection's life on the real workflow, the real activities and the real database, with a clock that skips.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type LifecycleWorld, startLifecycleWorld } from './lifecycle-world.ts';

let world: LifecycleWorld;

beforeAll(async () => {
  world = await startLifecycleWorld();
});

afterAll(async () => {
  await world.close();
});

test('an approved connection is active, syncs, and knows when it renews', async () => {
  const id = await world.connect();
  const row = await world.row(id);
  expect(row).toMatchObject({ state: 'active', lifecycle: 'active', generation: 1, shopName: 'A shop' });
  expect(row.nextRefreshAt?.getTime()).toBeLessThan(row.expiresAt?.getTime() ?? 0);
  expect(await world.events(id)).toEqual(['connection.active']);
});
