// Our app at a platform. The secret goes in, sealed, and never comes out; a new version overlaps the previous one, and every
// connection that uses it is told.
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { MooringError } from '../../domain/errors.ts';
import type { AuditId, TenantId } from '../../domain/ids.ts';
import { certificateEnd } from '../../egress/certificate-end.ts';
import { appendAudit, hasAudit } from '../../store/audit.ts';
import {
  addClientSecret,
  changeClientRegistration,
  createClientRegistration,
  deleteClientRegistration,
} from '../../store/client-registrations.ts';
import {
  type ClientRegistrationRow,
  countConnectionsOf,
  listClientRegistrations,
  listConnectionIdsOf,
  readClientRegistration,
} from '../../store/client-registrations-list.ts';
import type { Tx } from '../../store/database.ts';
import { removeDeadlines, setCertificateEnd } from '../../store/deadlines.ts';
import { readTenant } from '../../store/tenants-list.ts';
import { actorOf, inScope, type Principal, principalOf, tenantFor, unknown } from '../auth.ts';
import { readCursor, toPage } from '../cursor.ts';
import type { HttpDeps } from '../deps.ts';
import { idFor } from '../idempotency.ts';
import { assertWhole, fieldsOf, sealSecrets, secretPart } from '../registration-secrets.ts';
import {
  clientRegistration,
  clientRegistrationChange,
  clientRegistrationPage,
  clientRegistrationQuery,
  newClientRegistration,
  presentClientRegistration,
} from '../schemas/client-registrations.ts';
import { callbackUrls } from '../schemas/platforms.ts';
import { idInPath } from '../schemas/shapes.ts';
import { platformOf } from './connections.ts';

const params = z.strictObject({ id: idInPath('clientRegistration') });
const DAY_S = 86_400;

export const clientRegistrationRoutes =
  (deps: HttpDeps): FastifyPluginAsyncZod =>
  async (app) => {
    const present = (row: ClientRegistrationRow) => {
      const platform = deps.platforms.get(row.platform);
      return presentClientRegistration(
        row,
        platform === undefined ? [] : callbackUrls(platform, deps.settings.publicUrl),
      );
    };

    app.post(
      '/v1/client-registrations',
      {
        config: { access: 'admin' },
        schema: {
          tags: ['Client registrations'],
          summary: 'Register our app at a platform',
          body: newClientRegistration,
          response: { 201: clientRegistration },
        },
      },
      async (request, reply) => {
        const principal = principalOf(request);
        const { body } = request;
        const platform = platformOf(deps, body.platform);
        const tenantId =
          principal.tenantId === null && body.tenantId === undefined
            ? null
            : tenantFor(principal, body.tenantId);
        const id = idFor(request, 'clientRegistration');
        const told = fieldsOf(platform, body.fields ?? {});
        const secrets = { ...secretPart(body.clientSecret), ...told.secret };
        const sealed = await sealSecrets(deps, { id, tenantId, version: 1, secrets });
        await inScope(deps.db, principal, async (tx) => {
          if (tenantId !== null && (await readTenant(tx, tenantId)) === null)
            throw unknown('tenant', tenantId);
          if ((await readClientRegistration(tx, id)) !== null) return;
          await createClientRegistration(tx, {
            id,
            tenantId,
            platform: platform.id,
            name: body.name ?? platform.name,
            clientId: body.clientId,
            redirectUri: body.redirectUri ?? null,
            fields: told.public,
            secret: sealed,
          });
          await keepCertificateEnd(tx, { id, tenantId }, { ...told.public, ...secrets });
          await audit(tx, {
            tenantId,
            actor: actorOf(request),
            action: 'registration.created',
            id,
            reason: request.id,
          });
        });
        return reply.code(201).send(present(await registrationOf(deps, principal, id)));
      },
    );

    app.get(
      '/v1/client-registrations',
      {
        config: { access: 'read' },
        schema: {
          tags: ['Client registrations'],
          summary: "List registrations: the tenant's own and the installation's",
          querystring: clientRegistrationQuery,
          response: { 200: clientRegistrationPage },
        },
      },
      async (request) => {
        const principal = principalOf(request);
        const { cursor, limit, platform } = request.query;
        const subject = { of: `client-registrations ${platform ?? ''}`, tenant: principal.tenantId ?? '*' };
        const after = readCursor(subject, cursor);
        const rows = await inScope(deps.db, principal, (tx) =>
          listClientRegistrations(tx, { after, platform, limit: limit + 1 }),
        );
        return toPage(rows, { limit, subject, position: (row) => row.id, view: present });
      },
    );

    app.patch(
      '/v1/client-registrations/:id',
      {
        config: { access: 'admin' },
        schema: {
          tags: ['Client registrations'],
          summary: 'Change it, or give it the next secret',
          params,
          body: clientRegistrationChange,
          response: { 200: clientRegistration },
        },
      },
      async (request) => {
        const principal = principalOf(request);
        const row = await ownRegistrationOf(deps, principal, request.params.id);
        const connectionIds = await change(deps, {
          row,
          principal,
          wish: request.body,
          actor: actorOf(request),
          reason: request.id,
          auditId: idFor(request, 'audit'),
        });
        const changed = await registrationOf(deps, principal, row.id);
        for (const id of connectionIds)
          await deps.lifecycle.tell(id, { name: 'registrationChanged', version: changed.version });
        return present(changed);
      },
    );

    app.delete(
      '/v1/client-registrations/:id',
      {
        config: { access: 'admin' },
        schema: {
          tags: ['Client registrations'],
          summary: 'Remove one that no connection uses',
          params,
          response: { 204: z.null() },
        },
      },
      async (request, reply) => {
        const principal = principalOf(request);
        const row = await ownRegistrationOf(deps, principal, request.params.id);
        await inScope(deps.db, principal, async (tx) => {
          const used = await countConnectionsOf(tx, row.id);
          if (used > 0) {
            throw new MooringError('registration_in_use', `${used} connections use "${row.id}"`, {
              detail: { connections: used },
            });
          }
          await deleteClientRegistration(tx, row.id);
          await removeDeadlines(tx, row.id);
          await audit(tx, {
            tenantId: row.tenantId,
            actor: actorOf(request),
            action: 'registration.deleted',
            id: row.id,
            reason: request.id,
          });
        });
        return reply.code(204).send(null);
      },
    );
  };

