// Which credentials exist, which workflows and schedules stand behind them, which endpoints are called. Reading is all there is; nothing
// sealed is opened.
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { z } from 'zod';
import { scheduleNoteOf } from '../../domain/connection-schedule.ts';
import type { Platform } from '../../domain/platform.ts';
import { PERMISSIONS } from '../../domain/resource.ts';
import { type DeclaredEndpoint, declaredEndpoints, versionOf } from '../../platforms/declared-endpoints.ts';
import { scopeDriftOf } from '../../platforms/scope-drift.ts';
import { scopesFor } from '../../platforms/scopes.ts';
import { type ConnectionListRow, listConnections } from '../../store/connections-list.ts';
import {
  type CredentialInventoryRow,
  type EndpointInventoryRow,
  listCredentialInventory,
  listEndpointUses,
  listUsedPlatforms,
} from '../../store/inventory.ts';
import { connectionWorkflowId, syncScheduleId } from '../../workflows/messages.ts';
import { inScope, type Principal, principalOf, tenantFor } from '../auth.ts';
import { readCursor, toPage, writeCursor } from '../cursor.ts';
import type { HttpDeps } from '../deps.ts';
import type { Inspection } from '../fleet-commands.ts';
import { iso } from '../schemas/connections.ts';
import {
  credentialInventory,
  type credentialItem,
  credentialQuery,
  endpointInventory,
  type endpointItem,
  endpointQuery,
  workflowInventory,
  type workflowItem,
  workflowQuery,
} from '../schemas/inventory.ts';

const DAY_MS = 86_400_000;
/** A version that ends within this is one to leave. */
const DEPRECATED_WITHIN_MS = 180 * DAY_MS;

export const inventoryRoutes =
  (deps: HttpDeps): FastifyPluginAsyncZod =>
  async (app) => {
    const reading = { config: { access: 'read' as const } };

    app.get(
      '/v1/inventory/credentials',
      {
        ...reading,
        schema: {
          tags: ['Inventory'],
          summary: 'Every credential that exists: kind, age, expiry, granted against wanted scopes',
          querystring: credentialQuery,
          response: { 200: credentialInventory },
        },
      },
      async (request) => {
        const principal = principalOf(request);
        const { cursor, limit, drift, ...filter } = request.query;
        assertOwn(principal, filter);
        const subject = subjectOf('inventory/credentials', { ...filter, drift }, principal);
        let after = readCursor(subject, cursor);
        const found: z.infer<typeof credentialItem>[] = [];
        // Drift is known to the platform's data, not to SQL: pages are read on until one is full.
        for (;;) {
          const rows = await inScope(deps.db, principal, (tx) =>
            listCredentialInventory(tx, { ...filter, after, limit }),
          );
          let unread = rows.length;
          for (const row of rows) {
            after = row.connectionId;
            unread -= 1;
            const item = presentCredential(deps, row);
            if (drift !== true || item.drift !== null) found.push(item);
            if (found.length === limit) break;
          }
          if (rows.length < limit && unread === 0) return { data: found, nextCursor: null };
          if (found.length === limit) return { data: found, nextCursor: writeCursor(subject, after ?? '') };
        }
      },
    );

    app.get(
      '/v1/inventory/workflows',
      {
        ...reading,
        schema: {
          tags: ['Inventory'],
          summary: 'Each connection beside its workflow and its schedule, as Temporal has them now',
          querystring: workflowQuery,
          response: { 200: workflowInventory },
        },
      },
      async (request) => {
        const principal = principalOf(request);
        const { cursor, limit, ...filter } = request.query;
        assertOwn(principal, filter);
        const subject = subjectOf('inventory/workflows', filter, principal);
        const after = readCursor(subject, cursor);
        const rows = await inScope(deps.db, principal, (tx) =>
          listConnections(tx, { ...filter, after, limit: limit + 1 }),
        );
        const shown = await inspected(deps, rows.slice(0, limit));
        const page = toPage(rows, { limit, subject, position: (row) => row.id, view: (row) => row });
        return { ...page, data: shown };
      },
    );

    app.get(
      '/v1/inventory/endpoints',
      {
        ...reading,
        schema: {
          tags: ['Inventory'],
          summary: 'Which endpoints are called, against those that the platforms’ data declare',
          querystring: endpointQuery,
          response: { 200: endpointInventory },
        },
      },
      async (request) => {
        const principal = principalOf(request);
        const { days, ...filter } = request.query;
        assertOwn(principal, filter);
        const since = new Date(deps.nowMs() - days * DAY_MS);
        const { uses, platforms } = await inScope(deps.db, principal, async (tx) => ({
          uses: await listEndpointUses(tx, { ...filter, since }),
          platforms: await listUsedPlatforms(tx, filter.tenantId),
        }));
        const asked = platforms.filter((id) => filter.platform === undefined || id === filter.platform);
        return { data: endpointsOf(deps, asked, uses) };
      },
    );
  };

function assertOwn(
  principal: Principal,
  { tenantId }: { readonly tenantId?: Parameters<typeof tenantFor>[1] },
): void {
  if (principal.tenantId !== null) tenantFor(principal, tenantId);
}

function subjectOf(of: string, filter: object, principal: Principal) {
  return { of: `${of} ${JSON.stringify(filter)}`, tenant: principal.tenantId ?? '*' };
}

