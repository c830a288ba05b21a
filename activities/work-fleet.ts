// A fleet run's activities: batches of items, the canaries' second proof, the end with its count of what is left. Safe to run twice: what an
// item came to stands in Postgres, and a step asks a workflow that knows what it did.

import { MooringError } from '../domain/errors.ts';
import {
  DEFAULT_FLEET_OPTIONS,
  FLEET_KINDS,
  type FleetKind,
  type FleetOptions,
  type FleetStage,
  type ItemVerdict,
  judgeFailure,
  reasonToStop,
} from '../domain/fleet-run.ts';
import { type FleetRunId, isId } from '../domain/ids.ts';
import { appendAudit } from '../store/audit.ts';
import { countOnOldForm, type FleetGoal } from '../store/fleet-plan.ts';
import {
  countFleetItems,
  endFleetRun,
  type FleetRunItemRow,
  type FleetRunRow,
  failCanary,
  listCanaries,
  listDueItems,
  noteItem,
  promoteCanaries,
  readFleetRun,
  readStage,
  setFleetStatus,
} from '../store/fleet-runs.ts';
import type { FleetActivities } from './fleet-contract.ts';
import type { FleetDeps } from './fleet-deps.ts';
import { FLEET_STEPS, optionOf, textOf } from './fleet-steps.ts';
import type { ConnectionRef } from './lifecycle-contract.ts';
import { paced } from './paced.ts';
import { probe } from './probe-connection.ts';

/** However slow a platform is, the workflow sees progress this often. */
const BATCH_MS = 60_000;

export const awaitFleetRun =
  (deps: Pick<FleetDeps, 'db'>): FleetActivities['awaitFleetRun'] =>
  async ({ fleetRunId }) => {
    const run = await deps.db.acrossTenants((tx) => readFleetRun(tx, fleetRunId));
    if (run === null || run.status === 'stopped' || run.status === 'completed') return 'gone';
    return run.status === 'planned' ? 'waiting' : 'begun';
  };

export const readFleetOptions =
  (deps: Pick<FleetDeps, 'db'>): FleetActivities['readFleetOptions'] =>
  async ({ fleetRunId }) =>
    optionsOf(await readRun(deps, fleetRunId));

export const workFleet =
  (deps: FleetDeps): FleetActivities['workFleet'] =>
  async ({ fleetRunId, stage }) => {
    const run = await readRun(deps, fleetRunId);
    const options = optionsOf(run);
    const now = new Date(deps.nowMs());
    const limit = stage === 'canary' ? options.canary : options.batchSize;
    const items = await deps.db.acrossTenants((tx) => listDueItems(tx, { fleetRunId, stage, limit, now }));
    const pace = { concurrency: options.concurrency, perSecond: options.perMinute / 60 };
    const untilMs = deps.nowMs() + BATCH_MS;
    await paced(asyncOf(items), { pace, untilMs, nowMs: deps.nowMs }, (item) => workItem(deps, run, item));
    return progressOf(deps, fleetRunId, stage, options);
  };

export const proveCanaries =
  (deps: FleetDeps): FleetActivities['proveCanaries'] =>
  async ({ fleetRunId }) => {
    const canaries = await deps.db.acrossTenants((tx) => listCanaries(tx, fleetRunId));
    let failed = 0;
    for (const item of canaries) {
      const ref = refOf(item);
      if (ref === null) continue;
      const answer = await probe(deps, ref, `canary of fleet run ${fleetRunId}`);
      if (answer.outcome === 'works') continue;
      failed += 1;
      await deps.db.acrossTenants((tx) => failCanary(tx, item, answer.code));
    }
    return { failed };
  };

export const noteFleetRun =
  (deps: Pick<FleetDeps, 'db'>): FleetActivities['noteFleetRun'] =>
  ({ fleetRunId, ...to }) =>
    deps.db.acrossTenants((tx) => setFleetStatus(tx, fleetRunId, to));

export const finishFleetRun =
  (deps: Pick<FleetDeps, 'db' | 'nowMs'>): FleetActivities['finishFleetRun'] =>
  async ({ fleetRunId, status, reason }) => {
    const run = await readRun(deps, fleetRunId);
    const { platform, registrationId } = run;
    const scope = { tenantId: idOrNull(run), platform, registrationId };
    const left = await deps.db.sqlAcrossTenants((sql) => countOnOldForm(sql, scope, goalOf(run)));
    await deps.db.acrossTenants(async (tx) => {
      const { counts } = await countFleetItems(tx, fleetRunId);
      const at = new Date(deps.nowMs());
      if (!(await endFleetRun(tx, fleetRunId, { status, reason, proof: { ...counts, left }, at }))) return;
      await appendAudit(tx, {
        tenantId: idOrNull(run),
        actor: 'worker',
        action: `fleet_run.${status}`,
        target: fleetRunId,
        outcome: 'done',
        reason: reason ?? 'nothing was left to do',
        detail: { kind: run.kind, ...counts, left },
      });
    });
    return { left };
  };

