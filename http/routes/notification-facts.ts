// What is subscribed to for a connection and what is late or was missed; an address for a merchant who sets a notification up by hand; requests to erase or to
// report. Of a request nobody is named but in its report, which the tenant fetches while it is open.
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { MooringError } from '../../domain/errors.ts';
import { isId } from '../../domain/ids.ts';
import { appendAudit } from '../../store/audit.ts';
import type { Sql } from '../../store/database.ts';
import { readSubjectRecords } from '../../store/erase-subject.ts';
import { addAddress } from '../../store/notification-addresses.ts';
import { type GapRow, listGaps, readNotificationFacts } from '../../store/notification-facts.ts';
import { subscriptionBinding } from '../../store/notification-openings.ts';
import {
  listPrivacyRequests,
  type PrivacyRequestRow,
  readPrivacyRequest,
} from '../../store/privacy-requests.ts';
import {
  BY_HAND,
  beginSubscription,
  listSubscriptions,
  type SubscriptionRow,
} from '../../store/subscriptions.ts';
import { actorOf, type Principal, principalOf } from '../auth.ts';
import { readCursor, toPage } from '../cursor.ts';
import type { HttpDeps } from '../deps.ts';
import { connectionOf } from '../lookup.ts';
import {
  notificationAddress,
  privacyReport,
  type privacyRequest,
  privacyRequestPage,
  subscriptions,
} from '../schemas/notifications.ts';
import { idInPath, pageQuery } from '../schemas/shapes.ts';
import { hashToken, mintToken } from '../tokens.ts';
import { refuseFinal } from './connections.ts';

const ofConnection = z.strictObject({ id: idInPath('connection') });
const ofRequest = z.strictObject({ id: idInPath('privacyRequest') });

