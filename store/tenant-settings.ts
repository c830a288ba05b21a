// What a tenant has set for itself, read out of its row. Unknown and malformed members are as if they were not there.
import type { TenantId } from '../domain/ids.ts';
import type { Tx } from './database.ts';

export interface TenantSettings {
  /** Days without a new approval after which a reminder event is due. */
  readonly reauthReminderDays?: readonly number[];
  /** Days without a new approval after which the connection is revoked; absent: never. */
  readonly reauthGiveUpDays?: number;
}

export async function readTenantSettings(tx: Tx, tenantId: TenantId): Promise<TenantSettings> {
  const row = await tx.tenant.findUnique({ where: { id: tenantId }, select: { settings: true } });
  const settings = row?.settings;
  if (typeof settings !== 'object' || settings === null || Array.isArray(settings)) return {};
  const reminders = settings['reauthReminderDays'];
  const giveUp = settings['reauthGiveUpDays'];
  return {
    ...(Array.isArray(reminders) ? { reauthReminderDays: reminders.filter(isDays) } : {}),
    ...(isDays(giveUp) ? { reauthGiveUpDays: giveUp } : {}),
  };
}

function isDays(value: unknown): value is number {
  return typeof value === 'number' && value > 0 && value < 3_650;
}
