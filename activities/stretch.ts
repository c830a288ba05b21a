// What one stretch of a run carries along: its time, its counts, what failed. And one piece of due work, done.

import type { MooringError } from '../domain/errors.ts';
import type { SyncRunId } from '../domain/ids.ts';
import type { ResourceDefinition } from '../domain/platform.ts';
import type { Resource } from '../domain/resource.ts';
import { type DueWork, isFullPass, passBounds } from '../domain/sync.ts';
import type { PlatformCall } from '../egress/call.ts';
import { type ClaimedPass, claimPass, newWriter } from '../store/checkpoints.ts';
import { hasSetAside } from '../store/set-aside.ts';
import { type ResourceProgress, type RunProgress, writeProgress } from '../store/sync-runs.ts';
import type { IdleReason, WorkPlan } from './plan-run.ts';
import type { ProgressWatch } from './progress-watch.ts';
import type { ResourceFailure } from './run-outcome.ts';
import { deleteConfirmed, settlePass } from './settle-pass.ts';
import type { SyncPagesInput } from './sync-contract.ts';
import type { SyncDeps } from './sync-deps.ts';
import { workPass } from './work-pass.ts';

/** How a stretch ended: time is up, all is in, the connection may not be worked any more, or an error that concerns it as a whole. */
export type StretchEnd = 'more' | 'done' | { readonly idle: IdleReason } | { readonly failed: MooringError };

export interface Stretch {
  readonly input: SyncPagesInput;
  readonly runId: SyncRunId;
  readonly signal: AbortSignal;
  readonly watch: ProgressWatch;
  /** The name under which this attempt claims checkpoints. */
  readonly writer: string;
  /** True the first time that this attempt claims the checkpoint of such work. */
  claims(work: DueWork): boolean;
  readonly failures: ReadonlyMap<Resource, ResourceFailure>;
  isOver(): boolean;
  /** Monotonic ms until which the next piece of work may begin pages. */
  untilMs(work: DueWork): number;
  progressOf(resource: Resource, mode: ResourceProgress['mode']): ResourceProgress;
  keep(resource: Resource, progress: ResourceProgress): void;
  giveUp(resource: Resource, failure: ResourceFailure): Promise<void>;
  progress(): RunProgress;
  position(): { pages: number; records: number };
}

export function newStretch(
  deps: Pick<SyncDeps, 'db' | 'timings'>,
  of: {
    readonly input: SyncPagesInput;
    readonly run: { readonly id: SyncRunId; readonly progress: RunProgress };
    readonly watch: ProgressWatch;
    readonly signal: AbortSignal;
  },
): Stretch {
  const endMs = performance.now() + deps.timings.activityMs;
  const failures = new Map<Resource, ResourceFailure>();
  const claimed = new Set<string>();
  let progress: RunProgress = of.run.progress;
  const stretch: Stretch = {
    input: of.input,
    runId: of.run.id,
    signal: of.signal,
    watch: of.watch,
    writer: newWriter(),
    claims: ({ resource, mode }) => {
      const checkpoint = `${resource}/${mode}`;
      const isFirst = !claimed.has(checkpoint);
      claimed.add(checkpoint);
      return isFirst;
    },
    failures,
    isOver: () => performance.now() >= endMs,
    untilMs: (work) =>
      work.mode === 'backfill' ? Math.min(endMs, performance.now() + deps.timings.sliceMs) : endMs,
    progressOf: (resource, mode) => ({ ...(progress[resource] ?? NOTHING_YET), mode }),
    keep: (resource, next) => {
      progress = { ...progress, [resource]: next };
    },
    giveUp: async (resource, failure) => {
      failures.set(resource, failure);
      const next = { ...(progress[resource] ?? NOTHING_YET), failed: failure.code };
      await deps.db.sqlInTenant(of.input.tenantId, (sql) => writeProgress(sql, of.run.id, resource, next));
      stretch.keep(resource, next);
    },
    progress: () => progress,
    position: () => {
      const pages = sum(Object.values(progress).map((one) => one.pages));
      return { pages, records: recordsIn(progress) };
    },
  };
  return stretch;
}

