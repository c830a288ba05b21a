// Tenants: made and removed by operators; a tenant's own key sees itself.
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { MooringError } from '../../domain/errors.ts';
import type { TenantId } from '../../domain/ids.ts';
import { isId } from '../../domain/ids.ts';
import { appendAudit } from '../../store/audit.ts';
import { fenceConnection } from '../../store/connections.ts';
import { listConnections } from '../../store/connections-list.ts';
import type { Tx } from '../../store/database.ts';
import { eraseRecords } from '../../store/erase-records.ts';
import { createTenant, markTenantErasing } from '../../store/tenants.ts';
import { listTenants, readTenant } from '../../store/tenants-list.ts';
import { actorOf, inScope, principalOf, unknown } from '../auth.ts';
import { readCursor, toPage } from '../cursor.ts';
import type { HttpDeps } from '../deps.ts';
import { idFor } from '../idempotency.ts';
import { isOrigin } from '../return-url.ts';
import { idInPath, pageQuery } from '../schemas/shapes.ts';
import { newTenant, presentTenant, tenant, tenantPage } from '../schemas/tenants.ts';

export const tenantRoutes =
  (deps: HttpDeps): FastifyPluginAsyncZod =>
  async (app) => {
    app.post(
      '/v1/tenants',
      {
        config: { access: 'operator' },
        schema: { tags: ['Tenants'], summary: 'Make a tenant', body: newTenant, response: { 201: tenant } },
      },
      async (request, reply) => {
        const { name, returnOrigins = [] } = request.body;
        for (const [at, origin] of returnOrigins.entries()) {
          if (!isOrigin(origin)) throw notAnOrigin(`/returnOrigins/${at}`);
        }
        const row = await deps.db.acrossTenants(async (tx) => {
          const id = idFor(request, 'tenant');
          const made = await readTenant(tx, id);
          if (made !== null) return made;
          await audit(tx, { id, actor: actorOf(request), action: 'tenant.created', reason: request.id });
          return createTenant(tx, { id, name, settings: { returnOrigins } });
        });
        return reply.code(201).send(presentTenant(row));
      },
    );

    app.get(
      '/v1/tenants',
      {
        config: { access: 'read' },
        schema: {
          tags: ['Tenants'],
          summary: 'List tenants: all for an operator, itself for a tenant',
          querystring: z.strictObject(pageQuery),
          response: { 200: tenantPage },
        },
      },
      async (request) => {
        const principal = principalOf(request);
        const { cursor, limit } = request.query;
        const subject = { of: 'tenants', tenant: principal.tenantId ?? '*' };
        const after = readCursor(subject, cursor);
        const rows = await inScope(deps.db, principal, (tx) => listTenants(tx, { after, limit: limit + 1 }));
        return toPage(rows, { limit, subject, position: (row) => row.id, view: presentTenant });
      },
    );

    app.delete(
      '/v1/tenants/:id',
      {
        config: { access: 'operator' },
        schema: {
          tags: ['Tenants'],
          summary: 'Erase a tenant',
          description:
            'Fences every connection at once, then each is revoked and its records erased by its own workflow. The tenant stays listed with `erasingAt` until nothing is left of it.',
          params: z.strictObject({ id: idInPath('tenant') }),
          response: { 202: tenant },
        },
      },
      async (request, reply) => {
        const { id } = request.params;
        if (!isId('tenant', id)) throw unknown('tenant', id);
        const row = await eraseTenant(deps, id, { by: actorOf(request), reason: request.id });
        return reply.code(202).send(presentTenant(row));
      },
    );
  };

/** Marks and fences in one transaction, then tells each connection. Safe to repeat: a connection told twice hears it once. */
async function eraseTenant(deps: HttpDeps, id: TenantId, { by, reason }: { by: string; reason: string }) {
  const now = new Date(deps.nowMs());
  const { row, connectionIds } = await deps.db.acrossTenants(async (tx) => {
    const found = await readTenant(tx, id);
    if (found === null) throw unknown('tenant', id);
    await audit(tx, { id, actor: by, action: 'tenant.erasure_requested', reason });
    await markTenantErasing(tx, id, now);
    const connections = await listConnections(tx, { tenantId: id, after: null, limit: 100_000 });
    const live = connections.filter((one) => one.lifecycle !== 'abandoned').map((one) => one.id);
    for (const connectionId of live) await fenceConnection(tx, connectionId, now.getTime());
    return { row: { ...found, erasingAt: found.erasingAt ?? now }, connectionIds: live };
  });
  for (const connectionId of connectionIds) {
    const told = await deps.lifecycle.tell(connectionId, { name: 'revoke', by, upstream: true, erase: true });
    // One that ended before has nobody left to erase what it kept.
    if (!told) await deps.db.sqlInTenant(id, (sql) => eraseRecords(sql, connectionId));
  }
  return row;
}

function audit(
  tx: Tx,
  of: { id: TenantId; actor: string; action: string; reason: string },
): Promise<unknown> {
  const { id, ...entry } = of;
  return appendAudit(tx, { ...entry, tenantId: id, target: id, outcome: 'done' });
}

function notAnOrigin(path: string): MooringError {
  return new MooringError('invalid_return_url', `"${path}" is not an https origin`, {
    fields: [{ path, rule: 'must be an origin such as "https://app.example"' }],
  });
}
