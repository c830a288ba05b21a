// Drift between connections, schedules and workflows shows, and the sweep repairs it: on the real dev server, with real schedules.
import { Context } from '@temporalio/activity';
import { MockActivityEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SweepReport } from '../../activities/lifecycle-contract.ts';
import { DEFAULT_FLEET_OPTIONS } from '../../domain/fleet-run.ts';
import type { ConnectionId, FleetRunId, ImportId } from '../../domain/ids.ts';
import { createFleetRun, setFleetStatus } from '../../store/fleet-runs.ts';
import { createImport, endReading, finishImport } from '../../store/imports.ts';
import { newId } from '../../store/new-id.ts';
import { createSchedules } from '../../worker/schedules.ts';
import { fleetRunWorkflowId, importWorkflowId, SIGNALS, syncScheduleId } from '../../workflows/messages.ts';
import { until } from '../world.ts';
import { type LifecycleWorld, startLifecycleWorld } from './lifecycle-world.ts';

let world: LifecycleWorld;

beforeAll(async () => {
  world = await startLifecycleWorld({ temporal: 'dev' });
});

afterAll(async () => {
  await world.endAll();
  await world.close();
});

const sweep = async (): Promise<SweepReport> => {
  const report: SweepReport = await new MockActivityEnvironment().run(() => {
    Context.current().heartbeat();
    return world.activities.sweep();
  });
  return report;
};
const schedule = (id: ConnectionId) => world.env.client.schedule.getHandle(syncScheduleId(id));
const describeSchedule = (id: ConnectionId) =>
  schedule(id)
    .describe()
    .catch(() => null);
const scheduleOf = (id: ConnectionId) => until(`a schedule of ${id}`, () => describeSchedule(id));

/** The lists of the server follow some moments behind. */
async function settled(ids: readonly ConnectionId[]): Promise<void> {
  await until('the lists', async () => {
    const listed = new Set<string>();
    for await (const one of createSchedules(world.env.client).list()) listed.add(one.connectionId);
    return ids.every((id) => listed.has(id));
  });
}

test('a connection shows its state where an operator looks for it', async () => {
  const id = await world.connect();
  await scheduleOf(id);
  const found = await until('the attributes', async () => {
    const query = `ConnectionState = 'active' AND TenantId = '${world.tenantId}' AND Platform = 'a-platform'`;
    for await (const { workflowId } of world.env.client.workflow.list({ query })) {
      if (workflowId === `connection/${id}`) return true;
    }
    return false;
  });
  expect(found).toBe(true);
  const { searchAttributes } = await world.handle(id).describe();
  expect(searchAttributes['CredentialExpiresAt']).toEqual([(await world.row(id)).expiresAt]);
});

test('pausing sets the schedule with its note, resuming takes it back', async () => {
  const id = await world.connect();
  await scheduleOf(id);
  await world.handle(id).signal(SIGNALS.pause, { by: 'key_01' });
  await until('a paused schedule', async () => {
    const state = (await describeSchedule(id))?.state;
    return state?.paused === true && state.note === 'paused by key_01';
  });
  await world.handle(id).signal(SIGNALS.resume, { by: 'key_01' });
  const before = (await describeSchedule(id))?.info.numActionsTaken ?? 0;
  await until('a running schedule', async () => (await describeSchedule(id))?.state.paused === false);
  await until('a run that catches up at once', async () => {
    const info = (await describeSchedule(id))?.info;
    return info !== undefined && info.numActionsTaken > before;
  });
});

test('a revocation takes the schedule along', async () => {
  const id = await world.connect();
  await scheduleOf(id);
  await world.handle(id).signal(SIGNALS.revoke, { by: 'key_01', upstream: true, erase: false });
  await world.handle(id).result();
  expect(await describeSchedule(id)).toBeNull();
});

