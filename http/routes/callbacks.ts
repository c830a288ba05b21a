// Where platforms send merchants back, and where a shop's own server delivers its keys. A browser is led on to an address without
// code or state before anything is shown.

import type { FastifyReply } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { ERRORS, MooringError } from '../../domain/errors.ts';
import { isId } from '../../domain/ids.ts';
import { type CallbackRow, readAuthorization } from '../../store/authorization-callbacks.ts';
import { readConnectSession } from '../../store/connect-sessions.ts';
import { readConnection } from '../../store/connections-list.ts';
import { listShares } from '../../store/shared-grants.ts';
import { readBrowser } from '../browser-cookie.ts';
import { type Callback, findStep, readParameters, takeCallback } from '../callback.ts';
import type { HttpDeps } from '../deps.ts';
import { followInstall, takeInstall } from '../installs.ts';
import { FORM_LIMIT_BYTES, takeForms } from '../merchant-forms.ts';
import { installPage, resultPage, waitingPage } from '../pages/outcome.ts';
import { toMooringError } from '../problem.ts';
import { headersOf, keepRawBodies, rawBodyOf } from '../raw-body.ts';
import { sendPage } from '../security-headers.ts';
import { answerShop, registersShop } from '../shop-registrations.ts';
import { hashToken, isSameHash } from '../tokens.ts';

export const callbackRoutes =
  (deps: HttpDeps): FastifyPluginAsyncZod =>
  async (app) => {
    await takeForms(app);
    keepRawBodies(app);

    for (const method of ['GET', 'POST'] as const) {
      app.route({
        method,
        url: '/oauth/:platform/:step',
        config: { access: 'public', idempotent: false },
        bodyLimit: FORM_LIMIT_BYTES,
        schema: {
          tags: ['Connecting'],
          summary: 'A callback step, as the platform declares it',
          params: z.strictObject({ platform: z.string().max(100), step: z.string().max(100) }),
          hide: method === 'POST',
        },
        handler: async (request, reply) => {
          const step = findStep(deps, request.params.platform, request.params.step);
          if (step === null) throw new MooringError('not_found', 'no platform calls back to this address');
          if (step.step.method !== method)
            throw new MooringError('method_not_allowed', `this step is a ${step.step.method}`);
          const browser = step.step.from === 'browser' ? readBrowser(request, deps.settings.publicUrl) : null;
          const isServer = step.step.from === 'server';
          try {
            const parameters = readParameters(request.query, method === 'POST' ? request.body : undefined);
            const rawQuery = request.url.split('?')[1] ?? '';
            const rawBody = rawBodyOf(request);
            const callback = { step, parameters, browser, rawQuery, rawBody, headers: headersOf(request) };
            if (registersShop(callback)) return await reply.send(await answerShop(deps, callback));
            if (beganAtPlatform(callback)) return await answerInstall(deps, reply, callback);
            const row = await takeCallback(deps, callback);
            return isServer ? reply.send({ status: 'ok' }) : reply.redirect(`/connected/${row.id}`, 303);
          } catch (thrown) {
            if (!isServer) throw thrown;
            // The shop's server shows its user nothing of ours but the status.
            const error = toMooringError(thrown);
            request.log.warn({ code: error.code }, error.message);
            return reply.code(ERRORS[error.code].status).send({ code: error.code });
          }
        },
      });
    }

    app.get(
      '/connected/:authorizationId',
      {
        config: { access: 'public' },
        schema: { hide: true, params: z.strictObject({ authorizationId: z.string().max(100) }) },
      },
      async (request, reply) => {
        const browser = readBrowser(request, deps.settings.publicUrl);
        const row = await ownAuthorization(deps, request.params.authorizationId, browser);
        if (row.status === 'started' || row.status === 'received') return sendPage(reply, 200, waitingPage());
        const { connection, session, shares } = await deps.db.inTenant(row.tenantId, async (tx) => ({
          connection: await readConnection(tx, row.connectionId),
          session: row.sessionId === null ? null : await readConnectSession(tx, row.sessionId),
          shares: await listShares(tx, row.id),
        }));
        const platform = deps.platforms.get(row.platform)?.name ?? row.platform;
        const returnUrl = withOutcome(session?.returnUrl ?? null, row);
        return sendPage(reply, 200, resultPage({ row, connection, shares, platform, returnUrl }));
      },
    );
  };

/** Without a state of ours, where the platform's data says that an install may begin there. */
function beganAtPlatform({ step: { step }, parameters }: Callback): boolean {
  const isPart = step.grants || step.correlatedBy !== undefined;
  return step.startsAt !== undefined && isPart && (parameters[step.stateParameter] ?? '') === '';
}

/** The merchant goes on to the vendor's page, which claims it; without one, our page shows the token. */
async function answerInstall(deps: HttpDeps, reply: FastifyReply, callback: Callback): Promise<FastifyReply> {
  const { token, continueUrl } = callback.step.step.grants
    ? { token: await takeInstall(deps, callback), continueUrl: null }
    : await followInstall(deps, callback);
  if (token === null) return reply.send({ status: 'ok' });
  const { claimUrl } = deps.settings;
  const { name } = callback.step.platform;
  if (claimUrl == null) return sendPage(reply, 200, installPage({ platform: name, token }));
  const url = new URL(claimUrl);
  url.searchParams.set('install', token);
  if (continueUrl !== null) url.searchParams.set('continue', continueUrl);
  return reply.redirect(url.href, 303);
}

async function ownAuthorization(deps: HttpDeps, id: string, browser: string | null): Promise<CallbackRow> {
  const row = isId('authorization', id)
    ? await deps.db.acrossTenants((tx) => readAuthorization(tx, id))
    : null;
  const isTheirs =
    row !== null &&
    browser !== null &&
    row.browserHash !== null &&
    isSameHash(hashToken(browser), row.browserHash);
  if (!isTheirs) throw new MooringError('not_found', 'there is nothing to show in this browser');
  return row;
}

const OUTCOMES: Readonly<Record<string, string>> = { authorized: 'connected', proved: 'move_proposed' };

/** The vendor's address with what came of it; ids and codes alone. */
function withOutcome(returnUrl: string | null, row: CallbackRow): string | null {
  if (returnUrl === null) return null;
  const url = new URL(returnUrl);
  url.searchParams.set('connectionId', row.connectionId);
  url.searchParams.set('outcome', OUTCOMES[row.status] ?? row.refusal ?? 'refused');
  return url.href;
}