function presentCredential(deps: HttpDeps, row: CredentialInventoryRow): z.infer<typeof credentialItem> {
  const platform = deps.platforms.get(row.platform);
  const permissions = PERMISSIONS.filter((one) => row.permissions.includes(one));
  const drift = platform === undefined ? null : scopeDriftOf(platform, permissions, row.grantedScopes);
  const upgrade = platform?.auth.find((one) => one.credentialKind === row.kind)?.upgrade;
  const { registrationId, registrationVersion, ...rest } = row;
  return {
    ...rest,
    createdAt: row.createdAt.toISOString(),
    ageS: Math.max(0, Math.floor((deps.nowMs() - row.createdAt.getTime()) / 1000)),
    firstUsedAt: iso(row.firstUsedAt),
    expiresAt: iso(row.expiresAt),
    refreshExpiresAt: iso(row.refreshExpiresAt),
    nextRefreshAt: iso(row.nextRefreshAt),
    clientRegistrationId: registrationId,
    clientSecretVersion: registrationVersion,
    permissions: [...permissions],
    grantedScopes: [...row.grantedScopes],
    wantedScopes: platform === undefined ? [] : scopesFor(platform, permissions),
    drift: drift?.drift ?? null,
    missingScopes: [...(drift?.missing ?? [])],
    surplusScopes: [...(drift?.surplus ?? [])],
    upgrade:
      upgrade === undefined ? null : { to: upgrade.to, deadline: upgrade.deadline, note: upgrade.note },
  };
}

/** A few at a time: each look is two calls of Temporal. */
async function inspected(
  deps: HttpDeps,
  rows: readonly ConnectionListRow[],
): Promise<z.infer<typeof workflowItem>[]> {
  const shown: z.infer<typeof workflowItem>[] = [];
  for (let from = 0; from < rows.length; from += 10) {
    const some = rows.slice(from, from + 10);
    const found = await Promise.all(some.map((row) => deps.fleet.inspect(row.id)));
    some.forEach((row, at) => {
      const inspection = found[at];
      if (inspection !== undefined) shown.push(presentWorkflow(row, inspection));
    });
  }
  return shown;
}

function presentWorkflow(row: ConnectionListRow, found: Inspection): z.infer<typeof workflowItem> {
  const isFinal = row.lifecycle === 'revoked' || row.lifecycle === 'abandoned';
  const note = row.fencedAt === null ? scheduleNoteOf(row) : undefined;
  const wanted = note === undefined ? 'none' : note === null ? 'running' : 'paused';
  const { schedule } = found;
  const has = schedule === null ? 'missing' : schedule.pausedNote === null ? 'running' : 'paused';
  const drift: z.infer<typeof workflowItem>['drift'] = [];
  if (!isFinal && found.workflow !== 'running') drift.push('workflow_missing');
  if (wanted === 'none' && has !== 'missing') drift.push('schedule_left_over');
  if (wanted !== 'none' && has === 'missing') drift.push('schedule_missing');
  if (wanted !== 'none' && has !== 'missing' && has !== wanted) drift.push('schedule_state');
  return {
    connectionId: row.id,
    tenantId: row.tenantId,
    platform: row.platform,
    state: row.state,
    workflowId: connectionWorkflowId(row.id),
    workflow: found.workflow,
    scheduleId: syncScheduleId(row.id),
    schedule: has,
    scheduleNote: schedule?.pausedNote ?? null,
    wanted,
    drift,
  };
}

function endpointsOf(
  deps: HttpDeps,
  platforms: readonly string[],
  uses: readonly EndpointInventoryRow[],
): z.infer<typeof endpointItem>[] {
  return platforms.flatMap((id) => {
    const platform = deps.platforms.get(id);
    if (platform === undefined) return [];
    const declared = declaredEndpoints(platform);
    const own = uses.filter((use) => use.platform === id);
    const undeclared = own.filter((use) => !declared.some(({ endpoint }) => endpoint === use.endpoint));
    return [
      ...declared.map((one) =>
        presentEndpoint(
          deps,
          platform,
          one,
          own.find((use) => use.endpoint === one.endpoint),
        ),
      ),
      ...undeclared.map((use) => {
        const { endpoint } = use;
        return presentEndpoint(deps, platform, { endpoint, by: null, ...versionOf(platform, endpoint) }, use);
      }),
    ];
  });
}

function presentEndpoint(
  deps: HttpDeps,
  platform: Platform,
  declared: Omit<DeclaredEndpoint, 'by'> & { readonly by: string | null },
  use: EndpointInventoryRow | undefined,
): z.infer<typeof endpointItem> {
  const { endpoint, by, version, sunset } = declared;
  const isEnding = sunset !== null && Date.parse(sunset) - deps.nowMs() < DEPRECATED_WITHIN_MS;
  return {
    platform: platform.id,
    endpoint,
    standing: by === null ? 'undeclared' : isEnding ? 'deprecated' : 'declared',
    by,
    version,
    sunset,
    connections: use?.connections ?? 0,
    calls: Number(use?.calls ?? 0),
    failures: Number(use?.failures ?? 0),
    lastCalledAt: iso(use?.lastCalledAt ?? null),
  };
}
