// Endpoints: where a tenant is told of its events. A secret is made here, sealed, and shown once; the next one signs beside it for a while.
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { MooringError } from '../../domain/errors.ts';
import { TEST_EVENT } from '../../domain/event-catalogue.ts';
import type { EndpointId, TenantId } from '../../domain/ids.ts';
import { isId } from '../../domain/ids.ts';
import { newWebhookKey, type WebhookKeyKind } from '../../egress/index.ts';
import { appendAudit } from '../../store/audit.ts';
import type { Tx } from '../../store/database.ts';
import { insertTestDelivery, replayRange } from '../../store/deliveries-list.ts';
import {
  addEndpointSecret,
  endpointSecretBinding,
  listEndpointSecrets,
  retireEndpointSecrets,
} from '../../store/endpoint-secrets.ts';
import {
  changeEndpoint,
  countEndpoints,
  deleteEndpoint,
  disableByHand,
  type EndpointRow,
  enableEndpoint,
  insertEndpoint,
  listEndpoints,
  lockEndpoint,
  readEndpoint,
} from '../../store/endpoints.ts';
import { appendEvent } from '../../store/events.ts';
import { keepHolding } from '../../store/idempotency-keys.ts';
import { readTenant } from '../../store/tenants-list.ts';
import { actorOf, inScope, type Principal, principalOf, tenantFor, unknown } from '../auth.ts';
import { readCursor, toPage } from '../cursor.ts';
import type { HttpDeps } from '../deps.ts';
import { idFor } from '../idempotency.ts';
import {
  createdEndpoint,
  endpoint,
  endpointChange,
  endpointPage,
  newEndpoint,
  newEndpointSecret,
  presentEndpoint,
  replayed,
  replayWish,
  testedEndpoint,
} from '../schemas/endpoints.ts';
import { idInPath, idOf, pageQuery } from '../schemas/shapes.ts';

const params = z.strictObject({ id: idInPath('endpoint') });
const DAY_S = 86_400;
const PER_TENANT = 50;
const REPLAYED_AT_ONCE = 10_000;
/** All of them sign: a header with more would be refused by servers on the way. */
const SIGNING_AT_ONCE = 10;
const tags = ['Deliveries'];

