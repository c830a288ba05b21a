// The end of many connections at once, by what they have in common: after a leak, an app that is given up, a tenant that leaves. Planned first;
// the act fences all of them in one transaction, and the rest follows durably, connection by connection.
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { MooringError } from '../../domain/errors.ts';
import { DEFAULT_FLEET_OPTIONS } from '../../domain/fleet-run.ts';
import type { FleetRunId } from '../../domain/ids.ts';
import type { Sql } from '../../store/database.ts';
import { fenceFleet } from '../../store/fleet-plan.ts';
import { actorOf, principalOf } from '../auth.ts';
import type { HttpDeps } from '../deps.ts';
import { fleetTenant } from '../planning-fleet-run.ts';
import { fleetRun } from '../schemas/fleet-runs.ts';
import { idOf, instant, platformId, textOf } from '../schemas/shapes.ts';
import { beginFleetRun, present } from './fleet-runs.ts';

const revocations = z
  .strictObject({
    connectionIds: z.array(idOf('connection')).min(1).max(1000).optional(),
    tenantId: idOf('tenant').optional(),
    platform: platformId.optional(),
    clientRegistrationId: idOf('clientRegistration').optional(),
    credentialKind: textOf(64).optional(),
    grantedBefore: instant.optional().meta({ description: 'approved before this instant' }),
    dryRun: z.boolean().default(true).meta({ description: 'true: plan only; nothing is revoked' }),
    upstream: z.boolean().optional().meta({ description: 'false: do not ask the platforms, destroy now' }),
    erase: z.boolean().optional().meta({ description: 'true: delete the records too' }),
  })
  .meta({ id: 'Revocations' });

export const revocationsRoutes =
  (deps: HttpDeps): FastifyPluginAsyncZod =>
  async (app) => {
    app.post(
      '/v1/revocations',
      {
        config: { access: 'admin' },
        schema: {
          tags: ['Fleet'],
          summary: 'Revoke many connections: by credential, tenant, platform, registration, instant',
          description:
            'All that is given must hold. The answer is a fleet run; GET /v1/fleet-runs/{id} shows each connection. With dryRun false all of them are fenced before this answers.',
          body: revocations,
          response: { 201: fleetRun },
        },
      },
      async (request, reply) => {
        const principal = principalOf(request);
        const { body } = request;
        const { dryRun, upstream = true, erase = false, ...by } = body;
        if (Object.values(by).every((value) => value === undefined))
          throw new MooringError('invalid_request', 'something must say what is revoked', {
            fields: [
              {
                path: '',
                rule: 'must name connections, a tenant, a platform, a registration, a kind or an instant',
              },
            ],
          });
        const actor = actorOf(request);
        const run = await beginFleetRun(
          deps,
          principal,
          {
            goal: { kind: 'revocation' },
            scope: {
              tenantId: fleetTenant(principal, by.tenantId),
              platform: by.platform ?? null,
              registrationId: by.clientRegistrationId ?? null,
              connectionIds: by.connectionIds ?? null,
              credentialKind: by.credentialKind ?? null,
              grantedBefore: by.grantedBefore === undefined ? null : new Date(by.grantedBefore),
            },
            options: { ...UNHESITATING, upstream, erase },
            dryRun,
            actor,
            reason: request.id,
          },
          (sql: Sql, id: FleetRunId) => fenceFleet(sql, id, { actor, atMs: deps.nowMs() }),
        );
        return reply
          .code(201)
          .header('location', `/v1/fleet-runs/${run.id}`)
          .send(await present(deps, principal, run));
      },
    );
  };

/** What must end ends whatever becomes of the others. */
const UNHESITATING = {
  ...DEFAULT_FLEET_OPTIONS,
  canary: 0,
  canaryWaitS: 0,
  batchSize: 200,
  concurrency: 10,
  perMinute: 6000,
  maxErrorRate: 1,
};
