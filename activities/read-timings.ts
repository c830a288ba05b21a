// The waits that hold for a tenant's connections: the installation's, with what the tenant has set. Changes nothing.
import type { Timings } from '../domain/connection.ts';
import type { TenantId } from '../domain/ids.ts';
import type { Tx } from '../store/database.ts';
import { readTenantSettings } from '../store/tenant-settings.ts';
import type { LifecycleActivities } from './lifecycle-contract.ts';
import type { LifecycleDeps } from './lifecycle-deps.ts';

const DAY_MS = 86_400_000;

export const readTimings =
  (deps: Pick<LifecycleDeps, 'db' | 'timings'>): LifecycleActivities['readTimings'] =>
  (input) =>
    deps.db.inTenant(input.tenantId, (tx) => timingsOf(tx, input.tenantId, deps.timings));

export async function timingsOf(tx: Tx, tenantId: TenantId, timings: Timings): Promise<Timings> {
  const { reauthReminderDays, reauthGiveUpDays } = await readTenantSettings(tx, tenantId);
  return {
    ...timings,
    ...(reauthReminderDays === undefined
      ? {}
      : { reminderAfterMs: [...reauthReminderDays].sort((a, b) => a - b).map((days) => days * DAY_MS) }),
    ...(reauthGiveUpDays === undefined ? {} : { giveUpAfterMs: reauthGiveUpDays * DAY_MS }),
  };
}
