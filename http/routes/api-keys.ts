// API keys: shown once, stored hashed. An admin makes keys of its own tenant, up to its own role; an operator any.
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { MooringError } from '../../domain/errors.ts';
import type { ApiKeyId, TenantId } from '../../domain/ids.ts';
import { createApiKey, replaceApiKeyHash, revokeApiKey } from '../../store/api-keys.ts';
import { listApiKeys, readApiKey } from '../../store/api-keys-list.ts';
import { appendAudit } from '../../store/audit.ts';
import type { Tx } from '../../store/database.ts';
import { type HeldClaim, keepHolding } from '../../store/idempotency-keys.ts';
import { readTenant } from '../../store/tenants-list.ts';
import { hashApiKey, mintApiKey } from '../api-key.ts';
import { inScope, type Principal, principalOf, tenantFor, unknown } from '../auth.ts';
import { readCursor, toPage } from '../cursor.ts';
import type { HttpDeps } from '../deps.ts';
import { idFor } from '../idempotency.ts';
import { idInPath, pageQuery } from '../schemas/shapes.ts';
import { apiKeyPage, createdApiKey, newApiKey, presentApiKey } from '../schemas/tenants.ts';

type NewApiKey = z.infer<typeof newApiKey>;

export const apiKeyRoutes =
  (deps: HttpDeps): FastifyPluginAsyncZod =>
  async (app) => {
    app.post(
      '/v1/api-keys',
      {
        config: { access: 'admin' },
        schema: {
          tags: ['API keys'],
          summary: 'Make a key',
          body: newApiKey,
          response: { 201: createdApiKey },
        },
      },
      async (request, reply) => {
        const secret = mintApiKey();
        const row = await inScope(deps.db, principalOf(request), (tx) =>
          makeKey(tx, {
            id: idFor(request, 'apiKey'),
            held: request.idempotent,
            principal: principalOf(request),
            reason: request.id,
            wish: request.body,
            secret,
            nowMs: deps.nowMs(),
          }),
        );
        return reply.code(201).send({ ...presentApiKey(row), secret });
      },
    );

    app.get(
      '/v1/api-keys',
      {
        config: { access: 'admin' },
        schema: {
          tags: ['API keys'],
          summary: 'List keys, without their secrets',
          querystring: z.strictObject(pageQuery),
          response: { 200: apiKeyPage },
        },
      },
      async (request) => {
        const principal = principalOf(request);
        const { cursor, limit } = request.query;
        const subject = { of: 'api-keys', tenant: principal.tenantId ?? '*' };
        const after = readCursor(subject, cursor);
        const rows = await inScope(deps.db, principal, (tx) => listApiKeys(tx, { after, limit: limit + 1 }));
        return toPage(rows, { limit, subject, position: (row) => row.id, view: presentApiKey });
      },
    );

    app.delete(
      '/v1/api-keys/:id',
      {
        config: { access: 'admin' },
        schema: {
          tags: ['API keys'],
          summary: 'Revoke a key; it stops working within five seconds',
          params: z.strictObject({ id: idInPath('apiKey') }),
          response: { 204: z.null() },
        },
      },
      async (request, reply) => {
        const { id } = request.params;
        await inScope(deps.db, principalOf(request), async (tx) => {
          const row = await readApiKey(tx, id);
          if (row === null) throw unknown('API key', id);
          await appendAudit(tx, {
            tenantId: row.tenantId,
            actor: principalOf(request).keyId,
            action: 'api_key.revoked',
            target: row.id,
            outcome: 'done',
            reason: request.id,
          });
          await revokeApiKey(tx, row.id, new Date(deps.nowMs()));
        });
        return reply.code(204).send(null);
      },
    );
  };

async function makeKey(
  tx: Tx,
  making: {
    id: ApiKeyId;
    held: HeldClaim | null;
    principal: Principal;
    reason: string;
    wish: NewApiKey;
    secret: string;
    nowMs: number;
  },
) {
  const { id, held, principal, wish, secret, nowMs } = making;
  const tenantId = await ownerOf(tx, principal, wish);
  if (wish.expiresAt !== undefined && Date.parse(wish.expiresAt) <= nowMs) {
    throw new MooringError('invalid_request', '"/expiresAt" is in the past', {
      fields: [{ path: '/expiresAt', rule: 'must be in the future' }],
    });
  }
  const hash = hashApiKey(secret);
  const made = await readApiKey(tx, id);
  if (made !== null && held !== null) {
    // Made before, but its secret was never told: it gets another one.
    await keepHolding(tx, held);
    return replaceApiKeyHash(tx, made.id, hash);
  }
  await appendAudit(tx, {
    tenantId,
    actor: principal.keyId,
    action: 'api_key.created',
    target: id,
    outcome: 'done',
    reason: making.reason,
    detail: { role: wish.role },
  });
  return createApiKey(tx, {
    id,
    tenantId,
    role: wish.role,
    name: wish.name,
    hash,
    expiresAt: wish.expiresAt === undefined ? null : new Date(wish.expiresAt),
  });
}

async function ownerOf(tx: Tx, principal: Principal, wish: NewApiKey): Promise<TenantId | null> {
  if (wish.role === 'operator') {
    if (principal.role !== 'operator')
      throw new MooringError('forbidden', 'only an operator makes a key of the role "operator"');
    if (wish.tenantId !== undefined) {
      throw new MooringError('invalid_request', '"/tenantId" does not go with the role "operator"', {
        fields: [{ path: '/tenantId', rule: 'must be absent for the role "operator"' }],
      });
    }
    return null;
  }
  const tenantId = tenantFor(principal, wish.tenantId);
  if ((await readTenant(tx, tenantId)) === null) throw unknown('tenant', tenantId);
  return tenantId;
}