const NOTHING_YET: ResourceProgress = {
  mode: 'incremental',
  pages: 0,
  seen: 0,
  written: 0,
  unchanged: 0,
  deleted: 0,
  setAside: 0,
  done: false,
};

/** How many records a run has seen so far. */
export function recordsIn(progress: RunProgress): number {
  return sum(Object.values(progress).map((one) => one.seen));
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);

/** Does one piece of due work, or as much of it as its time allows. */
export async function workDue(
  deps: SyncDeps,
  stretch: Stretch,
  at: { readonly plan: WorkPlan; readonly next: DueWork; readonly call: PlatformCall },
): Promise<void> {
  const { next, plan } = at;
  const { tenantId, connectionId } = stretch.input;
  const of = { tenantId, connectionId, resource: next.resource };
  const definition = plan.platform.resources[next.resource];
  if (definition === undefined) return;
  const onProgress = () => stretch.watch.progressed();
  const before = stretch.progressOf(next.resource, next.mode);
  if (next.kind === 'deletions') {
    const deleted = await deleteConfirmed(deps, { of, mode: next.mode }, onProgress);
    return keepProgress(deps, stretch, { resource: next.resource, progress: addDeleted(before, deleted) });
  }
  const { pass, mayClearSetAside } = await deps.db.sqlInTenant(tenantId, async (sql) => ({
    pass: await claimPass(sql, {
      of,
      mode: next.mode,
      runId: stretch.runId,
      writer: stretch.writer,
      takesOver: stretch.claims(next),
      startsIncremental: next.mode === 'backfill' && definition.filter === 'updated_at',
    }),
    mayClearSetAside: await hasSetAside(sql, of),
  }));
  const source = sourceOf(deps, stretch, { ...at, definition, pass });
  const worked = await workPass(deps, {
    pass,
    source,
    runId: stretch.runId,
    progress: before,
    mayClearSetAside,
    untilMs: stretch.untilMs(next),
    onPage: (position) => stretch.watch.progressed(position),
  });
  stretch.keep(next.resource, worked);
  if (!worked.done) return;
  const settled = await settlePass(deps, pass, { id: stretch.runId, definition, onProgress });
  await keepProgress(deps, stretch, {
    resource: next.resource,
    progress: addDeleted(worked, settled.deleted),
  });
}

function sourceOf(
  deps: SyncDeps,
  stretch: Stretch,
  at: {
    readonly plan: WorkPlan;
    readonly next: DueWork;
    readonly call: PlatformCall;
    readonly definition: ResourceDefinition;
    readonly pass: ClaimedPass;
  },
) {
  const { definition, pass } = at;
  return {
    definition,
    bounds: passBounds({
      mode: pass.mode,
      filter: definition.filter,
      overlapS: definition.overlapS,
      watermarkMs: isFullPass({ mode: pass.mode, filter: definition.filter }) ? null : pass.watermarkMs,
      nowMs: pass.nextWatermarkMs,
    }),
    shop: at.plan.connection.shop,
    facts: at.plan.connection.facts,
    call: at.call,
    timings: deps.timings,
    nowMs: deps.nowMs,
    signal: stretch.signal,
    onAnswer: () => stretch.watch.progressed(),
  };
}

async function keepProgress(
  deps: Pick<SyncDeps, 'db'>,
  stretch: Stretch,
  at: { readonly resource: Resource; readonly progress: ResourceProgress },
): Promise<void> {
  await deps.db.sqlInTenant(stretch.input.tenantId, (sql) =>
    writeProgress(sql, stretch.runId, at.resource, at.progress),
  );
  stretch.keep(at.resource, at.progress);
}

function addDeleted(progress: ResourceProgress, deleted: number): ResourceProgress {
  return { ...progress, deleted: progress.deleted + deleted, done: true };
}