interface Change {
  readonly row: ClientRegistrationRow;
  readonly principal: Principal;
  readonly wish: z.infer<typeof clientRegistrationChange>;
  readonly actor: string;
  readonly reason: string;
  /** The same again where the request comes again: by it what was done is found. */
  readonly auditId: AuditId;
}

/** Gives the connections to tell. One whose answer was lost is not done again: that would be a further secret. */
async function change(deps: HttpDeps, { row, principal, wish, actor, reason, auditId }: Change) {
  const { clientSecret, fields, overlapS = DAY_S, ...rest } = wish;
  const version = row.version + 1;
  const told = fields === undefined ? null : fieldsOf(platformOf(deps, row.platform), fields);
  const secrets = { ...secretPart(clientSecret), ...told?.secret };
  assertWhole(platformOf(deps, row.platform), secrets);
  const sealed =
    Object.keys(secrets).length === 0
      ? null
      : await sealSecrets(deps, { id: row.id, tenantId: row.tenantId, version, secrets });
  return inScope(deps.db, principal, async (tx) => {
    if (await hasAudit(tx, auditId)) return sealed === null ? [] : listConnectionIdsOf(tx, row.id);
    await changeClientRegistration(tx, row.id, {
      ...rest,
      ...(told === null ? {} : { fields: told.public }),
    });
    if (sealed !== null) {
      const retiresAt = new Date(deps.nowMs() + overlapS * 1000);
      await addClientSecret(tx, {
        registrationId: row.id,
        tenantId: row.tenantId,
        version,
        sealed,
        previousRetiresAt: retiresAt,
      });
    }
    if (told !== null) await keepCertificateEnd(tx, row, { ...told.public, ...secrets });
    const action = sealed === null ? 'registration.changed' : 'registration.secret_rotated';
    await audit(tx, { tenantId: row.tenantId, actor, action, id: row.id, reason, auditId });
    return sealed === null ? [] : listConnectionIdsOf(tx, row.id);
  });
}

async function registrationOf(
  deps: HttpDeps,
  principal: Principal,
  id: string,
): Promise<ClientRegistrationRow> {
  const row = await inScope(deps.db, principal, (tx) => readClientRegistration(tx, id));
  if (row === null) throw unknown('client registration', id);
  return row;
}

/** A tenant sees the installation's registrations, but only an operator may change them. */
async function ownRegistrationOf(
  deps: HttpDeps,
  principal: Principal,
  id: string,
): Promise<ClientRegistrationRow> {
  const row = await registrationOf(deps, principal, id);
  if (row.tenantId === null && principal.role !== 'operator') {
    throw new MooringError('forbidden', `the client registration "${id}" is the installation's`);
  }
  return row;
}

function audit(
  tx: Tx,
  entry: {
    tenantId: TenantId | null;
    actor: string;
    action: string;
    id: string;
    reason: string;
    auditId?: AuditId;
  },
): Promise<unknown> {
  const { id, auditId, ...rest } = entry;
  return appendAudit(tx, {
    ...rest,
    target: id,
    outcome: 'done',
    ...(auditId === undefined ? {} : { id: auditId }),
  });
}

/** Its certificates are of all who use it. */
function keepCertificateEnd(
  tx: Tx,
  { id, tenantId }: Pick<ClientRegistrationRow, 'id' | 'tenantId'>,
  parts: Readonly<Record<string, string>>,
): Promise<void> {
  return setCertificateEnd(tx, { tenantId, subject: id, atMs: certificateEnd(parts) });
}
