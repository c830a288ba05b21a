// Whether a fleet run's workflow has anything to do: one that was started again beside a run that ended must not work it a second time.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { awaitFleetRun } from '../../activities/work-fleet.ts';
import { DEFAULT_FLEET_OPTIONS } from '../../domain/fleet-run.ts';
import { createFleetRun } from '../../store/fleet-runs.ts';
import { newId } from '../../store/new-id.ts';
import { createTestDatabase, type TestDatabase } from '../world.ts';

let world: TestDatabase;
beforeAll(async () => {
  world = await createTestDatabase();
});
afterAll(() => world.close());

test.each([
  ['planned', 'waiting'],
  ['running', 'begun'],
  ['paused', 'begun'],
  ['stopped', 'gone'],
  ['completed', 'gone'],
])('a run that is %s is %s', async (status, expected) => {
  const id = newId('fleetRun');
  await world.db.acrossTenants((tx) =>
    createFleetRun(tx, {
      id,
      tenantId: null,
      kind: 'api_version',
      platform: `a-platform-${status}`,
      registrationId: null,
      target: { version: '2' },
      options: DEFAULT_FLEET_OPTIONS,
      requestedBy: 'key_x',
    }),
  );
  await world.owner.query('UPDATE fleet_runs SET status = $2 WHERE id = $1', [id, status]);
  expect(await awaitFleetRun({ db: world.db })({ fleetRunId: id })).toBe(expected);
});
