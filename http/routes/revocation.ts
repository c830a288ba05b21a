// The end of a connection: what it would take along, and the act. The fence is committed before anybody is told, so that whatever
// fails afterwards, no job uses the credential again.
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { ConnectionId } from '../../domain/ids.ts';
import { appendAudit } from '../../store/audit.ts';
import { fenceConnection, keepRecordsUntil } from '../../store/connections.ts';
import {
  type ConnectionListRow,
  countKeptGenerations,
  readCredentialFacts,
} from '../../store/connections-list.ts';
import { listSubscribedTopics } from '../../store/notification-facts.ts';
import { countLiveRecords, findRunningSyncRun } from '../../store/sync-runs-list.ts';
import { actorOf, principalOf } from '../auth.ts';
import type { HttpDeps } from '../deps.ts';
import { connectionOf } from '../lookup.ts';
import { connection, presentConnection, revocationPlan } from '../schemas/connections.ts';
import { idInPath } from '../schemas/shapes.ts';

const params = z.strictObject({ id: idInPath('connection') });
/** Records stay this long after a revocation, unless erased with it. */
const RECORDS_KEPT_MS = 30 * 86_400_000;

export const revocationRoutes =
  (deps: HttpDeps): FastifyPluginAsyncZod =>
  async (app) => {
    app.get(
      '/v1/connections/:id/revocation',
      {
        config: { access: 'read' },
        schema: {
          tags: ['Connections'],
          summary: 'What a revocation would stop, destroy and remove',
          params,
          response: { 200: revocationPlan },
        },
      },
      async (request) =>
        planRevocation(deps, await connectionOf(deps, principalOf(request), request.params.id)),
    );

    app.delete(
      '/v1/connections/:id',
      {
        config: { access: 'admin' },
        schema: {
          tags: ['Connections'],
          summary: 'Revoke',
          description:
            'Fenced at once: nothing uses the credential any more. Ending the grant at the platform, destroying the secrets and the rest follow durably. Repeating it changes nothing.',
          params,
          querystring: z.strictObject({
            upstream: z
              .stringbool()
              .default(true)
              .meta({ description: 'false: do not ask the platform, destroy now' }),
            erase: z.stringbool().default(false).meta({ description: 'true: delete the records too' }),
          }),
          response: { 202: connection },
        },
      },
      async (request, reply) => {
        const row = await connectionOf(deps, principalOf(request), request.params.id);
        await revoke(deps, row, { ...request.query, by: actorOf(request), reason: request.id });
        return reply
          .code(202)
          .send(presentConnection(await connectionOf(deps, principalOf(request), row.id)));
      },
    );
  };

export interface RevokeWish {
  readonly upstream: boolean;
  readonly erase: boolean;
  readonly by: string;
  readonly reason: string;
}

/** Fence first, in one transaction with its audit row; then the signal. A connection that has ended stays as it is. */
export async function revoke(deps: HttpDeps, row: ConnectionListRow, wish: RevokeWish): Promise<void> {
  const id: ConnectionId = row.id;
  const { upstream, erase, by, reason } = wish;
  if (row.lifecycle === 'abandoned' || (row.lifecycle === 'revoked' && !erase)) return;
  await deps.db.inTenant(row.tenantId, async (tx) => {
    await appendAudit(tx, {
      tenantId: row.tenantId,
      actor: by,
      action: 'connection.revocation_requested',
      target: id,
      connectionId: id,
      outcome: 'done',
      reason,
      detail: { upstream, erase },
    });
    await fenceConnection(tx, id, deps.nowMs());
    // In the row, because a workflow that is revoking already, or has ended, no longer hears this wish: the sweep ends what it left.
    if (erase) await keepRecordsUntil(tx, id, deps.nowMs());
  });
  await deps.lifecycle.tell(id, { name: 'revoke', by, upstream, erase });
}

const ALERTS = ['connection.revoking', 'connection.revoked'];

/** What has ended tells nobody of its end again. */
function isOver({ lifecycle }: ConnectionListRow): boolean {
  return lifecycle === 'revoked' || lifecycle === 'abandoned';
}

export async function planRevocation(
  deps: HttpDeps,
  row: ConnectionListRow,
): Promise<z.infer<typeof revocationPlan>> {
  const platform = deps.platforms.get(row.platform);
  return deps.db.inTenant(row.tenantId, async (tx) => {
    const run = await findRunningSyncRun(tx, row.id);
    const facts = await readCredentialFacts(tx, row.id);
    const generations = await countKeptGenerations(tx, row.id);
    return {
      connectionId: row.id,
      runsThatStop: run === null ? [] : [{ runId: run.id, startedAt: run.startedAt.toISOString() }],
      secretsDestroyed: facts === null ? [] : [{ kind: facts.kind, generations }],
      subscriptionsRemoved: [...(await listSubscribedTopics(tx, row.id))],
      upstream: platform?.revoke === undefined ? ('unsupported' as const) : ('asked' as const),
      alerts: ALERTS.slice(isOver(row) ? 2 : row.lifecycle === 'revoking' ? 1 : 0),
      records: {
        kept: await countLiveRecords(tx, row.id),
        until: (row.recordsKeptUntil ?? new Date(deps.nowMs() + RECORDS_KEPT_MS)).toISOString(),
      },
    };
  });
}
