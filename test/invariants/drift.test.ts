// A workflow that does not move, and syncs that do not fit their connection, show in the metrics. That the sweep mends them: test/workflows/sweep.test.ts.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readFleetCounts } from '../../http/fleet-counts.ts';
import { createMetrics } from '../../http/metrics.ts';
import { newId } from '../../store/new-id.ts';
import { type SeededConnection, seedConnection } from '../egress/seed.ts';
import { createTestDatabase, type TestDatabase } from '../world.ts';

const MINUTE_MS = 60_000;

let world: TestDatabase;

beforeAll(async () => {
  world = await createTestDatabase();
});

afterAll(() => world.close());

async function shown(): Promise<{ stuck: number; drifted: number }> {
  const text = await createMetrics(() => readFleetCounts({ db: world.db, nowMs: Date.now })).text();
  const gauge = (name: string) => Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1]);
  return { stuck: gauge('mooring_connections_stuck'), drifted: gauge('mooring_connections_drifted') };
}

async function make(columns: Record<string, unknown>): Promise<SeededConnection> {
  const connection = await seedConnection(world);
  for (const [name, value] of Object.entries(columns)) {
    await world.owner.query(`UPDATE connections SET ${name} = $2 WHERE id = $1`, [
      connection.connectionId,
      value,
    ]);
  }
  return connection;
}

async function ranAgo({ tenantId, connectionId }: SeededConnection, agoMs: number): Promise<void> {
  await world.owner.query(
    `INSERT INTO sync_runs (id, tenant_id, connection_id, workflow_id, temporal_run_id, trigger, status, started_at)
     VALUES ($1, $2, $3, $1, $1, 'schedule', 'completed', $4)`,
    [newId('syncRun'), tenantId, connectionId, new Date(Date.now() - agoMs)],
  );
}

test('a refresh, a retry or an ending that is overdue counts as stuck, and one in time does not', async () => {
  const at = (ms: number) => new Date(Date.now() + ms);
  await make({ next_refresh_at: at(MINUTE_MS) });
  await make({ health: 'degraded', next_refresh_at: at(-5 * MINUTE_MS), next_try_at: at(MINUTE_MS) });
  expect((await shown()).stuck).toBe(0);
  await make({ next_refresh_at: at(-5 * MINUTE_MS) });
  await make({ health: 'degraded', next_try_at: at(-5 * MINUTE_MS) });
  await make({ lifecycle: 'revoking', state: 'revoking', state_since: at(-25 * 60 * MINUTE_MS) });
  expect((await shown()).stuck).toBe(3);
});

test('syncs that stopped, and syncs that go on though paused, count as drifted', async () => {
  const since = new Date(Date.now() - 300 * MINUTE_MS);
  await ranAgo(await make({ state_since: since }), 10 * MINUTE_MS);
  await ranAgo(await make({ state: 'paused', state_since: since }), 301 * MINUTE_MS);
  expect((await shown()).drifted).toBe(0);
  await ranAgo(await make({ state_since: since }), 200 * MINUTE_MS);
  await ranAgo(await make({ state: 'paused', state_since: since }), 10 * MINUTE_MS);
  expect((await shown()).drifted).toBe(2);
});
