// Reads what Postgres knows of a connection, for a new run of its workflow. Changes nothing.
import type { CredentialFacts, Timings } from '../domain/connection.ts';
import type { StoredConnection } from '../domain/connection-projection.ts';
import type { AuthMethod } from '../domain/platform.ts';
import { RESOURCES, type Resource } from '../domain/resource.ts';
import { type ConnectionRow, findConnection } from '../store/connections.ts';
import { readCredentialFacts } from '../store/credential-facts.ts';
import type { Tx } from '../store/database.ts';
import { wasAnswerLost } from '../store/refresh-markers.ts';
import { waitingMoveOf } from './hold-move.ts';
import type { ConnectionRef, LifecycleActivities } from './lifecycle-contract.ts';
import type { LifecycleDeps } from './lifecycle-deps.ts';
import { timingsOf } from './read-timings.ts';

type Deps = Pick<LifecycleDeps, 'db' | 'platforms' | 'timings' | 'connectDeadlineMs' | 'nowMs'>;

export const loadConnection =
  (deps: Deps): LifecycleActivities['loadConnection'] =>
  (input) =>
    deps.db.inTenant(input.tenantId, async (tx) => {
      const row = await findConnection(tx, input.connectionId);
      if (row === null) return null;
      const credential = await readCredentialFacts(tx, input.connectionId, row.generation);
      const timings = await timingsOf(tx, input.tenantId, deps.timings);
      return {
        ...storedOf(row, input, timings),
        connectDeadlineMs: connectDeadline(row, deps),
        credential,
        ...renewalOf(deps, row.platform, credential),
        answerLost: await isAnswerLost(tx, row, input),
      };
    });

function storedOf(row: ConnectionRow, ref: ConnectionRef, timings: Timings) {
  return {
    tenantId: ref.tenantId,
    connectionId: ref.connectionId,
    platform: row.platform,
    lifecycle: row.lifecycle,
    seq: Number(row.seq),
    generation: row.generation,
    epoch: row.epoch,
    pausedBy: row.pausedBy,
    health: row.health,
    healthCause: row.healthCause,
    healthSinceMs: row.healthSince?.getTime() ?? null,
    nextTryAtMs: row.nextTryAt?.getTime() ?? null,
    reauthReason: row.reauthReason,
    stateSinceMs: row.stateSince.getTime(),
    lastSyncAtMs: row.lastSyncAt?.getTime() ?? null,
    stopped: stoppedOf(row.stoppedResources),
    isFenced: row.fencedAt !== null,
    move: waitingMoveOf(row),
    timings,
  };
}

/** A connection that begins again has its whole time before it. */
function connectDeadline(row: ConnectionRow, deps: Deps): number {
  const isEnded = row.lifecycle === 'revoked' || row.lifecycle === 'abandoned';
  return (isEnded ? deps.nowMs() : row.stateSince.getTime()) + deps.connectDeadlineMs;
}

async function isAnswerLost(tx: Tx, row: ConnectionRow, ref: ConnectionRef): Promise<boolean> {
  return row.generation > 0 && (await wasAnswerLost(tx, ref.connectionId, row.generation));
}

function renewalOf(deps: Deps, platformId: string, credential: CredentialFacts | null) {
  const method = deps.platforms.get(platformId)?.auth.find((one) => one.credentialKind === credential?.kind);
  return renewalOfMethod(method);
}

/** What the lifecycle must know of how a kind of credential is renewed. */
export function renewalOfMethod(
  method: AuthMethod | undefined,
): Pick<StoredConnection, 'renew' | 'sameTokenAgain'> {
  if (method === undefined || method.renew.kind === 'none') return { renew: 'none', sameTokenAgain: true };
  const { renew } = method;
  return {
    renew: renew.when,
    sameTokenAgain: renew.kind !== 'refresh_token' || !renew.rotates || renew.previousUsable,
  };
}

function stoppedOf(json: unknown): Readonly<Partial<Record<Resource, string>>> {
  if (typeof json !== 'object' || json === null) return {};
  const stopped: Partial<Record<Resource, string>> = {};
  for (const [name, reason] of Object.entries(json)) {
    const resource = RESOURCES.find((one) => one === name);
    if (resource !== undefined && typeof reason === 'string') stopped[resource] = reason;
  }
  return stopped;
}
