// Is the process alive, can it serve, and how is the fleet. Never says anything about one tenant.
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { MooringError } from '../../domain/errors.ts';
import type { HttpDeps } from '../deps.ts';
import { readFleetCounts } from '../fleet-counts.ts';
import { createMetrics } from '../metrics.ts';

const ok = z.object({ status: z.literal('ok') });

export const probeRoutes =
  (deps: HttpDeps): FastifyPluginAsyncZod =>
  async (app) => {
    const metrics = createMetrics(() => readFleetCounts(deps));
    app.get(
      '/healthz',
      {
        config: { access: 'public' },
        schema: { tags: ['Probes'], summary: 'The process is alive', response: { 200: ok } },
      },
      async () => ({ status: 'ok' as const }),
    );
    app.get(
      '/readyz',
      {
        config: { access: 'public' },
        schema: { tags: ['Probes'], summary: 'PostgreSQL and Temporal answer', response: { 200: ok } },
      },
      async () => {
        await deps.db.acrossTenants((tx) => tx.$queryRaw`SELECT 1`);
        await deps.lifecycle.ping().catch((error: unknown) => {
          if (error instanceof MooringError) throw error;
          throw new MooringError('temporal_unavailable', 'Temporal did not answer', { cause: error });
        });
        return { status: 'ok' as const };
      },
    );
    app.get(
      '/metrics',
      {
        config: { access: 'public' },
        schema: { tags: ['Probes'], summary: 'Prometheus metrics', response: { 200: z.string() } },
      },
      async (_request, reply) =>
        reply
          .type(metrics.contentType)
          .serializer((body: unknown) => String(body))
          .send(await metrics.text()),
    );
  };
