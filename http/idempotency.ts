// Idempotency-Key on every write but the proxy: the first request runs, equal ones get its answer again, others are refused. The key
// belongs to the caller and the route. Answers are sealed; opening one is the only thing HTTP ever unseals.
import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { MooringError } from '../domain/errors.ts';
import { formatId, type Id, type IdKind } from '../domain/ids.ts';
import type { SealBinding } from '../domain/sealing.ts';
import {
  claimIdempotencyKey,
  type HeldClaim,
  type IdempotentRequest,
  releaseIdempotencyKey,
  saveIdempotentAnswer,
} from '../store/idempotency-keys.ts';
import { newId } from '../store/new-id.ts';
import { principalOf } from './auth.ts';
import type { HttpDeps } from './deps.ts';
import type { App } from './server.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The claim this request holds, until it is answered. */
    idempotent: HeldRequest | null;
  }
}

type HeldRequest = IdempotentRequest & HeldClaim;

const WRITES: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it excludes
const KEY_FORM = /^[^\u0000-\u001f\u007f]{1,255}$/;
/** Refusals before anything ran are not kept: the caller may mend the request and send it again. */
const NOT_KEPT: ReadonlySet<number> = new Set([400, 401, 403, 404, 405, 409, 413, 415, 422, 429, 503]);

const savedAnswer = z.object({
  status: z.int(),
  type: z.string(),
  body: z.string(),
  location: z.string().optional(),
});

/** Adds the handling of keys to every write that asks for one. Runs after the caller is known and the body is valid. */
export function acceptIdempotencyKeys(app: App, deps: HttpDeps): void {
  app.decorateRequest('idempotent', null);
  app.addHook('preHandler', async (request, reply) => {
    const wish = wishOf(request);
    if (wish === null) return;
    const claim = await deps.db.sqlAcrossTenants((sql) => claimIdempotencyKey(sql, wish));
    if (claim.claimed) {
      request.idempotent = { ...wish, ...claim.held };
      return;
    }
    if (!claim.isSameRequest) {
      throw new MooringError('idempotency_key_reused', 'the idempotency key was used with another request');
    }
    if (claim.answer === null) {
      throw new MooringError(
        'idempotency_in_progress',
        'the first request with this idempotency key is still running',
      );
    }
    const parts = await deps.vault.open(bindingOf(wish), claim.answer);
    return replay(reply, savedAnswer.parse(JSON.parse(parts['answer']?.reveal() ?? 'null')));
  });
  app.addHook('onSend', async (request, reply, payload) => {
    const wish = request.idempotent;
    if (wish === null) return payload;
    request.idempotent = null;
    await settle(deps, wish, reply, payload);
    return payload;
  });
}

/**
 * The id of what this request makes. A request that begins again, because the first with its key was never answered, makes things of the
 * same ids: it must look whether they are there.
 */
export function idFor<K extends IdKind>(request: FastifyRequest, kind: K): Id<K> {
  const held = request.idempotent;
  return held === null ? newId(kind) : formatId(kind, held.seed);
}

function wishOf(request: FastifyRequest): IdempotentRequest | null {
  const key = request.headers['idempotency-key'];
  const { access, idempotent = true } = request.routeOptions.config;
  if (key === undefined || !WRITES.has(request.method) || !idempotent || access === 'public') return null;
  if (typeof key !== 'string' || !KEY_FORM.test(key)) {
    throw new MooringError(
      'invalid_request',
      'the header "Idempotency-Key" must be 1 to 255 printable characters',
      {
        fields: [{ path: '/headers/idempotency-key', rule: 'must be 1 to 255 printable characters' }],
      },
    );
  }
  const principal = principalOf(request);
  return {
    scope: `${principal.keyId} ${request.method} ${request.routeOptions.url ?? ''}`,
    key,
    tenantId: principal.tenantId,
    requestHash: createHash('sha256')
      .update(`${request.method}\n${request.url}\n${JSON.stringify(request.body ?? null)}`, 'utf8')
      .digest(),
  };
}

async function settle(
  deps: HttpDeps,
  wish: HeldRequest,
  reply: FastifyReply,
  payload: unknown,
): Promise<void> {
  const isText = payload === null || payload === undefined || typeof payload === 'string';
  if (NOT_KEPT.has(reply.statusCode) || !isText) {
    await deps.db.sqlAcrossTenants((sql) => releaseIdempotencyKey(sql, wish));
    return;
  }
  const location = reply.getHeader('location');
  const answer: z.infer<typeof savedAnswer> = {
    status: reply.statusCode,
    type: String(reply.getHeader('content-type') ?? ''),
    body: typeof payload === 'string' ? payload : '',
    ...(typeof location === 'string' ? { location } : {}),
  };
  const sealed = await deps.vault.seal(bindingOf(wish), { answer: JSON.stringify(answer) });
  await deps.db.sqlAcrossTenants((sql) => saveIdempotentAnswer(sql, wish, sealed));
}

function replay(reply: FastifyReply, answer: z.infer<typeof savedAnswer>): FastifyReply {
  void reply.code(answer.status).header('idempotent-replayed', 'true');
  if (answer.type !== '') void reply.type(answer.type);
  if (answer.location !== undefined) void reply.header('location', answer.location);
  return reply.serializer((body: unknown) => String(body)).send(answer.body);
}

/** The subject is a hash, because a caller's key is the caller's own text. */
function bindingOf(wish: IdempotentRequest): SealBinding {
  const subject = createHash('sha256').update(`${wish.scope}\n${wish.key}`, 'utf8').digest('base64url');
  return { owner: wish.tenantId ?? 'installation', subject, kind: 'saved_answer', generation: 0 };
}
