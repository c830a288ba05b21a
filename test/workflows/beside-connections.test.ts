// The workflows beside those of connections, on a real Temporal; the activities are the test's. Work on many connections outlives its history: it continues as new
// and ends once; signals with long payloads fill a history to where Temporal suggests that, as thousands of batches would. Installs wait, and end.
import { Context } from '@temporalio/activity';
import type { WorkflowHandle } from '@temporalio/client';
import { Worker } from '@temporalio/worker';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { FleetActivities } from '../../activities/fleet-contract.ts';
import type { LifecycleActivities } from '../../activities/lifecycle-contract.ts';
import { DEFAULT_FLEET_OPTIONS, type FleetOptions } from '../../domain/fleet-run.ts';
import { createFleetCommands } from '../../http/fleet-commands.ts';
import { newId } from '../../store/new-id.ts';
import { workflowBundle } from '../../worker/bundle.ts';
import {
  FLEET_SIGNALS,
  fleetRunWorkflowId,
  IMPORT_READ_SIGNAL,
  type InstallOutcome,
  importWorkflowId,
  installWorkflowId,
  type RegistrationConfirmed,
  shopRegistrationWorkflowId,
  TASK_QUEUES,
  UPDATES,
  WORKFLOW_TYPES,
} from '../../workflows/messages.ts';
import { connectTemporal, type TestTemporal, until } from '../world.ts';
import { quietRuntime } from './quiet-runtime.ts';
import { recordHistories } from './record-histories.ts';

let temporal: TestTemporal;
let workers: Worker[];
let running: Promise<unknown>;
let calls: string[];
/** What the stretch under way waits for. */
let gate: { readonly opened: Promise<void>; open(): void };
let left: number;

const WITHOUT_CANARY = { ...DEFAULT_FLEET_OPTIONS, canary: 0 };
let options: FleetOptions;
const COUNTS = { pending: 0, done: 0, failed: 0, skipped: 0 };

type Installs = Pick<
  LifecycleActivities,
  'exchangeInstall' | 'endInstall' | 'answerRegistration' | 'confirmRegistration' | 'reconnectShop'
>;

/** What the next install comes to. */
let outcome: InstallOutcome;
let confirmed: RegistrationConfirmed;
const again = {
  tenantId: newId('tenant'),
  connectionId: newId('connection'),
  authorizationId: newId('authorization'),
};

const installs: Installs = {
  exchangeInstall: async () => outcome,
  endInstall: async () => void calls.push('endInstall'),
  answerRegistration: async () => ({ outcome: 'answered', proof: 'a-proof' }),
  confirmRegistration: async () => {
    calls.push('confirmRegistration');
    return confirmed;
  },
  reconnectShop: async ({ authorizationId }) => void calls.push(`reconnectShop ${authorizationId}`),
};

const activities: FleetActivities = {
  isImportRead: async () => true,
  importLines: async () => {
    await stretch('importLines');
    return { settled: 1, left, nextTryAtMs: null };
  },
  finishImport: async () => void calls.push('finishImport'),
  awaitFleetRun: async () => {
    calls.push('awaitFleetRun');
    return 'begun';
  },
  readFleetOptions: async () => options,
  workFleet: async ({ stage }) => {
    await stretch(`workFleet ${stage}`);
    return { counts: COUNTS, left, nextTryAtMs: null, stop: null };
  },
  proveCanaries: async () => {
    calls.push('proveCanaries');
    return { failed: 0 };
  },
  noteFleetRun: async ({ status, reason }) => void calls.push(`${status} ${reason}`),
  finishFleetRun: async ({ status, reason }) => {
    calls.push(`finishFleetRun ${status} ${reason}`);
    return { left: 0 };
  },
};

/** Told to end, it ends what it began: until the gate is opened. */
async function stretch(name: string): Promise<void> {
  calls.push(name);
  const { cancellationSignal, heartbeat } = Context.current();
  cancellationSignal.addEventListener('abort', () => calls.push('told to end'));
  const beat = setInterval(heartbeat, 50);
  await gate.opened;
  clearInterval(beat);
  cancellationSignal.throwIfAborted();
}

function close(): void {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  gate = { opened, open };
}

