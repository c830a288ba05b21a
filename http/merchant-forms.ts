// What the merchant's pages have in common as routes: they take forms, of a size that no form of ours reaches, and tell a failure as a
// page. What failed on our side is logged; the page names its code alone.
import formbody from '@fastify/formbody';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ERRORS, type MooringError } from '../domain/errors.ts';
import { failurePage } from './pages/outcome.ts';
import { toMooringError } from './problem.ts';
import { sendPage } from './security-headers.ts';
import type { App } from './server.ts';

export const FORM_LIMIT_BYTES = 32 * 1024;

export async function takeForms(app: App): Promise<void> {
  await app.register(formbody, { bodyLimit: FORM_LIMIT_BYTES });
  app.setErrorHandler((thrown, request, reply) => {
    const error = noted(thrown, request);
    return sendFailure(reply, error);
  });
}

/** The failure as ours, logged where it is one of our side. */
export function noted(thrown: unknown, request: FastifyRequest): MooringError {
  const error = toMooringError(thrown);
  if (ERRORS[error.code].status >= 500)
    request.log.error({ err: error.cause ?? error, code: error.code }, error.message);
  return error;
}

function sendFailure(reply: FastifyReply, error: MooringError): FastifyReply {
  return sendPage(reply, ERRORS[error.code].status, failurePage(error.code));
}
