// What a run should do now: reads the projection, the wishes and the checkpoints anew each time it is asked. Says why there is nothing to
// do, so that a run that was started for nothing ends at once with its reason.
import type { ConnectionId, TenantId } from '../domain/ids.ts';
import type { Platform } from '../domain/platform.ts';
import { RESOURCES } from '../domain/resource.ts';
import { type DueWork, dueWork, type SyncedResource, type SyncWish } from '../domain/sync.ts';
import { readSyncFacts, type SyncedConnection } from '../store/sync-plan.ts';
import { listRequests } from '../store/sync-requests.ts';
import type { SyncDeps } from './sync-deps.ts';

/** Why a run has nothing to do. */
export type IdleReason =
  | 'unknown_connection'
  | 'unknown_platform'
  | 'fenced'
  | 'paused'
  | 'not_active'
  | 'reauth_required'
  | 'waiting'
  | 'nothing_due';

export interface WorkPlan {
  readonly kind: 'work';
  readonly connection: SyncedConnection;
  readonly platform: Platform;
  readonly resources: readonly SyncedResource[];
  readonly due: readonly DueWork[];
  readonly wishes: readonly SyncWish[];
}

export type Plan = { readonly kind: 'idle'; readonly reason: IdleReason } | WorkPlan;

export async function planRun(
  deps: Pick<SyncDeps, 'db' | 'platforms'>,
  ref: { readonly tenantId: TenantId; readonly connectionId: ConnectionId },
): Promise<Plan> {
  const facts = await readSyncFacts(deps.db, ref.tenantId, ref.connectionId);
  if (facts === null) return { kind: 'idle', reason: 'unknown_connection' };
  const { connection } = facts;
  const wishes = await deps.db.inTenant(ref.tenantId, (tx) => listRequests(tx, ref));
  const refusal = whyIdle(connection, { nowMs: facts.nowMs, isWished: wishes.length > 0 });
  if (refusal !== null) return { kind: 'idle', reason: refusal };
  const platform = deps.platforms.get(connection.platform);
  if (platform === undefined) return { kind: 'idle', reason: 'unknown_platform' };
  const resources = syncedResources(platform, connection);
  const due = dueWork({
    nowMs: facts.nowMs,
    intervalMs: connection.intervalMs,
    resources,
    checkpoints: facts.checkpoints,
    wishes,
  });
  return { kind: 'work', connection, platform, resources, due, wishes };
}

function whyIdle(
  connection: SyncedConnection,
  at: { readonly nowMs: number; readonly isWished: boolean },
): IdleReason | null {
  if (connection.isFenced) return 'fenced';
  if (connection.lifecycle === 'reauth_required') return 'reauth_required';
  if (connection.lifecycle !== 'active') return 'not_active';
  if (connection.isPaused) return 'paused';
  const isHeld = connection.heldUntilMs !== null && connection.heldUntilMs > at.nowMs;
  return isHeld && !at.isWished ? 'waiting' : null;
}

/** What the platform offers and the vendor asked for. One that stopped is in it: only a run finds out that it may be read again. */
function syncedResources(platform: Platform, connection: SyncedConnection): readonly SyncedResource[] {
  return RESOURCES.flatMap((resource) => {
    const definition = platform.resources[resource];
    const isWanted = definition !== undefined && connection.permissions.includes(definition.requires);
    return isWanted ? [{ resource, filter: definition.filter }] : [];
  });
}
