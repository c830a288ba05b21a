// A connection as the API shows it, and what may be asked of one. Never a secret, in either direction of an answer.
import { z } from 'zod';
import type { ConnectionListRow } from '../../store/connections-list.ts';
import { readMove } from '../../store/shop-moves.ts';
import {
  idOf,
  instant,
  pageOf,
  pageQuery,
  permissions,
  platformId,
  resource,
  textOf,
  textValues,
} from './shapes.ts';

export const CONNECTION_STATES = [
  'connecting',
  'active',
  'degraded',
  'paused',
  'reauth_required',
  'revoking',
  'revoked',
  'abandoned',
] as const;
export const connectionState = z.enum(CONNECTION_STATES);

export const connection = z
  .object({
    id: z.string(),
    tenantId: z.string(),
    platform: z.string(),
    clientRegistrationId: z.string().nullable(),
    shop: z
      .object({
        values: z.record(z.string(), z.string()).meta({ description: "The platform's shop fields" }),
        key: z
          .string()
          .nullable()
          .meta({ description: "The platform's immutable key of the shop; null until proved" }),
        name: z.string().nullable(),
      })
      .meta({ description: 'Which shop' }),
    markets: z
      .array(z.string())
      .meta({ description: 'The markets one grant covers, where the platform tells several' }),
    move: z
      .object({
        authorizationId: z.string(),
        shop: z.record(z.string(), z.string()).meta({ description: 'The new address' }),
        since: instant,
        until: instant.meta({ description: 'Unconfirmed by then, the new credential is destroyed' }),
      })
      .nullable()
      .meta({
        description:
          'Reconnected at another address on a platform that tells no shop key: proved, and waiting for `confirm-move` or `refuse-move`',
      }),
    permissions: z.array(z.string()),
    grantedScopes: z.array(z.string()),
    state: connectionState,
    stateSince: instant,
    health: z.object({
      status: z.enum(['ok', 'degraded']),
      cause: z.string().nullable(),
      since: instant.nullable(),
      nextTryAt: instant.nullable(),
    }),
    pausedBy: z.string().nullable(),
    reauthReason: z.string().nullable(),
    credential: z
      .object({
        generation: z.int(),
        expiresAt: instant.nullable().meta({ description: 'null: does not expire' }),
        refreshExpiresAt: instant.nullable(),
        nextRefreshAt: instant.nullable(),
        lastRefreshAt: instant.nullable(),
      })
      .meta({ description: 'What may be known of the credential without opening it' }),
    sync: z.object({
      intervalS: z.int(),
      lastAt: instant.nullable(),
      stoppedResources: z
        .record(z.string(), z.string())
        .meta({ description: 'resource → why it is not synced' }),
    }),
    revocation: z
      .object({
        fencedAt: instant.nullable(),
        revokedAt: instant.nullable(),
        upstream: z.string().nullable().meta({ description: 'confirmed, unsupported or unconfirmed' }),
        recordsKeptUntil: instant.nullable(),
      })
      .nullable(),
    createdAt: instant,
    updatedAt: instant,
  })
  .meta({ id: 'Connection' });
export type ConnectionView = z.infer<typeof connection>;

export const connectionPage = pageOf(connection);

export const newConnection = z
  .strictObject({
    tenantId: idOf('tenant')
      .optional()
      .meta({ description: "Required with an operator key; else the key's own" }),
    platform: platformId,
    shop: textValues(500),
    credential: textValues(40_000),
    permissions: permissions
      .optional()
      .meta({ description: 'Default: to read every resource the platform offers' }),
    clientRegistrationId: idOf('clientRegistration').optional(),
    syncIntervalS: z.int().min(60).max(86_400).optional(),
  })
  .meta({ id: 'NewConnection' });

export const connectionChange = z
  .strictObject({
    permissions: permissions.optional().meta({
      description: 'What is asked for from now on; more than the grant covers needs a new approval',
    }),
    syncIntervalS: z.int().min(60).max(86_400).optional(),
  })
  .refine((change) => Object.keys(change).length > 0, { error: 'must change something' })
  .meta({ id: 'ConnectionChange' });

export const credentialReplacement = z
  .strictObject({
    credential: textValues(40_000),
    shop: textValues(500).optional().meta({
      description:
        'Where the shop has moved to. On a platform that tells no shop key the move then waits to be confirmed',
    }),
  })
  .meta({ id: 'CredentialReplacement' });

export const moveDecision = z
  .strictObject({
    authorizationId: idOf('authorization').meta({
      description: 'The move that was seen: `move` of the connection',
    }),
  })
  .meta({ id: 'MoveDecision' });

export const connectionQuery = z.strictObject({
  tenantId: idOf('tenant').optional(),
  platform: platformId.optional(),
  state: connectionState.optional(),
  shopKey: textOf(300).optional(),
  search: textOf(100)
    .min(1)
    .optional()
    .meta({ description: "Part of the shop's name, key or address, or the start of the connection's id" }),
  ...pageQuery,
});

export const ACTIONS = [
  'none',
  'wait',
  'approve',
  'widen_scopes',
  'fix_shop',
  'fix_registration',
  'contact_platform',
  'confirm_move',
] as const;

