// One stretch of a sync run: plans, opens the credential once, works through what is due for about 45 s, and ends the run when nothing is
// left. It folds plan, pages and end because each activity costs six events of history. Safe to run twice: every page commits with
// its checkpoint by compare-and-set, and a new attempt goes on from PostgreSQL, never from heartbeat details.
import { Context } from '@temporalio/activity';
import { MooringError } from '../domain/errors.ts';
import type { SyncRunId } from '../domain/ids.ts';
import type { DueWork } from '../domain/sync.ts';
import type { PlatformCall } from '../egress/call.ts';
import { claimRequests } from '../store/sync-requests.ts';
import { beginRun, findRunOfWorkflow } from '../store/sync-runs.ts';
import { type GrantedNow, watchGrant } from './granted-now.ts';
import { type IdleReason, type Plan, planRun, type WorkPlan } from './plan-run.ts';
import { type ProgressWatch, watchProgress } from './progress-watch.ts';
import { endIdleRun, endRunAfter, executionOf } from './run-end.ts';
import { failureOf, meaningOf } from './run-outcome.ts';
import { newStretch, recordsIn, type Stretch, type StretchEnd, workDue } from './stretch.ts';
import type { SyncPagesInput, SyncPagesResult } from './sync-contract.ts';
import type { SyncDeps } from './sync-deps.ts';

export const syncPages =
  (deps: SyncDeps) =>
  async (input: SyncPagesInput): Promise<SyncPagesResult> => {
    const watch = watchProgress(deps.timings);
    try {
      const plan = await planRun(deps, input);
      const reason = plan.kind === 'idle' ? plan.reason : plan.due.length === 0 ? 'nothing_due' : null;
      if (plan.kind === 'idle' || reason !== null)
        return await endWithoutWork(deps, input, reason ?? 'nothing_due');
      return await runStretch(deps, input, { plan, watch });
    } finally {
      watch.stop();
    }
  };

/** A run that was under way ends here too: it was paused, revoked, or its last stretch left nothing. */
async function endWithoutWork(
  deps: SyncDeps,
  input: SyncPagesInput,
  reason: IdleReason,
): Promise<SyncPagesResult> {
  const runId = await deps.db.inTenant(input.tenantId, (tx) => findRunOfWorkflow(tx, executionOf(input)));
  if (runId === null) return { outcome: 'idle', reason };
  const status = await endIdleRun(deps, { ...input, runId }, reason);
  return { outcome: 'finished', runId, status, records: 0 };
}

async function runStretch(
  deps: SyncDeps,
  input: SyncPagesInput,
  at: { readonly plan: WorkPlan; readonly watch: ProgressWatch },
): Promise<SyncPagesResult> {
  const { plan, watch } = at;
  const run = await deps.db.inTenant(input.tenantId, async (tx) => {
    const begun = await beginRun(tx, {
      tenantId: input.tenantId,
      connectionId: input.connectionId,
      ...executionOf(input),
      trigger: plan.wishes.length > 0 ? 'request' : 'schedule',
    });
    if (begun.status === 'running')
      await claimRequests(tx, { connectionId: input.connectionId, runId: begun.id });
    return begun;
  });
  // Ended by an attempt that could not say so any more, or by a run that took over.
  if (run.status !== 'running')
    return { outcome: 'finished', runId: run.id, status: run.status, records: recordsIn(run.progress) };
  const stretch = newStretch(deps, { input, run, watch, signal: Context.current().cancellationSignal });
  const ended = await workUntilEnd(deps, stretch, { plan, runId: run.id });
  if (ended === 'more') return { outcome: 'more', runId: run.id, ...stretch.position() };
  const status = await endRunAfter(deps, { ...input, runId: run.id }, { stretch, ended });
  return { outcome: 'finished', runId: run.id, status, records: stretch.position().records };
}

async function workUntilEnd(
  deps: SyncDeps,
  stretch: Stretch,
  at: { readonly plan: WorkPlan; readonly runId: SyncRunId },
): Promise<StretchEnd> {
  try {
    return await deps.egress.withCredential(
      {
        tenantId: stretch.input.tenantId,
        connectionId: stretch.input.connectionId,
        purpose: 'sync',
        reason: at.runId,
        signal: stretch.signal,
      },
      (call) => workAll(deps, stretch, { first: at.plan, call }),
    );
  } catch (error) {
    stretch.signal.throwIfAborted();
    if (!(error instanceof MooringError) || meaningOf(error) === 'throw') throw error;
    return { failed: error };
  }
}

/** What is due is asked anew between pieces of work, so that a long backfill starves nothing and late requests are served. */
async function workAll(
  deps: SyncDeps,
  stretch: Stretch,
  at: { readonly first: WorkPlan; readonly call: PlatformCall },
): Promise<StretchEnd> {
  const grant = watchGrant(deps, stretch);
  let plan: Plan = at.first;
  // What stopped for want of a scope may have been granted again at the platform.
  if (Object.keys(plan.connection.stopped).length > 0 && (await grant.readAgain(plan, at.call)))
    plan = await replan(deps, stretch);
  for (let isFirst = true; ; plan = await replan(deps, stretch), isFirst = false) {
    if (plan.kind === 'idle') return { idle: plan.reason };
    const next = plan.due.find((one) => !stretch.failures.has(one.resource));
    if (next === undefined) return 'done';
    // However short its time, a stretch gets somewhere.
    if (stretch.isOver() && !isFirst) return 'more';
    await workOrGiveUp(deps, stretch, { plan, next, call: at.call, grant });
  }
}

/** A resource that is refused stops alone. One refused for want of a scope is asked for again where others were lost, not its own. */
async function workOrGiveUp(
  deps: SyncDeps,
  stretch: Stretch,
  at: {
    readonly plan: WorkPlan;
    readonly next: DueWork;
    readonly call: PlatformCall;
    readonly grant: GrantedNow;
  },
): Promise<void> {
  const { grant, plan, next, call } = at;
  const lacking = grant.lacks(plan, next.resource);
  if (lacking !== null) return stretch.giveUp(next.resource, lacking);
  try {
    await workDue(deps, stretch, at);
  } catch (error) {
    stretch.signal.throwIfAborted();
    if (!(error instanceof MooringError) || meaningOf(error) !== 'resource') throw error;
    const isElsewhere = error.code === 'scope_missing' && (await grant.readAgain(plan, call));
    const lost = grant.lacks(plan, next.resource);
    if (lost !== null || !isElsewhere) await stretch.giveUp(next.resource, lost ?? failureOf(error));
  }
}

async function replan(deps: SyncDeps, stretch: Stretch): Promise<Plan> {
  const { connectionId, tenantId } = stretch.input;
  await deps.db.inTenant(tenantId, (tx) => claimRequests(tx, { connectionId, runId: stretch.runId }));
  return planRun(deps, stretch.input);
}
