// What ends next: refresh tokens, approvals, client secrets, API versions, kinds of credential. Reading is all there is; the sweep warns of
// the same dates by events.
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { calendarRules } from '../../platforms/calendar-rules.ts';
import { type CalendarRow, listCalendar } from '../../store/calendar.ts';
import { inScope, principalOf, tenantFor } from '../auth.ts';
import { invalidCursor, readCursor, toPage } from '../cursor.ts';
import type { HttpDeps } from '../deps.ts';
import { type calendarItem, calendarPage, calendarQuery } from '../schemas/inventory.ts';
import { instant } from '../schemas/shapes.ts';

const DAY_MS = 86_400_000;
const YEAR_MS = 365 * DAY_MS;

export const calendarRoutes =
  (deps: HttpDeps): FastifyPluginAsyncZod =>
  async (app) => {
    const rules = calendarRules(deps.platforms.values());
    app.get(
      '/v1/calendar',
      {
        config: { access: 'read' },
        schema: {
          tags: ['Inventory'],
          summary: 'What ends next, earliest first',
          querystring: calendarQuery,
          response: { 200: calendarPage },
        },
      },
      async (request) => {
        const principal = principalOf(request);
        const { cursor, limit, tenantId, kind, until } = request.query;
        const tenant = principal.tenantId === null ? (tenantId ?? null) : tenantFor(principal, tenantId);
        const subject = {
          of: `calendar ${JSON.stringify({ tenantId, kind, until })}`,
          tenant: principal.tenantId ?? '*',
        };
        const now = new Date(deps.nowMs());
        const rows = await inScope(deps.db, principal, (tx) =>
          listCalendar(tx, {
            rules,
            tenantId: tenant,
            kind: kind ?? null,
            from: now,
            until: until === undefined ? new Date(now.getTime() + YEAR_MS) : new Date(until),
            after: positionOf(readCursor(subject, cursor), cursor),
            limit: limit + 1,
          }),
        );
        const position = (row: CalendarRow) => JSON.stringify([row.at.toISOString(), row.kind, row.subject]);
        return toPage(rows, { limit, subject, position, view: (row) => presentEntry(row, now) });
      },
    );
  };

/** Of an entry: when, what, of whom. */
const named = z.string().refine((text) => !text.includes('\u0000'));
const place = z.tuple([instant, named, named]);

function positionOf(text: string | null, cursor: string | undefined) {
  if (text === null) return null;
  const { success, data } = place.safeParse(parsed(text));
  if (!success) throw invalidCursor(cursor ?? '');
  const [at, kind, subject] = data;
  return { at: new Date(at), kind, subject };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function presentEntry(row: CalendarRow, now: Date): z.infer<typeof calendarItem> {
  const { kind, subject, tenantId, platform, connections, note } = row;
  const daysLeft = Math.floor((row.at.getTime() - now.getTime()) / DAY_MS);
  return { at: row.at.toISOString(), kind, subject, tenantId, platform, connections, note, daysLeft };
}
