// A callback as it came, where its signature is over the very bytes: a body is parsed for us and kept as it was for whoever judges it.
import type { FastifyRequest } from 'fastify';
import type { App } from './server.ts';

const bodies = new WeakMap<FastifyRequest, string>();

/** For the routes of this plugin alone. Bytes that are not UTF-8 are no JSON, and fail there. */
export function keepRawBodies(app: App): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeContentTypeParser('application/json');
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, text, done) => {
    const body = text.toString();
    bodies.set(request, body);
    if (body === '') return done(null, undefined);
    return parse(request, body, done);
  });
}

export function rawBodyOf(request: FastifyRequest): string {
  return bodies.get(request) ?? '';
}

/** Headers that came more than once are no text of a signature. */
export function headersOf(request: FastifyRequest): Record<string, string> {
  return Object.fromEntries(
    Object.entries(request.headers).flatMap(([name, value]) =>
      typeof value === 'string' ? [[name, value]] : [],
    ),
  );
}
