// A command takes no body, or one it can do without: an empty one is then no error, whatever type the caller names for it. Where a
// body is needed, an empty one is refused as before.
import type { App } from './server.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The body may be left out: it is then {}. */
    bodyOptional?: boolean;
  }
}

export function acceptEmptyBodies(app: App): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeContentTypeParser('application/json');
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    const { config, schema } = request.routeOptions;
    const isNeeded = schema?.body !== undefined && config.bodyOptional !== true;
    if (body.length === 0 && !isNeeded) done(null, undefined);
    else void parse(request, body.toString(), done);
  });
  app.addHook('preValidation', async (request) => {
    if (request.routeOptions.config.bodyOptional === true) request.body ??= {};
  });
}
