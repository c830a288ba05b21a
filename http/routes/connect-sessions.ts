// A link for a merchant: to connect a shop, or with `connectionId` to reconnect one.
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { MooringError } from '../../domain/errors.ts';
import { readConnectSession } from '../../store/connect-sessions.ts';
import type { ConnectionListRow } from '../../store/connections-list.ts';
import { keepHolding } from '../../store/idempotency-keys.ts';
import { listSessionAttempts } from '../../store/shared-grants.ts';
import { readTenant } from '../../store/tenants-list.ts';
import type { Principal } from '../auth.ts';
import { inScope, principalOf, tenantFor, unknown } from '../auth.ts';
import { permissionsFor } from '../connecting.ts';
import type { HttpDeps } from '../deps.ts';
import { idFor } from '../idempotency.ts';
import { connectionOf } from '../lookup.ts';
import { checkReturnUrl } from '../return-url.ts';
import {
  connectSession,
  connectSessionResult,
  newConnectSession,
  presentAttempts,
} from '../schemas/connect-sessions.ts';
import { iso } from '../schemas/connections.ts';
import { idInPath } from '../schemas/shapes.ts';
import { returnOriginsOf } from '../schemas/tenants.ts';
import { openConnectSession, type SessionWish } from '../sessions.ts';
import { platformOf } from './connections.ts';

export const connectSessionRoutes =
  (deps: HttpDeps): FastifyPluginAsyncZod =>
  async (app) => {
    app.post(
      '/v1/connect-sessions',
      {
        config: { access: 'admin' },
        schema: {
          tags: ['Connecting'],
          summary: 'Make a link for the merchant',
          description:
            'Lives 24 hours. With `connectionId` it reconnects that connection, and shows what was granted.',
          body: newConnectSession,
          response: { 201: connectSession },
        },
      },
      async (request, reply) => {
        const wish = await toWish(deps, principalOf(request), request.body);
        const held = request.idempotent;
        // A link made again opens in place of the first one: only whoever still holds the claim may do that.
        if (held !== null) await deps.db.acrossTenants((tx) => keepHolding(tx, held));
        const { id, url, token, expiresAt } = await openConnectSession(
          deps,
          wish,
          idFor(request, 'connectSession'),
        );
        return reply.code(201).send({ id, url, token, expiresAt: expiresAt.toISOString() });
      },
    );

    app.get(
      '/v1/connect-sessions/:id',
      {
        config: { access: 'admin' },
        schema: {
          tags: ['Connecting'],
          summary: 'What came of a link: every shop that was approved on it',
          params: z.strictObject({ id: idInPath('connectSession') }),
          response: { 200: connectSessionResult },
        },
      },
      async (request) => {
        const { id } = request.params;
        const found = await inScope(deps.db, principalOf(request), async (tx) => {
          const session = await readConnectSession(tx, id);
          return session === null ? null : { session, attempts: await listSessionAttempts(tx, session.id) };
        });
        if (found === null) throw unknown('connect session', id);
        const { session, attempts } = found;
        return {
          id: session.id,
          tenantId: session.tenantId,
          platform: session.platform,
          expiresAt: session.expiresAt.toISOString(),
          usedAt: iso(session.usedAt),
          connections: presentAttempts(attempts),
        };
      },
    );
  };

/** The merchant would be refused at the end of it (design § 3: reconnect while revoking). */
function refuseRevoking({ id, lifecycle, fencedAt }: ConnectionListRow): void {
  const isOver = lifecycle === 'revoked' || lifecycle === 'abandoned';
  if (!isOver && (lifecycle === 'revoking' || fencedAt !== null))
    throw new MooringError('connection_revoking', `the connection "${id}" is being revoked`);
}

async function toWish(
  deps: HttpDeps,
  principal: Principal,
  body: z.infer<typeof newConnectSession>,
): Promise<SessionWish> {
  const connection =
    body.connectionId === undefined ? null : await connectionOf(deps, principal, body.connectionId);
  if (connection !== null) refuseRevoking(connection);
  const tenantId = tenantFor(principal, body.tenantId ?? connection?.tenantId);
  if (connection !== null && connection.tenantId !== tenantId) throw unknown('connection', connection.id);
  const tenant = await inScope(deps.db, principal, (tx) => readTenant(tx, tenantId));
  if (tenant === null) throw unknown('tenant', tenantId);
  const platform = connection?.platform ?? body.platform ?? null;
  const checked = platform === null ? null : platformOf(deps, platform);
  const allowed = [
    new URL(deps.settings.publicUrl).origin,
    ...deps.settings.returnOrigins,
    ...returnOriginsOf(tenant.settings),
  ];
  return {
    tenantId,
    platform,
    permissions:
      checked === null
        ? (body.permissions ?? [])
        : body.permissions === undefined
          ? []
          : permissionsFor(checked, body.permissions),
    connectionId: connection?.id ?? null,
    returnUrl: body.returnUrl === undefined ? null : checkReturnUrl(body.returnUrl, allowed),
  };
}