async function workItem(deps: FleetDeps, run: FleetRunRow, item: FleetRunItemRow): Promise<void> {
  const ref = refOf(item);
  const attempt = item.attempts + 1;
  const verdict: ItemVerdict =
    ref === null
      ? { outcome: 'skipped', code: 'not_found' }
      : await FLEET_STEPS[kindOf(run)](deps, { run, item, ref, attempt }).catch((error: unknown) => {
          if (!(error instanceof MooringError)) deps.log('workFleet', error);
          const code = error instanceof MooringError ? error.code : 'worker_unavailable';
          return judgeFailure(code, null, attempt, deps.nowMs());
        });
  await deps.db.acrossTenants((tx) =>
    noteItem(tx, item, {
      outcome: verdict.outcome,
      code: verdict.outcome === 'done' ? null : verdict.code,
      generationAfter: verdict.outcome === 'done' ? verdict.generation : null,
      ...(verdict.outcome === 'pending' ? { nextTryAt: new Date(verdict.nextTryAtMs) } : {}),
      at: new Date(deps.nowMs()),
    }),
  );
}

async function progressOf(deps: FleetDeps, fleetRunId: FleetRunId, stage: FleetStage, options: FleetOptions) {
  return deps.db.acrossTenants(async (tx) => {
    const { counts } = await countFleetItems(tx, fleetRunId);
    // A run that is started again comes by its canaries once more: what failed after them was judged by its rate.
    const judged = stage === 'canary' ? (await countFleetItems(tx, fleetRunId, stage)).counts : counts;
    const stop = reasonToStop(stage, judged, options);
    // A canary that was skipped proved nothing.
    const isUnproved = stage === 'canary' && stop === null && judged.pending + judged.done === 0;
    if (isUnproved) await promoteCanaries(tx, fleetRunId, options.canary);
    return { counts, ...(await readStage(tx, fleetRunId, stage)), stop };
  });
}

async function readRun(deps: Pick<FleetDeps, 'db'>, id: FleetRunId): Promise<FleetRunRow> {
  const run = await deps.db.acrossTenants((tx) => readFleetRun(tx, id));
  if (run === null) throw new MooringError('not_found', `there is no fleet run "${id}"`);
  return run;
}

function kindOf(run: FleetRunRow): FleetKind {
  const kind = FLEET_KINDS.find((one) => one === run.kind);
  if (kind === undefined) throw new MooringError('internal', `"${run.kind}" is no kind of fleet run`);
  return kind;
}

function goalOf(run: FleetRunRow): FleetGoal {
  const kind = kindOf(run);
  switch (kind) {
    case 'token_upgrade':
      return { kind, from: textOf(run.target, 'from'), to: textOf(run.target, 'to') };
    case 'secret_rotation': {
      const renewable = optionOf(run.target, 'renewable');
      return {
        kind,
        version: Number(textOf(run.target, 'version')),
        renewable: Array.isArray(renewable) ? renewable.map(String) : [],
      };
    }
    case 'api_version':
      return { kind, version: textOf(run.target, 'version') };
    case 'revocation':
      return { kind };
  }
}

function optionsOf(run: FleetRunRow): FleetOptions {
  const number = (name: keyof FleetOptions) => {
    const value = optionOf(run.options, name);
    return typeof value === 'number' ? value : DEFAULT_FLEET_OPTIONS[name];
  };
  return {
    canary: number('canary'),
    canaryWaitS: number('canaryWaitS'),
    batchSize: number('batchSize'),
    concurrency: number('concurrency'),
    perMinute: number('perMinute'),
    maxErrorRate: number('maxErrorRate'),
  };
}

function refOf({ tenantId, connectionId }: FleetRunItemRow): ConnectionRef | null {
  return isId('tenant', tenantId) && isId('connection', connectionId) ? { tenantId, connectionId } : null;
}

function idOrNull({ tenantId }: FleetRunRow) {
  return tenantId !== null && isId('tenant', tenantId) ? tenantId : null;
}

async function* asyncOf<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}
