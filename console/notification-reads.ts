// What the pages read of notifications: one call through the client.
import { type components, dataOf, type MooringClient } from '../client/index.ts';

export type Subscriptions = components['schemas']['Subscriptions'];
export type Gap = Subscriptions['gaps'][number];

export function readSubscriptions(
  client: MooringClient,
  id: string,
  signal: AbortSignal,
): Promise<Subscriptions> {
  return dataOf(client.GET('/v1/connections/{id}/subscriptions', { params: { path: { id } }, signal }));
}
