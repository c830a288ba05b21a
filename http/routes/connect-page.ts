// The merchant's page: choose the platform, name the shop, see what is asked for, approve; later reconnect or disconnect. Whoever holds
// the link acts as the merchant, so the link's token is looked up by its hash, and never logged. No script runs here.
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { ERRORS, MooringError } from '../../domain/errors.ts';
import { PERMISSIONS, type Permission } from '../../domain/resource.ts';
import { listRegisteredPlatforms } from '../../store/client-registrations-list.ts';
import { type ConnectSessionRow, findConnectSession } from '../../store/connect-sessions.ts';
import { type ConnectionListRow, readConnection } from '../../store/connections-list.ts';
import { readMove } from '../../store/shop-moves.ts';
import { readTenant } from '../../store/tenants-list.ts';
import { type Approach, approachOf, beginApproval, canBegin, connectFromPage } from '../approval.ts';
import { ensureBrowser } from '../browser-cookie.ts';
import { permissionsFor } from '../connecting.ts';
import type { HttpDeps } from '../deps.ts';
import { FORM_LIMIT_BYTES, noted, takeForms } from '../merchant-forms.ts';
import { choosePage, formPage, leavingPage } from '../pages/connect.ts';
import { html } from '../pages/layout.ts';
import { managePage } from '../pages/manage.ts';
import { connectedPage, movePage } from '../pages/outcome.ts';
import { PAGE_CSS } from '../pages/style.ts';
import { sendPage } from '../security-headers.ts';
import { hashToken } from '../tokens.ts';
import { planRevocation, revoke } from './revocation.ts';

const params = z.strictObject({ token: z.string().max(200) });

export const connectPageRoutes =
  (deps: HttpDeps): FastifyPluginAsyncZod =>
  async (app) => {
    await takeForms(app);

    app.get('/assets/page.css', { config: { access: 'public' }, schema: { hide: true } }, (_request, reply) =>
      reply
        .header('cache-control', 'public, max-age=300')
        .type('text/css; charset=utf-8')
        .serializer((body: unknown) => String(body))
        .send(PAGE_CSS),
    );

    app.get(
      '/connect/:token',
      {
        config: { access: 'public' },
        schema: {
          tags: ['Connecting'],
          summary: "The merchant's page",
          params,
          querystring: z.looseObject({
            platform: z.string().max(100).optional(),
            again: z.string().max(5).optional(),
            way: z.string().max(64).optional(),
          }),
        },
      },
      async (request, reply) => {
        const link = await openLink(deps, request.params.token);
        const isAgain = request.query.again !== undefined;
        if (
          link.connection !== null &&
          !isAgain &&
          link.connection.lifecycle !== 'connecting' &&
          link.connection.lifecycle !== 'abandoned'
        ) {
          return sendPage(
            reply,
            200,
            managePage({ ...link, plan: await planRevocation(deps, link.connection), notice: null }),
          );
        }
        const chosen = link.connection?.platform ?? link.session.platform ?? request.query.platform;
        const platform = chosen === undefined ? undefined : deps.platforms.get(chosen);
        if (platform === undefined) {
          const { tenantId } = link.session;
          const registered = await deps.db.inTenant(tenantId, (tx) => listRegisteredPlatforms(tx, tenantId));
          const platforms = [...deps.platforms.values()].filter((one) => canBegin(one, registered));
          return sendPage(reply, 200, choosePage({ tenant: link.tenant, platforms }));
        }
        return sendPage(
          reply,
          200,
          formPage({ ...formOf(link, approachOf(platform, request.query.way)), errors: {}, values: {} }),
        );
      },
    );

    app.post(
      '/connect/:token',
      {
        config: { access: 'public', idempotent: false },
        bodyLimit: FORM_LIMIT_BYTES,
        schema: { hide: true, params, body: z.record(z.string().max(100), z.string().max(40_000)) },
      },
      async (request, reply) => {
        refuseForeignForm(request, deps.settings.publicUrl);
        const link = await openLink(deps, request.params.token);
        const { body } = request;
        if (body['intent'] === 'disconnect') return disconnect(deps, link, request, reply);
        const platform = deps.platforms.get(
          link.connection?.platform ?? link.session.platform ?? body['platform'] ?? '',
        );
        if (platform === undefined) throw new MooringError('not_found', 'there is no such platform');
        return submit(deps, { link, approach: approachOf(platform, body['way']), body }, request, reply);
      },
    );
  };

