// A platform call on behalf of the vendor, through the same door as everything else: signed, budgeted, fenced, counted. The caller
// says what to ask; the credential, the origin and the signature are ours, and nothing of them is in the answer.
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { MooringError } from '../../domain/errors.ts';
import type { Json, PlatformRequest } from '../../domain/platform.ts';
import { principalOf } from '../auth.ts';
import type { HttpDeps } from '../deps.ts';
import { connectionOf } from '../lookup.ts';
import { idInPath } from '../schemas/shapes.ts';
import { refuseFinal } from './connections.ts';

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
const BODY_LIMIT_BYTES = 1024 * 1024;
/** Answer headers that are passed on; all others stay here. */
const PASSED_ON = ['content-type', 'link', 'retry-after', 'x-wp-total', 'x-wp-totalpages', 'x-request-id'];

export const proxyRoutes =
  (deps: HttpDeps): FastifyPluginAsyncZod =>
  async (app) => {
    for (const method of METHODS) {
      app.route({
        method,
        url: '/v1/connections/:id/proxy/*',
        config: { access: method === 'GET' ? 'sync' : 'admin', idempotent: false },
        bodyLimit: BODY_LIMIT_BYTES,
        schema: {
          tags: ['Connections'],
          summary: `${method} something at the platform`,
          description:
            "The path is relative to the platform's base URL. What the platform finds wrong with the request is handed on as it came, with its status; the rest (expired, throttled, down) is a Problem.",
          params: z.strictObject({ id: idInPath('connection'), '*': z.string().max(2000) }),
          querystring: z.looseObject({}).meta({ description: 'Passed on as it is; each name once' }),
          ...(method === 'GET' || method === 'DELETE' ? {} : { body: z.unknown() }),
          response: { '2xx': z.unknown().meta({ description: "The platform's answer, as it came" }) },
        },
        handler: async (request, reply) => {
          const row = await connectionOf(deps, principalOf(request), request.params.id);
          refuseFinal(row.lifecycle, row.id);
          if (row.lifecycle === 'reauth_required') {
            throw new MooringError('reauth_required', `the connection "${row.id}" needs a new approval`);
          }
          const { tenantId, id: connectionId } = row;
          const asked = toPlatformRequest(method, request.params['*'], request.query, request.body);
          const aborted = new AbortController();
          request.raw.once('close', () => {
            if (!reply.raw.writableFinished) aborted.abort();
          });
          const answer = await deps.withCredential(
            { tenantId, connectionId, purpose: 'proxy', reason: request.id, signal: aborted.signal },
            (call) => call(asked, { accept: ['not_found', 'rejected'], hideSecrets: true }),
          );
          for (const name of PASSED_ON) {
            const value = answer.headers[name];
            if (value !== undefined)
              void reply.header(name === 'x-request-id' ? 'x-platform-request-id' : name, value);
          }
          if (answer.headers['content-type'] === undefined) void reply.type('application/octet-stream');
          return reply
            .code(answer.status)
            .serializer((body: unknown) => String(body))
            .send(answer.bodyText);
        },
      });
    }
  };

function toPlatformRequest(
  method: PlatformRequest['method'],
  rest: string,
  asked: Readonly<Record<string, unknown>>,
  body: unknown,
): PlatformRequest {
  const query = onceEach(asked);
  const path = `/${rest}`;
  // The origin is the connection's. Nothing in the path may lead elsewhere, or up and out of the API.
  const isPlain =
    !path.startsWith('//') && !/[\\#?\s]|^\/[a-z]+:/i.test(path) && !path.split('/').some(isDots);
  if (!isPlain) {
    throw new MooringError('invalid_request', 'the path does not stay within the API of the platform', {
      fields: [{ path: '/params/*', rule: 'must be a plain path without "..", "//" or a query' }],
    });
  }
  const endpoint =
    `${method} ${path.replaceAll(/\/(\d+|[0-9a-f-]{16,}|gid:[^/]*)(?=\/|$)/gi, '/{id}')}`.slice(0, 120);
  return {
    method,
    path,
    endpoint,
    ...(Object.keys(query).length === 0 ? {} : { query }),
    ...(isJson(body) ? { body } : {}),
  };
}

function onceEach(query: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(query).map(([name, value]) => {
      if (typeof value === 'string' && value.length <= 4000) return [name, value];
      throw new MooringError(
        'invalid_request',
        `the query parameter "${name.slice(0, 40)}" is given twice, or too long`,
        {
          fields: [
            {
              path: `/querystring/${name.slice(0, 40)}`,
              rule: 'must be given once, in at most 4000 characters',
            },
          ],
        },
      );
    }),
  );
}

function isDots(part: string): boolean {
  const decoded = part.replaceAll(/%2e/gi, '.').replaceAll(/%(2f|5c)/gi, '/');
  return decoded === '.' || decoded === '..' || decoded.includes('/');
}

function isJson(body: unknown): body is Json {
  return body !== undefined && body !== null;
}
