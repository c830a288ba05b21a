// How a run ends: its status, and what the connection's workflow is told. Decides from what happened; finish-run.ts writes it.
import type { ErrorCode, MooringError } from '../domain/errors.ts';
import type { SyncRunId } from '../domain/ids.ts';
import type { Resource } from '../domain/resource.ts';
import { listHeld } from '../store/deletions.ts';
import { findRunOfWorkflow, type RunStatus } from '../store/sync-runs.ts';
import type { RunHealth } from '../workflows/messages.ts';
import { finishRun } from './finish-run.ts';
import { type IdleReason, type Plan, planRun } from './plan-run.ts';
import { failureOf } from './run-outcome.ts';
import type { Stretch, StretchEnd } from './stretch.ts';
import type { CloseRunInput, SyncPagesInput } from './sync-contract.ts';
import type { SyncDeps } from './sync-deps.ts';

type Run = SyncPagesInput & { readonly runId: SyncRunId };

interface Ending {
  readonly status: RunStatus;
  readonly error: { readonly code: ErrorCode; readonly message: string } | null;
  readonly health: RunHealth | null;
}

/** Gives the run's status. */
export async function endRunAfter(
  deps: SyncDeps,
  run: Run,
  after: { readonly stretch: Stretch; readonly ended: Exclude<StretchEnd, 'more'> },
): Promise<RunStatus> {
  const { ended, stretch } = after;
  if (ended !== 'done' && 'idle' in ended) return endIdleRun(deps, run, ended.idle);
  const ending =
    ended === 'done' ? await endOfWork(deps, run, stretch) : await endOfFailure(deps, run, ended.failed);
  return finish(deps, run, ending);
}

/** The projection changed while the run was under way, or nothing was left to do. */
export async function endIdleRun(deps: SyncDeps, run: Run, reason: IdleReason): Promise<RunStatus> {
  if (reason === 'nothing_due')
    return finish(deps, run, {
      status: await statusWhenDone(deps, run),
      error: null,
      health: healthOf(await planRun(deps, run), null),
    });
  const code = IDLE_CODE[reason];
  return finish(deps, run, {
    status: 'cancelled',
    error: { code, message: `the connection "${run.connectionId}" is not to be synced: ${reason}` },
    health: null,
  });
}

const IDLE_CODE: Readonly<Record<Exclude<IdleReason, 'nothing_due'>, ErrorCode>> = {
  unknown_connection: 'not_found',
  unknown_platform: 'unknown_platform',
  fenced: 'fenced',
  paused: 'connection_not_active',
  not_active: 'connection_not_active',
  reauth_required: 'reauth_required',
  waiting: 'connection_not_active',
};

/** Ends a run whose activity was cancelled or failed for good. */
export const closeRun =
  (deps: SyncDeps) =>
  async (input: CloseRunInput): Promise<void> => {
    const runId = await deps.db.inTenant(input.tenantId, (tx) => findRunOfWorkflow(tx, executionOf(input)));
    if (runId === null) return;
    const isCancelled = input.status === 'cancelled';
    const code = input.code ?? 'internal';
    await finish(
      deps,
      { ...input, runId },
      {
        status: input.status,
        error: isCancelled ? null : { code, message: `the run "${runId}" could not go on` },
        health: isCancelled ? null : { status: 'failed', code },
      },
    );
  };

async function finish(deps: SyncDeps, run: Run, ending: Ending): Promise<RunStatus> {
  await finishRun(deps, { tenantId: run.tenantId, connectionId: run.connectionId, id: run.runId, ...ending });
  return ending.status;
}

/** Everything that was due is in, or was given up resource by resource. */
async function endOfWork(deps: SyncDeps, run: Run, stretch: Stretch): Promise<Ending> {
  const plan = await planRun(deps, run);
  const first = [...stretch.failures.values()][0] ?? null;
  const health = healthOf(plan, stretch);
  if (first === null) return { status: await statusWhenDone(deps, run), error: null, health };
  const known = plan.kind === 'work' ? plan.resources : [];
  const isWhole = known.every((one) => stretch.failures.has(one.resource));
  const isScopes = health.stopped !== undefined;
  return {
    status: isWhole ? 'failed' : 'partial',
    error: first,
    health: isWhole && !isScopes ? { status: 'failed', code: first.code } : health,
  };
}

/** Nothing is left to do, but for deletions that somebody must confirm. */
async function statusWhenDone(deps: Pick<SyncDeps, 'db'>, run: Run): Promise<RunStatus> {
  const held = await deps.db.inTenant(run.tenantId, (tx) => listHeld(tx, run.connectionId));
  return held.some((one) => one.runId === run.runId && !one.isConfirmed) ? 'held' : 'completed';
}

/** Which resources stopped for want of a scope: those of this run, and those of earlier ones that it did not try. */
function healthOf(plan: Plan, stretch: Stretch | null): Extract<RunHealth, { status: 'ok' }> {
  if (plan.kind === 'idle') return { status: 'ok' };
  const tried = stretch?.progress() ?? {};
  const stopped = plan.resources.flatMap(({ resource }): [Resource, string][] => {
    const failure = stretch?.failures.get(resource);
    if (failure?.code === 'scope_missing') return [[resource, failure.code]];
    const before = plan.connection.stopped[resource];
    return before === undefined || Object.hasOwn(tried, resource) ? [] : [[resource, before]];
  });
  if (stopped.length === 0) return { status: 'ok' };
  return {
    status: 'ok',
    stopped: Object.fromEntries(stopped),
    running: plan.resources.length - stopped.length,
  };
}

/** The connection's workflow knows these by itself: it made them so. */
const KNOWN_TO_WORKFLOW: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'fenced',
  'retry_later',
  'reauth_required',
  'connection_final',
  'connection_revoking',
  'connection_not_active',
  'not_found',
]);

async function endOfFailure(deps: SyncDeps, run: Run, error: MooringError): Promise<Ending> {
  if (KNOWN_TO_WORKFLOW.has(error.code))
    return {
      status: error.code === 'retry_later' ? 'failed' : 'cancelled',
      error: failureOf(error),
      health: null,
    };
  const plan = await planRun(deps, run);
  return {
    status: 'failed',
    error: failureOf(error),
    health: {
      status: 'failed',
      code: error.code,
      ...(error.retryAtMs === undefined ? {} : { retryAtMs: error.retryAtMs }),
      ...(error.detail['freshByOurClock'] === true ? { freshByOurClock: true } : {}),
      ...generationOf(error, plan.kind === 'work' ? plan.connection.generation : null),
    },
  };
}

/** The generation that failed, where the door told it; else the newest there is. */
function generationOf(error: MooringError, newest: number | null): { generation?: number } {
  const told = error.detail['generation'];
  if (typeof told === 'number') return { generation: told };
  return newest === null ? {} : { generation: newest };
}

/** How the store knows the run of a workflow; the same after continue-as-new. */
export function executionOf(input: SyncPagesInput): { workflowId: string; temporalRunId: string } {
  return { workflowId: input.workflowId, temporalRunId: input.firstExecutionRunId };
}
