// What the pages of deliveries read of the API, and the commands they give.
import { type components, dataOf, type MooringClient } from '../client/index.ts';
import { replayAll } from '../client/replay.ts';
import type { DeliveryFilter } from './route.ts';
import { counted } from './words.ts';

type Schemas = components['schemas'];
export type Endpoint = Schemas['Endpoint'];
export type Delivery = Schemas['Delivery'];
export type DeliveryWithAttempts = Schemas['DeliveryWithAttempts'];
export type Attempt = Schemas['DeliveryAttempt'];

export interface DeliveriesView {
  readonly endpoints: readonly Endpoint[];
  /** Newest first. */
  readonly deliveries: readonly Delivery[];
}

const SHOWN = 100;

export async function readDeliveries(
  client: MooringClient,
  filter: DeliveryFilter,
  signal: AbortSignal,
): Promise<DeliveriesView> {
  // The address may name any state; the API says which there are.
  const query = { ...filter, limit: SHOWN } as { limit: number };
  const [endpoints, deliveries] = await Promise.all([
    dataOf(client.GET('/v1/endpoints', { params: { query: { limit: SHOWN } }, signal })),
    dataOf(client.GET('/v1/deliveries', { params: { query }, signal })),
  ]);
  return { endpoints: endpoints.data, deliveries: deliveries.data };
}

export function readDelivery(
  client: MooringClient,
  id: string,
  signal: AbortSignal,
): Promise<DeliveryWithAttempts> {
  return dataOf(client.GET('/v1/deliveries/{id}', { params: { path: { id } }, signal }));
}

export async function replayDelivery(client: MooringClient, id: string): Promise<void> {
  await dataOf(client.POST('/v1/deliveries/{id}/replay', { params: { path: { id } } }));
}

/** Gives the command; resolves to what to tell the operator. */
export type EndpointCommand = (client: MooringClient, endpoint: Endpoint) => Promise<string>;

const at = ({ id }: Endpoint) => ({ path: { id } });

export const testEndpoint: EndpointCommand = async (client, endpoint) => {
  await dataOf(client.POST('/v1/endpoints/{id}/test', { params: at(endpoint) }));
  return 'A test event is sent; it shows below.';
};

export const replayFailed: EndpointCommand = async (client, endpoint) => {
  const deliveries = await replayAll(client, endpoint.id, { state: 'failed' });
  return deliveries === 0 ? 'Nothing was given up.' : `${counted(deliveries)} are sent again.`;
};

export const setEnabled: (enabled: boolean) => EndpointCommand = (enabled) => async (client, endpoint) => {
  await dataOf(client.PATCH('/v1/endpoints/{id}', { params: at(endpoint), body: { enabled } }));
  return enabled ? 'It is told of what happens from now on.' : 'It is told nothing any more.';
};
