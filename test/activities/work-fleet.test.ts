// The canaries of a fleet run: nobody else is worked before one of them was proved.
import { MockActivityEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { FleetProgress } from '../../activities/fleet-contract.ts';
import { workFleet } from '../../activities/work-fleet.ts';
import type { UpgradeOutcome } from '../../domain/connection-upgrade.ts';
import { DEFAULT_FLEET_OPTIONS } from '../../domain/fleet-run.ts';
import type { FleetRunId } from '../../domain/ids.ts';
import { createFleetRun } from '../../store/fleet-runs.ts';
import { newId } from '../../store/new-id.ts';
import { createTestDatabase, type TestDatabase } from '../world.ts';

let world: TestDatabase;
beforeAll(async () => {
  world = await createTestDatabase();
});
afterAll(() => world.close());

const REVOKED: UpgradeOutcome = { outcome: 'revoked' };
const UPGRADED: UpgradeOutcome = { outcome: 'upgraded', generation: 2, isProved: true };
const REFUSED: UpgradeOutcome = { outcome: 'refused', code: 'upgrade_unavailable' };

/** A begun run of so many connections, `canary` of them canaries; each comes to the next of `outcomes`. */
async function runOf(count: number, canary: number, outcomes: readonly UpgradeOutcome[]) {
  const fleetRunId = newId('fleetRun');
  await world.db.acrossTenants((tx) =>
    createFleetRun(tx, {
      id: fleetRunId,
      tenantId: null,
      kind: 'token_upgrade',
      platform: `platform-${fleetRunId}`,
      registrationId: null,
      target: { from: 'old', to: 'new' },
      options: { ...DEFAULT_FLEET_OPTIONS, canary, perMinute: 60_000 },
      requestedBy: 'key_x',
    }),
  );
  for (let position = 1; position <= count; position++)
    await world.owner.query(
      'INSERT INTO fleet_run_items (fleet_run_id, position, connection_id, tenant_id, stage) VALUES ($1, $2, $3, $4, $5)',
      [fleetRunId, position, newId('connection'), newId('tenant'), position <= canary ? 'canary' : 'batch'],
    );
  return { fleetRunId, canaries: () => workCanaries(fleetRunId, outcomes[Symbol.iterator]()) };
}

async function workCanaries(fleetRunId: FleetRunId, outcomes: Iterator<UpgradeOutcome>) {
  const unasked = () => Promise.reject(new Error('nobody asks for this'));
  const work = workFleet({
    db: world.db,
    platforms: new Map(),
    exchange: unasked,
    connections: {
      authorizeNew: unasked,
      renew: unasked,
      revoke: unasked,
      upgrade: async () => outcomes.next().value ?? unasked(),
    },
    importPace: { concurrency: 1, perSecond: 1 },
    nowMs: Date.now,
    log: () => undefined,
  });
  const environment = new MockActivityEnvironment();
  for (;;) {
    const one = () => work({ fleetRunId, stage: 'canary' });
    const progress = await environment.run<[], FleetProgress, typeof one>(one);
    if (progress.left === 0 || progress.stop !== null) return progress;
  }
}

test.each<[string, number, number, readonly UpgradeOutcome[], object]>([
  ['one that was proved is enough', 4, 2, [REVOKED, UPGRADED], { done: 1, skipped: 1, pending: 2 }],
  [
    'the next takes the place of one that was skipped, until one was proved',
    5,
    1,
    [REVOKED, REVOKED, UPGRADED],
    { done: 1, skipped: 2, pending: 2 },
  ],
  ['with none left there is nobody to prove', 2, 1, [REVOKED, REVOKED], { skipped: 2, pending: 0 }],
])('of the canaries %s', async (_what, count, canary, outcomes, counts) => {
  const { canaries } = await runOf(count, canary, outcomes);
  expect(await canaries()).toMatchObject({ counts, left: 0, stop: null });
});

test('one that fails in the place of a skipped canary stops the run as a canary does', async () => {
  const { canaries } = await runOf(4, 1, [REVOKED, REFUSED]);
  expect(await canaries()).toMatchObject({ counts: { failed: 1, pending: 2 }, stop: 'canary_failed' });
});

test('a run that is started again after its canaries is not stopped for what failed behind them', async () => {
  const { fleetRunId, canaries } = await runOf(3, 1, []);
  await world.owner.query(
    `UPDATE fleet_run_items SET outcome = CASE position WHEN 1 THEN 'done' ELSE 'failed' END WHERE fleet_run_id = $1 AND position < 3`,
    [fleetRunId],
  );
  expect(await canaries()).toMatchObject({ counts: { done: 1, failed: 1, pending: 1 }, left: 0, stop: null });
});
