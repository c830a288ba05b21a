// Sync runs of a connection, what they could not map, what it lived through, and the release of deletions a run holds.
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { isId } from '../../domain/ids.ts';
import { RESOURCES } from '../../domain/resource.ts';
import { confirmDeletions } from '../../store/deletions.ts';
import { requestSync } from '../../store/sync-requests.ts';
import {
  listSetAside,
  listSyncRuns,
  readSyncRun,
  type SetAsideListRow,
  type SyncRunListRow,
} from '../../store/sync-runs-list.ts';
import { listTransitions, type TransitionListRow } from '../../store/transitions-list.ts';
import { actorOf, principalOf, unknown } from '../auth.ts';
import { readCursor, readNumericCursor, toPage } from '../cursor.ts';
import type { HttpDeps } from '../deps.ts';
import { connectionOf } from '../lookup.ts';
import { iso } from '../schemas/connections.ts';
import {
  RUN_STATUSES,
  type setAside,
  setAsidePage,
  syncRun,
  syncRunPage,
  type timelineEntry,
  timelinePage,
} from '../schemas/feeds.ts';
import { idInPath, pageQuery } from '../schemas/shapes.ts';

const params = z.strictObject({ id: idInPath('connection') });
const querystring = z.strictObject(pageQuery);

export const runRoutes =
  (deps: HttpDeps): FastifyPluginAsyncZod =>
  async (app) => {
    app.get(
      '/v1/connections/:id/runs',
      {
        config: { access: 'read' },
        schema: {
          tags: ['Syncs'],
          summary: 'Sync runs, newest first',
          params,
          querystring,
          response: { 200: syncRunPage },
        },
      },
      async (request) => {
        const row = await connectionOf(deps, principalOf(request), request.params.id);
        const { cursor, limit } = request.query;
        const subject = { of: `runs ${row.id}`, tenant: row.tenantId };
        const after = readCursor(subject, cursor);
        const rows = await deps.db.inTenant(row.tenantId, (tx) =>
          listSyncRuns(tx, row.id, { after, limit: limit + 1 }),
        );
        return toPage(rows, { limit, subject, position: (run) => run.id, view: presentRun });
      },
    );

    app.get(
      '/v1/connections/:id/timeline',
      {
        config: { access: 'read' },
        schema: {
          tags: ['Connections'],
          summary: 'What it lived through, newest first',
          params,
          querystring,
          response: { 200: timelinePage },
        },
      },
      async (request) => {
        const row = await connectionOf(deps, principalOf(request), request.params.id);
        const { cursor, limit } = request.query;
        const subject = { of: `timeline ${row.id}`, tenant: row.tenantId };
        const after = readNumericCursor(subject, cursor);
        const rows = await deps.db.inTenant(row.tenantId, (tx) =>
          listTransitions(tx, row.id, { after, limit: limit + 1 }),
        );
        return toPage(rows, { limit, subject, position: (one) => String(one.seq), view: presentTransition });
      },
    );

    app.get(
      '/v1/connections/:id/set-aside',
      {
        config: { access: 'read' },
        schema: {
          tags: ['Syncs'],
          summary: 'Records that could not be mapped, and why',
          params,
          querystring,
          response: { 200: setAsidePage },
        },
      },
      async (request) => {
        const row = await connectionOf(deps, principalOf(request), request.params.id);
        const { cursor, limit } = request.query;
        const subject = { of: `set-aside ${row.id}`, tenant: row.tenantId };
        const after = readCursor(subject, cursor);
        const rows = await deps.db.inTenant(row.tenantId, (tx) =>
          listSetAside(tx, row.id, { after, limit: limit + 1 }),
        );
        return toPage(rows, {
          limit,
          subject,
          position: (one) => `${one.resource}/${one.platformId}`,
          view: presentSetAside,
        });
      },
    );

    app.post(
      '/v1/connections/:id/runs/:runId/confirm-deletions',
      {
        config: { access: 'sync' },
        schema: {
          tags: ['Syncs'],
          summary: 'Let a run delete what it holds back',
          params: z.strictObject({ id: idInPath('connection'), runId: idInPath('syncRun') }),
          response: { 202: syncRun },
        },
      },
      async (request, reply) => {
        const row = await connectionOf(deps, principalOf(request), request.params.id);
        const { runId } = request.params;
        if (!isId('syncRun', runId)) throw unknown('run', runId);
        const run = await deps.db.inTenant(row.tenantId, async (tx) => {
          const found = await readSyncRun(tx, row.id, runId);
          if (found === null) throw unknown('run', runId);
          const held = heldResources(found);
          await confirmDeletions(tx, { connectionId: row.id, runId });
          await requestSync(tx, {
            tenantId: row.tenantId,
            connectionId: row.id,
            resources: RESOURCES.filter((one) => held.includes(one)),
            mode: 'incremental',
            requestedBy: actorOf(request),
          });
          return found;
        });
        await deps.lifecycle.triggerSync(row.id);
        return reply.code(202).send(presentRun(run));
      },
    );
  };

function heldResources(run: SyncRunListRow): string[] {
  const held = run.heldDeletions;
  return typeof held === 'object' && held !== null && !Array.isArray(held) ? Object.keys(held) : [];
}

function presentRun(row: SyncRunListRow): z.infer<typeof syncRun> {
  return {
    id: row.id,
    connectionId: row.connectionId,
    trigger: row.trigger,
    status: RUN_STATUSES.find((one) => one === row.status) ?? 'interrupted',
    progress: jsonObject(row.progress) ?? {},
    error: row.error,
    heldDeletions: jsonObject(row.heldDeletions),
    startedAt: row.startedAt.toISOString(),
    finishedAt: iso(row.finishedAt),
  };
}

function presentTransition(row: TransitionListRow): z.infer<typeof timelineEntry> {
  return {
    seq: Number(row.seq),
    event: { type: 'unknown', ...jsonObject(withInstants(row.event)) },
    from: row.fromState,
    to: row.toState,
    at: row.at.toISOString(),
  };
}

/** `…AtMs` numbers of an event, at any depth, as `…At` instants: the API tells time in one way. */
function withInstants(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withInstants);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, held]) =>
      name.endsWith('AtMs') && (typeof held === 'number' || held === null)
        ? [name.slice(0, -2), held === null ? null : new Date(held).toISOString()]
        : [name, withInstants(held)],
    ),
  );
}

function presentSetAside(row: SetAsideListRow): z.infer<typeof setAside> {
  const { resource, platformId, runId, reason, path, at } = row;
  return { resource, platformId, runId, reason, path, at: at.toISOString() };
}

function jsonObject(value: unknown): Record<string, unknown> | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
}
