// Deliveries and their attempts: what was sent, what came back, and sending it again.
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { MooringError } from '../../domain/errors.ts';
import { isId } from '../../domain/ids.ts';
import type { Tx } from '../../store/database.ts';
import {
  type DeliveryAttemptRow,
  type DeliveryRow,
  holdDelivery,
  listAttempts,
  listDeliveries,
  readDelivery,
  replayDelivery,
} from '../../store/deliveries-list.ts';
import { lockEndpoint } from '../../store/endpoints.ts';
import { rowId } from '../../store/row-ids.ts';
import { inScope, principalOf, unknown } from '../auth.ts';
import { readCursor, toPage } from '../cursor.ts';
import type { HttpDeps } from '../deps.ts';
import { iso } from '../schemas/connections.ts';
import { delivery, deliveryPage, deliveryQuery, deliveryWithAttempts } from '../schemas/endpoints.ts';
import { idInPath } from '../schemas/shapes.ts';

const params = z.strictObject({ id: idInPath('delivery') });
const ATTEMPTS_SHOWN = 50;
const tags = ['Deliveries'];

export const deliveryRoutes =
  (deps: HttpDeps): FastifyPluginAsyncZod =>
  async (app) => {
    app.get(
      '/v1/deliveries',
      {
        config: { access: 'read' },
        schema: {
          tags,
          summary: 'List deliveries, the newest first',
          querystring: deliveryQuery,
          response: { 200: deliveryPage },
        },
      },
      async (request) => {
        const principal = principalOf(request);
        const { cursor, limit, since, until, ...equal } = request.query;
        const subject = {
          of: `deliveries ${JSON.stringify([equal, since, until])}`,
          tenant: principal.tenantId ?? '*',
        };
        const after = readCursor(subject, cursor);
        const filter = {
          ...equal,
          since: since === undefined ? undefined : new Date(since),
          until: until === undefined ? undefined : new Date(until),
        };
        const rows = await inScope(deps.db, principal, (tx) =>
          listDeliveries(tx, filter, { after, limit: limit + 1 }),
        );
        return toPage(rows, { limit, subject, position: (row) => row.id, view: presentDelivery });
      },
    );

    app.get(
      '/v1/deliveries/:id',
      {
        config: { access: 'read' },
        schema: {
          tags,
          summary: 'One delivery, with its attempts',
          params,
          response: { 200: deliveryWithAttempts },
        },
      },
      async (request) =>
        inScope(deps.db, principalOf(request), async (tx) => {
          const row = await deliveryOf(tx, request.params.id, holdDelivery);
          const attempts = await listAttempts(tx, row.id, ATTEMPTS_SHOWN);
          return { ...presentDelivery(row), attemptLog: attempts.map(presentAttempt) };
        }),
    );

    app.post(
      '/v1/deliveries/:id/replay',
      {
        config: { access: 'sync' },
        schema: {
          tags,
          summary: 'Send it again',
          description: 'From the beginning of the schedule. One that is pending is left as it is.',
          params,
          response: { 202: delivery },
        },
      },
      async (request, reply) => {
        const shown = await inScope(deps.db, principalOf(request), async (tx) => {
          const row = await deliveryOf(tx, request.params.id);
          const endpoint = await lockEndpoint(tx, rowId('endpoint', row.endpointId));
          if (endpoint?.status !== 'enabled')
            throw new MooringError('endpoint_disabled', `the endpoint "${row.endpointId}" is disabled`);
          await replayDelivery(tx, rowId('delivery', row.id));
          return presentDelivery(await deliveryOf(tx, row.id));
        });
        return reply.code(202).send(shown);
      },
    );
  };

async function deliveryOf(tx: Tx, id: string, read = readDelivery): Promise<DeliveryRow> {
  const row = isId('delivery', id) ? await read(tx, id) : null;
  if (row === null) throw unknown('delivery', id);
  return row;
}

function presentDelivery(row: DeliveryRow): z.infer<typeof delivery> {
  const isWaiting = row.state === 'pending';
  return {
    id: row.id,
    tenantId: row.tenantId,
    endpointId: row.endpointId,
    eventId: row.eventId,
    eventType: row.eventType,
    connectionId: row.connectionId,
    state: delivery.shape.state.catch('pending').parse(row.state),
    because: delivery.shape.because.catch(null).parse(row.because),
    attempts: row.attempts,
    nextAttemptAt: iso(isWaiting ? row.dueAt : null),
    createdAt: row.createdAt.toISOString(),
    settledAt: iso(row.settledAt),
  };
}

type AttemptView = z.infer<typeof deliveryWithAttempts>['attemptLog'][number];
const headersOf = z.record(z.string(), z.string()).catch({});
const faultOf = deliveryWithAttempts.shape.attemptLog.element.shape.error.catch(null);

function presentAttempt(row: DeliveryAttemptRow): AttemptView {
  return {
    number: row.number,
    at: row.at.toISOString(),
    tookMs: row.tookMs,
    request: { headers: headersOf.parse(row.headers), body: row.body },
    status: row.status,
    error: faultOf.parse(row.code),
    answer: row.answer,
  };
}
