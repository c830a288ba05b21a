// An install that waits to be claimed, as the API shows it: nothing of what its callback brought but the shop.
import { z } from 'zod';
import type { InstallRow } from '../../store/installs.ts';
import { textRecord } from './connections.ts';
import { idOf, instant, pageOf, permissions } from './shapes.ts';

export const install = z
  .object({
    id: z.string(),
    platform: z.string(),
    shop: z.record(z.string(), z.string()),
    createdAt: instant,
    expiresAt: instant.meta({ description: 'Until when it can be claimed' }),
  })
  .meta({ id: 'Install' });
export const installPage = pageOf(install);

export const claimWish = z
  .strictObject({
    token: z.string().min(1).max(200).optional(),
    id: idOf('install').optional(),
    tenantId: idOf('tenant').optional(),
    permissions: permissions.optional(),
    clientRegistrationId: idOf('clientRegistration').optional(),
  })
  .meta({ id: 'ClaimInstall' });

export const claimForTenant = claimWish
  .omit({ token: true, id: true })
  .required({ tenantId: true })
  .meta({ id: 'ClaimInstallForTenant' });

export function presentInstall(row: InstallRow): z.infer<typeof install> {
  return {
    id: row.id,
    platform: row.platform,
    shop: textRecord(row.shop),
    createdAt: row.createdAt.toISOString(),
    expiresAt: row.expiresAt.toISOString(),
  };
}
