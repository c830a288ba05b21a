// A link to the hosted page, as it is asked for and answered.
import { z } from 'zod';
import { idOf, instant, permissions, platformId } from './shapes.ts';

export const newConnectSession = z
  .strictObject({
    tenantId: idOf('tenant')
      .optional()
      .meta({ description: "Required with an operator key; else the key's own" }),
    platform: platformId.optional().meta({ description: 'Absent: the merchant chooses' }),
    permissions: permissions
      .optional()
      .meta({ description: 'Default: to read every resource the platform offers' }),
    connectionId: idOf('connection').optional().meta({ description: 'Reconnect this one' }),
    returnUrl: z.string().max(2000).optional().meta({
      description:
        "Where the merchant goes afterwards; its origin must be our own, or one of the tenant's returnOrigins",
    }),
  })
  .meta({ id: 'NewConnectSession' });

export const connectSession = z
  .object({
    id: z.string(),
    url: z.url().meta({ description: 'Give this to the merchant; whoever holds it acts as the merchant' }),
    token: z.string(),
    expiresAt: instant,
  })
  .meta({ id: 'ConnectSession' });