export const notificationFactRoutes =
  (deps: HttpDeps): FastifyPluginAsyncZod =>
  async (app) => {
    app.get(
      '/v1/connections/:id/subscriptions',
      {
        config: { access: 'read' },
        schema: {
          tags: ['Notifications'],
          summary: 'What the platform tells us of a connection, what waits, and what was missed',
          params: ofConnection,
          response: { 200: subscriptions },
        },
      },
      async (request) => {
        const row = await connectionOf(deps, principalOf(request), request.params.id);
        const read = await deps.db.sqlInTenant(row.tenantId, async (sql) => ({
          rows: await listSubscriptions(sql, row.id),
          facts: await readNotificationFacts(sql, row.id),
          gaps: await listGaps(sql, row.id),
        }));
        const data = deps.platforms.get(row.platform)?.notifications;
        const { facts } = read;
        return {
          connectionId: row.id,
          subscribedBy:
            data === undefined || data.delivery === 'none' ? ('nobody' as const) : data.subscribedBy,
          data: read.rows.filter(({ topic }) => !topic.startsWith(BY_HAND)).map(presentSubscription),
          checkedAt: iso(facts.checkedAt),
          nextCheckAt: iso(facts.nextCheckAt),
          code: facts.code,
          addresses: facts.addresses,
          lag: {
            waiting: facts.waiting,
            oldestWaitingAt: iso(facts.oldestWaitingAt),
            lastReceivedAt: iso(facts.lastReceivedAt),
          },
          gaps: read.gaps.map(presentGap),
        };
      },
    );

    app.post(
      '/v1/connections/:id/notification-address',
      {
        config: { access: 'admin' },
        schema: {
          tags: ['Notifications'],
          summary: 'A new address for what the platform tells of this connection',
          description:
            'For subscriptions that somebody sets up by hand. It is shown once; earlier ones go on working until the connection ends.',
          params: ofConnection,
          response: { 201: notificationAddress },
        },
      },
      async (request, reply) => {
        const row = await connectionOf(deps, principalOf(request), request.params.id);
        refuseFinal(row.lifecycle, row.id);
        const token = mintToken();
        const of = { tenantId: row.tenantId, connectionId: row.id };
        const isOurs = deps.platforms.get(row.platform)?.notifications?.subscribe?.secret === 'ours';
        const secret = isOurs ? mintToken() : null;
        // A topic of its own, so that no look at the platform takes it for one of ours.
        const topic = `${BY_HAND}${Buffer.from(hashToken(token)).toString('hex').slice(0, 12)}`;
        const sealed =
          secret === null
            ? null
            : await deps.vault.seal(subscriptionBinding(of, topic), { notificationSecret: secret });
        await deps.db.sqlInTenant(row.tenantId, async (sql) => {
          await addAddress(sql, { ...of, tokenHash: hashToken(token) });
          if (sealed !== null) await beginSubscription(sql, of, { topic, sealed });
        });
        await deps.db.inTenant(row.tenantId, (tx) =>
          appendAudit(tx, {
            tenantId: row.tenantId,
            actor: actorOf(request),
            action: 'notification_address.created',
            target: row.id,
            connectionId: row.id,
            outcome: 'done',
            reason: request.id,
          }),
        );
        return reply.code(201).send({
          url: `${deps.settings.publicUrl}/notify/${row.platform}/${token}`,
          secret,
          connectionId: row.id,
        });
      },
    );

    app.get(
      '/v1/privacy-requests',
      {
        config: { access: 'read' },
        schema: {
          tags: ['Notifications'],
          summary: 'Requests of platforms to erase or to report, newest first',
          querystring: z.strictObject(pageQuery),
          response: { 200: privacyRequestPage },
        },
      },
      async (request) => {
        const principal = principalOf(request);
        const { cursor, limit } = request.query;
        const subject = { of: 'privacy-requests', tenant: principal.tenantId ?? 'all' };
        const beforeId = readCursor(subject, cursor);
        const rows = await scoped(deps, principal, (sql) =>
          listPrivacyRequests(sql, { beforeId, limit: limit + 1 }),
        );
        return toPage(rows, { limit, subject, position: (one) => one.id, view: presentRequest });
      },
    );

    app.get(
      '/v1/privacy-requests/:id/report',
      {
        config: { access: 'admin' },
        schema: {
          tags: ['Notifications'],
          summary: 'What is held of the customer that a platform asked about',
          description:
            'While the request is open, until its deadline at the latest; afterwards nobody knows any more whom it was about.',
          params: ofRequest,
          response: { 200: privacyReport },
        },
      },
      async (request) => {
        const { id } = request.params;
        if (!isId('privacyRequest', id)) throw noReport(id);
        const found = await scoped(deps, principalOf(request), (sql) => readPrivacyRequest(sql, id));
        const isOpen =
          found !== null &&
          found.state === 'open' &&
          found.kind === 'customer_data' &&
          found.dueAt.getTime() > deps.nowMs();
        if (!isOpen || found.tenantId === null || found.connectionId === null) throw noReport(id);
        const { tenantId, connectionId } = found;
        const opened = await deps.openPrivacyRequest(id, actorOf(request));
        const subject = opened?.subject ?? { customer: null, orders: [] };
        const records = await deps.db.sqlInTenant(tenantId, (sql) =>
          readSubjectRecords(sql, connectionId, subject),
        );
        return { privacyRequestId: id, records: [...records] };
      },
    );
  };

function noReport(id: string): MooringError {
  return new MooringError('not_found', `there is no open report "${id}"`);
}

function scoped<T>(deps: HttpDeps, { tenantId }: Principal, read: (sql: Sql) => Promise<T>): Promise<T> {
  return tenantId === null ? deps.db.sqlAcrossTenants(read) : deps.db.sqlInTenant(tenantId, read);
}

function iso(at: Date | null): string | null {
  return at?.toISOString() ?? null;
}

function presentSubscription({ hasSecret: _, createdAt, checkedAt, ...row }: SubscriptionRow) {
  return { ...row, createdAt: createdAt.toISOString(), checkedAt: iso(checkedAt) };
}

const CAUSES = ['dropped', 'disabled', 'outage'] as const;

function presentGap(gap: GapRow) {
  return {
    cause: CAUSES.find((one) => one === gap.cause) ?? ('outage' as const),
    from: gap.fromAt.toISOString(),
    until: gap.untilAt.toISOString(),
    foundAt: gap.foundAt.toISOString(),
    closedAt: iso(gap.closedAt),
  };
}

function presentRequest(row: PrivacyRequestRow): z.infer<typeof privacyRequest> {
  const { id, tenantId, connectionId, platform, kind, topic, proof } = row;
  return {
    ...{ id, tenantId, connectionId, platform, kind, topic },
    state: row.state === 'done' || row.state === 'refused' ? row.state : 'open',
    receivedAt: row.receivedAt.toISOString(),
    dueAt: row.dueAt.toISOString(),
    finishedAt: iso(row.finishedAt),
    proof: proof === null ? null : { ...proof },
  };
}
