// Work on many connections: planned, started, watched, paused, resumed, stopped. The run's own workflow does it; these routes write the plan
// and hand on words.
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { MooringError } from '../../domain/errors.ts';
import { type FleetRunId, isId, type TenantId } from '../../domain/ids.ts';
import { appendAudit } from '../../store/audit.ts';
import type { Sql } from '../../store/database.ts';
import {
  awaitTurn,
  type FleetGoal,
  type FleetScope,
  listHolders,
  planFleetRun,
} from '../../store/fleet-plan.ts';
import {
  countFleetItems,
  createFleetRun,
  type FleetRunRow,
  forgetFleetRun,
  listFleetItems,
  listFleetRuns,
  readFleetRun,
} from '../../store/fleet-runs.ts';
import { newId } from '../../store/new-id.ts';
import { actorOf, inScope, type Principal, principalOf, unknown } from '../auth.ts';
import { readCursor, readOrdinalCursor, toPage } from '../cursor.ts';
import type { HttpDeps } from '../deps.ts';
import { assertScopeKnown, fleetOptions, goalAndScope } from '../planning-fleet-run.ts';
import {
  fleetRun,
  fleetRunListQuery,
  fleetRunPage,
  fleetRunQuery,
  fleetRunReport,
  newFleetRun,
  presentFleetItem,
  presentFleetRun,
} from '../schemas/fleet-runs.ts';
import { idInPath } from '../schemas/shapes.ts';

const params = z.strictObject({ id: idInPath('fleetRun') });

export const fleetRunRoutes =
  (deps: HttpDeps): FastifyPluginAsyncZod =>
  async (app) => {
    app.post(
      '/v1/fleet-runs',
      {
        config: { access: 'admin' },
        schema: {
          tags: ['Fleet'],
          summary: 'Plan work on many connections, or start it',
          description:
            'A plan says which connections it takes and why it leaves others alone, and changes nothing. Started with dryRun false: canaries first, then batches, stopped above the error rate.',
          body: newFleetRun,
          response: { 201: fleetRun },
        },
      },
      async (request, reply) => {
        const principal = principalOf(request);
        const { goal, scope } = await goalAndScope(deps, principal, request.body);
        const run = await beginFleetRun(deps, principal, {
          goal,
          scope,
          options: fleetOptions(request.body),
          dryRun: request.body.dryRun,
          actor: actorOf(request),
          reason: request.id,
        });
        return reply
          .code(201)
          .header('location', `/v1/fleet-runs/${run.id}`)
          .send(await present(deps, principal, run));
      },
    );

    app.get(
      '/v1/fleet-runs',
      {
        config: { access: 'read' },
        schema: {
          tags: ['Fleet'],
          summary: 'Fleet runs and plans, newest first',
          querystring: fleetRunListQuery,
          response: { 200: fleetRunPage },
        },
      },
      async (request) => {
        const principal = principalOf(request);
        const { cursor, limit, kind } = request.query;
        const subject = { of: `fleet-runs ${kind ?? ''}`, tenant: principal.tenantId ?? '*' };
        const after = readCursor(subject, cursor);
        const views = await inScope(deps.db, principal, async (tx) => {
          const rows = await listFleetRuns(tx, { after, kind, limit: limit + 1 });
          const found = [];
          for (const row of rows) found.push(presentFleetRun(row, await countFleetItems(tx, row.id)));
          return found;
        });
        return toPage(views, { limit, subject, position: (one) => one.id, view: (one) => one });
      },
    );

    app.get(
      '/v1/fleet-runs/:id',
      {
        config: { access: 'read' },
        schema: {
          tags: ['Fleet'],
          summary: 'One fleet run, and what became of each connection',
          params,
          querystring: fleetRunQuery,
          response: { 200: fleetRunReport },
        },
      },
      async (request) => {
        const principal = principalOf(request);
        const row = await fleetRunOf(deps, principal, request.params.id);
        const { cursor, limit, outcome } = request.query;
        const subject = { of: `fleet-run ${row.id} ${outcome ?? ''}`, tenant: principal.tenantId ?? '*' };
        const after = readOrdinalCursor(subject, cursor);
        const items = await inScope(deps.db, principal, (tx) =>
          listFleetItems(tx, row.id, { after, limit: limit + 1, outcome }),
        );
        return {
          ...(await present(deps, principal, row)),
          items: toPage(items, {
            limit,
            subject,
            position: (one) => String(one.position),
            view: presentFleetItem,
          }),
        };
      },
    );

    for (const [word, signal, summary] of WORDS) {
      app.post(
        `/v1/fleet-runs/:id/${word}`,
        {
          config: { access: 'admin', bodyOptional: true },
          schema: { tags: ['Fleet'], summary, params, response: { 202: fleetRun } },
        },
        async (request, reply) => {
          const principal = principalOf(request);
          const row = await fleetRunOf(deps, principal, request.params.id);
          await tell(deps, row, { signal, by: actorOf(request), reason: request.id });
          return reply
            .code(202)
            .send(await present(deps, principal, await fleetRunOf(deps, principal, row.id)));
        },
      );
    }
  };