export const endpointRoutes =
  (deps: HttpDeps): FastifyPluginAsyncZod =>
  async (app) => {
    app.post(
      '/v1/endpoints',
      {
        config: { access: 'admin' },
        schema: { tags, summary: 'Make an endpoint', body: newEndpoint, response: { 201: createdEndpoint } },
      },
      async (request, reply) => {
        const principal = principalOf(request);
        const { tenantId: asked, secretKind = 'hmac', ...wish } = request.body;
        const tenantId = tenantFor(principal, asked);
        checkUrl(deps, wish.url);
        const id = idFor(request, 'endpoint');
        const key = await makeKey(deps, { tenantId, endpointId: id, version: 1, kind: secretKind });
        const held = request.idempotent;
        const shown = await deps.db.inTenant(tenantId, async (tx) => {
          if ((await readTenant(tx, tenantId)) === null) throw unknown('tenant', tenantId);
          const made = await readEndpoint(tx, id);
          if (made !== null && held !== null) {
            // Made before, but its secret was never told: it gets another one.
            await keepHolding(tx, held);
            await tx.endpointSecret.deleteMany({ where: { endpointId: id } });
          } else {
            if ((await countEndpoints(tx, tenantId)) >= PER_TENANT) throw tooMany(tenantId);
            await insertEndpoint(tx, {
              ...{ id, tenantId, url: wish.url, name: wish.name ?? '', eventTypes: wish.eventTypes ?? [] },
              ...{ data: wish.data ?? 'thin', ordered: wish.ordered ?? null },
            });
            await audit(tx, {
              tenantId,
              id,
              action: 'endpoint.created',
              actor: actorOf(request),
              reason: request.id,
            });
          }
          await addEndpointSecret(tx, key.row);
          return present(deps, tx, id);
        });
        return reply.code(201).send({ ...shown, secret: key.told });
      },
    );

    app.get(
      '/v1/endpoints',
      {
        config: { access: 'read' },
        schema: {
          tags,
          summary: 'List endpoints',
          querystring: z.strictObject({ ...pageQuery, tenantId: idOf('tenant').optional() }),
          response: { 200: endpointPage },
        },
      },
      async (request) => {
        const principal = principalOf(request);
        const { cursor, limit, tenantId: asked } = request.query;
        const tenantId = principal.tenantId === null ? (asked ?? null) : tenantFor(principal, asked);
        const subject = { of: `endpoints ${tenantId ?? ''}`, tenant: principal.tenantId ?? '*' };
        const after = readCursor(subject, cursor);
        return inScope(deps.db, principal, async (tx) => {
          const rows = await listEndpoints(tx, { after, limit: limit + 1, tenantId });
          const secrets = await listEndpointSecrets(
            tx,
            rows.map(({ id }) => id),
            new Date(deps.nowMs()),
          );
          return toPage(rows, {
            limit,
            subject,
            position: (row) => row.id,
            view: (row) => presentEndpoint(row, secrets),
          });
        });
      },
    );

    app.get(
      '/v1/endpoints/:id',
      {
        config: { access: 'read' },
        schema: { tags, summary: 'One endpoint', params, response: { 200: endpoint } },
      },
      async (request) => {
        const { id, tenantId } = await endpointOf(deps, principalOf(request), request.params.id);
        return deps.db.inTenant(tenantId, (tx) => present(deps, tx, id));
      },
    );

    app.patch(
      '/v1/endpoints/:id',
      {
        config: { access: 'admin' },
        schema: {
          tags,
          summary: 'Change it, disable it, enable it again',
          params,
          body: endpointChange,
          response: { 200: endpoint },
        },
      },
      async (request) => {
        const { id, tenantId } = await endpointOf(deps, principalOf(request), request.params.id);
        const { enabled, ...change } = request.body;
        if (change.url !== undefined) checkUrl(deps, change.url);
        return deps.db.inTenant(tenantId, async (tx) => {
          const row = await lockedEndpoint(tx, id);
          await changeEndpoint(tx, id, definedOf(change));
          if (enabled === true && row.status !== 'enabled') await enableEndpoint(tx, row);
          if (enabled === false && row.status === 'enabled')
            await disableByHand(tx, id, new Date(deps.nowMs()));
          const by = { tenantId, id, actor: actorOf(request), reason: request.id };
          await audit(tx, { ...by, action: 'endpoint.changed' });
          return present(deps, tx, id);
        });
      },
    );

    app.delete(
      '/v1/endpoints/:id',
      {
        config: { access: 'admin' },
        schema: {
          tags,
          summary: 'Remove it, with its secrets and its deliveries',
          params,
          response: { 204: z.null() },
        },
      },
      async (request, reply) => {
        const { id, tenantId } = await endpointOf(deps, principalOf(request), request.params.id);
        await deps.db.inTenant(tenantId, async (tx) => {
          await lockedEndpoint(tx, id);
          await deleteEndpoint(tx, id);
          await audit(tx, {
            tenantId,
            id,
            action: 'endpoint.deleted',
            actor: actorOf(request),
            reason: request.id,
          });
        });
        return reply.code(204).send(null);
      },
    );

    app.post(
      '/v1/endpoints/:id/test',
      {
        config: { access: 'admin' },
        schema: {
          tags,
          summary: 'Send it a test event',
          description:
            'Sent like any other, signed and tried again. GET /v1/deliveries/{id} shows what came of it.',
          params,
          response: { 202: testedEndpoint },
        },
      },
      async (request, reply) => {
        const { id, tenantId } = await endpointOf(deps, principalOf(request), request.params.id);
        const deliveryId = await deps.db.inTenant(tenantId, async (tx) => {
          assertEnabled(await lockedEndpoint(tx, id));
          const data = { endpointId: id, text: 'A test: nothing happened.' };
          const eventId = await appendEvent(tx, { tenantId, type: TEST_EVENT, data });
          return insertTestDelivery(tx, { tenantId, endpointId: id, eventId });
        });
        return reply.code(202).send({ deliveryId });
      },
    );

    app.post(
      '/v1/endpoints/:id/secrets',
      {
        config: { access: 'admin' },
        schema: {
          tags,
          summary: 'Give it the next secret; the former ones sign beside it for a while',
          params,
          body: newEndpointSecret,
          response: { 201: createdEndpoint },
        },
      },
      async (request, reply) => {
        const before = await endpointOf(deps, principalOf(request), request.params.id);
        const { id, tenantId } = before;
        const { kind, overlapS = DAY_S } = request.body;
        const version = before.secretVersion + 1;
        const now = new Date(deps.nowMs());
        const [newest] = await deps.db.inTenant(tenantId, (tx) => listEndpointSecrets(tx, [id], now));
        const wanted = kind ?? (newest?.kind === 'ed25519' ? 'ed25519' : 'hmac');
        const key = await makeKey(deps, { tenantId, endpointId: id, version, kind: wanted });
        const shown = await deps.db.inTenant(tenantId, async (tx) => {
          const row = await lockedEndpoint(tx, id);
          if (row.secretVersion !== before.secretVersion)
            throw new MooringError('stale_write', `another secret of "${id}" was made at this moment`);
          const signing = overlapS === 0 ? [] : await listEndpointSecrets(tx, [id], now);
          if (signing.length >= SIGNING_AT_ONCE) throw tooManySecrets(id);
          await addEndpointSecret(tx, key.row);
          await retireEndpointSecrets(tx, id, {
            before: version,
            at: new Date(now.getTime() + overlapS * 1000),
          });
          await changeEndpoint(tx, id, { secretVersion: version });
          const by = { tenantId, id, actor: actorOf(request), reason: request.id };
          await audit(tx, { ...by, action: 'endpoint.secret_rotated' });
          return present(deps, tx, id);
        });
        return reply.code(201).send({ ...shown, secret: key.told });
      },
    );

    app.post(
      '/v1/endpoints/:id/replay',
      {
        config: { access: 'sync' },
        schema: {
          tags,
          summary: 'Send again: what was given up, or everything of a range',
          description: `At most ${REPLAYED_AT_ONCE} at once. A receiver that keeps webhook-ids takes none of them twice.`,
          params,
          body: replayWish,
          response: { 202: replayed },
        },
      },
      async (request, reply) => {
        const row = await endpointOf(deps, principalOf(request), request.params.id);
        assertEnabled(row);
        const { state, since, until } = request.body;
        const { tenantId, id, eventTypes } = row;
        const made = await deps.db.sqlInTenant(tenantId, (sql) =>
          replayRange(sql, {
            ...{ tenantId, endpointId: id, eventTypes, state, atMost: REPLAYED_AT_ONCE },
            since: new Date(since ?? 0),
            until: until === undefined ? null : new Date(until),
          }),
        );
        const { deliveries, hasMore, lastAt } = made;
        return reply.code(202).send({ deliveries, hasMore, until: lastAt?.toISOString() ?? null });
      },
    );
  };