beforeAll(async () => {
  quietRuntime();
  temporal = await connectTemporal();
  const common = { connection: temporal.connection, namespace: temporal.namespace };
  workers = await Promise.all([
    Worker.create({ ...common, taskQueue: TASK_QUEUES.workflows, workflowBundle: await workflowBundle() }),
    Worker.create({
      ...common,
      taskQueue: TASK_QUEUES.lifecycle,
      maxHeartbeatThrottleInterval: '50 milliseconds',
      activities: { ...activities, ...installs },
    }),
  ]);
  running = Promise.all(workers.map((worker) => worker.run()));
}, 120_000);
afterAll(async () => {
  for (const worker of workers ?? []) worker.shutdown();
  await running;
  await temporal?.close();
});
beforeEach(() => {
  calls = [];
  left = 1;
  options = WITHOUT_CANARY;
  close();
});

/** Past 4 MB Temporal suggests to continue as new. */
async function fill(handle: WorkflowHandle, signal: string): Promise<void> {
  for (let count = 0; count < 5; count++) await handle.signal(signal, { by: 'x'.repeat(1_000_000) });
}

async function runOf(handle: WorkflowHandle): Promise<string> {
  return (await handle.describe()).runId;
}

const begin = (type: string, workflowId: string, input: object) =>
  temporal.client.workflow.start(type, { workflowId, taskQueue: TASK_QUEUES.workflows, args: [input] });
const count = (call: string) => calls.filter((one) => one === call).length;

test('an import goes on in a new run, knows that its upload was read, and ends once', async () => {
  const importId = newId('import');
  const handle = await begin(WORKFLOW_TYPES.importConnections, importWorkflowId(importId), { importId });
  await handle.signal(IMPORT_READ_SIGNAL);
  await until('the first stretch', async () => count('importLines') === 1);
  const first = await runOf(handle);
  await fill(handle, IMPORT_READ_SIGNAL);
  gate.open();
  await until('the next run', async () => (await runOf(handle)) !== first);
  await until('its stretch', async () => count('importLines') > 1);
  left = 0;
  await temporal.client.workflow.getHandle(handle.workflowId).result();
  expect([calls.at(-1), count('finishImport')]).toEqual(['finishImport', 1]);
  const ended = await temporal.client.workflow.getHandle(handle.workflowId, first).describe();
  expect(ended.status.name).toBe('CONTINUED_AS_NEW');
}, 60_000);

test('a fleet run goes on in a new run at its stage, is paused there and goes on, and ends once', async () => {
  const fleetRunId = newId('fleetRun');
  const handle = await begin(WORKFLOW_TYPES.fleetRun, fleetRunWorkflowId(fleetRunId), { fleetRunId });
  await until('the first batch', async () => count('workFleet batch') === 1);
  const first = await runOf(handle);
  await fill(handle, FLEET_SIGNALS.resumeRun);
  gate.open();
  await until('the next run', async () => (await runOf(handle)) !== first);
  await handle.signal(FLEET_SIGNALS.pauseRun, { by: 'key_01' });
  await until('the pause', async () => count('paused key_01') === 1);
  expect(count('awaitFleetRun')).toBe(1);
  left = 0;
  await handle.signal(FLEET_SIGNALS.resumeRun, { by: 'key_01' });
  expect(await temporal.client.workflow.getHandle(handle.workflowId).result()).toEqual({
    status: 'completed',
    reason: null,
    left: 0,
  });
  expect(count('finishFleetRun completed null')).toBe(1);
}, 60_000);

test('a run that is paused and resumed while its batch still ends goes on', async () => {
  const fleetRunId = newId('fleetRun');
  const handle = await begin(WORKFLOW_TYPES.fleetRun, fleetRunWorkflowId(fleetRunId), { fleetRunId });
  await until('the first batch', async () => count('workFleet batch') === 1);
  await handle.signal(FLEET_SIGNALS.pauseRun, { by: 'key_01' });
  await until('the batch to be told', async () => count('told to end') === 1);
  await handle.signal(FLEET_SIGNALS.resumeRun, { by: 'key_01' });
  left = 0;
  gate.open();
  expect(await handle.result()).toEqual({ status: 'completed', reason: null, left: 0 });
  expect(count('workFleet batch')).toBe(2);
}, 30_000);

