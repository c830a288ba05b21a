// What a caller may change on a connection's row directly: settings, never state. The workflow is told by a signal afterwards.
import type { ConnectionId } from '../domain/ids.ts';
import type { Permission } from '../domain/resource.ts';
import type { Tx } from './database.ts';

export interface ConnectionSettingsChange {
  readonly permissions?: readonly Permission[];
  readonly syncIntervalS?: number;
}

export async function changeConnectionSettings(
  tx: Tx,
  id: ConnectionId,
  change: ConnectionSettingsChange,
  now: Date,
): Promise<void> {
  await tx.connection.update({
    where: { id },
    data: {
      ...(change.permissions === undefined ? {} : { permissions: [...change.permissions] }),
      ...(change.syncIntervalS === undefined ? {} : { syncIntervalS: change.syncIntervalS }),
      updatedAt: now,
    },
  });
}
