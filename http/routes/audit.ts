// The audit trail, and whether it is whole. Reading is all there is.
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { verifyAudit } from '../../store/audit-chain.ts';
import { type AuditListRow, listAudit } from '../../store/audit-list.ts';
import { inScope, principalOf, tenantFor } from '../auth.ts';
import { readNumericCursor, toPage } from '../cursor.ts';
import type { HttpDeps } from '../deps.ts';
import { type auditEvent, auditPage } from '../schemas/feeds.ts';
import { idOf, pageQuery, textOf } from '../schemas/shapes.ts';

const verdict = z
  .object({
    intact: z.boolean(),
    linked: z.int().optional().meta({ description: 'rows the chain covers' }),
    waiting: z.int().optional().meta({ description: 'rows not linked yet' }),
    position: z.int().optional().meta({ description: 'where it is broken' }),
    auditId: z.string().nullable().optional(),
    because: z.string().optional(),
  })
  .meta({ id: 'AuditVerdict' });

export const auditRoutes =
  (deps: HttpDeps): FastifyPluginAsyncZod =>
  async (app) => {
    app.get(
      '/v1/audit',
      {
        config: { access: 'admin' },
        schema: {
          tags: ['Audit'],
          summary: 'The audit trail, newest first',
          querystring: z.strictObject({
            tenantId: idOf('tenant').optional(),
            connectionId: idOf('connection').optional(),
            action: textOf(100).optional(),
            ...pageQuery,
          }),
          response: { 200: auditPage },
        },
      },
      async (request) => {
        const principal = principalOf(request);
        const { cursor, limit, ...filter } = request.query;
        if (principal.tenantId !== null) tenantFor(principal, filter.tenantId);
        const subject = { of: `audit ${JSON.stringify(filter)}`, tenant: principal.tenantId ?? '*' };
        const after = readNumericCursor(subject, cursor);
        const rows = await inScope(deps.db, principal, (tx) =>
          listAudit(tx, { ...filter, after, limit: limit + 1 }),
        );
        return toPage(rows, { limit, subject, position: (row) => String(row.seq), view: presentAudit });
      },
    );

    app.get(
      '/v1/audit/verify',
      {
        config: { access: 'operator' },
        schema: {
          tags: ['Audit'],
          summary: 'Walk the chain over the whole trail, and name the first row that is not as it was',
          response: { 200: verdict },
        },
      },
      async () => ({ ...(await verifyAudit(deps.db)) }),
    );
  };

function presentAudit(row: AuditListRow): z.infer<typeof auditEvent> {
  const { id, tenantId, actor, action, target, connectionId, outcome, reason, detail } = row;
  return {
    id,
    tenantId,
    actor,
    action,
    target,
    connectionId,
    outcome,
    reason,
    detail,
    at: row.at.toISOString(),
    chainPosition: row.chainPosition === null ? null : String(row.chainPosition),
    hash: row.hash === null ? null : Buffer.from(row.hash).toString('hex'),
  };
}
