// The two feeds: records and events. Both go by position, which is commit order, so a reader misses nothing; a cursor carries the
// feed's epoch, which a restore of the database bumps.
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { MooringError } from '../../domain/errors.ts';
import type { TenantId } from '../../domain/ids.ts';
import type { Tx } from '../../store/database.ts';
import { ALL_TENANTS, readNewestOrderedEvents, readOrderedEvents } from '../../store/event-order.ts';
import { type EventRow, readEvents, readNewestEvents } from '../../store/events.ts';
import { type FeedRow, readFeedEpoch, readRecordsAfter } from '../../store/feeds.ts';
import { readTenant } from '../../store/tenants-list.ts';
import { type Principal, principalOf, tenantFor, unknown } from '../auth.ts';
import { invalidCursor, readCursor, writeCursor } from '../cursor.ts';
import type { HttpDeps } from '../deps.ts';
import { connectionOf } from '../lookup.ts';
import { iso } from '../schemas/connections.ts';
import { feedEvent, feedOf, feedRecord } from '../schemas/feeds.ts';
import { idOf, resource } from '../schemas/shapes.ts';

const feedQuery = {
  tenantId: idOf('tenant')
    .optional()
    .meta({ description: "Required with an operator key unless a connection is named; else the key's own" }),
  cursor: z
    .string()
    .max(1000)
    .optional()
    .meta({ description: 'nextCursor of the previous page; absent: from the beginning' }),
  limit: z.coerce.number().int().min(1).max(1000).default(250),
};

const eventQuery = {
  ...feedQuery,
  tenantId: idOf('tenant')
    .optional()
    .meta({ description: "Absent with an operator key: the events of all tenants; else the key's own" }),
  last: z.coerce.number().int().min(1).max(1000).optional().meta({
    description: 'Instead of a cursor: begin with the newest so many, not at the beginning',
  }),
};

export const feedRoutes =
  (deps: HttpDeps): FastifyPluginAsyncZod =>
  async (app) => {
    app.get(
      '/v1/records/:resource',
      {
        config: { access: 'read' },
        schema: {
          tags: ['Feeds'],
          summary: 'The change feed of one resource, tombstones included',
          description:
            'Each record once, at its newest change. Keep nextCursor and ask again with it, also after an empty page.',
          params: z.strictObject({ resource }),
          querystring: z.strictObject({ ...feedQuery, connectionId: idOf('connection').optional() }),
          response: { 200: feedOf(feedRecord) },
        },
      },
      async (request) => {
        const { connectionId, cursor, limit } = request.query;
        const feed = request.params.resource;
        const connection =
          connectionId === undefined ? null : await connectionOf(deps, principalOf(request), connectionId);
        const asked = request.query.tenantId ?? connection?.tenantId;
        const tenantId = await readableTenant(deps, principalOf(request), asked);
        if (connection !== null && connection.tenantId !== tenantId)
          throw unknown('connection', connection.id);
        return deps.db.inTenant(tenantId, async (tx) => {
          const place = await placeOf(tx, { tenantId, feed, filter: connection?.id ?? '', cursor });
          const rows = await readRecordsAfter(tx, {
            tenantId,
            resource: feed,
            connectionId: connection?.id ?? null,
            after: place.after,
            limit: limit + 1,
          });
          return place.page(rows, limit, presentRecord);
        });
      },
    );

    app.get(
      '/v1/events',
      {
        config: { access: 'read' },
        schema: {
          tags: ['Feeds'],
          summary: 'The event feed: lifecycle, sync, calendar',
          description:
            'Written with the change it tells of. Keep nextCursor and ask again with it, also after an empty page. The events of all tenants come in one order, within a second.',
          querystring: z.strictObject(eventQuery),
          response: { 200: feedOf(feedEvent) },
        },
      },
      async (request) => {
        const { cursor, limit, last } = request.query;
        if (cursor !== undefined && last !== undefined) throw notBoth();
        const principal = principalOf(request);
        if (principal.tenantId === null && request.query.tenantId === undefined) {
          return deps.db.acrossTenants((tx) => eventsOfAll(tx, { cursor, limit, last }));
        }
        const tenantId = await readableTenant(deps, principal, request.query.tenantId);
        return deps.db.inTenant(tenantId, async (tx) => {
          const place = await placeOf(tx, { tenantId, feed: 'events', filter: '', cursor });
          if (last !== undefined) {
            return place.page(await readNewestEvents(tx, tenantId, last), last, presentEvent);
          }
          const rows = await readEvents(tx, { tenantId, after: place.after, limit: limit + 1 });
          return place.page(rows, limit, presentEvent);
        });
      },
    );
  };

