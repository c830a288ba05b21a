// A fleet run, its plan and what became of each connection in it.
import { z } from 'zod';
import {
  DEFAULT_FLEET_OPTIONS,
  FLEET_KINDS,
  FLEET_STATUSES,
  type FleetCounts,
  ITEM_OUTCOMES,
} from '../../domain/fleet-run.ts';
import type { FleetRunItemRow, FleetRunRow } from '../../store/fleet-runs.ts';
import { iso } from './connections.ts';
import { idOf, instant, pageOf, pageQuery, platformId } from './shapes.ts';

const whole = (name: keyof typeof DEFAULT_FLEET_OPTIONS, min: number, max: number) =>
  z
    .int()
    .min(min)
    .max(max)
    .optional()
    .meta({ description: `Default: ${DEFAULT_FLEET_OPTIONS[name]}` });

export const newFleetRun = z
  .strictObject({
    kind: z
      .enum(['token_upgrade', 'secret_rotation', 'api_version'])
      .meta({ description: 'what every connection is to go through' }),
    platform: platformId.optional().meta({ description: 'for token_upgrade and api_version' }),
    credentialKind: z
      .string()
      .max(64)
      .optional()
      .meta({ description: 'token_upgrade: the kind that is upgraded, where a platform has several' }),
    clientRegistrationId: idOf('clientRegistration')
      .optional()
      .meta({ description: 'secret_rotation: whose newest secret every credential is to be made with' }),
    tenantId: idOf('tenant').optional().meta({ description: 'of one tenant only' }),
    connectionIds: z.array(idOf('connection')).min(1).max(1000).optional(),
    dryRun: z.boolean().default(true).meta({ description: 'true: plan only; nothing is changed' }),
    canary: whole('canary', 0, 100),
    canaryWaitS: whole('canaryWaitS', 0, 86_400),
    batchSize: whole('batchSize', 1, 500),
    concurrency: whole('concurrency', 1, 20),
    perMinute: whole('perMinute', 1, 6000),
    maxErrorRate: z
      .number()
      .min(0)
      .max(1)
      .optional()
      .meta({ description: `failed of all settled; default: ${DEFAULT_FLEET_OPTIONS.maxErrorRate}` }),
  })
  .meta({ id: 'NewFleetRun' });
export type NewFleetRunView = z.infer<typeof newFleetRun>;

export const fleetRun = z
  .object({
    id: z.string(),
    tenantId: z.string().nullable(),
    kind: z.enum(FLEET_KINDS),
    platform: z.string().nullable(),
    clientRegistrationId: z.string().nullable(),
    target: z.record(z.string(), z.unknown()),
    options: z.record(z.string(), z.unknown()),
    status: z.enum(FLEET_STATUSES),
    reason: z.string().nullable().meta({ description: 'why it was paused or stopped' }),
    counts: z.object({ done: z.int(), failed: z.int(), skipped: z.int(), pending: z.int() }),
    reasons: z.record(z.string(), z.int()).meta({
      description:
        'why connections are skipped or failed, and how many; in_other_run: another open run of the kind holds them',
    }),
    proof: z
      .record(z.string(), z.int())
      .nullable()
      .meta({ description: 'at the end; left: how many connections are on the old form' }),
    requestedBy: z.string(),
    createdAt: instant,
    startedAt: instant.nullable(),
    finishedAt: instant.nullable(),
  })
  .meta({ id: 'FleetRun' });

export const fleetRunPage = pageOf(fleetRun);

export const fleetRunItem = z
  .object({
    position: z.int(),
    connectionId: z.string(),
    tenantId: z.string(),
    stage: z.enum(['canary', 'batch']).nullable(),
    outcome: z.enum(ITEM_OUTCOMES),
    code: z.string().nullable(),
    attempts: z.int(),
    generationBefore: z.int().nullable(),
    generationAfter: z.int().nullable(),
    settledAt: instant.nullable(),
  })
  .meta({ id: 'FleetRunItem' });

export const fleetRunReport = fleetRun.extend({ items: pageOf(fleetRunItem) }).meta({ id: 'FleetRunReport' });

export const fleetRunQuery = z.strictObject({ outcome: z.enum(ITEM_OUTCOMES).optional(), ...pageQuery });
export const fleetRunListQuery = z.strictObject({ kind: z.enum(FLEET_KINDS).optional(), ...pageQuery });

export interface FleetFound {
  readonly counts: FleetCounts;
  readonly reasons: Readonly<Record<string, number>>;
}

export function presentFleetRun(row: FleetRunRow, found: FleetFound): z.infer<typeof fleetRun> {
  return {
    id: row.id,
    tenantId: row.tenantId,
    kind: FLEET_KINDS.find((one) => one === row.kind) ?? 'api_version',
    platform: row.platform,
    clientRegistrationId: row.registrationId,
    target: objectOf(row.target),
    options: objectOf(row.options),
    status: FLEET_STATUSES.find((one) => one === row.status) ?? 'planned',
    reason: row.reason,
    counts: { ...found.counts },
    reasons: { ...found.reasons },
    proof: row.proof === null ? null : countsOf(row.proof),
    requestedBy: row.requestedBy,
    createdAt: row.createdAt.toISOString(),
    startedAt: iso(row.startedAt),
    finishedAt: iso(row.finishedAt),
  };
}

export function presentFleetItem(row: FleetRunItemRow): z.infer<typeof fleetRunItem> {
  const { position, connectionId, tenantId, code, attempts, generationBefore, generationAfter } = row;
  return {
    position,
    connectionId,
    tenantId,
    stage: row.stage === 'canary' || row.stage === 'batch' ? row.stage : null,
    outcome: ITEM_OUTCOMES.find((one) => one === row.outcome) ?? 'pending',
    code,
    attempts,
    generationBefore,
    generationAfter,
    settledAt: iso(row.settledAt),
  };
}

function objectOf(json: unknown): Record<string, unknown> {
  return typeof json === 'object' && json !== null && !Array.isArray(json) ? { ...json } : {};
}

function countsOf(json: unknown): Record<string, number> {
  return Object.fromEntries(
    Object.entries(objectOf(json)).flatMap(([name, value]) =>
      typeof value === 'number' ? [[name, value] as const] : [],
    ),
  );
}
