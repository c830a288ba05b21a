// A small page for operators, over the public API alone: the list of connections, why each is as it is, and the commands. The key
// stays in the tab's session storage and goes nowhere but into the API's header.
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { HttpDeps } from '../deps.ts';
import { CONSOLE_HTML } from '../pages/console.ts';
import { CONSOLE_JS } from '../pages/console-script.ts';
import { sendConsole } from '../security-headers.ts';

export const consoleRoutes =
  (_deps: HttpDeps): FastifyPluginAsyncZod =>
  async (app) => {
    app.get('/console', { config: { access: 'public' }, schema: { hide: true } }, (_request, reply) =>
      sendConsole(reply, CONSOLE_HTML),
    );
    app.get(
      '/assets/console.js',
      { config: { access: 'public' }, schema: { hide: true } },
      (_request, reply) =>
        reply
          .header('cache-control', 'public, max-age=300')
          .type('text/javascript; charset=utf-8')
          .serializer((body: unknown) => String(body))
          .send(CONSOLE_JS),
    );
    app.get('/', { config: { access: 'public' }, schema: { hide: true } }, (_request, reply) =>
      reply.redirect('/docs', 302),
    );
  };
