// What is asked of an endpoint: a test, its next secret, to be sent something again. The next secret signs beside the former ones for a while.
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { MooringError } from '../../domain/errors.ts';
import { TEST_EVENT } from '../../domain/event-catalogue.ts';
import type { EndpointId } from '../../domain/ids.ts';
import { insertTestDelivery, replayRange } from '../../store/deliveries-list.ts';
import {
  addEndpointSecret,
  listEndpointSecrets,
  retireEndpointSecrets,
} from '../../store/endpoint-secrets.ts';
import { changeEndpoint, lockEndpointBySql } from '../../store/endpoints.ts';
import { appendEvent } from '../../store/events.ts';
import { actorOf, principalOf, unknown } from '../auth.ts';
import { readNumericCursor, writeCursor } from '../cursor.ts';
import type { HttpDeps } from '../deps.ts';
import {
  assertEnabled,
  auditEndpoint,
  endpointOf,
  lockedEndpoint,
  newEndpointKey,
  shownEndpoint,
} from '../endpoint-rows.ts';
import {
  createdEndpoint,
  newEndpointSecret,
  replayed,
  replayWish,
  testedEndpoint,
} from '../schemas/endpoints.ts';
import { idInPath } from '../schemas/shapes.ts';

const params = z.strictObject({ id: idInPath('endpoint') });
const DAY_S = 86_400;
const REPLAYED_AT_ONCE = 10_000;
/** All of them sign: a header with more would be refused by servers on the way. */
const SIGNING_AT_ONCE = 10;
const tags = ['Deliveries'];

export const endpointCommandRoutes =
  (deps: HttpDeps): FastifyPluginAsyncZod =>
  async (app) => {
    app.post(
      '/v1/endpoints/:id/test',
      {
        config: { access: 'admin' },
        schema: {
          tags,
          summary: 'Send it a test event',
          description:
            'Sent like any other, signed and tried again. GET /v1/deliveries/{id} shows what came of it.',
          params,
          response: { 202: testedEndpoint },
        },
      },
      async (request, reply) => {
        const { id, tenantId } = await endpointOf(deps, principalOf(request), request.params.id);
        const deliveryId = await deps.db.inTenant(tenantId, async (tx) => {
          assertEnabled(await lockedEndpoint(tx, id));
          const data = { endpointId: id, text: 'A test: nothing happened.' };
          const eventId = await appendEvent(tx, { tenantId, type: TEST_EVENT, data });
          return insertTestDelivery(tx, { tenantId, endpointId: id, eventId });
        });
        return reply.code(202).send({ deliveryId });
      },
    );

    app.post(
      '/v1/endpoints/:id/secrets',
      {
        config: { access: 'admin' },
        schema: {
          tags,
          summary: 'Give it the next secret; the former ones sign beside it for a while',
          params,
          body: newEndpointSecret,
          response: { 201: createdEndpoint },
        },
      },
      async (request, reply) => {
        const before = await endpointOf(deps, principalOf(request), request.params.id);
        const { id, tenantId } = before;
        const { kind, overlapS = DAY_S } = request.body;
        const version = before.secretVersion + 1;
        const now = new Date(deps.nowMs());
        const [newest] = await deps.db.inTenant(tenantId, (tx) => listEndpointSecrets(tx, [id], now));
        const wanted = kind ?? (newest?.kind === 'ed25519' ? 'ed25519' : 'hmac');
        const key = await newEndpointKey(deps, { tenantId, endpointId: id, version, kind: wanted });
        const shown = await deps.db.inTenant(tenantId, async (tx) => {
          const row = await lockedEndpoint(tx, id);
          if (row.secretVersion !== before.secretVersion)
            throw new MooringError('stale_write', `another secret of "${id}" was made at this moment`);
          const signing = overlapS === 0 ? [] : await listEndpointSecrets(tx, [id], now);
          if (signing.length >= SIGNING_AT_ONCE) throw tooManySecrets(id);
          await addEndpointSecret(tx, key.row);
          await retireEndpointSecrets(tx, id, {
            before: version,
            at: new Date(now.getTime() + overlapS * 1000),
          });
          await changeEndpoint(tx, id, { secretVersion: version });
          const by = { tenantId, id, actor: actorOf(request), reason: request.id };
          await auditEndpoint(tx, { ...by, action: 'endpoint.secret_rotated' });
          return shownEndpoint(deps, tx, id);
        });
        return reply.code(201).send({ ...shown, secret: key.told });
      },
    );

    app.post(
      '/v1/endpoints/:id/replay',
      {
        config: { access: 'sync' },
        schema: {
          tags,
          summary: 'Send again: what was given up, or everything of a range',
          description: `At most ${REPLAYED_AT_ONCE} events a call. A receiver that keeps webhook-ids takes none of them twice.`,
          params,
          body: replayWish,
          response: { 202: replayed },
        },
      },
      async (request, reply) => {
        const { id, tenantId } = await endpointOf(deps, principalOf(request), request.params.id);
        const { state, since, until, cursor } = request.body;
        const subject = { of: `replay ${id} ${state}`, tenant: tenantId };
        const afterPosition = readNumericCursor(subject, cursor);
        const made = await deps.db.sqlInTenant(tenantId, async (sql) => {
          const row = await lockEndpointBySql(sql, id);
          if (row === null) throw unknown('endpoint', id);
          assertEnabled(row);
          return replayRange(sql, {
            ...{ tenantId, endpointId: id, eventTypes: row.eventTypes, state, atMost: REPLAYED_AT_ONCE },
            since: new Date(since ?? 0),
            until: until === undefined ? null : new Date(until),
            afterPosition,
          });
        });
        const { deliveries, lastPosition } = made;
        const nextCursor = lastPosition === null ? null : writeCursor(subject, lastPosition);
        return reply.code(202).send({ deliveries, nextCursor });
      },
    );
  };

function tooManySecrets(id: EndpointId): MooringError {
  return new MooringError(
    'invalid_request',
    `"${id}" has ${SIGNING_AT_ONCE} secrets that sign, which is the most: an "overlapS" of 0 ends them at once`,
    { fields: [{ path: '/overlapS', rule: `must be 0 beside ${SIGNING_AT_ONCE} secrets that sign` }] },
  );
}
