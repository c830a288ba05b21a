// What exists: credentials, what refreshes them, which endpoints are called, what expires next. Metadata alone.
import { z } from 'zod';
import { idOf, instant, pageOf, pageQuery, platformId, textOf } from './shapes.ts';

const filter = { tenantId: idOf('tenant').optional(), platform: platformId.optional() };

export const credentialQuery = z.strictObject({
  ...filter,
  kind: textOf(64).optional(),
  drift: z
    .stringbool()
    .optional()
    .meta({ description: 'true: only those whose scopes are not what is asked for' }),
  ...pageQuery,
});

export const credentialItem = z
  .object({
    connectionId: z.string(),
    tenantId: z.string(),
    platform: z.string(),
    state: z.string(),
    kind: z.string(),
    generation: z.int(),
    createdAt: instant,
    ageS: z.int(),
    firstUsedAt: instant.nullable(),
    expiresAt: instant.nullable().meta({ description: 'null: it does not expire' }),
    refreshExpiresAt: instant.nullable(),
    nextRefreshAt: instant.nullable().meta({ description: 'null: on use, or never' }),
    keyVersion: z.int().meta({ description: "version of the tenant's data key it is sealed with" }),
    clientRegistrationId: z.string().nullable(),
    clientSecretVersion: z.int().nullable(),
    permissions: z.array(z.string()),
    grantedScopes: z.array(z.string()),
    wantedScopes: z.array(z.string()),
    drift: z
      .enum(['more', 'fewer', 'changed'])
      .nullable()
      .meta({ description: 'null: as asked for, or the platform tells no scopes' }),
    missingScopes: z.array(z.string()),
    surplusScopes: z.array(z.string()),
    upgrade: z
      .object({ to: z.string(), deadline: z.string().nullable(), note: z.string() })
      .nullable()
      .meta({ description: 'what the platform wants this kind to become' }),
  })
  .meta({ id: 'CredentialItem' });
export const credentialInventory = pageOf(credentialItem);

export const workflowQuery = z.strictObject({
  ...filter,
  cursor: pageQuery.cursor,
  limit: z.coerce.number().int().min(1).max(100).default(25),
});

export const WORKFLOW_DRIFT = [
  'workflow_missing',
  'schedule_missing',
  'schedule_left_over',
  'schedule_state',
] as const;

export const workflowItem = z
  .object({
    connectionId: z.string(),
    tenantId: z.string(),
    platform: z.string(),
    state: z.string(),
    workflowId: z.string(),
    workflow: z.enum(['running', 'ended', 'missing']),
    scheduleId: z.string(),
    schedule: z.enum(['running', 'paused', 'missing']),
    scheduleNote: z.string().nullable(),
    wanted: z.enum(['running', 'paused', 'none']),
    drift: z
      .array(z.enum(WORKFLOW_DRIFT))
      .meta({ description: 'the sweep repairs it within minutes; what stays is stuck' }),
  })
  .meta({ id: 'WorkflowItem' });
export const workflowInventory = pageOf(workflowItem);

export const endpointQuery = z.strictObject({
  ...filter,
  days: z.coerce.number().int().min(1).max(400).default(30),
});

export const endpointItem = z
  .object({
    platform: z.string(),
    endpoint: z.string(),
    standing: z.enum(['declared', 'undeclared', 'deprecated']).meta({
      description:
        "undeclared: called, but not by the platform's data (the proxy); deprecated: its version ends within 180 days, or has",
    }),
    by: z.string().nullable(),
    version: z.string(),
    sunset: z.string().nullable(),
    connections: z.int(),
    calls: z.int(),
    failures: z.int(),
    lastCalledAt: instant.nullable(),
  })
  .meta({ id: 'EndpointItem' });
export const endpointInventory = z.object({ data: z.array(endpointItem) });

export const CALENDAR_KINDS = [
  'refresh_token',
  'client_secret',
  'consent',
  'certificate',
  'credential',
  'api_version',
  'credential_upgrade',
] as const;

export const calendarQuery = z.strictObject({
  tenantId: idOf('tenant').optional(),
  kind: z.enum(CALENDAR_KINDS).optional(),
  until: instant.optional().meta({ description: 'Default: a year from now' }),
  ...pageQuery,
});

export const calendarItem = z
  .object({
    at: instant,
    kind: z.string(),
    subject: z.string().meta({ description: 'id of a connection or a registration, or a platform' }),
    tenantId: z.string().nullable(),
    platform: z.string().nullable(),
    connections: z.int().meta({ description: 'how many it would stop' }),
    note: z.string().nullable(),
    daysLeft: z.int(),
  })
  .meta({ id: 'CalendarItem' });
export const calendarPage = pageOf(calendarItem);
