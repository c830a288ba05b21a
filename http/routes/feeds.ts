// The two feeds: records and events. Both go by position, which is commit order, so a reader misses nothing; a cursor carries the
// feed's epoch, which a restore of the database bumps.
import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { MooringError } from '../../domain/errors.ts';
import { type FeedRow, readRecordsAfter } from '../../store/feeds.ts';
import { principalOf, unknown } from '../auth.ts';
import type { HttpDeps } from '../deps.ts';
import { eventFeedOf, placeOf, readableTenant } from '../event-feed.ts';
import { createEventStreams, wantsStream } from '../event-stream.ts';
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
    const streams = createEventStreams(app, deps);
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
          const place = await placeOf(tx, { tenantId, feed, connectionId: connection?.id ?? null, cursor });
          const rows = await readRecordsAfter(tx, {
            tenantId,
            resource: feed,
            connectionId: connection?.id ?? null,
            after: place.after,
            limit: limit + 1,
          });
          const shown = rows.slice(0, limit);
          return {
            data: shown.map(presentRecord),
            nextCursor: place.cursorAt(shown.at(-1)?.position ?? place.after),
            hasMore: rows.length > limit,
          };
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
            'Written with the change it tells of. Keep nextCursor and ask again with it, also after an empty page. The events of all tenants come in one order, within a second. With `Accept: text/event-stream` the same as server-sent events: the id of each is a cursor, and Last-Event-ID goes on behind it.',
          querystring: z.strictObject(eventQuery),
          response: { 200: feedOf(feedEvent) },
        },
      },
      async (request, reply) => {
        const { limit, last, tenantId } = request.query;
        const isStream = wantsStream(request);
        // A reader that comes back says both: where it began, and where it was.
        const cursor = (isStream ? lastEventId(request.headers) : undefined) ?? request.query.cursor;
        if (cursor !== undefined && last !== undefined && !isStream) throw notBoth();
        const feed = await eventFeedOf(deps, principalOf(request), tenantId);
        if (isStream) {
          await streams.serve(request, reply, {
            feed,
            cursor,
            last: cursor === undefined ? last : undefined,
          });
          return reply;
        }
        const { events, nextCursor, hasMore } = await feed.read({ cursor, limit, last });
        return { data: events.map(({ view }) => view), nextCursor, hasMore };
      },
    );
  };

function lastEventId(headers: IncomingHttpHeaders): string | undefined {
  const id = headers['last-event-id'];
  return typeof id === 'string' && id !== '' ? id : undefined;
}

function notBoth(): MooringError {
  return new MooringError('invalid_request', '"cursor" and "last" exclude each other', {
    fields: [{ path: '/last', rule: 'is not allowed beside "cursor"' }],
  });
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
