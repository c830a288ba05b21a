// A fleet run's order: canaries, a wait, their second proof, then batches with a pause between them, until nothing is left or something
// stops it. Decides nothing about a connection and holds none: items are in Postgres, so that any new run or worker goes on from there.
import {
  ActivityCancellationType,
  CancellationScope,
  condition,
  continueAsNew,
  defineSignal,
  isCancellation,
  proxyActivities,
  setCurrentDetails,
  setHandler,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import type { FleetActivities, FleetProgress } from '../activities/fleet-contract.ts';
import type { FleetStage } from '../domain/fleet-run.ts';
import { FLEET_SIGNALS, type FleetRunInput, type FleetSignalInput } from './messages.ts';
import { MANY_CONNECTIONS, OWN_DATABASE } from './policies.ts';

const database = proxyActivities<FleetActivities>(OWN_DATABASE);
const ONE_BATCH = {
  ...MANY_CONNECTIONS,
  // A stopped batch ends what it began before the run is told to have stopped.
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
} as const;
const batch = proxyActivities<FleetActivities>({ ...ONE_BATCH, summary: 'the canaries once more' });

const LOOK_EVERY_MS = 250;
/** Two minutes in all. */
const LOOKS = 30;

/** What was told to the run, and the batch it would interrupt. */
interface Control {
  pausedBy: string | null;
  stoppedBy: string | null;
  interrupt: () => void;
}

type End = { readonly status: 'stopped' | 'completed'; readonly reason: string | null };

export async function fleetRun(input: FleetRunInput): Promise<End & { readonly left: number }> {
  const control = takeSignals(input);
  if (!(await isBegun(input))) return { status: 'stopped', reason: 'never_begun', left: 0 };
  const end = await work(input, control);
  const { left } = await database.finishFleetRun({ fleetRunId: input.fleetRunId, ...end });
  setCurrentDetails(`${end.status}${end.reason === null ? '' : `: ${end.reason}`}. ${left} on the old form.`);
  return { ...end, left };
}

/** The workflow stands before the plan is written: whatever ends its writer, a run that was begun is worked. */
async function isBegun({ fleetRunId, stage }: FleetRunInput): Promise<boolean> {
  if (stage !== undefined) return true;
  for (let looks = 0; looks < LOOKS; looks++) {
    const found = await database.awaitFleetRun({ fleetRunId });
    if (found !== 'waiting') return found === 'begun';
    await sleep(LOOK_EVERY_MS * (looks + 1), { summary: 'until the plan is written' });
  }
  return false;
}

function takeSignals(input: FleetRunInput): Control {
  const control: Control = { pausedBy: input.pausedBy ?? null, stoppedBy: null, interrupt: () => undefined };
  setHandler(defineSignal<[FleetSignalInput]>(FLEET_SIGNALS.pauseRun), ({ by }) => {
    control.pausedBy ??= by;
    control.interrupt();
  });
  setHandler(defineSignal<[FleetSignalInput]>(FLEET_SIGNALS.resumeRun), () => {
    control.pausedBy = null;
  });
  setHandler(defineSignal<[FleetSignalInput]>(FLEET_SIGNALS.stopRun), ({ by }) => {
    control.stoppedBy ??= by;
    control.interrupt();
  });
  return control;
}

async function work(input: FleetRunInput, control: Control): Promise<End> {
  const { fleetRunId } = input;
  const options = await database.readFleetOptions({ fleetRunId });
  if (input.stage !== 'batch' && options.canary > 0) {
    const end = await workStage(input, control, 'canary');
    if (end !== null) return end;
    await waitAfterCanaries(input, control, options.canaryWaitS * 1000);
    if (control.stoppedBy !== null) return stopped(control);
    const { failed } = await batch.proveCanaries({ fleetRunId });
    if (failed > 0) return { status: 'stopped', reason: 'canary_unproved' };
  }
  return (await workStage({ ...input, stage: 'batch' }, control, 'batch')) ?? done();
}

/** A pause is heard at once; what is left of the wait follows it. */
async function waitAfterCanaries(input: FleetRunInput, control: Control, waitMs: number): Promise<void> {
  const untilMs = Date.now() + waitMs;
  const isTold = () => control.stoppedBy !== null || control.pausedBy !== null;
  for (;;) {
    await condition(isTold, Math.max(untilMs - Date.now(), 0), {
      summary: 'before the canaries are proved again',
    });
    if (control.stoppedBy !== null || control.pausedBy === null) return;
    await waitWhilePaused(input, control);
  }
}

/** null: nothing of the stage is left. */
async function workStage(input: FleetRunInput, control: Control, stage: FleetStage): Promise<End | null> {
  for (;;) {
    await waitWhilePaused(input, control);
    if (control.stoppedBy !== null) return stopped(control);
    const progress = await oneBatch(input, control, stage);
    if (progress === null) continue;
    const { counts, left, nextTryAtMs, stop } = progress;
    setCurrentDetails(
      `${stage}: ${counts.done} done, ${counts.failed} failed, ${counts.skipped} skipped, ${counts.pending} wait.`,
    );
    if (stop !== null) return { status: 'stopped', reason: stop };
    if (left === 0) return null;
    if (workflowInfo().continueAsNewSuggested) {
      await continueAsNew<typeof fleetRun>({ ...input, stage, pausedBy: control.pausedBy });
    }
    const waitMs = nextTryAtMs === null ? 0 : nextTryAtMs - Date.now();
    const isTold = () => control.stoppedBy !== null || control.pausedBy !== null;
    if (waitMs > 0) await condition(isTold, waitMs, { summary: 'until a connection may be tried again' });
  }
}

/** null: it was interrupted. */
async function oneBatch(
  { fleetRunId }: FleetRunInput,
  control: Control,
  stage: FleetStage,
): Promise<FleetProgress | null> {
  const scope = new CancellationScope();
  let isInterrupted = false;
  control.interrupt = () => {
    isInterrupted = true;
    scope.cancel();
  };
  try {
    const summary = stage === 'canary' ? 'the canaries' : 'a batch';
    return await scope.run(() =>
      batch.workFleet.executeWithOptions({ ...ONE_BATCH, summary }, [{ fleetRunId, stage }]),
    );
  } catch (error) {
    // It may have been resumed since: a batch takes seconds to end.
    if (isCancellation(error) && isInterrupted) return null;
    throw error;
  } finally {
    control.interrupt = () => undefined;
  }
}

async function waitWhilePaused({ fleetRunId }: FleetRunInput, control: Control): Promise<void> {
  if (control.pausedBy === null) return;
  await database.noteFleetRun({ fleetRunId, status: 'paused', reason: control.pausedBy });
  await condition(() => control.pausedBy === null || control.stoppedBy !== null);
  if (control.stoppedBy === null)
    await database.noteFleetRun({ fleetRunId, status: 'running', reason: null });
}

function stopped(control: Control): End {
  return { status: 'stopped', reason: control.stoppedBy };
}

function done(): End {
  return { status: 'completed', reason: null };
}
