// Fleet runs and their items. The workflow of a run decides when; what it did stands here, so that a second worker goes on from it.
import type { FleetCounts, FleetOptions, FleetStage, ItemOutcome } from '../domain/fleet-run.ts';
import type { FleetRunId, TenantId } from '../domain/ids.ts';
import type { Tx } from './database.ts';
import type { FleetRun, FleetRunItem } from './generated/client.ts';
import type { PageAfter } from './page-after.ts';
import { rowId } from './row-ids.ts';

export type FleetRunRow = FleetRun;
export type FleetRunItemRow = FleetRunItem;

export interface NewFleetRun {
  readonly id: FleetRunId;
  readonly tenantId: TenantId | null;
  readonly kind: string;
  readonly platform: string | null;
  readonly registrationId: string | null;
  readonly target: Readonly<Record<string, string | number | readonly string[]>>;
  readonly options: FleetOptions & { readonly upstream?: boolean; readonly erase?: boolean };
  readonly requestedBy: string;
}

/** Begins as a plan. */
export async function createFleetRun(tx: Tx, run: NewFleetRun): Promise<void> {
  const { target, options, ...rest } = run;
  await tx.fleetRun.create({
    data: {
      ...rest,
      target: JSON.parse(JSON.stringify(target)),
      options: JSON.parse(JSON.stringify(options)),
    },
  });
}

/** Removes a plan that came to nothing. */
export async function forgetFleetRun(tx: Tx, id: FleetRunId): Promise<void> {
  await tx.fleetRun.deleteMany({ where: { id, status: 'planned' } });
}

export async function readFleetRun(tx: Tx, id: string): Promise<FleetRunRow | null> {
  return tx.fleetRun.findUnique({ where: { id } });
}

export async function listFleetRuns(
  tx: Tx,
  page: PageAfter & { readonly kind?: string | undefined },
): Promise<FleetRunRow[]> {
  return tx.fleetRun.findMany({
    where: {
      ...(page.after === null ? {} : { id: { lt: page.after } }),
      ...(page.kind === undefined ? {} : { kind: page.kind }),
    },
    orderBy: { id: 'desc' },
    take: page.limit,
  });
}

/** Those that somebody still has to end, and who paused them. */
export async function listOpenFleetRuns(
  tx: Tx,
): Promise<{ readonly fleetRunId: FleetRunId; readonly pausedBy: string | null }[]> {
  const rows = await tx.fleetRun.findMany({
    where: { status: { in: ['running', 'paused'] } },
    orderBy: { id: 'asc' },
    select: { id: true, status: true, reason: true },
  });
  return rows.map(({ id, status, reason }) => ({
    fleetRunId: rowId('fleetRun', id),
    pausedBy: status === 'paused' ? reason : null,
  }));
}

/** How many items have which outcome, and of those that were left alone or failed, why. */
export async function countFleetItems(
  tx: Tx,
  fleetRunId: string,
  stage?: FleetStage,
): Promise<{ readonly counts: FleetCounts; readonly reasons: Readonly<Record<string, number>> }> {
  const rows = await tx.fleetRunItem.groupBy({
    by: ['outcome', 'code'],
    where: { fleetRunId, ...(stage === undefined ? {} : { stage }) },
    _count: { _all: true },
  });
  const of = (outcome: ItemOutcome) =>
    rows.filter((row) => row.outcome === outcome).reduce((sum, row) => sum + row._count._all, 0);
  const reasons: Record<string, number> = {};
  for (const { outcome, code, _count } of rows) {
    if (code === null || outcome === 'done' || outcome === 'pending') continue;
    reasons[code] = (reasons[code] ?? 0) + _count._all;
  }
  return {
    counts: { done: of('done'), failed: of('failed'), skipped: of('skipped'), pending: of('pending') },
    reasons,
  };
}

export async function listFleetItems(
  tx: Tx,
  fleetRunId: string,
  page: { readonly after: number; readonly limit: number; readonly outcome?: ItemOutcome | undefined },
): Promise<FleetRunItemRow[]> {
  return tx.fleetRunItem.findMany({
    where: {
      fleetRunId,
      position: { gt: page.after },
      ...(page.outcome === undefined ? {} : { outcome: page.outcome }),
    },
    orderBy: { position: 'asc' },
    take: page.limit,
  });
}