/** What a link opens: its session, who asks, and the connection where there is one. */
export interface Link {
  readonly session: ConnectSessionRow;
  readonly tenant: string;
  readonly connection: ConnectionListRow | null;
  readonly permissions: readonly Permission[];
}

async function openLink(deps: HttpDeps, token: string): Promise<Link> {
  const session = await deps.db.acrossTenants((tx) => findConnectSession(tx, hashToken(token)));
  if (session === null) throw new MooringError('not_found', 'there is no such link');
  if (session.expiresAt.getTime() <= deps.nowMs())
    throw new MooringError('session_expired', 'the link has expired');
  return deps.db.inTenant(session.tenantId, async (tx) => {
    const tenant = await readTenant(tx, session.tenantId);
    if (tenant === null || tenant.erasingAt !== null)
      throw new MooringError('session_expired', 'the link has expired');
    const made = session.connectionId === null ? null : await readConnection(tx, session.connectionId);
    // What was refused before it was ever approved leaves the link as it was: for this shop, another one, or another platform.
    const connection = made?.lifecycle === 'abandoned' && made.generation === 0 ? null : made;
    const asked = session.permissions.length > 0 ? session.permissions : (connection?.permissions ?? []);
    return {
      session,
      tenant: tenant.name,
      connection,
      permissions: PERMISSIONS.filter((one) => asked.includes(one)),
    };
  });
}

interface Submission {
  readonly link: Link;
  readonly approach: Approach;
  readonly body: Readonly<Record<string, string>>;
}

/** A wrong field shows the form again with what was entered, secrets excepted. */
async function submit(deps: HttpDeps, submission: Submission, request: FastifyRequest, reply: FastifyReply) {
  const { link, approach, body } = submission;
  const form = formOf(link, approach);
  const permissions = form.permissions;
  try {
    const wish = {
      session: link.session,
      connection: link.connection,
      approach,
      body,
      permissions,
      reason: request.id,
    };
    if (approach.kind === 'pasted') {
      const connection = await connectFromPage(deps, wish);
      const back = link.session.returnUrl;
      const next = back === null ? null : html`<a class="button" href="${back}">Continue</a>`;
      const move = connection === null ? null : readMove(connection.move);
      if (move !== null) return sendPage(reply, 200, movePage({ shop: move.shop, next }));
      return sendPage(reply, 200, connectedPage({ platform: approach.platform.name, connection, next }));
    }
    const url = await beginApproval(deps, wish, ensureBrowser(request, reply, deps.settings.publicUrl));
    return sendPage(reply, 200, leavingPage({ platform: approach.platform.name, url }));
  } catch (thrown) {
    const error = noted(thrown, request);
    const errors = Object.fromEntries(
      error.fields.map(({ path, rule }) => [path.split('/').at(-1) ?? '', rule]),
    );
    return sendPage(
      reply,
      ERRORS[error.code].status,
      formPage({ ...form, errors, values: body, failure: error.code }),
    );
  }
}

function formOf(link: Link, approach: Approach) {
  return {
    tenant: link.tenant,
    approach,
    connection: link.connection,
    permissions: permissionsFor(approach.platform, link.permissions),
    canChoose: link.session.platform === null && link.connection === null,
  };
}

async function disconnect(deps: HttpDeps, link: Link, request: FastifyRequest, reply: FastifyReply) {
  if (link.connection === null) throw new MooringError('not_found', 'there is nothing to disconnect');
  await revoke(deps, link.connection, { upstream: true, erase: false, by: 'merchant', reason: request.id });
  const connection = await deps.db.inTenant(link.session.tenantId, (tx) =>
    readConnection(tx, link.connection?.id ?? ''),
  );
  return sendPage(
    reply,
    200,
    managePage({ ...link, connection: connection ?? link.connection, plan: null, notice: 'disconnected' }),
  );
}

/** Forms are sent from our own page; a browser says where one comes from. */
function refuseForeignForm(request: FastifyRequest, publicUrl: string): void {
  const { origin, 'sec-fetch-site': site } = request.headers;
  const isForeign =
    (origin !== undefined && origin !== 'null' && origin !== new URL(publicUrl).origin) ||
    site === 'cross-site';
  if (isForeign) throw new MooringError('forbidden', 'the form was sent from another site');
}
