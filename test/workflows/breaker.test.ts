// The platform-wide breaker: many connections failing at once are the platform's fault, and none of them is asked for a new approval.
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ConnectionId } from '../../domain/ids.ts';
import { SIGNALS } from '../../workflows/messages.ts';
import { until } from '../world.ts';
import { type LifecycleWorld, startLifecycleWorld } from './lifecycle-world.ts';

let world: LifecycleWorld;

beforeAll(async () => {
  world = await startLifecycleWorld({ lifetimeS: 30 * 86_400 });
});

afterAll(async () => {
  await world.endAll();
  await world.close();
});

const states = async (ids: readonly ConnectionId[]) =>
  Promise.all(
    ids.map(async (id) => (({ state, healthCause }) => `${state} ${healthCause}`)(await world.row(id))),
  );

async function failAll(ids: readonly ConnectionId[]): Promise<void> {
  for (const id of ids) {
    world.fake.script(id, 'probe', 'credential_expired');
    await world.handle(id).signal(SIGNALS.runReported, {
      runId: 'run_01',
      finishedAtMs: 0,
      health: { status: 'failed', code: 'credential_expired', generation: 1 },
    });
  }
}

test('one in five failing within ten minutes holds the whole platform until a canary succeeds', async () => {
  const ids: ConnectionId[] = [];
  for (let at = 0; at < 12; at++) ids.push(await world.connect());
  await failAll(ids.slice(0, 4));
  await until(
    'four degraded',
    async () => (await states(ids)).filter((one) => one !== 'active null').length === 4,
  );
  const { rows } = await world.database.owner.query('SELECT 1 FROM breakers');
  expect(rows).toEqual([]);

  for (const id of ids) world.fake.script(id, 'probe', 'credential_expired');
  await failAll(ids.slice(4, 6));
  await until('all held', async () =>
    (await states(ids)).every((one) => one === 'degraded platform_breaker'),
  );
  await world.env.sleep('1 hour');
  expect(new Set(await states(ids))).toEqual(new Set(['degraded platform_breaker']));
  await until('paused schedules', async () =>
    ids.every((id) => world.schedules.get(id) === 'degraded: platform_breaker'),
  );

  for (const id of ids) world.fake.script(id, 'probe', 'ok');
  await world.env.sleep('40 minutes');
  await until('all active', async () => (await states(ids)).every((one) => one === 'active null'));
  const closed = await world.database.owner.query<{ state: string }>('SELECT state FROM breakers');
  expect(closed.rows).toEqual([{ state: 'closed' }]);
});
