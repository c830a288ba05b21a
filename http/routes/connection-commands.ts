// Commands to one connection, and the answer to «why is it as it is». Commands are durable: they are with the workflow, or in
// PostgreSQL, before they are answered.
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { EnsureFreshOutcome } from '../../domain/credential.ts';
import { MooringError } from '../../domain/errors.ts';
import type { ConnectionListRow } from '../../store/connections-list.ts';
import { requestSync } from '../../store/sync-requests.ts';
import { findRunningSyncRun } from '../../store/sync-runs-list.ts';
import { actorOf, principalOf } from '../auth.ts';
import type { HttpDeps } from '../deps.ts';
import { diagnosisOf } from '../diagnosis.ts';
import { connectionOf } from '../lookup.ts';
import {
  connection,
  diagnosis,
  presentConnection,
  refreshOutcome,
  syncAccepted,
  syncWish,
} from '../schemas/connections.ts';
import { idInPath } from '../schemas/shapes.ts';
import { readSettled, showsRefresh } from '../settled.ts';
import { refuseFinal } from './connections.ts';

const params = z.strictObject({ id: idInPath('connection') });

export const connectionCommandRoutes =
  (deps: HttpDeps): FastifyPluginAsyncZod =>
  async (app) => {
    app.get(
      '/v1/connections/:id/diagnosis',
      {
        config: { access: 'read' },
        schema: {
          tags: ['Connections'],
          summary: 'Why it is as it is, and who must act',
          params,
          response: { 200: diagnosis },
        },
      },
      async (request) => {
        const principal = principalOf(request);
        const row = await connectionOf(deps, principal, request.params.id);
        return diagnosisOf(deps, row, {
          mayActAsMerchant: principal.role === 'admin' || principal.role === 'operator',
        });
      },
    );

    app.post(
      '/v1/connections/:id/refresh',
      {
        config: { access: 'sync' },
        schema: {
          tags: ['Connections'],
          summary: 'Refresh the credential now',
          params,
          response: { 200: refreshOutcome },
        },
      },
      async (request) => {
        const row = await connectionOf(deps, principalOf(request), request.params.id);
        refuseFinal(row.lifecycle, row.id);
        const outcome = await deps.lifecycle.refreshNow(row.id, { requestedBy: actorOf(request) }, row);
        await readSettled(deps, row, showsRefresh(outcome));
        return presentOutcome(outcome);
      },
    );

    app.post(
      '/v1/connections/:id/sync',
      {
        config: { access: 'sync', bodyOptional: true },
        schema: {
          tags: ['Syncs'],
          summary: 'Sync now; attaches to a run already going',
          params,
          body: syncWish,
          response: { 202: syncAccepted },
        },
      },
      async (request, reply) => {
        const row = await connectionOf(deps, principalOf(request), request.params.id);
        refuseFinal(row.lifecycle, row.id);
        refuseUnusable(row);
        const { resources = [], mode } = request.body;
        refuseWithoutPermission(row, resources);
        const connectionId = row.id;
        const accepted = await deps.db.inTenant(row.tenantId, async (tx) => ({
          request: await requestSync(tx, {
            tenantId: row.tenantId,
            connectionId,
            resources,
            mode,
            requestedBy: actorOf(request),
          }),
          running: await findRunningSyncRun(tx, row.id),
        }));
        const triggered = await deps.lifecycle.triggerSync(connectionId);
        if (!triggered)
          request.log.warn({ connectionId }, 'the schedule to trigger is missing; the sweep makes it');
        return reply
          .code(202)
          .send({ syncRequestId: accepted.request.id, attachedTo: accepted.running?.id ?? null });
      },
    );

    for (const command of ['pause', 'resume'] as const) {
      app.post(
        `/v1/connections/:id/${command}`,
        {
          config: { access: 'sync' },
          schema: {
            tags: ['Connections'],
            summary: command === 'pause' ? 'Stop syncing; the credential is kept fresh' : 'Sync again',
            params,
            response: { 202: connection },
          },
        },
        async (request, reply) => {
          const row = await connectionOf(deps, principalOf(request), (request.params as { id: string }).id);
          refuseFinal(row.lifecycle, row.id);
          const told = await deps.lifecycle.tell(row.id, { name: command, by: actorOf(request) });
          if (!told) throw new MooringError('connection_final', `the connection "${row.id}" has ended`);
          const isPause = command === 'pause';
          const newest = await readSettled(deps, row, ({ pausedBy }) => (pausedBy !== null) === isPause);
          return reply.code(202).send(presentConnection(newest));
        },
      );
    }
  };

function refuseUnusable(row: ConnectionListRow): void {
  if (row.lifecycle === 'reauth_required') {
    throw new MooringError('reauth_required', `the connection "${row.id}" needs a new approval`);
  }
  if (row.lifecycle === 'connecting') {
    throw new MooringError('connection_not_active', `the connection "${row.id}" is not approved yet`);
  }
  if (row.pausedBy !== null)
    throw new MooringError('connection_not_active', `the connection "${row.id}" is paused`);
}

function refuseWithoutPermission(row: ConnectionListRow, resources: readonly string[]): void {
  const lacking = resources.filter((one) => !row.permissions.some((held) => held.startsWith(`${one}:`)));
  if (lacking.length === 0) return;
  throw new MooringError(
    'resource_unavailable',
    `the connection "${row.id}" has no permission for "${lacking[0]}"`,
    {
      fields: lacking.map((one) => ({
        path: '/resources',
        rule: `"${one}" needs the permission "${one}:read"`,
      })),
    },
  );
}

function presentOutcome(outcome: EnsureFreshOutcome): z.infer<typeof refreshOutcome> {
  if (outcome.outcome !== 'retry_later') return outcome;
  return { outcome: 'retry_later', retryAt: new Date(outcome.retryAtMs).toISOString() };
}
