// A link to the hosted page, as it is asked for and answered.
import { z } from 'zod';
import type { AttemptOutcome } from '../../store/shared-grants.ts';
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

export const ATTEMPT_OUTCOMES = [
  'connecting',
  'connected',
  'already_connected',
  'move_proposed',
  'refused',
] as const;

export const connectSessionResult = z
  .object({
    id: z.string(),
    tenantId: z.string(),
    platform: z.string().nullable(),
    expiresAt: instant,
    usedAt: instant.nullable(),
    connections: z
      .array(
        z.object({
          connectionId: z
            .string()
            .meta({ description: 'Gone again where it was made for a refused attempt' }),
          shop: z.record(z.string(), z.string()).nullable(),
          outcome: z.enum(ATTEMPT_OUTCOMES),
          code: z.string().optional().meta({ description: 'Why it was refused' }),
        }),
      )
      .meta({ description: 'One a shop: an approval may be good for several' }),
  })
  .meta({ id: 'ConnectSessionResult' });

type ShopResult = z.infer<typeof connectSessionResult>['connections'][number];

/** The newest attempt of each connection. */
export function presentAttempts(attempts: readonly AttemptOutcome[]): ShopResult[] {
  const newest = new Map(attempts.map((one) => [one.connectionId, one]));
  return [...newest.values()].map((one) => ({
    connectionId: one.connectionId,
    shop: one.shop,
    ...outcomeOf(one),
  }));
}

const OUTCOMES: Readonly<Record<string, ShopResult['outcome']>> = {
  started: 'connecting',
  received: 'connecting',
  authorized: 'connected',
  proved: 'move_proposed',
};

export function outcomeOf(of: AttemptOutcome): Pick<ShopResult, 'outcome' | 'code'> {
  const outcome = OUTCOMES[of.status];
  if (outcome !== undefined) return { outcome };
  if (of.refusal === 'shop_already_connected') return { outcome: 'already_connected' };
  return { outcome: 'refused', ...(of.refusal === null ? {} : { code: of.refusal }) };
}