async function makeKey(
  deps: HttpDeps,
  of: {
    readonly tenantId: TenantId;
    readonly endpointId: EndpointId;
    readonly version: number;
    readonly kind: WebhookKeyKind;
  },
) {
  const { kind, ...rest } = of;
  const { secret, publicKey } = newWebhookKey(kind);
  const binding = endpointSecretBinding(of.tenantId, of.endpointId, of.version);
  const sealed = await deps.vault.seal(binding, { secret });
  return { row: { ...rest, kind, publicKey, sealed }, told: publicKey === null ? secret : null };
}

export async function endpointOf(deps: HttpDeps, principal: Principal, id: string): Promise<EndpointRow> {
  const row = isId('endpoint', id) ? await inScope(deps.db, principal, (tx) => readEndpoint(tx, id)) : null;
  if (row === null) throw unknown('endpoint', id);
  return row;
}

async function lockedEndpoint(tx: Tx, id: EndpointId): Promise<EndpointRow> {
  const row = await lockEndpoint(tx, id);
  if (row === null) throw unknown('endpoint', id);
  return row;
}

async function present(deps: HttpDeps, tx: Tx, id: EndpointId) {
  const row = await readEndpoint(tx, id);
  if (row === null) throw unknown('endpoint', id);
  return presentEndpoint(row, await listEndpointSecrets(tx, [id], new Date(deps.nowMs())));
}

function checkUrl(deps: HttpDeps, url: string): void {
  try {
    deps.checkEndpointUrl(url);
  } catch {
    // One text for all reasons: another would map the network behind us.
    throw new MooringError('address_not_allowed', '"/url" is not a public https address', {
      fields: [{ path: '/url', rule: 'must be a public https address' }],
    });
  }
}

function assertEnabled({ id, status }: EndpointRow): void {
  if (status !== 'enabled') throw new MooringError('endpoint_disabled', `the endpoint "${id}" is disabled`);
}

function tooMany(tenantId: TenantId): MooringError {
  return new MooringError(
    'invalid_request',
    `the tenant "${tenantId}" has ${PER_TENANT} endpoints, which is the most`,
  );
}

function tooManySecrets(id: EndpointId): MooringError {
  return new MooringError(
    'invalid_request',
    `"${id}" has ${SIGNING_AT_ONCE} secrets that sign, which is the most: an "overlapS" of 0 ends them at once`,
    { fields: [{ path: '/overlapS', rule: `must be 0 beside ${SIGNING_AT_ONCE} secrets that sign` }] },
  );
}

function definedOf<T extends object>(change: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

function audit(
  tx: Tx,
  entry: { tenantId: TenantId; actor: string; action: string; id: string; reason: string },
): Promise<unknown> {
  const { id, ...rest } = entry;
  return appendAudit(tx, { ...rest, target: id, outcome: 'done' });
}
