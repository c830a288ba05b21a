// The fleet at a glance: how many connections are in which state, and what somebody should look at. Counts alone.
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { inScope, principalOf } from '../auth.ts';
import type { HttpDeps } from '../deps.ts';
import { countFleet } from '../fleet-counts.ts';
import { fleet } from '../schemas/fleet.ts';

export const fleetRoutes =
  (deps: HttpDeps): FastifyPluginAsyncZod =>
  async (app) => {
    app.get(
      '/v1/fleet',
      {
        config: { access: 'read' },
        schema: {
          tags: ['Connections'],
          summary: 'How many connections are in which state, and what needs a look',
          description: "A tenant's key counts that tenant's, an operator's all.",
          response: { 200: fleet },
        },
      },
      (request) => inScope(deps.db, principalOf(request), (tx) => countFleet(tx, new Date(deps.nowMs()))),
    );
  };