const WORDS = [
  ['pause', 'pauseRun', 'Pause: what is under way ends, nothing more begins'],
  ['resume', 'resumeRun', 'Go on'],
  ['stop', 'stopRun', 'Stop for good: what is under way ends, the rest is left as it is'],
] as const;

export interface FleetWish {
  readonly goal: FleetGoal;
  readonly scope: FleetScope;
  readonly options: Parameters<typeof createFleetRun>[1]['options'];
  readonly dryRun: boolean;
  readonly actor: string;
  readonly reason: string;
}

type Alongside = (sql: Sql, id: FleetRunId) => Promise<void>;

/** Writes the run with its plan, and starts its workflow unless it is a plan alone. Throws not_found, unknown_platform, fleet_run_active. */
export async function beginFleetRun(
  deps: HttpDeps,
  principal: Principal,
  wish: FleetWish,
  alongside: Alongside = async () => undefined,
): Promise<FleetRunRow> {
  await assertScopeKnown(deps, principal, wish.scope);
  const id = newId('fleetRun');
  await writeRun(deps, principal, { ...wish, id }, alongside).catch(async (error: unknown) => {
    if (error instanceof MooringError && error.code === 'fleet_run_active')
      await deps.db.acrossTenants((tx) => forgetFleetRun(tx, id));
    throw error;
  });
  return fleetRunOf(deps, principal, id);
}

async function writeRun(
  deps: HttpDeps,
  principal: Principal,
  wish: FleetWish & { readonly id: FleetRunId },
  alongside: Alongside,
): Promise<void> {
  const { id, goal, scope, options, dryRun } = wish;
  const { kind, ...target } = goal;
  const at = new Date(deps.nowMs());
  await deps.db.acrossTenants(async (tx) => {
    await createFleetRun(tx, {
      id,
      tenantId: scope.tenantId,
      kind,
      platform: scope.platform,
      registrationId: scope.registrationId,
      target,
      options,
      requestedBy: wish.actor,
    });
    await appendAudit(tx, {
      tenantId: scope.tenantId,
      actor: wish.actor,
      action: dryRun ? 'fleet_run.planned' : 'fleet_run.started',
      target: id,
      outcome: 'done',
      reason: wish.reason,
      detail: { kind },
    });
  });
  // It waits for the commit below, so that a run that is begun always has a workflow.
  if (!dryRun) await deps.fleet.startFleetRun(id);
  await deps.db.sqlAcrossTenants(async (sql) => {
    if (!dryRun) await awaitTurn(sql, goal);
    await planFleetRun(sql, { id, canary: options.canary }, scope, goal);
    if (dryRun) return;
    assertNotHeld(principal, kind, await listHolders(sql, id));
    await alongside(sql, id);
    await sql.query("UPDATE fleet_runs SET status = 'running', started_at = $2 WHERE id = $1", [id, at]);
  });
}

/** A run that found all its connections with others would end at once, as if its work were done. Names the runs that the caller may see. */
function assertNotHeld(
  principal: Principal,
  kind: string,
  holders: Awaited<ReturnType<typeof listHolders>>,
): void {
  if (holders.length === 0) return;
  const seen = holders.filter(
    ({ tenantId }) => principal.tenantId === null || tenantId === principal.tenantId,
  );
  const named = seen.length === 0 ? '' : `: "${seen.map(({ id }) => id).join('", "')}"`;
  throw new MooringError(
    'fleet_run_active',
    `every connection that it would take is in another run of "${kind}"${named}`,
    { detail: { fleetRunIds: seen.map(({ id }) => id) } },
  );
}

export async function fleetRunOf(deps: HttpDeps, principal: Principal, id: string): Promise<FleetRunRow> {
  const row = isId('fleetRun', id) ? await inScope(deps.db, principal, (tx) => readFleetRun(tx, id)) : null;
  if (row === null) throw unknown('fleet run', id);
  return row;
}

export async function present(deps: HttpDeps, principal: Principal, row: FleetRunRow) {
  return presentFleetRun(row, await inScope(deps.db, principal, (tx) => countFleetItems(tx, row.id)));
}

async function tell(
  deps: HttpDeps,
  row: FleetRunRow,
  of: { readonly signal: (typeof WORDS)[number][1]; readonly by: string; readonly reason: string },
): Promise<void> {
  const { signal, by, reason } = of;
  const isUnderWay = row.status === 'running' || row.status === 'paused';
  if (!isUnderWay || !isId('fleetRun', row.id))
    throw new MooringError('fleet_run_final', `the fleet run "${row.id}" is ${row.status}`);
  const pausedBy = row.status === 'paused' ? row.reason : null;
  await deps.fleet.tellFleetRun({ fleetRunId: row.id, pausedBy }, signal, by);
  const tenantId: TenantId | null =
    row.tenantId !== null && isId('tenant', row.tenantId) ? row.tenantId : null;
  await deps.db.acrossTenants((tx) =>
    appendAudit(tx, {
      tenantId,
      actor: by,
      action: `fleet_run.${signal}`,
      target: row.id,
      outcome: 'done',
      reason,
    }),
  );
}
