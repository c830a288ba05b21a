// Headers every answer carries. Strict unless a route sets its own policy first: nothing is embedded, cached, or told to others.
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { App } from './server.ts';

const API_POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
/** Our pages: one style sheet of ours, no script, forms to ourselves alone. */
const PAGE_POLICY =
  "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";
/** The console: scripts of ours, which may make no markup from text, and talk to this API alone. */
export const CONSOLE_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'; require-trusted-types-for 'script'; trusted-types 'none'";
/** The API reference is somebody else's bundle, served by us; it may style itself inline, and reach nobody but us. */
const REFERENCE_POLICY =
  "default-src 'none'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

export function secureHeaders(app: App): void {
  app.addHook('onSend', async (request, reply) => setSecureHeaders(request, reply));
}

/** For an answer that is taken over from the framework too: no hook runs for it. */
export function setSecureHeaders(request: FastifyRequest, reply: FastifyReply): void {
  const isReference = (request.routeOptions.url ?? '').startsWith('/docs');
  setIfAbsent(reply, 'content-security-policy', isReference ? REFERENCE_POLICY : API_POLICY);
  setIfAbsent(reply, 'cache-control', 'no-store');
  setIfAbsent(reply, 'referrer-policy', 'no-referrer');
  setIfAbsent(reply, 'x-content-type-options', 'nosniff');
  setIfAbsent(reply, 'x-frame-options', 'DENY');
  setIfAbsent(reply, 'cross-origin-opener-policy', 'same-origin');
  if (request.protocol === 'https') setIfAbsent(reply, 'strict-transport-security', 'max-age=31536000');
}

/** Sends a page of ours. */
export function sendPage(reply: FastifyReply, status: number, html: string): FastifyReply {
  return reply
    .code(status)
    .header('content-security-policy', PAGE_POLICY)
    .type('text/html; charset=utf-8')
    .serializer((body: unknown) => String(body))
    .send(html);
}

function setIfAbsent(reply: FastifyReply, name: string, value: string): void {
  if (!reply.hasHeader(name)) void reply.header(name, value);
}