export const diagnosis = z
  .object({
    state: connectionState,
    action: z.enum(ACTIONS).meta({ description: 'What gets it going again' }),
    actor: z.enum(['merchant', 'vendor', 'platform', 'nobody']).meta({ description: 'Who must do it' }),
    because: z.string(),
    nextTryAt: instant.optional(),
    evidence: z.array(z.object({ at: instant, what: z.string(), detail: z.string().optional() })),
    reconnectUrl: z.url().optional().meta({
      description:
        'A fresh link to the hosted page, for `approve` and `widen_scopes`; for keys that may make links (admin, operator)',
    }),
  })
  .meta({ id: 'Diagnosis' });

export const refreshOutcome = z
  .discriminatedUnion('outcome', [
    z.object({ outcome: z.literal('fresh'), generation: z.int() }),
    z.object({ outcome: z.literal('retry_later'), retryAt: instant }),
    z.object({ outcome: z.literal('reauth_required'), reason: z.string() }),
    z.object({ outcome: z.literal('revoked') }),
  ])
  .meta({ id: 'RefreshOutcome' });

export const syncWish = z
  .strictObject({
    resources: z.array(resource).min(1).optional().meta({ description: 'Default: all' }),
    mode: z.enum(['incremental', 'backfill']).default('incremental'),
  })
  .meta({ id: 'SyncWish' });

export const syncAccepted = z
  .object({
    syncRequestId: z.string(),
    attachedTo: z
      .string()
      .nullable()
      .meta({ description: 'The run already going that will take it up, where there is one' }),
  })
  .meta({ id: 'SyncAccepted' });

export const revocationPlan = z
  .object({
    connectionId: z.string(),
    runsThatStop: z.array(z.object({ runId: z.string(), startedAt: instant })),
    secretsDestroyed: z.array(z.object({ kind: z.string(), generations: z.int() })),
    subscriptionsRemoved: z.array(z.string()),
    upstream: z
      .enum(['asked', 'unsupported'])
      .meta({ description: 'Whether the platform can be asked to end the grant' }),
    alerts: z.array(z.string()).meta({ description: 'Event types that will be written' }),
    records: z.object({
      kept: z.array(z.object({ resource: z.string(), count: z.int() })),
      until: instant.nullable(),
    }),
  })
  .meta({ id: 'RevocationPlan' });

const NOTHING: Readonly<Record<string, string>> = {};

/** A row as the API shows it. */
export function presentConnection(row: ConnectionListRow): ConnectionView {
  const isOver = row.lifecycle === 'revoked' || row.lifecycle === 'abandoned';
  return {
    id: row.id,
    tenantId: row.tenantId,
    platform: row.platform,
    clientRegistrationId: row.registrationId,
    shop: { values: textRecord(row.shop), key: row.shopKey, name: row.shopName },
    markets: row.markets,
    move: isOver ? null : presentMove(row),
    permissions: row.permissions,
    grantedScopes: row.grantedScopes,
    state: stateOf(row),
    stateSince: row.stateSince.toISOString(),
    health: {
      status: row.health === 'ok' ? 'ok' : 'degraded',
      cause: row.healthCause,
      since: iso(row.healthSince),
      nextTryAt: iso(row.nextTryAt),
    },
    pausedBy: row.pausedBy,
    reauthReason: row.reauthReason,
    credential: {
      generation: row.generation,
      // Of a credential that is destroyed nothing can expire any more.
      expiresAt: isOver ? null : iso(row.expiresAt),
      refreshExpiresAt: isOver ? null : iso(row.refreshExpiresAt),
      nextRefreshAt: isOver ? null : iso(row.nextRefreshAt),
      lastRefreshAt: iso(row.lastRefreshAt),
    },
    sync: {
      intervalS: row.syncIntervalS,
      lastAt: iso(row.lastSyncAt),
      stoppedResources: textRecord(row.stoppedResources),
    },
    revocation:
      row.fencedAt === null && row.revokedAt === null
        ? null
        : {
            fencedAt: iso(row.fencedAt),
            revokedAt: iso(row.revokedAt),
            upstream: row.upstreamRevocation,
            recordsKeptUntil: iso(row.recordsKeptUntil),
          },
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}

function presentMove(row: ConnectionListRow): ConnectionView['move'] {
  const move = readMove(row.move);
  if (move === null) return null;
  const { authorizationId, shop, sinceMs, untilMs } = move;
  return {
    authorizationId,
    shop,
    since: new Date(sinceMs).toISOString(),
    until: new Date(untilMs).toISOString(),
  };
}

/** The public state of a row. From the fence on it is revoking, whatever the workflow has yet to write. */
export function stateOf(row: ConnectionListRow): (typeof CONNECTION_STATES)[number] {
  const known = CONNECTION_STATES.find((one) => one === row.state) ?? 'connecting';
  const isFinal = known === 'revoked' || known === 'abandoned';
  return row.fencedAt !== null && !isFinal ? 'revoking' : known;
}

/** A JSON column that holds text by name. */
export function textRecord(value: unknown): Record<string, string> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { ...NOTHING };
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, text]) => (typeof text === 'string' ? [[name, text]] : [])),
  );
}

export function iso(instantOrNull: Date | null): string | null {
  return instantOrNull === null ? null : instantOrNull.toISOString();
}
