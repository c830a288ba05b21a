// Tells by an event that an approval granted more scopes than are asked for. Too few are the lifecycle's to judge; both show in the inventory.
import type { ConnectionId, TenantId } from '../domain/ids.ts';
import type { Platform } from '../domain/platform.ts';
import type { Permission } from '../domain/resource.ts';
import { scopeDriftOf } from '../platforms/scope-drift.ts';
import type { Tx } from '../store/database.ts';
import { appendEvent } from '../store/events.ts';

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
