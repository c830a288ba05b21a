// What the pages read of the API, and the commands they give. Each is one or two calls through the client; nothing is kept here.
import { type components, dataOf, MooringApiError, type MooringClient } from '../client/index.ts';
import type { ConnectionFilter } from './route.ts';

type Schemas = components['schemas'];
export type Connection = Schemas['Connection'];
export type Fleet = Schemas['Fleet'];
export type SyncRun = Schemas['SyncRun'];
export type Diagnosis = Schemas['Diagnosis'];
export type RevocationPlan = Schemas['RevocationPlan'];
export type TimelineEntry = Schemas['TimelineEntry'];
export type SetAside = Schemas['SetAside'];
export type FeedEvent = Schemas['Event'];

const PAGE = 100;
/** The states that somebody should look at, the worse first. */
export const NEEDING_A_HAND = ['reauth_required', 'degraded'] as const;

export interface FleetView {
  readonly counts: Fleet;
  readonly needing: readonly Connection[];
}

export async function readFleet(client: MooringClient, signal: AbortSignal): Promise<FleetView> {
  const [counts, ...lists] = await Promise.all([
    dataOf(client.GET('/v1/fleet', { signal })),
    ...NEEDING_A_HAND.map((state) =>
      dataOf(client.GET('/v1/connections', { params: { query: { state, limit: 10 } }, signal })),
    ),
  ]);
  return { counts, needing: lists.flatMap((list) => list.data) };
}

const EVENTS = 200;

export interface EventsView {
  /** Newest first. */
  readonly data: readonly FeedEvent[];
  readonly cursor: string;
}

/** The newest events; with those read before, what came after them. */
export async function readEvents(
  client: MooringClient,
  before: EventsView | null,
  signal: AbortSignal,
): Promise<EventsView> {
  const query = before === null ? { last: EVENTS } : { cursor: before.cursor };
  const page = await dataOf(client.GET('/v1/events', { params: { query }, signal })).catch(
    (error: unknown) => {
      const isOld = error instanceof MooringApiError && error.problem.code === 'cursor_expired';
      if (isOld && before !== null) return null;
      throw error;
    },
  );
  // The database was restored to an earlier state: what is shown may never have happened.
  if (page === null) return readEvents(client, null, signal);
  return {
    data: [...page.data.toReversed(), ...(before?.data ?? [])].slice(0, EVENTS),
    cursor: page.nextCursor,
  };
}

export interface ConnectionsView {
  readonly data: readonly Connection[];
  readonly hasMore: boolean;
}

/** The first `pages` pages in one. */
export async function readConnections(
  client: MooringClient,
  wish: { readonly filter: ConnectionFilter; readonly pages: number },
  signal: AbortSignal,
): Promise<ConnectionsView> {
  const data: Connection[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < wish.pages; page++) {
    const query = { ...wish.filter, limit: PAGE, ...(cursor === null ? {} : { cursor }) };
    // The address may name any state; the API says which there are.
    const answer: { data: Connection[]; nextCursor: string | null } = await dataOf(
      client.GET('/v1/connections', { params: { query: query as { limit: number } }, signal }),
    );
    data.push(...answer.data);
    cursor = answer.nextCursor;
    if (cursor === null) break;
  }
  return { data, hasMore: cursor !== null };
}

/** Tenants by id; empty for a key that may not list them. */
export async function readTenants(
  client: MooringClient,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const { data } = await dataOf(client.GET('/v1/tenants', { params: { query: { limit: 500 } }, signal }));
  return new Map(data.map(({ id, name }) => [id, name]));
}

export async function readPlatforms(
  client: MooringClient,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const { data } = await dataOf(client.GET('/v1/platforms', { signal }));
  return new Map(data.map(({ id, name }) => [id, name]));
}

export interface ConnectionView {
  readonly connection: Connection;
  readonly runs: readonly SyncRun[];
}

const at = (id: string) => ({ id });

export async function readConnection(
  client: MooringClient,
  id: string,
  signal: AbortSignal,
): Promise<ConnectionView> {
  const [connection, runs] = await Promise.all([
    dataOf(client.GET('/v1/connections/{id}', { params: { path: at(id) }, signal })),
    dataOf(
      client.GET('/v1/connections/{id}/runs', { params: { path: at(id), query: { limit: 8 } }, signal }),
    ),
  ]);
  return { connection, runs: runs.data };
}

export function readDiagnosis(client: MooringClient, id: string, signal: AbortSignal): Promise<Diagnosis> {
  return dataOf(client.GET('/v1/connections/{id}/diagnosis', { params: { path: at(id) }, signal }));
}

export interface Details {
  readonly plan: RevocationPlan;
  readonly timeline: readonly TimelineEntry[];
  readonly setAside: readonly SetAside[];
}

export async function readDetails(client: MooringClient, id: string, signal: AbortSignal): Promise<Details> {
  const few = { path: at(id), query: { limit: 20 } };
  const [plan, timeline, setAside] = await Promise.all([
    dataOf(client.GET('/v1/connections/{id}/revocation', { params: { path: at(id) }, signal })),
    dataOf(client.GET('/v1/connections/{id}/timeline', { params: few, signal })),
    dataOf(client.GET('/v1/connections/{id}/set-aside', { params: few, signal })),
  ]);
  return { plan, timeline: timeline.data, setAside: setAside.data };
}
