// Endpoints: where a tenant is told of its events. A secret is made here, sealed, and shown once.
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { MooringError } from '../../domain/errors.ts';
import type { TenantId } from '../../domain/ids.ts';
import { addEndpointSecret, listEndpointSecrets } from '../../store/endpoint-secrets.ts';
import {
  changeEndpoint,
  countEndpoints,
  deleteEndpoint,
  disableByHand,
  enableEndpoint,
  insertEndpoint,
  listEndpoints,
  readEndpoint,
} from '../../store/endpoints.ts';
import { keepHolding } from '../../store/idempotency-keys.ts';
import { readTenant } from '../../store/tenants-list.ts';
import { actorOf, inScope, principalOf, tenantFor, unknown } from '../auth.ts';
import { readCursor, toPage } from '../cursor.ts';
import type { HttpDeps } from '../deps.ts';
import {
  auditEndpoint,
  endpointOf,
  lockedEndpoint,
  newEndpointKey,
  shownEndpoint,
} from '../endpoint-rows.ts';
import { idFor } from '../idempotency.ts';
import {
  createdEndpoint,
  endpoint,
  endpointChange,
  endpointPage,
  newEndpoint,
  presentEndpoint,
} from '../schemas/endpoints.ts';
import { idInPath, idOf, pageQuery } from '../schemas/shapes.ts';

const params = z.strictObject({ id: idInPath('endpoint') });
const PER_TENANT = 50;
const tags = ['Deliveries'];

export const endpointRoutes =
  (deps: HttpDeps): FastifyPluginAsyncZod =>
  async (app) => {
    app.post(
      '/v1/endpoints',
      {
        config: { access: 'admin' },
        schema: { tags, summary: 'Make an endpoint', body: newEndpoint, response: { 201: createdEndpoint } },
      },
      async (request, reply) => {
        const principal = principalOf(request);
        const { tenantId: asked, secretKind = 'hmac', ...wish } = request.body;
        const tenantId = tenantFor(principal, asked);
        checkUrl(deps, wish.url);
        const id = idFor(request, 'endpoint');
        const key = await newEndpointKey(deps, { tenantId, endpointId: id, version: 1, kind: secretKind });
        const held = request.idempotent;
        const shown = await deps.db.inTenant(tenantId, async (tx) => {
          if ((await readTenant(tx, tenantId)) === null) throw unknown('tenant', tenantId);
          const made = await readEndpoint(tx, id);
          if (made !== null && held !== null) {
            // Made before, but its secret was never told: it gets another one.
            await keepHolding(tx, held);
            await tx.endpointSecret.deleteMany({ where: { endpointId: id } });
          } else {
            if ((await countEndpoints(tx, tenantId)) >= PER_TENANT) throw tooMany(tenantId);
            await insertEndpoint(tx, {
              ...{ id, tenantId, url: wish.url, name: wish.name ?? '', eventTypes: wish.eventTypes ?? [] },
              ...{ data: wish.data ?? 'thin', ordered: wish.ordered ?? null },
            });
            await auditEndpoint(tx, {
              tenantId,
              id,
              action: 'endpoint.created',
              actor: actorOf(request),
              reason: request.id,
            });
          }
          await addEndpointSecret(tx, key.row);
          return shownEndpoint(deps, tx, id);
        });
        return reply.code(201).send({ ...shown, secret: key.told });
      },
    );

    app.get(
      '/v1/endpoints',
      {
        config: { access: 'read' },
        schema: {
          tags,
          summary: 'List endpoints',
          querystring: z.strictObject({ ...pageQuery, tenantId: idOf('tenant').optional() }),
          response: { 200: endpointPage },
        },
      },
      async (request) => {
        const principal = principalOf(request);
        const { cursor, limit, tenantId: asked } = request.query;
        const tenantId = principal.tenantId === null ? (asked ?? null) : tenantFor(principal, asked);
        const subject = { of: `endpoints ${tenantId ?? ''}`, tenant: principal.tenantId ?? '*' };
        const after = readCursor(subject, cursor);
        return inScope(deps.db, principal, async (tx) => {
          const rows = await listEndpoints(tx, { after, limit: limit + 1, tenantId });
          const secrets = await listEndpointSecrets(
            tx,
            rows.map(({ id }) => id),
            new Date(deps.nowMs()),
          );
          return toPage(rows, {
            limit,
            subject,
            position: (row) => row.id,
            view: (row) => presentEndpoint(row, secrets),
          });
        });
      },
    );

    app.get(
      '/v1/endpoints/:id',
      {
        config: { access: 'read' },
        schema: { tags, summary: 'One endpoint', params, response: { 200: endpoint } },
      },
      async (request) => {
        const { id, tenantId } = await endpointOf(deps, principalOf(request), request.params.id);
        return deps.db.inTenant(tenantId, (tx) => shownEndpoint(deps, tx, id));
      },
    );

    app.patch(
      '/v1/endpoints/:id',
      {
        config: { access: 'admin' },
        schema: {
          tags,
          summary: 'Change it, disable it, enable it again',
          params,
          body: endpointChange,
          response: { 200: endpoint },
        },
      },
      async (request) => {
        const { id, tenantId } = await endpointOf(deps, principalOf(request), request.params.id);
        const { enabled, ...change } = request.body;
        if (change.url !== undefined) checkUrl(deps, change.url);
        return deps.db.inTenant(tenantId, async (tx) => {
          const row = await lockedEndpoint(tx, id);
          await changeEndpoint(tx, id, definedOf(change));
          if (enabled === true && row.status !== 'enabled') await enableEndpoint(tx, row);
          if (enabled === false && row.status === 'enabled')
            await disableByHand(tx, id, new Date(deps.nowMs()));
          const by = { tenantId, id, actor: actorOf(request), reason: request.id };
          await auditEndpoint(tx, { ...by, action: 'endpoint.changed' });
          return shownEndpoint(deps, tx, id);
        });
      },
    );

    app.delete(
      '/v1/endpoints/:id',
      {
        config: { access: 'admin' },
        schema: {
          tags,
          summary: 'Remove it, with its secrets and its deliveries',
          params,
          response: { 204: z.null() },
        },
      },
      async (request, reply) => {
        const { id, tenantId } = await endpointOf(deps, principalOf(request), request.params.id);
        await deps.db.inTenant(tenantId, async (tx) => {
          await lockedEndpoint(tx, id);
          await deleteEndpoint(tx, id);
          await auditEndpoint(tx, {
            tenantId,
            id,
            action: 'endpoint.deleted',
            actor: actorOf(request),
            reason: request.id,
          });
        });
        return reply.code(204).send(null);
      },
    );
  };

function checkUrl(deps: HttpDeps, url: string): void {
  try {
    deps.checkEndpointUrl(url);
  } catch {
    // One text for all reasons: another would map the network behind us.
    throw new MooringError('address_not_allowed', '"/url" is not a public https address', {
      fields: [{ path: '/url', rule: 'must be a public https address' }],
    });
  }
}

function tooMany(tenantId: TenantId): MooringError {
  return new MooringError(
    'invalid_request',
    `the tenant "${tenantId}" has ${PER_TENANT} endpoints, which is the most`,
  );
}

function definedOf<T extends object>(change: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
