// Connections: begin one with a pasted credential, list, read, change what is asked for, replace a pasted credential. Answers never
// hold a secret; the projection is read only, and every change of state goes to the workflow.
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { MooringError } from '../../domain/errors.ts';
import type { Platform } from '../../domain/platform.ts';
import { checkCredentialForm } from '../../platforms/credential-form.ts';
import { parseShop } from '../../platforms/shop.ts';
import { appendAudit } from '../../store/audit.ts';
import { changeConnectionSettings } from '../../store/connection-settings.ts';
import { listConnections } from '../../store/connections-list.ts';
import { actorOf, inScope, principalOf, tenantFor } from '../auth.ts';
import { connectPasted, pastedMethod, permissionsFor, replacePasted } from '../connecting.ts';
import { readCursor, toPage } from '../cursor.ts';
import type { HttpDeps } from '../deps.ts';
import { idFor } from '../idempotency.ts';
import { connectionOf } from '../lookup.ts';
import {
  connection,
  connectionChange,
  connectionPage,
  connectionQuery,
  credentialReplacement,
  newConnection,
  presentConnection,
  textRecord,
} from '../schemas/connections.ts';
import { idInPath } from '../schemas/shapes.ts';

const params = z.strictObject({ id: idInPath('connection') });

export const connectionRoutes =
  (deps: HttpDeps): FastifyPluginAsyncZod =>
  async (app) => {
    app.post(
      '/v1/connections',
      {
        config: { access: 'admin' },
        schema: {
          tags: ['Connections'],
          summary: 'Connect without a browser',
          description:
            'The credential is proved by a real call before 201; a failed proof is a 422 and leaves nothing.',
          body: newConnection,
          response: { 201: connection },
        },
      },
      async (request, reply) => {
        const { body } = request;
        const platform = platformOf(deps, body.platform);
        const method = pastedMethod(platform, body.credential);
        const id = await connectPasted(
          deps,
          {
            id: idFor(request, 'connection'),
            tenantId: tenantFor(principalOf(request), body.tenantId),
            platform,
            method,
            shop: parseShop(platform, body.shop),
            permissions: permissionsFor(platform, body.permissions),
            registrationId: body.clientRegistrationId,
            syncIntervalS: body.syncIntervalS,
            actor: actorOf(request),
            reason: request.id,
          },
          checkCredentialForm(method.obtain, body.credential),
        );
        const row = await connectionOf(deps, principalOf(request), id);
        return reply.code(201).header('location', `/v1/connections/${id}`).send(presentConnection(row));
      },
    );

    app.get(
      '/v1/connections',
      {
        config: { access: 'read' },
        schema: {
          tags: ['Connections'],
          summary: 'List connections',
          querystring: connectionQuery,
          response: { 200: connectionPage },
        },
      },
      async (request) => {
        const principal = principalOf(request);
        const { cursor, limit, ...filter } = request.query;
        if (principal.tenantId !== null) tenantFor(principal, filter.tenantId);
        const subject = { of: `connections ${JSON.stringify(filter)}`, tenant: principal.tenantId ?? '*' };
        const after = readCursor(subject, cursor);
        const rows = await inScope(deps.db, principal, (tx) =>
          listConnections(tx, { ...filter, after, limit: limit + 1 }),
        );
        return toPage(rows, { limit, subject, position: (row) => row.id, view: presentConnection });
      },
    );

    app.get(
      '/v1/connections/:id',
      {
        config: { access: 'read' },
        schema: { tags: ['Connections'], summary: 'One connection', params, response: { 200: connection } },
      },
      async (request) => presentConnection(await connectionOf(deps, principalOf(request), request.params.id)),
    );

    app.patch(
      '/v1/connections/:id',
      {
        config: { access: 'admin' },
        schema: {
          tags: ['Connections'],
          summary: 'Change what is asked for, or how often it is synced',
          params,
          body: connectionChange,
          response: { 200: connection },
        },
      },
      async (request) => {
        const row = await connectionOf(deps, principalOf(request), request.params.id);
        refuseFinal(row.lifecycle, row.id);
        const { permissions, syncIntervalS } = request.body;
        const change = {
          ...(permissions === undefined
            ? {}
            : { permissions: permissionsFor(platformOf(deps, row.platform), permissions) }),
          ...(syncIntervalS === undefined ? {} : { syncIntervalS }),
        };
        await inScope(deps.db, principalOf(request), async (tx) => {
          await appendAudit(tx, {
            tenantId: row.tenantId,
            actor: actorOf(request),
            action: 'connection.changed',
            target: row.id,
            connectionId: row.id,
            outcome: 'done',
            reason: request.id,
            detail: { fields: Object.keys(change) },
          });
          await changeConnectionSettings(tx, row.id, change, new Date(deps.nowMs()));
        });
        await deps.lifecycle.tell(row.id, { name: 'settingsChanged' });
        return presentConnection(await connectionOf(deps, principalOf(request), row.id));
      },
    );

    app.put(
      '/v1/connections/:id/credential',
      {
        config: { access: 'admin' },
        schema: {
          tags: ['Connections'],
          summary: 'Replace a pasted credential',
          description:
            'Proved by a real call first; until then, and if it fails, the old one stays. 202: proved at another address, which somebody must confirm.',
          params,
          body: credentialReplacement,
          response: { 200: connection, 202: connection },
        },
      },
      async (request, reply) => {
        const row = await connectionOf(deps, principalOf(request), request.params.id);
        refuseFinal(row.lifecycle, row.id);
        const platform = platformOf(deps, row.platform);
        const method = pastedMethod(platform, request.body.credential);
        const known = textRecord(row.shop);
        const { shop } = request.body;
        const outcome = await replacePasted(deps, row, {
          platform,
          credential: checkCredentialForm(method.obtain, request.body.credential),
          shop: shop === undefined ? known : parseShop(platform, { ...known, ...shop }),
        });
        const newest = presentConnection(await connectionOf(deps, principalOf(request), row.id));
        return reply.code(outcome === 'move_proposed' ? 202 : 200).send(newest);
      },
    );
  };

export function platformOf(deps: HttpDeps, id: string): Platform {
  const platform = deps.platforms.get(id);
  if (platform !== undefined) return platform;
  throw new MooringError('unknown_platform', `there is no platform "${id}"`, {
    fields: [{ path: '/platform', rule: 'must be one of GET /v1/platforms' }],
  });
}

export function refuseFinal(lifecycle: string, id: string): void {
  if (lifecycle === 'revoked' || lifecycle === 'abandoned') {
    throw new MooringError('connection_final', `the connection "${id}" is ${lifecycle}`);
  }
  if (lifecycle === 'revoking')
    throw new MooringError('connection_revoking', `the connection "${id}" is being revoked`);
}
