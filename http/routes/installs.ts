// Installs that began in a platform's marketplace: an operator sees which wait, a tenant claims one by the token that its merchant's browser brought.
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { MooringError } from '../../domain/errors.ts';
import { listUnclaimed } from '../../store/installs.ts';
import { actorOf, principalOf, tenantFor } from '../auth.ts';
import { readCursor, toPage } from '../cursor.ts';
import type { HttpDeps } from '../deps.ts';
import { idFor } from '../idempotency.ts';
import { type Claim, claim } from '../installs.ts';
import { connectionOf } from '../lookup.ts';
import { connection, presentConnection } from '../schemas/connections.ts';
import { claimForTenant, claimWish, installPage, presentInstall } from '../schemas/installs.ts';
import { idOf, pageQuery } from '../schemas/shapes.ts';

export const installRoutes =
  (deps: HttpDeps): FastifyPluginAsyncZod =>
  async (app) => {
    app.get(
      '/v1/installs',
      {
        config: { access: 'operator' },
        schema: {
          tags: ['Connecting'],
          summary: 'Installs that began at a platform and wait to be claimed',
          querystring: z.strictObject(pageQuery),
          response: { 200: installPage },
        },
      },
      async (request) => {
        const { cursor, limit } = request.query;
        const subject = { of: 'installs', tenant: '*' };
        const after = readCursor(subject, cursor);
        const now = new Date(deps.nowMs());
        const rows = await deps.db.acrossTenants((tx) => listUnclaimed(tx, { after, limit: limit + 1, now }));
        return toPage(rows, { limit, subject, position: (row) => row.id, view: presentInstall });
      },
    );

    app.post(
      '/v1/installs/claim',
      {
        config: { access: 'admin' },
        schema: {
          tags: ['Connecting'],
          summary: 'Claim an install: it becomes a connection of the tenant',
          description:
            'By the `token` that the browser brought to the claim address; an operator may name an `id` instead. Proved by a real call before 201.',
          body: claimWish,
          response: { 201: connection },
        },
      },
      async (request, reply) => {
        const { body } = request;
        const principal = principalOf(request);
        if (body.id !== undefined && principal.role !== 'operator')
          throw new MooringError('forbidden', 'an install is claimed by its token');
        const connectionId = await claim(deps, {
          by: claimedBy(body),
          connectionId: idFor(request, 'connection'),
          tenantId: tenantFor(principal, body.tenantId),
          permissions: body.permissions,
          registrationId: body.clientRegistrationId,
          actor: actorOf(request),
          reason: request.id,
        });
        const row = await connectionOf(deps, principal, connectionId);
        return reply
          .code(201)
          .header('location', `/v1/connections/${connectionId}`)
          .send(presentConnection(row));
      },
    );

    app.post(
      '/v1/authorizations/:id/claim',
      {
        config: { access: 'operator' },
        schema: {
          tags: ['Connecting'],
          summary: 'Claim an install by its id, for a tenant',
          description:
            'As `POST /v1/installs/claim`, for an operator who knows whose the install is. Proved by a real call before 201.',
          params: z.strictObject({ id: idOf('install') }),
          body: claimForTenant,
          response: { 201: connection },
        },
      },
      async (request, reply) => {
        const { tenantId, permissions, clientRegistrationId } = request.body;
        const principal = principalOf(request);
        const connectionId = await claim(deps, {
          by: { id: request.params.id },
          connectionId: idFor(request, 'connection'),
          tenantId,
          permissions,
          registrationId: clientRegistrationId,
          actor: actorOf(request),
          reason: request.id,
        });
        const row = await connectionOf(deps, principal, connectionId);
        return reply
          .code(201)
          .header('location', `/v1/connections/${connectionId}`)
          .send(presentConnection(row));
      },
    );
  };

function claimedBy({ token, id }: z.infer<typeof claimWish>): Claim['by'] {
  if (token !== undefined) return { token };
  if (id !== undefined) return { id };
  throw new MooringError('invalid_request', 'either "token" or "id" is required', {
    fields: [{ path: '/token', rule: 'is required where there is no id' }],
  });
}
