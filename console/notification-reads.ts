// What the pages read of notifications and of requests to erase: one call through the client each.
import { type components, dataOf, type MooringClient } from '../client/index.ts';

export type PrivacyRequest = components['schemas']['PrivacyRequest'];
export type Subscriptions = components['schemas']['Subscriptions'];
export type Gap = Subscriptions['gaps'][number];

export function readSubscriptions(
  client: MooringClient,
  id: string,
  signal: AbortSignal,
): Promise<Subscriptions> {
  return dataOf(client.GET('/v1/connections/{id}/subscriptions', { params: { path: { id } }, signal }));
}

const SHOWN = 100;

export interface PrivacyView {
  /** Newest first. */
  readonly data: readonly PrivacyRequest[];
  readonly hasMore: boolean;
}

export async function readPrivacyRequests(client: MooringClient, signal: AbortSignal): Promise<PrivacyView> {
  const { data, nextCursor } = await dataOf(
    client.GET('/v1/privacy-requests', { params: { query: { limit: SHOWN } }, signal }),
  );
  return { data, hasMore: nextCursor !== null };
}