test('the sweep restarts a lost workflow, and mends schedules that were paused, deleted or left behind', async () => {
  const [lost, paused, deleted] = [await world.connect(), await world.connect(), await world.connect()];
  const orphan = newId('connection');
  for (const id of [lost, paused, deleted]) await scheduleOf(id);
  await world.handle(lost).terminate('lost');
  await schedule(paused).pause('by hand');
  await schedule(deleted).delete();
  await createSchedules(world.env.client).ensure({
    tenantId: world.tenantId,
    connectionId: orphan,
    intervalS: 900,
    pausedNote: null,
  });
  await settled([lost, paused, orphan]);

  const report = await until('the repairs', async () => {
    const one = await sweep();
    return one.workflowsRestarted >= 1 && one;
  });
  expect(report).toMatchObject({ workflowsRestarted: 1, stuck: 0 });
  await until('everything mended', async () => {
    await sweep();
    const [a, b, c] = [
      await describeSchedule(paused),
      await describeSchedule(deleted),
      await describeSchedule(orphan),
    ];
    return a?.state.paused === false && b !== null && c === null;
  });
  const { status } = await world.handle(lost).describe();
  expect(status.name).toBe('RUNNING');
  expect(await world.ensureFresh(lost, { generation: 1, epoch: 0 })).toEqual({
    outcome: 'fresh',
    generation: 2,
  });
});

/** Nobody in this world works them: that they stand is what counts. */
const standing = (workflowId: string) =>
  world.env.client.workflow
    .getHandle(workflowId)
    .describe()
    .then(({ status, runId }) => (status.name === 'RUNNING' ? runId : null))
    .catch(() => null);

async function openImport(): Promise<ImportId> {
  const id = newId('import');
  await world.database.db.acrossTenants(async (tx) => {
    await createImport(tx, { id, tenantId: world.tenantId, requestedBy: 'key_01' });
    await endReading(tx, id, null, new Date());
  });
  return id;
}

async function openFleetRun(platform: string): Promise<FleetRunId> {
  const id = newId('fleetRun');
  const run = { id, tenantId: world.tenantId, kind: 'api_version', platform, registrationId: null };
  await world.database.db.acrossTenants((tx) =>
    createFleetRun(tx, { ...run, target: {}, options: DEFAULT_FLEET_OPTIONS, requestedBy: 'key_01' }),
  );
  await world.database.owner.query("UPDATE fleet_runs SET status = 'running' WHERE id = $1", [id]);
  return id;
}

test('the sweep starts open imports and fleet runs that lost their workflow again, a paused one paused, and no other', async () => {
  const [lost, ended] = [await openImport(), await openImport()];
  const [running, paused, stopped] = [
    await openFleetRun('one'),
    await openFleetRun('two'),
    await openFleetRun('three'),
  ];
  await world.database.db.acrossTenants(async (tx) => {
    await finishImport(tx, ended, new Date());
    await setFleetStatus(tx, paused, { status: 'paused', reason: 'key_02' });
  });
  await world.database.owner.query("UPDATE fleet_runs SET status = 'stopped' WHERE id = $1", [stopped]);

  const ids = [importWorkflowId(lost), fleetRunWorkflowId(running), fleetRunWorkflowId(paused)];
  expect((await sweep()).workflowsRestarted).toBe(ids.length);
  const runs = await Promise.all(ids.map(standing));
  expect(runs).not.toContain(null);
  const { events } = await world.env.client.workflow.getHandle(fleetRunWorkflowId(paused)).fetchHistory();
  const input = events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads?.[0]?.data;
  expect(JSON.parse(Buffer.from(input ?? []).toString())).toEqual({ fleetRunId: paused, pausedBy: 'key_02' });
  for (const id of [importWorkflowId(ended), fleetRunWorkflowId(stopped)])
    expect(await standing(id), id).toBeNull();

  expect((await sweep()).workflowsRestarted).toBe(0);
  expect(await Promise.all(ids.map(standing))).toEqual(runs);
  for (const id of ids) await world.env.client.workflow.getHandle(id).terminate('the test is over');
});
