// Tells by an event that an approval granted more scopes than are asked for, or that a renewal changed them. Too few at an approval are the lifecycle's to judge; both show in the inventory.
import type { ConnectionId, TenantId } from '../domain/ids.ts';
import type { Platform } from '../domain/platform.ts';
import { PERMISSIONS, type Permission } from '../domain/resource.ts';
import { type ScopeDrift, scopeDriftOf } from '../platforms/scope-drift.ts';
import { appendAudit } from '../store/audit.ts';
import type { Tx } from '../store/database.ts';
import { appendEvent } from '../store/events.ts';

/**
 * A renewed token's answer tells scopes too. What differs from what was known, in what is missing or in what nobody needs, is kept and told, once; another way to
 * write the same is no change. What lost its permission is stopped by the next run, which reads it from the platform itself.
 */
export async function noteScopes(
  tx: Tx,
  { tenantId, connectionId }: { readonly tenantId: TenantId; readonly connectionId: ConnectionId },
  of: {
    readonly platform: Platform;
    readonly told: readonly string[] | null;
    readonly reason: string;
  },
): Promise<void> {
  const { platform, told, reason } = of;
  if (told === null || told.length === 0) return;
  const row = await tx.connection.findUnique({
    where: { id: connectionId },
    select: { grantedScopes: true, permissions: true },
  });
  if (row === null || row.grantedScopes.length === 0) return;
  const before = row.grantedScopes;
  const permissions = PERMISSIONS.filter((one) => row.permissions.includes(one));
  const [was, is] = [before, told].map((scopes) => scopeDriftOf(platform, permissions, scopes));
  if (wordsOf(was) === wordsOf(is)) return;
  await tx.connection.update({ where: { id: connectionId }, data: { grantedScopes: [...told] } });
  await appendAudit(tx, {
    tenantId,
    actor: 'worker',
    action: 'connection.scopes_changed',
    target: connectionId,
    connectionId,
    outcome: 'done',
    reason,
    detail: { before, scopes: told },
  });
  if (is == null) return;
  const { drift, missing, surplus } = is;
  const data = { drift, missing, surplus };
  await appendEvent(tx, { tenantId, connectionId, type: 'connection.scope_drift', data });
}

function wordsOf(drift: ScopeDrift | null | undefined): string {
  return JSON.stringify([[...(drift?.missing ?? [])].sort(), [...(drift?.surplus ?? [])].sort()]);
}

export async function tellDrift(
  tx: Tx,
  { tenantId, connectionId }: { readonly tenantId: TenantId; readonly connectionId: ConnectionId },
  of: {
    readonly platform: Platform;
    readonly permissions: readonly Permission[];
    readonly granted: readonly string[] | null;
  },
): Promise<void> {
  const found = scopeDriftOf(of.platform, of.permissions, of.granted ?? []);
  if (found === null || found.surplus.length === 0) return;
  const { drift, missing, surplus } = found;
  await appendEvent(tx, {
    tenantId,
    connectionId,
    type: 'connection.scope_drift',
    data: { drift, missing, surplus },
  });
}
