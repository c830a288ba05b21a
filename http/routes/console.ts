// Serves the operator console of console/. It is a page over the public API alone: these files need no key and know nothing.
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { bundleConsole, type ConsoleFiles } from '../console-files.ts';
import type { HttpDeps } from '../deps.ts';
import { CONSOLE_POLICY } from '../security-headers.ts';

const OPEN = { config: { access: 'public' }, schema: { hide: true } } as const;

export const consoleRoutes =
  (_deps: HttpDeps): FastifyPluginAsyncZod =>
  async (app) => {
    // Made when first asked for, and then kept: most servers of a test are never asked.
    let files: Promise<ConsoleFiles> | undefined;
    const send = async (name: string, request: FastifyRequest, reply: FastifyReply) => {
      files ??= bundleConsole();
      const file = (await files).get(name);
      if (file === undefined) return reply.callNotFound();
      void reply
        .header('content-security-policy', CONSOLE_POLICY)
        .header('cache-control', 'no-cache')
        .header('etag', file.etag);
      if (request.headers['if-none-match'] === file.etag) return reply.code(304).send();
      return reply
        .type(file.type)
        .serializer((body: unknown) => String(body))
        .send(file.body);
    };

    app.get('/console', OPEN, (request, reply) => send('', request, reply));
    app.get('/console/console.css', OPEN, (request, reply) => send('console.css', request, reply));
    app.get('/console/console.js', OPEN, (request, reply) => send('console.js', request, reply));
    app.get('/', OPEN, (_request, reply) => reply.redirect('/docs', 302));
  };