async function readableTenant(
  deps: HttpDeps,
  principal: Principal,
  asked: TenantId | undefined,
): Promise<TenantId> {
  const tenantId = tenantFor(principal, asked);
  if (principal.tenantId === null) {
    const row = await deps.db.acrossTenants((tx) => readTenant(tx, tenantId));
    if (row === null) throw unknown('tenant', tenantId);
  }
  return tenantId;
}

interface Place {
  readonly after: bigint;
  page<Row extends { position: bigint }, View>(
    rows: readonly Row[],
    limit: number,
    view: (row: Row) => View,
  ): { data: View[]; nextCursor: string; hasMore: boolean };
}

async function placeOf(
  tx: Tx,
  of: { tenantId: TenantId | typeof ALL_TENANTS; feed: string; filter: string; cursor: string | undefined },
): Promise<Place> {
  const subject = { of: `${of.feed} ${of.filter}`, tenant: of.tenantId };
  const epoch = await readFeedEpoch(tx, of.tenantId, of.feed);
  const position = readCursor(subject, of.cursor);
  const [, cursorEpoch, digits] =
    position === null ? ['', String(epoch), '0'] : (/^(\d{1,9})\.(\d{1,18})$/.exec(position) ?? []);
  if (cursorEpoch === undefined || digits === undefined) throw invalidCursor(of.cursor ?? '');
  if (Number(cursorEpoch) !== epoch) {
    throw new MooringError(
      'cursor_expired',
      `the cursor is of epoch "${cursorEpoch}", the feed is in epoch "${epoch}"`,
    );
  }
  const after = BigInt(digits);
  return {
    after,
    page: (rows, limit, view) => {
      const shown = rows.slice(0, limit);
      const last = shown.at(-1)?.position ?? after;
      return {
        data: shown.map(view),
        nextCursor: writeCursor(subject, `${epoch}.${last}`),
        hasMore: rows.length > limit,
      };
    },
  };
}

interface EventWish {
  readonly cursor: string | undefined;
  readonly limit: number;
  readonly last: number | undefined;
}

async function eventsOfAll(tx: Tx, { cursor, limit, last }: EventWish) {
  const place = await placeOf(tx, { tenantId: ALL_TENANTS, feed: 'events', filter: '', cursor });
  const rows =
    last === undefined
      ? await readOrderedEvents(tx, { after: place.after, limit: limit + 1 })
      : await readNewestOrderedEvents(tx, last);
  const ordered = rows.map((row) => ({ ...row, position: row.overallPosition }));
  return place.page(ordered, last ?? limit, presentEvent);
}

function notBoth(): MooringError {
  return new MooringError('invalid_request', '"cursor" and "last" exclude each other', {
    fields: [{ path: '/last', rule: 'is not allowed beside "cursor"' }],
  });
}

function presentEvent({ id, type, connectionId, data, at, tenantId }: EventRow): z.infer<typeof feedEvent> {
  return { id, tenantId, type, connectionId, data, at: at.toISOString() };
}

function presentRecord(row: FeedRow): z.infer<typeof feedRecord> {
  return {
    connectionId: row.connectionId,
    platformId: row.platformId,
    record: row.deletedAt === null ? row.record : null,
    platformUpdatedAt: iso(row.platformUpdatedAt),
    firstSeenAt: row.firstSeenAt.toISOString(),
    changedAt: row.changedAt.toISOString(),
    deletedAt: iso(row.deletedAt),
  };
}