/** Items of a stage that wait and are due, in their order. */
export async function listDueItems(
  tx: Tx,
  of: {
    readonly fleetRunId: FleetRunId;
    readonly stage: FleetStage;
    readonly limit: number;
    readonly now: Date;
  },
): Promise<FleetRunItemRow[]> {
  return tx.fleetRunItem.findMany({
    where: {
      fleetRunId: of.fleetRunId,
      stage: of.stage,
      outcome: 'pending',
      OR: [{ nextTryAt: null }, { nextTryAt: { lte: of.now } }],
    },
    orderBy: { position: 'asc' },
    take: of.limit,
  });
}

/** How many items of the stage still wait, and when the next of them is due; null: one is now. */
export async function readStage(
  tx: Tx,
  fleetRunId: FleetRunId,
  stage: FleetStage,
): Promise<{ readonly left: number; readonly nextTryAtMs: number | null }> {
  const where = { fleetRunId, stage, outcome: 'pending' };
  const found = await tx.fleetRunItem.aggregate({ where, _count: { _all: true }, _min: { nextTryAt: true } });
  const fresh = await tx.fleetRunItem.count({ where: { ...where, nextTryAt: null } });
  return {
    left: found._count._all,
    nextTryAtMs: fresh > 0 ? null : (found._min.nextTryAt?.getTime() ?? null),
  };
}

export async function listCanaries(tx: Tx, fleetRunId: FleetRunId): Promise<FleetRunItemRow[]> {
  return tx.fleetRunItem.findMany({
    where: { fleetRunId, stage: 'canary', outcome: 'done' },
    orderBy: { position: 'asc' },
  });
}

/** The next that wait become canaries: those that were had nothing to prove. */
export async function promoteCanaries(tx: Tx, fleetRunId: FleetRunId, limit: number): Promise<void> {
  const next = await tx.fleetRunItem.findMany({
    where: { fleetRunId, stage: 'batch', outcome: 'pending' },
    orderBy: { position: 'asc' },
    take: limit,
    select: { position: true },
  });
  await tx.fleetRunItem.updateMany({
    where: { fleetRunId, position: { in: next.map((item) => item.position) } },
    data: { stage: 'canary' },
  });
}

export interface ItemChange {
  readonly outcome: ItemOutcome;
  readonly code: string | null;
  readonly generationAfter?: number | null;
  readonly nextTryAt?: Date;
  readonly at: Date;
}

/** Notes one try. An item that is settled stays as it is. */
export async function noteItem(
  tx: Tx,
  item: { readonly fleetRunId: string; readonly position: number },
  change: ItemChange,
): Promise<void> {
  const { at, outcome, code, generationAfter = null, nextTryAt = null } = change;
  await tx.fleetRunItem.updateMany({
    where: { fleetRunId: item.fleetRunId, position: item.position, outcome: 'pending' },
    data: {
      outcome,
      code,
      generationAfter,
      nextTryAt,
      settledAt: outcome === 'pending' ? null : at,
      attempts: { increment: 1 },
    },
  });
}

/** A canary that worked and does no more. */
export async function failCanary(
  tx: Tx,
  item: { readonly fleetRunId: string; readonly position: number },
  code: string,
): Promise<void> {
  await tx.fleetRunItem.updateMany({
    where: { fleetRunId: item.fleetRunId, position: item.position },
    data: { outcome: 'failed', code },
  });
}

/** A run that ended stays ended. */
export async function setFleetStatus(
  tx: Tx,
  id: FleetRunId,
  to: { readonly status: 'running' | 'paused'; readonly reason: string | null },
): Promise<void> {
  await tx.fleetRun.updateMany({ where: { id, status: { in: ['running', 'paused'] } }, data: to });
}

/** The first end stays; says whether this was it. */
export async function endFleetRun(
  tx: Tx,
  id: FleetRunId,
  end: {
    readonly status: 'stopped' | 'completed';
    readonly reason: string | null;
    readonly proof: Readonly<Record<string, number>>;
    readonly at: Date;
  },
): Promise<boolean> {
  const { at, proof, ...rest } = end;
  const { count } = await tx.fleetRun.updateMany({
    where: { id, status: { in: ['running', 'paused'] } },
    data: { ...rest, proof: { ...proof }, finishedAt: at },
  });
  return count === 1;
}