test('a pause while the canaries are waited for is heard at once, and they are not proved before it ends', async () => {
  options = { ...DEFAULT_FLEET_OPTIONS, canary: 1, canaryWaitS: 2 };
  left = 0;
  gate.open();
  const fleetRunId = newId('fleetRun');
  const handle = await begin(WORKFLOW_TYPES.fleetRun, fleetRunWorkflowId(fleetRunId), { fleetRunId });
  await until('the canaries', async () => count('workFleet canary') === 1);
  await handle.signal(FLEET_SIGNALS.pauseRun, { by: 'key_01' });
  await until('the pause', async () => count('paused key_01') === 1);
  await handle.signal(FLEET_SIGNALS.resumeRun, { by: 'key_01' });
  await handle.result();
  const order = ['workFleet canary', 'paused key_01', 'running null', 'proveCanaries', 'workFleet batch'];
  expect(calls.filter((call) => order.includes(call))).toEqual(order);
}, 30_000);

test('a run whose workflow is gone is told all the same: it is begun again, paused as it was, and ends', async () => {
  const fleetRunId = newId('fleetRun');
  const handle = await begin(WORKFLOW_TYPES.fleetRun, fleetRunWorkflowId(fleetRunId), { fleetRunId });
  await until('the first batch', async () => count('workFleet batch') === 1);
  await handle.terminate('lost');
  gate.open();
  const { tellFleetRun } = createFleetCommands(temporal.client);
  await tellFleetRun({ fleetRunId, pausedBy: 'key_01' }, 'stopRun', 'key_02');
  await until('the end', async () => count('finishFleetRun stopped key_02') === 1);
  expect(count('workFleet batch')).toBe(1);
}, 30_000);

/** Begins one that can be claimed for so long. */
async function install(forMs: number) {
  const installId = newId('install');
  const input = { installId, expiresAtMs: Date.now() + forMs };
  const handle = await begin(WORKFLOW_TYPES.install, installWorkflowId(installId), input);
  return { handle, exchanged: await handle.executeUpdate<InstallOutcome, []>(UPDATES.exchangeInstall) };
}

async function over(handle: WorkflowHandle): Promise<void> {
  await handle.result();
  await recordHistories(temporal.client, [handle.workflowId]);
}

test('an exchanged install that nobody claims is ended when its time is over', async () => {
  outcome = { outcome: 'exchanged' };
  const { handle, exchanged } = await install(1_500);
  expect([exchanged, calls]).toEqual([outcome, []]);
  await over(handle);
  expect(calls).toEqual(['endInstall']);
}, 30_000);

test('an install that the platform refused is ended at once', async () => {
  outcome = { outcome: 'refused', code: 'credential_rejected', message: 'no' };
  const { handle, exchanged } = await install(600_000);
  expect(exchanged).toEqual(outcome);
  await over(handle);
  expect(calls).toEqual(['endInstall']);
}, 30_000);

test('an install of a tenant’s own app is left for its claim', async () => {
  outcome = { outcome: 'left' };
  const { handle, exchanged } = await install(600_000);
  expect(exchanged).toEqual(outcome);
  await over(handle);
  expect(calls).toEqual([]);
}, 30_000);

async function registration(forMs: number): Promise<WorkflowHandle> {
  const installId = newId('install');
  const input = { installId, expiresAtMs: Date.now() + forMs };
  const handle = await begin(WORKFLOW_TYPES.shopRegistration, shopRegistrationWorkflowId(installId), input);
  expect(await handle.executeUpdate(UPDATES.answerRegistration)).toEqual({
    outcome: 'answered',
    proof: 'a-proof',
  });
  return handle;
}

test('a shop that registers and never confirms leaves nothing', async () => {
  const handle = await registration(1_000);
  await over(handle);
  expect(calls).toEqual(['endInstall']);
}, 30_000);

test('a shop that confirms is judged once, whoever asks again, and its connection gets the new keys', async () => {
  confirmed = { outcome: 'confirmed', again };
  const handle = await registration(600_000);
  const confirm = () => handle.executeUpdate(UPDATES.confirmRegistration);
  expect(await Promise.all([confirm(), confirm()])).toEqual([confirmed, confirmed]);
  await over(handle);
  expect(calls).toEqual(['confirmRegistration', `reconnectShop ${again.authorizationId}`]);
}, 30_000);

test('a confirmation that does not verify leaves nothing', async () => {
  confirmed = { outcome: 'refused', code: 'invalid_callback', message: 'no' };
  const handle = await registration(600_000);
  expect(await handle.executeUpdate(UPDATES.confirmRegistration)).toEqual(confirmed);
  await over(handle);
  expect(calls).toEqual(['confirmRegistration', 'endInstall']);
}, 30_000);
