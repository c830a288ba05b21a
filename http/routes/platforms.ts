// The platforms this installation knows, from their own data: what a form must ask, and what may be asked for.
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { MooringError } from '../../domain/errors.ts';
import type { HttpDeps } from '../deps.ts';
import { platformPage, platformView, presentPlatform } from '../schemas/platforms.ts';

export const platformRoutes =
  (deps: HttpDeps): FastifyPluginAsyncZod =>
  async (app) => {
    app.get(
      '/v1/platforms',
      {
        config: { access: 'read' },
        schema: { tags: ['Platforms'], summary: 'List platforms', response: { 200: platformPage } },
      },
      async () => ({
        data: [...deps.platforms.values()].map((one) => presentPlatform(one, deps.settings.publicUrl)),
        nextCursor: null,
      }),
    );

    app.get(
      '/v1/platforms/:id',
      {
        config: { access: 'read' },
        schema: {
          tags: ['Platforms'],
          summary: 'One platform',
          params: z.strictObject({ id: z.string().max(200) }),
          response: { 200: platformView },
        },
      },
      async (request) => {
        const found = deps.platforms.get(request.params.id);
        if (found === undefined)
          throw new MooringError('not_found', `there is no platform "${request.params.id.slice(0, 60)}"`);
        return presentPlatform(found, deps.settings.publicUrl);
      },
    );
  };
