// What one connection goes through in a fleet run, by the run's kind. Each step asks the connection's own workflow, which is the lock of its
// credential, and is safe to run twice: a connection that is where the run wants it is done.
import type { UpgradeOutcome } from '../domain/connection-upgrade.ts';
import {
  type FleetKind,
  type ItemVerdict,
  judgeFailure,
  judgeRenewal,
  judgeUpgrade,
} from '../domain/fleet-run.ts';
import { findConnection } from '../store/connections.ts';
import type { FleetRunItemRow, FleetRunRow } from '../store/fleet-runs.ts';
import type { FleetDeps } from './fleet-deps.ts';
import type { ConnectionRef } from './lifecycle-contract.ts';
import { probe } from './probe-connection.ts';

export interface FleetStep {
  readonly run: FleetRunRow;
  readonly item: FleetRunItemRow;
  readonly ref: ConnectionRef;
  /** counts this one */
  readonly attempt: number;
}

type Step = (deps: FleetDeps, step: FleetStep) => Promise<ItemVerdict>;

const upgradeToken: Step = async (deps, { run, ref, attempt }) => {
  const wish = { from: textOf(run.target, 'from'), to: textOf(run.target, 'to'), requestedBy: run.id };
  const outcome: UpgradeOutcome = await deps.connections.upgrade(
    ref.connectionId,
    wish,
    `upgrade/${run.id}/${attempt}`,
  );
  return judgeUpgrade(outcome, attempt, deps.nowMs());
};

const rotateSecret: Step = async (deps, { run, ref, attempt }) => {
  const version = Number(textOf(run.target, 'version'));
  const before = await readVersion(deps, ref);
  if (before.version >= version) return { outcome: 'done', generation: before.generation };
  const outcome = await deps.connections.renew(ref.connectionId, run.id);
  const after = await readVersion(deps, ref);
  return judgeRenewal(outcome, after.version >= version, attempt, deps.nowMs());
};

const proveApiVersion: Step = async (deps, { run, ref, attempt }) => {
  const answer = await probe(deps, ref, `fleet run ${run.id}`);
  if (answer.outcome === 'failed')
    return judgeFailure(answer.code, answer.retryAtMs ?? null, attempt, deps.nowMs());
  await deps.db.inTenant(ref.tenantId, (tx) =>
    tx.connection.updateMany({
      where: { id: ref.connectionId },
      data: { apiVersion: textOf(run.target, 'version') },
    }),
  );
  return { outcome: 'done', generation: answer.generation };
};

/** The fence stands since the run was made; the workflow does the rest. */
const revoke: Step = async (deps, { run, ref }) => {
  const isOn = (name: string) => optionOf(run.options, name) === true;
  await deps.connections.revoke(ref, {
    by: run.requestedBy,
    upstream: isOn('upstream'),
    erase: isOn('erase'),
  });
  return { outcome: 'done', generation: null };
};

export const FLEET_STEPS: { readonly [K in FleetKind]: Step } = {
  token_upgrade: upgradeToken,
  secret_rotation: rotateSecret,
  api_version: proveApiVersion,
  revocation: revoke,
};

/** With which version of our secret the newest credential was made. */
async function readVersion(
  deps: Pick<FleetDeps, 'db'>,
  { tenantId, connectionId }: ConnectionRef,
): Promise<{ readonly version: number; readonly generation: number }> {
  return deps.db.inTenant(tenantId, async (tx) => {
    const generation = (await findConnection(tx, connectionId))?.generation ?? 0;
    const row = await tx.credential.findUnique({
      where: { connectionId_generation: { connectionId, generation } },
      select: { registrationVersion: true },
    });
    return { version: row?.registrationVersion ?? 0, generation };
  });
}

export function textOf(target: unknown, name: string): string {
  return String(optionOf(target, name) ?? '');
}

export function optionOf(json: unknown, name: string): unknown {
  return typeof json === 'object' && json !== null ? Reflect.get(json, name) : undefined;
}
