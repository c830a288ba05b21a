// The events somebody may read, by place: of a tenant, or of all in one order. For the feed page by page and for the stream alike.
import type { z } from 'zod';
import { MooringError } from '../domain/errors.ts';
import { parsePosition, subjectOf } from '../domain/feed-place.ts';
import type { TenantId } from '../domain/ids.ts';
import type { Tx } from '../store/database.ts';
import { ALL_TENANTS, readNewestOrderedEvents, readOrderedEvents } from '../store/event-order.ts';
import { type EventRow, readEvents, readNewestEvents } from '../store/events.ts';
import { readFeedEpoch } from '../store/feeds.ts';
import { readTenant } from '../store/tenants-list.ts';
import { type Principal, tenantFor, unknown } from './auth.ts';
import { invalidCursor, readCursor, writeCursor } from './cursor.ts';
import type { HttpDeps } from './deps.ts';
import type { feedEvent } from './schemas/feeds.ts';

export interface EventWish {
  /** nextCursor of a page or the id of a streamed event; undefined: from the beginning. */
  readonly cursor: string | undefined;
  readonly limit: number;
  /** Instead of a cursor: begin with the newest so many. */
  readonly last: number | undefined;
}

export type EventView = z.infer<typeof feedEvent>;

export interface EventPage {
  readonly events: readonly { readonly view: EventView; readonly cursor: string }[];
  readonly nextCursor: string;
  readonly hasMore: boolean;
}

export interface EventFeed {
  /** Throws invalid_cursor and cursor_expired. */
  read(wish: EventWish): Promise<EventPage>;
}

/** Throws not_found for a tenant that is unknown or not the caller's. */
export async function eventFeedOf(
  deps: HttpDeps,
  principal: Principal,
  asked: TenantId | undefined,
): Promise<EventFeed> {
  if (principal.tenantId === null && asked === undefined)
    return { read: (wish) => deps.db.acrossTenants((tx) => eventsOfAll(tx, wish)) };
  const tenantId = await readableTenant(deps, principal, asked);
  return { read: (wish) => deps.db.inTenant(tenantId, (tx) => eventsOf(tx, tenantId, wish)) };
}

export async function readableTenant(
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

async function eventsOf(tx: Tx, tenantId: TenantId, { cursor, limit, last }: EventWish): Promise<EventPage> {
  const place = await placeOf(tx, { tenantId, feed: 'events', connectionId: null, cursor });
  const rows =
    last === undefined
      ? await readEvents(tx, { tenantId, after: place.after, limit: limit + 1 })
      : await readNewestEvents(tx, tenantId, last);
  return pageOf(place, rows, last ?? limit);
}

async function eventsOfAll(tx: Tx, { cursor, limit, last }: EventWish): Promise<EventPage> {
  const place = await placeOf(tx, { tenantId: ALL_TENANTS, feed: 'events', connectionId: null, cursor });
  const rows =
    last === undefined
      ? await readOrderedEvents(tx, { after: place.after, limit: limit + 1 })
      : await readNewestOrderedEvents(tx, last);
  const ordered = rows.map((row) => ({ ...row, position: row.overallPosition }));
  return pageOf(place, ordered, last ?? limit);
}

function pageOf(place: Place, rows: readonly EventRow[], limit: number): EventPage {
  const shown = rows.slice(0, limit);
  return {
    events: shown.map((row) => ({ view: presentEvent(row), cursor: place.cursorAt(row.position) })),
    nextCursor: place.cursorAt(shown.at(-1)?.position ?? place.after),
    hasMore: rows.length > limit,
  };
}

function presentEvent({ id, type, connectionId, data, at, tenantId }: EventRow): EventView {
  return { id, tenantId, type, connectionId, data, at: at.toISOString() };
}

export interface Place {
  readonly after: bigint;
  cursorAt(position: bigint): string;
}

/** Where a feed goes on. Throws invalid_cursor, and cursor_expired for one of another epoch. */
export async function placeOf(
  tx: Tx,
  of: {
    readonly tenantId: TenantId | typeof ALL_TENANTS;
    readonly feed: string;
    readonly connectionId: string | null;
    readonly cursor: string | undefined;
  },
): Promise<Place> {
  const subject = { of: subjectOf(of), tenant: of.tenantId };
  const epoch = await readFeedEpoch(tx, of.tenantId, of.feed);
  const text = readCursor(subject, of.cursor);
  const place = text === null ? { epoch, position: 0n } : parsePosition(text);
  if (place === null) throw invalidCursor(of.cursor ?? '');
  if (place.epoch !== epoch) {
    throw new MooringError(
      'cursor_expired',
      `the cursor is of epoch "${place.epoch}", the feed is in epoch "${epoch}"`,
    );
  }
  return {
    after: place.position,
    cursorAt: (position) => writeCursor(subject, `${epoch}.${position}`),
  };
}
