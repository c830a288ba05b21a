// Where platforms tell us what happened: an address a connection, and one for all where a platform knows but one. The body is taken as the bytes it came in; the
// answer waits for the database, and is 2xx only when what was told is kept.
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { isId } from '../../domain/ids.ts';
import type { ReceivedMessage } from '../../egress/index.ts';
import type { HttpDeps } from '../deps.ts';
import { createFindAddress } from '../notification-addresses.ts';
import { answerChallenge, type ChallengeAnswer } from '../notification-challenges.ts';
import { noAddress } from '../notification-proof.ts';
import { createNotificationWriter } from '../notification-writer.ts';
import {
  connectionAt,
  notifying,
  type Receiving,
  type TakenAs,
  takeAtAddress,
  takeCall,
  takeForApps,
} from '../notifications.ts';
import { createWindow } from '../window.ts';

/** Larger than any platform's notification. */
const BODY_LIMIT_BYTES = 1024 * 1024;

/** A form that anybody signs is short; a longer one is a body like any other. */
const FORM_LIMIT_BYTES = 64 * 1024;

/** Of one connection, by a platform that signs nothing; what comes beyond is one sync. */
const HINTS_A_MINUTE = 300;

const told = z.strictObject({ platform: z.string().max(100) });

export const notifyRoutes =
  (http: HttpDeps): FastifyPluginAsyncZod =>
  async (app) => {
    const hints = createWindow({ lengthMs: 60_000, max: HINTS_A_MINUTE, nowMs: http.nowMs });
    const deps: Receiving = {
      ...http,
      write: createNotificationWriter(http.db),
      findAddress: createFindAddress(http),
      isFlooded: (id) => hints.add(id),
    };
    // Every kind of body, as it came: a parsed body could not be verified any more.
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: BODY_LIMIT_BYTES }, (_, body, done) =>
      done(null, body),
    );
    const forApps = async (
      request: FastifyRequest,
      reply: FastifyReply,
      of: Parameters<typeof takeForApps>[1],
    ): Promise<FastifyReply> => {
      const message = messageOf(deps, request);
      const answer = await answerChallenge(deps, { ...of, connection: null }, message);
      if (answer !== null) return sendAnswer(reply, answer);
      const take = request.method === 'GET' ? takeCall : takeForApps;
      return taken(deps, reply, await take(deps, of, message));
    };
    for (const method of ['POST', 'GET'] as const) {
      const shared = {
        method,
        config: { access: 'public', idempotent: false },
        bodyLimit: BODY_LIMIT_BYTES,
      } as const;
      const schema = { tags: ['Notifications'], hide: method === 'GET' };

      app.route({
        ...shared,
        url: '/notify/:platform/:token',
        schema: {
          ...schema,
          summary: 'What a platform tells of one connection',
          params: told.extend({ token: z.string().max(200) }),
        },
        handler: async (request, reply) => {
          const of = notifying(deps, request.params.platform);
          const { token } = request.params;
          if (isId('clientRegistration', token)) return forApps(request, reply, { ...of, app: token });
          const connection = await connectionAt(deps, of.platform, token);
          const message = messageOf(deps, request);
          const answer = await answerChallenge(
            deps,
            { platform: of.platform, connection, app: null },
            message,
          );
          if (answer !== null) return sendAnswer(reply, answer);
          if (method === 'GET')
            return taken(deps, reply, await takeCall(deps, { ...of, app: null }, message));
          return taken(deps, reply, await takeAtAddress(deps, { ...of, connection }, message));
        },
      });

      app.route({
        ...shared,
        url: '/notify/:platform',
        schema: { ...schema, summary: 'What a platform that knows one address tells', params: told },
        handler: (request, reply) =>
          forApps(request, reply, { ...notifying(deps, request.params.platform), app: null }),
      });
    }
  };

function taken(deps: HttpDeps, reply: FastifyReply, as: TakenAs | null): FastifyReply {
  if (as === null) throw noAddress();
  deps.log.debug({ as }, 'notification');
  // Shopee wants nothing in it, and nobody wants anything.
  return reply.code(200).send();
}

function sendAnswer(reply: FastifyReply, answer: ChallengeAnswer): FastifyReply {
  return 'json' in answer
    ? reply.code(200).type('application/json').send(answer.json)
    : reply.code(200).type('text/plain').send(answer.text);
}

/** As the platform called it: our public address, and the path and query as they came. */
function messageOf(deps: HttpDeps, request: FastifyRequest): ReceivedMessage {
  const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  // A first line may name a host, as that of a call to a proxy does (RFC 9112 § 3.2.2).
  const target = (request.raw.url ?? '').replace(/^https?:\/\/[^/?#]*/i, '');
  const url = `${deps.settings.publicUrl}${target}`;
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers))
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  return { method: request.method, url, headers, parameters: parametersOf(url, headers, body), body };
}

/** Each name once, of the query and of a form: what is there twice is nobody's parameter. */
function parametersOf(
  url: string,
  headers: Readonly<Record<string, string>>,
  body: Buffer,
): Readonly<Record<string, string>> {
  const isForm =
    headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true &&
    body.length <= FORM_LIMIT_BYTES;
  const pairs = [...new URL(url).searchParams, ...(isForm ? new URLSearchParams(body.toString('utf8')) : [])];
  // There may be thousands: each is looked at once.
  const seen = new Set<string>();
  const twice = new Set<string>();
  for (const [name] of pairs) (seen.has(name) ? twice : seen).add(name);
  return Object.fromEntries(pairs.filter(([name]) => !twice.has(name)));
}
